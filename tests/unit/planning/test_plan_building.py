"""Plans for a budget: reasons, totals, the next tenth, and simpler choices. Candidates are given, nothing is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core.errors import InvalidBody
from chalicelib.grading.model.forecast import Forecast, Range
from chalicelib.planning import plan_candidates, plan_exclusions
from chalicelib.planning.account_selection import Wish
from chalicelib.planning.audience_sketches import SketchRecord
from chalicelib.planning.http.response_types import PlanContent
from chalicelib.planning.plan_building import build_plan
from chalicelib.planning.plan_candidates import Found, Listed

Build = Callable[..., PlanContent]


def listed(name: str, reads: int, price: int, followers: int = 1_000) -> Listed:
    reach, nothing = Range(0, reads, 0, "own"), Range(0, 0, 0, "own")
    forecast = Forecast(reach, nothing, nothing, "v")
    return Listed(name, name, None, None, followers, price, forecast, f"2026-11-{20 + len(name)}T00:00:00Z")


ACCOUNTS = [listed("a", 100, 1_000), listed("b", 90, 1_000), listed("c", 10, 150), listed("big", 20, 1_900, 9_000)]


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Build:
    """Return a function that builds the plan of a wish for these accounts, of which `worn` are named too often."""

    def made(accounts: list[Listed], *, worn: frozenset[str] = frozenset(), **wish: Any) -> PlanContent:
        monkeypatch.setattr(plan_candidates, "read", lambda *_: Found(accounts, len(accounts), more=False))
        monkeypatch.setattr(SketchRecord, "batch_get", lambda _: [])  # no audience is known
        monkeypatch.setattr(plan_exclusions, "named_too_often", lambda _: worn)
        wanted = Wish(**{"budget": 2_000, "goal": "reads", "kind": "post", "max_accounts": 10, **wish})
        return build_plan(wanted, "adv_1", {"title": "tea"})

    return made


def chosen(plan: PlanContent) -> list[str]:
    return [one["account_id"] for one in plan["accounts"]]


def test_the_task_of_the_plan_costs_what_the_accounts_cost(build: Build) -> None:
    plan = build(ACCOUNTS)
    assert sorted(chosen(plan)) == ["a", "b"]
    assert plan["task"]["account_ids"] == chosen(plan)
    assert plan["task"]["max_total"] == plan["totals"]["price"]
    assert plan["task"]["title"] == "tea"
    assert plan["left"].amount == 0
    assert plan["totals"]["reads"] == 190


def test_costs_per_result_are_unknown_where_no_result_is_expected(build: Build) -> None:
    totals = build(ACCOUNTS)["totals"]
    assert totals["cpm"] is not None
    assert totals["cpm"].amount == 2_000 * 1_000 // 190
    assert (totals["cpe"], totals["cpc"]) == (None, None)


def test_a_tenth_more_adds_the_account_that_it_pays_for(build: Build) -> None:
    tenth = build(ACCOUNTS)["next_tenth"]
    assert (tenth["budget"].amount, tenth["adds"], tenth["takes"], tenth["drops"]) == (2_200, 10, ["c"], [])
    assert build(ACCOUNTS[:2])["next_tenth"]["takes"] == []


def test_the_biggest_account_brings_less_than_the_plan(build: Build) -> None:
    biggest = build(ACCOUNTS)["comparison"]["biggest"]
    assert (biggest["accounts"], biggest["reads"], biggest["plan_brings_more"]) == (1, 20, 170)


def test_excluded_and_worn_accounts_are_left_out_and_counted(build: Build) -> None:
    plan = build(ACCOUNTS, worn=frozenset({"b", "other"}), exclude=frozenset({"c"}))
    assert chosen(plan) == ["a"]
    assert plan["left_out"]["repeats"] == 1


def test_the_worse_half_of_the_candidates_uses_the_rest(build: Build) -> None:
    plan = build([listed("a", 100, 1_000), listed("bb", 50, 1_000)])
    codes = {one["account_id"]: [reason["code"] for reason in one["reasons"]] for one in plan["accounts"]}
    assert codes == {"a": ["best_value", "adds"], "bb": ["uses_the_rest", "adds"]}
    assert plan["rests_on"]["figures_from"] == "2026-11-21T00:00:00Z"


def test_without_candidates_the_plan_is_empty(build: Build) -> None:
    plan = build([])
    assert chosen(plan) == []
    assert (plan["left"].amount, plan["share_of_best"], plan["rests_on"]["figures_from"]) == (2_000, 1.0, None)


def test_more_must_haves_than_accounts_are_refused(build: Build) -> None:
    with pytest.raises(InvalidBody) as refused:
        build(ACCOUNTS, must_have=("a", "b", "c"), max_accounts=2)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/must_have", "too_many")]
