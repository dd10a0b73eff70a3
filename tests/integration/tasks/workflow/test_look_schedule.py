"""The schedules of looks at posts before the end of their retention."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import look_schedule, steps, sweep
from chalicelib.tasks.workflow.wait_tokens import wait_of
from testing.markets.stage import Stage


def schedules() -> list[dict[str, Any]]:
    client, group = boto3.client("scheduler"), os.environ["SCHEDULE_GROUP"]
    found = client.list_schedules(GroupName=group)["Schedules"]
    return [client.get_schedule(Name=one["Name"], GroupName=group) for one in found]


def wait(order_id: str) -> None:
    found = wait_of(find_order(order_id)).as_input(order_id, clock.now())
    steps.order_step({"step": "wait", "token": "t", **found})


def published(stage: Stage, **changes: Any) -> str:
    (order_id,) = stage.accepted("an", **changes)
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
        wait(order_id)
    return order_id


def test_each_look_schedules_the_next_one_until_the_last(stage: Stage) -> None:
    order_id = published(stage)
    looks = 0
    while True:
        order = find_order(order_id)
        look_at = order.next_look_at
        assert look_at is not None
        if look_at == order.retained_at:
            break
        (one,) = schedules()
        expected = look_at + look_schedule.SECOND
        assert one["ScheduleExpression"] == f"at({expected:%Y-%m-%dT%H:%M:%S})"
        assert (one["ActionAfterCompletion"], one["Target"]["RoleArn"]) == ("DELETE", os.environ["SCHEDULE_ROLE_ARN"])
        event = json.loads(one["Target"]["Input"])
        assert (event["step"], event["id"]) == ("check", order_id)
        boto3.client("scheduler").delete_schedule(Name=one["Name"], GroupName=one["GroupName"])
        with clock.at(expected):
            steps.order_step(event)
        looks += 1
    assert looks >= 4, "three snapshots and half of the retention; the unannounced checks can coincide with them"
    assert schedules() == [], "the workflow waits for the last one"
    assert wait_of(order).until == clock.stamp(look_at)


def test_a_repeated_step_schedules_a_look_once(stage: Stage) -> None:
    order_id = published(stage)
    with clock.at(find_order(order_id).start_at):
        wait(order_id)
    assert len(schedules()) == 1


def test_looks_of_a_short_retention_are_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.tasks.workflow.wait_tokens.SCHEDULED_FROM", timedelta(hours=25))
    order = find_order(published(stage))
    assert schedules() == []
    assert order.next_look_at is not None
    assert wait_of(order).until == clock.stamp(order.next_look_at)


def test_the_sweep_schedules_a_lost_look_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
    order_id = published(stage)
    (lost,) = schedules()
    boto3.client("scheduler").delete_schedule(Name=lost["Name"], GroupName=lost["GroupName"])
    look_at = find_order(order_id).next_look_at
    assert look_at is not None
    for after, found in ((timedelta(minutes=1), 0), (look_schedule.LATE, 1)):
        with clock.at(look_at + after):
            assert sweep.resume()["scheduled"] == found
    assert len(schedules()) == 1
