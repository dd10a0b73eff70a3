"""The side that an order waits for, in each of its states."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.model.next_actor import next_actor
from chalicelib.tasks.records.order_record import OrderRecord
from testing.markets.stage import NOON

COUNTER = {"price": 1, "status": "open", "at": "2026-11-22T10:00:00.000Z"}
ANSWERED = {**COUNTER, "status": "declined"}


def draft(status: str) -> dict[str, Any]:
    return {"text": "茶", "status": status, "changes_requested": 0, "due_at": "", "findings": []}


@pytest.mark.parametrize(
    ("attributes", "actor"),
    [
        ({"status": "offered"}, "creator"),
        ({"status": "offered", "counter": COUNTER}, "advertiser"),
        ({"status": "offered", "counter": ANSWERED}, "creator"),
        ({"status": "accepted"}, "creator"),
        ({"status": "accepted", "draft_approval": True}, "creator"),
        ({"status": "accepted", "draft_approval": True, "draft": draft("in_review")}, None),
        ({"status": "accepted", "draft_approval": True, "draft": draft("submitted")}, "advertiser"),
        ({"status": "accepted", "draft_approval": True, "draft": draft("changes_requested")}, "creator"),
        ({"status": "accepted", "draft_approval": True, "draft": draft("approved")}, "creator"),
        ({"status": "accepted", "publishing": "platform"}, None),
        ({"status": "accepted", "publishing": "platform", "draft_approval": True}, "creator"),
        (
            {"status": "accepted", "publishing": "platform", "draft_approval": True, "draft": draft("approved")},
            None,
        ),
        ({"status": "accepted", "publishing": "platform", "mend_by": NOON}, "creator"),
    ],
)
def test_next_actor_of_an_open_order(attributes: dict[str, Any], actor: str | None) -> None:
    assert next_actor(OrderRecord("ord_1", "order", **attributes)) == actor


@pytest.mark.parametrize("status", sorted(set(ORDER.states) - {"offered", "accepted"}))
def test_other_states_wait_for_no_side(status: str) -> None:
    assert next_actor(OrderRecord("ord_1", "order", status=status)) is None
