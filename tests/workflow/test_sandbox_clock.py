"""The clock of a sandbox stage is moved by hours and days while the shipped machines wait: every timer that it passes takes effect
within seconds, with the same end as if the time had passed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.core import clock
from chalicelib.store import sandbox_clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import resume_workflows
from testing.api import Api
from testing.markets.short_campaign import answer, waits
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, text_of

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud

NET = 214_900
HOUR = timedelta(hours=1)


@pytest.fixture
def stage(cloud: Cloud, api: Api) -> Stage:
    stage = Stage(api)
    stage.certify()
    return stage


def time_of(stage: Stage) -> datetime:
    return clock.parse(stage.api.get("/sandbox/clock").json_body["now"])


def move(cloud: Cloud, stage: Stage, **by: str) -> datetime:
    """Move the stage's clock, and let everything happen that follows from it; the time that the stage then has."""
    found = stage.api.as_("root", "admin").post("/sandbox/clock", by)
    assert found.status_code == 200, found.json_body
    cloud.wait_for(lambda: not stage.api.get("/sandbox/clock").json_body["waking"], "all workflows are woken")
    return clock.parse(found.json_body["now"])


def accepted(cloud: Cloud, stage: Stage, name: str = "an", **changes: Any) -> str:
    """An order of a task as in production, accepted; its workflow waits for the publication."""
    accounts = [stage.accounts[name]] if name in stage.accounts else stage.bind(name)
    task = stage.create(accounts, begin=time_of(stage), **changes)
    stage.approve(task["id"])
    (order,) = stage.orders(task["id"])
    cloud.wait_for(lambda: waits(order["id"]), "the order waits for an answer")
    answer(stage, order["id"], name, "accept")
    cloud.wait_for(lambda: waits(order["id"], "accepted"), "it waits for the publication")
    return str(order["id"])


def published(cloud: Cloud, stage: Stage, order_id: str) -> None:
    move(cloud, stage, to=text_of(find_order(order_id).start_at))
    stage.publish("an", order_id)
    cloud.wait_for(lambda: waits(order_id, "published"), "it waits for the check")


def is_now(cloud: Cloud, order_id: str, status: str) -> None:
    cloud.wait_for(lambda: find_order(order_id).status == status, f"{order_id} is {status}")


def test_a_day_of_retention_passes_in_seconds(cloud: Cloud, stage: Stage) -> None:
    order_id = accepted(cloud, stage)
    published(cloud, stage, order_id)
    move(cloud, stage, advance="PT11H")
    cloud.settle()
    assert find_order(order_id).checks == 0
    move(cloud, stage, advance="PT1H")
    cloud.wait_for(lambda: find_order(order_id).checks == 1, "half of the retention is over")
    move(cloud, stage, advance="PT12H")
    is_now(cloud, order_id, "completed")
    cloud.wait_for(lambda: find_task(str(find_order(order_id).task_id)).status == "completed", "the task completes")
    assert stage.money(creators=("an",)) == {"available": FUNDS - PRICE, "an": NET}
    assert cloud.time.moment < NOON + timedelta(minutes=1), "nothing waited in real hours"
    stage.proven(NOON + 100 * HOUR)


def test_a_dispute_is_decided_by_five_working_days(cloud: Cloud, stage: Stage) -> None:
    order_id = accepted(cloud, stage)
    published(cloud, stage, order_id)
    answer(stage, order_id, "an", "dispute", {"reason_code": "other", "note": "不对"})
    cloud.wait_for(lambda: waits(order_id, "disputed"), "it waits for the ruling")
    due = find_order(order_id).ruling_due_at
    assert due is not None
    move(cloud, stage, to=text_of(due - HOUR))
    cloud.settle()
    assert find_order(order_id).status == "disputed"
    move(cloud, stage, advance="PT1H")
    is_now(cloud, order_id, "completed")
    assert cloud.time.moment < NOON + timedelta(minutes=1)


def test_one_move_over_all_deadlines_applies_every_default(cloud: Cloud, stage: Stage) -> None:
    retained = accepted(cloud, stage)
    published(cloud, stage, retained)
    missed = accepted(cloud, stage, "bo")
    task = stage.create(stage.bind("chen"), begin=time_of(stage))
    stage.approve(task["id"])
    (unanswered,) = stage.orders(task["id"])
    unseen = stage.create([stage.accounts["chen"]], begin=time_of(stage))
    cloud.wait_for(lambda: waits(unseen["id"]), "the task waits for its review")
    move(cloud, stage, advance="P40D")
    for order_id, status in ((retained, "completed"), (missed, "failed"), (unanswered["id"], "lapsed")):
        is_now(cloud, order_id, status)
    cloud.wait_for(lambda: find_task(unseen["id"]).status == "cancelled", "the unreviewed task is cancelled")
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends")
    assert stage.money(creators=("an", "bo", "chen")) == {"available": FUNDS - PRICE, "an": NET, "bo": 0, "chen": 0}
    assert cloud.time.moment < NOON + timedelta(minutes=1)


def test_a_move_over_the_window_still_publishes_for_the_creator(cloud: Cloud, stage: Stage) -> None:
    stage.bind("an")
    allowed = stage.creator("an").put(f"/v1/accounts/{stage.accounts['an']}/publishing", {"allowed": True})
    assert allowed.status_code == 200, allowed.json_body
    order_id = accepted(cloud, stage, publishing={"mode": "platform"})
    move(cloud, stage, advance="P5D")
    is_now(cloud, order_id, "completed")
    order = find_order(order_id)
    assert order.published_at == order.publish_at
    assert stage.money(creators=("an",))["an"] == NET


def test_a_move_between_two_steps_wakes_the_workflow(cloud: Cloud, stage: Stage) -> None:
    """The step before the wait knows the old time; it would wait for the hours that the clock has skipped."""
    order_id = accepted(cloud, stage)
    moved: list[bool] = []

    def before(name: str, event: dict[str, Any]) -> None:
        if event["step"] == "wait" and event["id"] == order_id and not moved:
            moved.append(True)
            # as a move does whose waking has passed this order already
            record, _ = sandbox_clock.advance(3 * HOUR, None)
            sandbox_clock.save_wake_up_position(record, None)

    cloud.before_call = before
    record = waits(order_id, "accepted")
    assert record
    resume_workflows.resume_record(record, record.wait)
    is_now(cloud, order_id, "failed")
    assert moved
    assert cloud.time.moment < NOON + timedelta(minutes=1)


def test_a_move_wakes_in_pages(cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resume_workflows, "RESUMED_PER_RECORD", 2)
    order_ids = [accepted(cloud, stage, name) for name in ("an", "bo", "chen")]
    move(cloud, stage, advance="PT4H")
    for order_id in order_ids:
        is_now(cloud, order_id, "failed")
    assert cloud.time.moment < NOON + timedelta(minutes=1)
