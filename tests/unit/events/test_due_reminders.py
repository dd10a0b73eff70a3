"""Rule 32: which reminder is due, for each status of an order that waits for a side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.events.reminders import due_reminder
from chalicelib.tasks.records.order_record import OrderRecord

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCEPT_BY, END = BEGIN + 3 * DAY, BEGIN + 9 * DAY
DRAFT_DUE, RULING_DUE = BEGIN + 4 * DAY, BEGIN + 10 * DAY
DRAFT = {"text": "真香", "changes_requested": 0, "due_at": clock.stamp(DRAFT_DUE), "findings": []}


def order(status: str, event: str, at: datetime = BEGIN, **more: Any) -> OrderRecord:
    """Return an order whose last event was at `at`."""
    return OrderRecord(
        "ord_1",
        "order",
        **{
            "status": status,
            "accept_by": ACCEPT_BY,
            "start_at": ACCEPT_BY,
            "end_at": END,
            "retention": 86_400,
            "created_at": BEGIN,
            "events": [{"at": clock.stamp(at), "event": event, "by": "system"}],
            **more,
        },
    )


def disputed(**more: Any) -> OrderRecord:
    times = {"published_at": ACCEPT_BY, "ruling_due_at": RULING_DUE}
    return order("disputed", "disputed", **{**times, **more})


WAITING = [
    ("accept_by", "creator", "lapsed", ACCEPT_BY, order("offered", "offered")),
    (
        "counter_due",
        "advertiser",
        "lapsed",
        ACCEPT_BY,
        order("offered", "countered", counter={"status": "open", "price": 1}),
    ),
    ("window_end", "creator", "failed", END, order("accepted", "accepted")),
    ("window_end", "creator", "failed", END, order("accepted", "retried")),
    ("mend_by", "creator", "failed", END, order("accepted", "check_failed", mend_by=END)),
    ("draft_due", "advertiser", "accepted", DRAFT_DUE, order("accepted", "x", draft={**DRAFT, "status": "submitted"})),
    (
        "draft_review_due",
        "auditors",
        "accepted",
        DRAFT_DUE,
        order("accepted", "x", draft={**DRAFT, "status": "in_review"}),
    ),
    ("ruling_due", "auditors", "completed", RULING_DUE, disputed()),
]


@pytest.mark.parametrize(("timer", "side", "outcome", "due_at", "waiting"), WAITING)
def test_rule_32_the_side_that_has_to_act_is_reminded_twice(
    timer: str, side: str, outcome: str, due_at: datetime, waiting: OrderRecord
) -> None:
    minute = timedelta(minutes=1)
    found = [
        due_reminder(waiting, due_at - before, Rules())
        for before in (DAY + minute, DAY, 2 * HOUR + minute, 2 * HOUR, minute, -minute)
    ]
    assert [one and one.number for one in found] == [None, "first", "first", "last", "last", None]
    first = found[1]
    assert first is not None
    assert (first.timer, first.side, first.default_outcome, first.due_at) == (timer, side, outcome, due_at)
    keys = {one.key for one in found if one}
    assert len(keys) == 2, "one for each reminder, the same at each look"


NOT_WAITING = [
    order("accepted", "reported", report={"at": clock.stamp(BEGIN), "post_url": "x"}, delay={"retry_at": "x"}),
    order("published", "published", published_at=ACCEPT_BY),
    order("completed", "retained"),
    order("accepted", "draft_approved", publishing="platform", publish_at=END),
]


@pytest.mark.parametrize("waiting", NOT_WAITING)
def test_rule_32_an_order_that_waits_for_no_side_is_not_reminded(waiting: OrderRecord) -> None:
    waiting.delay = None
    assert due_reminder(waiting, END - HOUR, Rules()) is None


def test_rule_32_a_side_with_less_time_is_not_reminded() -> None:
    late = order("offered", "countered", ACCEPT_BY - HOUR, counter={"status": "open", "price": 1})
    assert due_reminder(late, ACCEPT_BY - timedelta(minutes=5), Rules()) is None


def test_rule_32_a_check_during_a_dispute_is_no_new_turn() -> None:
    waiting = disputed()
    waiting.events.append({"at": clock.stamp(RULING_DUE - HOUR), "event": "checked", "by": "system"})
    found = due_reminder(waiting, RULING_DUE - timedelta(minutes=5), Rules())
    assert found is not None
    assert found.number == "last"


def test_rule_32_zero_turns_a_reminder_off() -> None:
    off = Rules(reminder_first=timedelta(0), reminder_last=timedelta(0))
    waiting = order("offered", "offered")
    assert due_reminder(waiting, ACCEPT_BY - timedelta(seconds=1), off) is None
