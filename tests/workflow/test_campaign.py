"""Whole campaigns through the shipped machines on a moved clock: users act, decline or do not answer, and every step may run
twice, late, or after a crash."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.core import clock
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import executions, steps, sweep
from testing.api import Api
from testing.markets.short_campaign import answer, completed, publish, quick, statuses, waits
from testing.markets.stage import FUNDS, PRICE, Stage

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud

NET = 214_900


@pytest.fixture
def stage(cloud: Cloud, api: Api) -> Stage:
    stage = Stage(api)
    stage.certify()
    return stage


@pytest.mark.parametrize("twice", [False, True], ids=["once", "every-step-and-record-twice"])
def test_a_whole_campaign(cloud: Cloud, stage: Stage, twice: bool) -> None:
    cloud.repeat_calls, cloud.deliveries = twice, 2 if twice else 1
    task = quick(stage, ("an", "bo", "chen"))
    cloud.wait_for(lambda: waits(task["id"]), "the task waits for its review")
    stage.approve(task["id"])
    first, second, _ = (order["id"] for order in stage.orders(task["id"]))
    cloud.wait_for(lambda: waits(first), "the order waits for an answer")
    answer(stage, first, "an", "accept")
    answer(stage, second, "bo", "decline", {"reason_code": "price"})
    publish(cloud, stage, first, "an")
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["completed", "declined", "lapsed"]
    assert stage.money(task["id"], creators=("an", "bo", "chen")) == {
        "available": FUNDS - PRICE,
        "an": NET,
        "bo": 0,
        "chen": 0,
        task["id"]: 0,
    }
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
    assert len(cloud.executions()) == 4
    assert cloud.failures == []
    order = find_order(first)
    assert order.open is None
    checks = [event for name, event in cloud.calls if name == "order_step" and event["step"] == "check"]
    assert order.counted_links
    assert [event["input"]["counted"] for event in checks] == [order.counted_links] * len(checks)
    assert checks


def test_defaults_apply_without_any_action(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an",), answer=1)
    cloud.wait_for(lambda: find_task(task["id"]).status == "cancelled", "the unreviewed task is cancelled")
    cloud.wait_for(lambda: not cloud.executions("RUNNING"))
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}


def test_accepted_and_never_published_fails(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an",), answer=2, window=1)
    stage.approve(task["id"])
    answer(stage, stage.orders(task["id"])[0]["id"], "an", "accept")
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["failed"]
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}


def test_a_rejected_and_resubmitted_task_runs_again(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an",))
    path = f"/v1/tasks/{task['id']}"
    stage.auditor.post(f"{path}/review", {"decision": "rejected", "reasons": [{"code": "content"}]})
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "a rejected task waits for nothing")
    accept_by = clock.now() + timedelta(seconds=2)
    window = {"start_at": accept_by.isoformat(), "end_at": (accept_by + timedelta(seconds=1)).isoformat()}
    body = stage.body(task["account_ids"], accept_by=accept_by.isoformat(), window=window, retention="PT1S")
    assert stage.advertiser.put(path, body).json_body["status"] == "in_review"
    stage.approve(task["id"])
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["lapsed"]
    assert {execution["name"] for execution in cloud.executions()} >= {task["id"], f"{task['id']}-r1"}


def test_a_spent_token_changes_nothing(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an",))
    cloud.wait_for(lambda: waits(task["id"]))
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    token = cloud.wait_for(lambda: waits(order_id)).token
    answer(stage, order_id, "an", "accept")
    cloud.wait_for(lambda: waits(order_id, "accepted"), "it waits for the publication")
    record = find_order(order_id)
    with suppress(ClientError):  # AWS says TaskTimedOut, moto nothing
        cloud.stepfunctions.send_task_success(taskToken=token, output="{}")
    # The stream delivers an image with the spent token, as an earlier release stored it.
    key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
    stored = boto3.client("dynamodb").get_item(TableName=os.environ["TASKS_TABLE"], Key=key)["Item"]
    image = {**stored, "waiting_revision": {"N": "0"}, "waiting_token": {"S": token}}
    import app

    change = {"SequenceNumber": "1", "NewImage": image, "OldImage": image}
    assert app.outbox({"Records": [{"dynamodb": change}]}, None) == {"batchItemFailures": []}
    assert find_order(order_id).events == record.events
    publish(cloud, stage, order_id, "an")
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["completed"]


def test_the_sweep_resumes_aborted_executions(cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    task = quick(stage, ("an", "bo"), answer=4)
    stage.approve(task["id"])
    first = stage.orders(task["id"])[0]["id"]
    cloud.wait_for(lambda: waits(task["id"], "running"))
    cloud.wait_for(lambda: waits(first))
    # moto goes on waiting in a stopped execution until its timeout, so the sweep gets the first runs as missing;
    # that they still wait here is one fault more: whatever they do later must change nothing.
    real = executions.execution_state
    monkeypatch.setattr(sweep, "execution_state", lambda item, run: real(item, run) if run else "ABORTED")
    found = sweep.resume()
    assert (found["open"], found["resumed"], found["started"]) == (3, 3, 0)
    cloud.wait_for(
        lambda: sum(e["name"].endswith("-r1") for e in cloud.executions("RUNNING")) == 3, "all three run again"
    )
    assert sweep.resume()["resumed"] == 0
    answer(stage, first, "an", "accept")
    publish(cloud, stage, first, "an")
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["completed", "lapsed"]
    assert stage.money(task["id"], creators=("an",)) == {"available": FUNDS - PRICE, "an": NET, task["id"]: 0}
    assert sweep.resume()["open"] == 0
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "the first runs end too")
    assert stage.money(task["id"], creators=("an",)) == {"available": FUNDS - PRICE, "an": NET, task["id"]: 0}


def test_the_sweep_starts_what_the_stream_lost(cloud: Cloud, stage: Stage) -> None:
    cloud.hold_streams = True
    task = quick(stage, ("an",), answer=3)
    stage.approve(task["id"])
    assert sweep.resume()["started"] == 2
    order_id = stage.orders(task["id"])[0]["id"]
    answer(stage, order_id, "an", "decline", {"reason_code": "other"})
    found = sweep.resume()
    assert (found["completed"], found["started"]) == (1, 0)
    cloud.hold_streams = False
    completed(cloud, task["id"])
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    assert len(cloud.executions()) == 2


def test_a_step_that_fails_for_good_parks_the_order(cloud: Cloud, stage: Stage) -> None:
    def broken(name: str, event: dict[str, Any]) -> None:
        if name == "order_step" and event["step"] == "lapsed":
            raise RuntimeError("out of order")

    cloud.before_call = broken
    task = quick(stage, ("an",), answer=1)
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    cloud.wait_for(lambda: find_order(order_id).stuck, "the order is stuck")
    cloud.wait_for(lambda: cloud.executions("FAILED"))
    stuck = stage.auditor.get("/v1/orders?status=stuck").json_body["data"]
    assert [(order["id"], order["status"], order["stuck"]["error"]) for order in stuck] == [
        (order_id, "offered", "RuntimeError")
    ]
    assert sweep.resume()["stuck"] == 1
    assert TaskRecord.find(task["id"], "task").status == "running"  # type: ignore[union-attr]
    cloud.before_call = lambda name, event: None


def test_every_step_is_done_once_after_crashes(cloud: Cloud, stage: Stage) -> None:
    died: dict[tuple[str, str], int] = {}

    def dying(when: str) -> Any:
        def die(name: str, event: dict[str, Any]) -> None:
            key = (when, f"{name} {event['step']}")
            died[key] = died.get(key, 0) + 1
            if died[key] == 1:
                raise ConnectionError(f"dies {when} its work")

        return die

    cloud.before_call, cloud.after_call = dying("before"), dying("after")
    task = quick(stage, ("an", "bo", "chen", "dai"), window=2)
    stage.approve(task["id"])
    orders = dict(zip(("an", "bo", "chen", "dai"), (order["id"] for order in stage.orders(task["id"])), strict=True))
    for name in ("an", "bo"):
        answer(stage, orders[name], name, "accept")
    answer(stage, orders["dai"], "dai", "decline", {"reason_code": "price"})
    publish(cloud, stage, orders["an"], "an")
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["completed", "failed", "lapsed", "declined"]
    assert stage.money(task["id"], creators=("an",)) == {"available": FUNDS - PRICE, "an": NET, task["id"]: 0}
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
    reached = {step for _, step in died}
    order_steps = {f"order_step {step}" for step in ("wait", "lapsed", "publication_missed", "check")}
    assert reached >= order_steps | {"task_step wait", "task_step offer"}
    assert {step for when, step in died if when == "after"} == reached
    stage.proven()


def test_a_dispute_resumes_the_order_and_its_ruling_ends_it(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an", "bo"), retention=3_600)
    stage.approve(task["id"])
    first, second = (order["id"] for order in stage.orders(task["id"]))
    for name, order_id in (("an", first), ("bo", second)):
        answer(stage, order_id, name, "accept")
    for name, order_id in (("an", first), ("bo", second)):
        publish(cloud, stage, order_id, name)
    dispute = stage.advertiser.post(f"/v1/orders/{first}/dispute", {"reason_code": "other", "note": "x"}).json_body
    cloud.wait_for(lambda: waits(first, "disputed"), "it waits for the ruling")
    ruling = {"outcome": "refund", "note": "x"}
    path = f"/v1/disputes/{dispute['dispute_id']}/ruling"
    assert stage.auditor.post(path, ruling).status_code == 200
    stopped = stage.auditor.post(f"/v1/tasks/{task['id']}/stop", {"reason_code": "illegal"})
    assert stopped.json_body["status"] == "stopped"
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends, an hour before its time")
    assert statuses(stage, task["id"]) == ["failed", "stopped"]
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
    assert stage.money(task["id"], creators=("bo",)) == {"available": FUNDS - PRICE, "bo": NET, task["id"]: 0}


def test_a_cancelled_task_ends_every_workflow(cloud: Cloud, stage: Stage) -> None:
    task = quick(stage, ("an", "bo"), answer=100)
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    answer(stage, order_id, "an", "accept")
    cloud.wait_for(lambda: waits(order_id, "accepted"))
    done = stage.advertiser.post(f"/v1/tasks/{task['id']}/cancel", {"reason_code": "other"})
    assert done.json_body["status"] == "cancelled"
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends before its time")
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
    assert sweep.resume()["open"] == 0


LARGE = tuple(f"creator-{place}" for place in range(12))


def test_a_large_cancellation_is_finished_by_the_workflow(
    cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its steps dies once before its work and once after it."""
    monkeypatch.setattr(steps, "ENDED_PER_STEP", 4)
    monkeypatch.setattr(cancellation, "ENDED_IN_REQUEST", 1)
    task = quick(stage, LARGE, answer=1_000)
    died: dict[str, int] = {}

    def die(when: str) -> Any:
        def at(name: str, event: dict[str, Any]) -> None:
            if event["step"] == "wind_up":
                died[when] = died.get(when, 0) + 1
                if died[when] % 2:
                    raise ConnectionError(f"dies {when} its work")

        return at

    cloud.before_call, cloud.after_call = die("before"), die("after")
    stage.approve(task["id"])
    cloud.wait_for(lambda: waits(task["id"], "running"), "the task waits for its orders")
    cloud.hold_streams = True  # the workflow wakes after the response
    answered = stage.advertiser.post(f"/v1/tasks/{task['id']}/cancel", {"reason_code": "other"})
    assert (answered.status_code, answered.json_body["closing"]) == (202, {"orders_left": 11})
    cloud.hold_streams = False
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends before its time")
    assert statuses(stage, task["id"]) == ["cancelled"] * 12
    assert stage.task(task["id"])["closing"] is None
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
    assert min(died.values()) > 2
    stage.proven()


def test_the_sweep_finishes_a_cancellation_without_stream_record(
    cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancellation, "ENDED_IN_REQUEST", 0)
    task = quick(stage, ("an", "bo"), answer=1_000)
    stage.approve(task["id"])
    cloud.wait_for(lambda: waits(task["id"], "running"), "the task waits for its orders")
    cloud.hold_streams = True
    assert stage.advertiser.post(f"/v1/tasks/{task['id']}/cancel", {"reason_code": "other"}).status_code == 202
    assert sweep.resume()["woken"] >= 1
    cloud.wait_for(lambda: find_task(task["id"]).winding_up is None, "its workflow ends the orders")
    assert statuses(stage, task["id"]) == ["cancelled", "cancelled"]
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    cloud.hold_streams = False
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends before its time")


def test_a_shortened_deadline_reaches_the_waiting_workflow(cloud: Cloud, stage: Stage, monkeypatch: Any) -> None:
    monkeypatch.setattr("chalicelib.tasks.posts.creator_publication.mend_by", lambda at, *_: at + timedelta(seconds=2))
    task = quick(stage, ("an",), window=1_000)
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    answer(stage, order_id, "an", "accept")
    order = find_order(order_id)
    cloud.move_to(order.start_at)
    wrong = stage.post(stage.order(order_id), text="别的 广告")
    assert stage.act("an", order_id, "publish", {"post_url": wrong}).status_code == 422
    completed(cloud, task["id"])
    assert statuses(stage, task["id"]) == ["failed"]
