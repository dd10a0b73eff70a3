"""The selection of accounts within the frequency caps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.core.errors import Problem
from chalicelib.grading.model.forecast import Forecast, Range
from chalicelib.planning import plan_exclusions
from chalicelib.planning.account_selection import ROUNDS, Choosing, Wish
from chalicelib.planning.audience_sketches import Sketches
from chalicelib.planning.plan_candidates import Listed


def listed(name: str, reads: int, price: int = 10) -> Listed:
    reach, nothing = Range(0, reads, 0, "own"), Range(0, 0, 0, "own")
    return Listed(name, name, None, None, 1_000, price, Forecast(reach, nothing, nothing, "v"), "2026-11-20T00:00:00Z")


def choosing(accounts: Iterable[Listed], **wish: Any) -> Choosing:
    wanted = Wish(budget=20, goal="reads", kind="post", max_accounts=10, **wish)
    return Choosing(wanted, {one.account_id: one for one in accounts}, Sketches())


def names(found: Choosing) -> set[str]:
    return {one.account_id for one in found.fitting()[0].chosen}


ACCOUNTS = [listed("a", 100), listed("b", 90), listed("c", 80), listed("d", 70)]


def test_the_accounts_with_the_most_reads_are_chosen() -> None:
    assert names(choosing(ACCOUNTS)) == {"a", "b"}


def test_full_accounts_are_replaced_by_the_next_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_exclusions, "without_place", lambda ids, window: frozenset({"a", "b"}) & frozenset(ids))
    found = choosing(ACCOUNTS)
    choice, gone = found.fitting()
    assert {one.account_id for one in choice.chosen} == {"c", "d"}
    assert gone == frozenset({"a", "b"})


def test_after_all_rounds_no_full_account_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [listed(f"acc{number:02}", 1_000 - number) for number in range(2 * ROUNDS + 4)]
    monkeypatch.setattr(plan_exclusions, "without_place", lambda ids, window: frozenset(ids))
    choice, gone = choosing(many).fitting()
    assert choice.chosen == ()
    assert len(gone) == 2 * ROUNDS


def test_a_full_must_have_is_refused_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_exclusions, "without_place", lambda ids, window: frozenset({"d"}) & frozenset(ids))
    with pytest.raises(Problem) as raised:
        choosing(ACCOUNTS, must_have=("a", "d")).fitting()
    assert raised.value.code == "frequency_cap"
    assert [fault.pointer for fault in raised.value.faults] == ["/must_have/1"]


def test_shares_add_up_to_the_worth_of_the_plan() -> None:
    found = choosing(ACCOUNTS)
    assert found.shares(["a", "c"]) == {"a": 100, "c": 80}
