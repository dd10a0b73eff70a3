"""The entry of an ended order in the track record of its account, by the events of the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow.track_record_entry import track_record_entry

BEGIN = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAID = {"returned": 0}


def order(status: str, *events: str, **more: Any) -> OrderRecord:
    return OrderRecord(
        "ord_1",
        "order",
        **{
            "status": status,
            "advertiser_id": "adv_1",
            "price": 1_200,
            "publishing": "creator",
            "created_at": BEGIN,
            "accept_by": BEGIN + rules().answer_min,
            "events": [{"at": clock.stamp(BEGIN), "event": event, "by": "system"} for event in events],
            **more,
        },
    )


def figures(found: OrderRecord) -> dict[str, Any]:
    """Return the figures of the entry that are not None."""
    entry = track_record_entry(found)
    return {} if entry is None else {name: value for name, value in entry._asdict().items() if value is not None}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            order("completed", "offered", "accepted", "published", "retained", settled=PAID),
            {"accepted": True, "on_time": True, "kept": True, "lost": False, "paid": 1_200},
        ),
        (
            order(
                "completed",
                "offered",
                "countered",
                "counter_accepted",
                "published",
                "retained",
                settled={"returned": 1},
            ),
            {"accepted": True, "on_time": True, "kept": True, "lost": False},
        ),
        (
            order("completed", "picked", "published", "retained", settled=PAID),
            {"on_time": True, "kept": True, "lost": False, "paid": 1_200},
        ),
        (
            order("failed", "offered", "accepted", "published", "post_lost"),
            {"accepted": True, "on_time": True, "kept": False, "lost": False},
        ),
        (
            order("failed", "offered", "accepted", "published", "disputed", "ruled_refund"),
            {"accepted": True, "on_time": True, "lost": True},
        ),
        (
            order("failed", "offered", "accepted", "publication_missed"),
            {"accepted": True, "on_time": False, "kept": False},
        ),
        (
            order("failed", "offered", "accepted", "publication_missed", publishing="platform"),
            {"accepted": True, "kept": False},
        ),
        (order("declined", "offered", "declined"), {"accepted": False}),
        (order("lapsed", "offered", "lapsed"), {"accepted": False}),
    ],
)
def test_the_events_of_an_order_decide_its_figures(found: OrderRecord, expected: dict[str, Any]) -> None:
    assert figures(found) == {"advertiser_id": "adv_1", **expected}


@pytest.mark.parametrize(
    "found",
    [
        order("published", "offered", "accepted", "published"),
        order("lapsed", "offered", "countered", "lapsed"),
        order("lapsed", "offered", "lapsed", accept_by=BEGIN + rules().answer_min - timedelta(seconds=1)),
        order("cancelled", "offered", "cancelled"),
    ],
)
def test_an_order_that_shows_nothing_of_the_creator_has_no_entry(found: OrderRecord) -> None:
    assert track_record_entry(found) is None


def test_the_newest_snapshot_with_comments_counts() -> None:
    shots = [
        {"at": "2026-11-01T00:00:00Z", "comments_read": 30, "comments_copied": 2},
        {"at": "2026-11-02T00:00:00Z", "comments_read": 50, "comments_copied": 9},
        {"at": "2026-11-03T00:00:00Z", "reads": 1},
    ]
    found = figures(order("completed", "offered", "accepted", "published", "retained", own_snapshots=shots))
    assert (found["comments_read"], found["comments_copied"]) == (50, 9)
