"""Running totals of the entries of an account."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.wallet.proof.running_totals import NEAR_MAX, Fold, Moments, line

ACCOUNT = "advertiser:adv_1:available"
MOMENTS = Moments("2026-11-24T12:00:00.000Z", "2026-11-24T12:30:00.000Z", "2026-11-24T13:00:00.000Z")


def entry(
    transfer: str, amount: int, at: str = "2026-11-24T10:00:00.000Z", **changed: Any
) -> dict[str, dict[str, Any]]:
    fields = {
        "pk": ACCOUNT,
        "sk": f"entry#{at}#{transfer}",
        "transfer_id": transfer,
        "kind": "hold",
        "reference": "tsk_1",
        "at": at,
        **changed,
    }
    return {**{name: {"S": text} for name, text in fields.items()}, "amount": {"N": str(amount)}}


def folded(*entries: dict[str, dict[str, Any]]) -> Fold:
    fold = Fold()
    for item in entries:
        fold.add(item, MOMENTS, b"key")
    return fold


def test_settled_and_younger_entries_are_counted_apart() -> None:
    fold = folded(entry("a", 7), entry("b", -3), entry("c", 5, "2026-11-24T12:10:00.000Z"))
    assert (fold.total, fold.entries, fold.unsettled) == (9, 3, 1)
    assert (fold.credits, fold.debits) == (7, 3)
    assert fold.days["2026-11-24"].count == 3


def test_damaged_future_and_misplaced_entries_are_odd() -> None:
    damaged = entry("a", 1)
    del damaged["amount"]
    future = entry("b", 1, "2026-11-24T13:00:00.001Z")
    misplaced = entry("c", 1, sk="entry#c")
    fold = folded(damaged, future, misplaced)
    assert fold.odd == [str(item["sk"]["S"]) for item in (damaged, future, misplaced)]
    assert (fold.odd_found, fold.total) == (3, 2)
    assert line(damaged) is None


def test_open_withdrawal_is_the_one_that_did_not_end() -> None:
    assert folded(entry("withdraw:wdr_1", -5), entry("withdrawn:wdr_1", 5)).open_withdrawal is None
    begun = [entry("withdraw:wdr_1", -5), entry("withdrawn:wdr_1", 5), entry("withdraw:wdr_2", -5)]
    assert folded(*begun).open_withdrawal == "wdr_2"


def test_balance_read_earlier_is_explained_by_recent_entries() -> None:
    recent = [entry(name, amount, f"2026-11-24T12:4{name}:00.000Z") for name, amount in (("1", 10), ("2", 20))]
    fold = folded(entry("a", 7), *recent)
    assert [fold.explains(*before) for before in ((7, 1), (17, 2), (37, 3))] == [True, True, True]
    assert not fold.explains(27, 2)
    assert not fold.explains(7, 0)


def test_totals_survive_storage_as_json() -> None:
    fold = folded(*(entry(f"t{number}", number, "2026-11-24T12:40:00.000Z") for number in range(NEAR_MAX + 2)))
    again = Fold.from_json(json.loads(json.dumps(fold.as_json())))
    assert again == fold
    assert len(again.near) == NEAR_MAX
