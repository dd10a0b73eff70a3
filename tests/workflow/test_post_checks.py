"""Looks at posts through the shipped order machine on a moved clock: during a dispute, and while the network cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.core.rules import rules
from chalicelib.social.port import NotPermitted
from chalicelib.social.sandbox import SandboxNetwork
from chalicelib.tasks.records.order_record import find_order
from testing.api import Api
from testing.markets.short_campaign import answer, completed, publish, quick, statuses
from testing.markets.stage import FUNDS, Stage

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud

NET = 214_900


@pytest.fixture
def stage(cloud: Cloud, api: Api) -> Stage:
    stage = Stage(api)
    stage.certify()
    return stage


@pytest.fixture
def short_deadlines() -> Iterator[None]:
    """Six hours of tries and six hours for a ruling: some twelve looks instead of two hundred."""
    with pytest.MonkeyPatch.context() as changes:
        changes.setenv("RULES", '{"final_check": 21600, "dispute_ruling": 21600}')
        rules.cache_clear()
        yield
    rules.cache_clear()


def published(cloud: Cloud, stage: Stage) -> tuple[str, str]:
    """A task with one published order whose post has to stay for a minute; the ids of both."""
    task = quick(stage, ("an",), retention=60)
    stage.approve(task["id"])
    order_id = stage.orders(task["id"])[0]["id"]
    answer(stage, order_id, "an", "accept")
    publish(cloud, stage, order_id, "an")
    return task["id"], order_id


@pytest.mark.usefixtures("short_deadlines")
def test_a_creator_who_disputes_and_deletes_is_not_paid(cloud: Cloud, stage: Stage) -> None:
    task_id, order_id = published(cloud, stage)
    answer(stage, order_id, "an", "dispute", {"reason_code": "other", "note": "请看一下"})
    stage.api.request("DELETE", f"/sandbox/posts/{stage.order(order_id)['post_url'].rpartition('/')[2]}")
    completed(cloud, task_id)
    assert statuses(stage, task_id) == ["failed"]
    assert stage.money(task_id, creators=("an",)) == {"available": FUNDS, "an": 0, task_id: 0}
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}


@pytest.mark.usefixtures("short_deadlines")
def test_a_network_that_cannot_be_read_parks_nothing(
    cloud: Cloud, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id, order_id = published(cloud, stage)

    def fetch_post(*_: Any) -> None:
        raise NotPermitted("The post is private.")

    monkeypatch.setattr(SandboxNetwork, "fetch_post", fetch_post)
    completed(cloud, task_id)
    assert statuses(stage, task_id) == ["completed"], "the last look that could be made found the post"
    assert stage.money(creators=("an",))["an"] == NET
    names = [event["event"] for event in find_order(order_id).events]
    assert names[-3:] == ["check_delayed", "disputed", "ruling_missed"]
    assert {execution["status"] for execution in cloud.executions()} == {"SUCCEEDED"}
