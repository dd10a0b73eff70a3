"""Looks that change nothing of an order are stored beside it, and every reader of the order finds them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bench.harness.measured_market import metered
from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.exports import json_lines
from chalicelib.store import TasksRecord
from chalicelib.store.retry import WriteConflict
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.records.looks_record import LOOKS, LooksRecord
from chalicelib.tasks.records.order_record import OrderRecord, find_order, find_order_with_looks
from chalicelib.tasks.workflow import steps, track_record_entry
from testing.markets.stage import NOON, Stage

START = NOON + timedelta(hours=1)
FIGURES_AT = START + rules().snapshot_first


@pytest.fixture
def order_id(stage: Stage) -> str:
    return published(stage, "an")[0]


def published(stage: Stage, *names: str) -> list[str]:
    order_ids = stage.accepted(*names)
    with clock.at(START):
        for name, order_id in zip(names, order_ids, strict=True):
            stage.publish(name, order_id)
    return order_ids


def check(order_id: str, at: datetime) -> Any:
    with clock.at(at):
        return steps.order_step({"step": "check", "id": order_id})


def stored_order(order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = TasksRecord._get_connection().get_item(order_id, "order")["Item"]
    return found


def moments(shown: Any) -> list[Any]:
    return [snapshot["at"] for snapshot in shown["snapshots"]]


def test_a_quiet_look_writes_one_small_item_and_not_the_order(order_id: str) -> None:
    before = stored_order(order_id)
    with metered() as meter:
        check(order_id, FIGURES_AT)
    assert stored_order(order_id) == before
    written = {name: number for name, number in meter.calls.items() if name not in ("GetItem", "BatchGetItem")}
    assert written == {"PutItem": 1}
    assert meter.write == 1
    assert [one["at"] for one in find_order(order_id).snapshots] == [clock.stamp(START), clock.stamp(FIGURES_AT)]


def test_two_looks_at_once_store_one_snapshot(order_id: str) -> None:
    first, second = find_order_with_looks(order_id), find_order_with_looks(order_id)
    with clock.at(FIGURES_AT):
        post_checks.look(first, FIGURES_AT)
        with pytest.raises(WriteConflict):
            post_checks.look(second, FIGURES_AT)
        steps.order_step({"step": "check", "id": order_id})
    assert len(find_order(order_id).snapshots) == 2


def test_an_unannounced_check_is_made_once(order_id: str) -> None:
    first, last = find_order(order_id).unannounced_due
    check(order_id, first)
    order = find_order(order_id)
    assert order.unannounced_due == [last]
    check(order_id, first)
    assert len(find_order(order_id).looks.evidence) == 1


def test_an_order_from_before_the_item_goes_on(order_id: str) -> None:
    """Its snapshots and the evidence of its unannounced checks are on the order."""
    order = find_order(order_id)
    first, last = order.unannounced_due
    shot = {"at": clock.stamp(FIGURES_AT), "found": True, "reads": 7, "clicks": 0, "visitors": 0}
    order.update(
        [
            OrderRecord.own_snapshots.set([*order.own_snapshots, shot]),
            OrderRecord.unannounced.set(
                {"due": [clock.stamp(last)], "evidence": [{"at": clock.stamp(first), "found": True}]}
            ),
        ]
    )
    order = find_order(order_id)
    assert (order.unannounced_due, len(order.snapshots)) == ([last], 2)
    assert order.next_figures_at == START + rules().snapshot_second
    for at in sorted({last, *(START + timedelta(hours=hours) for hours in (1, 6, 12, 24))}):
        check(order_id, at)
    order = find_order(order_id)
    assert order.status == "completed"
    assert len(order.snapshots) == 6


def test_readers_of_many_orders_read_their_looks_together(stage: Stage) -> None:
    order_ids = published(stage, "an", "bo", "chi")
    for order_id in order_ids:
        check(order_id, FIGURES_AT)
    task_id, expected = find_order(order_ids[0]).task_id, [clock.rfc3339(START), clock.rfc3339(FIGURES_AT)]
    with clock.at(FIGURES_AT), metered() as meter:
        listed = stage.advertiser.get(f"/v1/tasks/{task_id}/orders").json_body["data"]
    assert [moments(order) for order in listed] == [expected] * 3
    assert meter.calls == {"GetItem": 1, "BatchGetItem": 2}
    with clock.at(FIGURES_AT):
        report = stage.advertiser.get(f"/v1/tasks/{task_id}/report").json_body
        mine = stage.creator("an").get("/v1/orders").json_body["data"]
        exported = [line for line in json_lines._tasks(stage.advertiser_id, None).items if line["type"] == "order"]
    assert [moments(order) for order in report["orders"]] == [expected] * 3
    assert [moments(order) for order in mine] == [expected]
    assert [moments(order) for order in exported] == [[START, FIGURES_AT]] * 3


def test_the_track_record_uses_comments_of_a_quiet_look(order_id: str) -> None:
    shot = {"at": clock.stamp(FIGURES_AT), "found": True, "comments_read": 40, "comments_copied": 3}
    LooksRecord(order_id, LOOKS, snapshots=[shot], revision=1).save()
    order = find_order(order_id)
    order.status = "failed"
    entry = track_record_entry.track_record_entry(order)
    assert entry is not None
    assert (entry.comments_read, entry.comments_copied) == (40, 3)


def test_evidence_of_quiet_looks_is_shown_once_the_order_has_ended(stage: Stage, order_id: str) -> None:
    due = find_order(order_id).unannounced_due
    for at in due:
        check(order_id, at)
    assert len(stage.order(order_id)["evidence"]) == 1
    for hours in (12, 24):
        check(order_id, max([START + timedelta(hours=hours), *due]) if hours == 24 else START + timedelta(hours=hours))
    shown = stage.order(order_id)
    assert shown["status"] == "completed"
    assert {clock.rfc3339(at) for at in due} <= {evidence["at"] for evidence in shown["evidence"]}
