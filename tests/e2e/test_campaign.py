"""The whole market on the local cloud, through its public API, with Cognito's tokens and every role's IAM policy enforced."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from microtask.types import Order, Regrade, Task

from demo import campaign
from demo.campaign import Outcome, Timing
from demo.stack import Stack, User
from infra.local_cloud import LocalCloud
from testing.receivers.node_receiver import NodeReceiver, receiving

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
TIMING = Timing()


def _failed(outcome: Outcome) -> list[str]:
    return [claim for claim, holds in outcome.checks if not holds]


@dataclass
class Played:
    """A whole campaign, and the receivers of all events of its advertiser and of the creator who is paid."""

    outcome: Outcome
    receivers: dict[str, tuple[User, NodeReceiver]]


@pytest.fixture(scope="module")
def played(stack: Stack) -> Iterator[Played]:
    """Play a campaign whose advertiser and creator have webhooks."""
    people = campaign.cast(stack)
    receivers: dict[str, tuple[User, NodeReceiver]] = {}
    with ExitStack() as running:
        for side, user in (("advertiser", people.advertiser), ("creator", people.creators[0])):
            made = user.webhooks.create(url="http://127.0.0.1:9/hook", event_types=["*"])
            assert made["secret"] is not None
            receiver = running.enter_context(receiving(made["secret"]))
            user.webhooks.change(made["id"], url=receiver.url)
            receivers[side] = user, receiver
        outcome = campaign.play(stack, lambda topic, text: print(f"{topic:10} {text}"), TIMING, people)
        yield Played(outcome, receivers)


def test_a_campaign_is_played_and_every_figure_is_right(played: Played) -> None:
    assert _failed(played.outcome) == []
    assert len(played.outcome.checks) > 20


@pytest.mark.parametrize(("side", "last"), [("advertiser", "task.completed"), ("creator", "withdrawal.paid")])
def test_a_receiver_in_another_language_has_every_event_once(played: Played, side: str, last: str) -> None:
    """A fifth of its responses is a failure. The clock of the stage was moved by two days, that of the receiver was not."""
    user, receiver = played.receivers[side]
    user.wait_for(lambda: {event["type"] for event in user.events.list()}, lambda types: last in types)
    expected = {event["id"] for event in user.events.list()}
    received = receiver.received(expected)
    statuses = Counter(one["status"] for one in received)
    assert statuses.keys() == {204, 500}, "every signature is valid, and its time is that of the receiver"
    assert statuses[500] == len(expected) // 4
    assert {one["id"] for one in received if one["status"] == 204} == expected
    assert {"order.offered", "order.accepted", "order.published", "order.completed", last} <= {
        one["type"] for one in received
    }


def _until_answered(stack: Stack, say: Any) -> tuple[campaign.Cast, Task, Order, Outcome]:
    outcome = Outcome()
    people = campaign.cast(stack)
    campaign.certify(people, say)
    accounts = campaign.choose(people, say)
    campaign.top_up(people, say)
    task = campaign.create_task(people, accounts, TIMING, outcome, say)
    campaign.review(people, task, say)
    accepted, _, _ = campaign.answer(people, task, accounts, outcome, say)
    return people, task, accepted, outcome


def _finish(people: campaign.Cast, task: Task, order: Order, outcome: Outcome, say: Any) -> None:
    campaign.publish(people, order, outcome, say)
    campaign.settle(people, task, outcome, say)
    campaign.withdraw(people, outcome, say)
    campaign.audit(people, outcome, say)
    assert _failed(outcome) == []


@dataclass
class Interrupted:
    """A whole campaign in the midst of which all workers of functions were killed, and then the cloud was restarted.

    `wait` is the wait of its order's workflow before the restart, `broken` the state of that workflow after it."""

    people: campaign.Cast
    task: Task
    outcome: Outcome
    killed: list[int]
    wait: dict[str, Any]
    broken: str


@pytest.fixture(scope="module")
def interrupted(local_cloud: LocalCloud, stack: Stack) -> Interrupted:
    """Play a campaign, kill the workers when the creators have answered, and restart the cloud when the order waits again."""

    def say(topic: str, text: str) -> None:
        print(f"{topic:10} {text}")

    people, task, accepted, outcome = _until_answered(stack, say)
    killed = local_cloud.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    tables, key = stack.client("dynamodb"), {"pk": {"S": accepted["id"]}, "sk": {"S": "wait"}}
    wait = people.advertiser.wait_for(
        lambda: tables.get_item(TableName=stack.outputs["TasksTable"], Key=key, ConsistentRead=True),
        lambda answer: "Item" in answer,
    )["Item"]
    execution = stack.outputs["OrderMachineArn"].replace(":stateMachine:", ":execution:") + f":{accepted['id']}"
    _wait_until_running(stack, execution)
    assert local_cloud.down()
    assert not local_cloud.healthy()
    local_cloud.up()
    broken = stack.client("stepfunctions").describe_execution(executionArn=execution)["status"]
    _finish(people, task, accepted, outcome, say)
    return Interrupted(people, task, outcome, killed, wait, broken)


def test_killed_workers_and_a_restart_lose_nothing(local_cloud: LocalCloud, interrupted: Interrupted) -> None:
    assert interrupted.killed
    assert interrupted.broken == "FAILED", "the restart is meant to break the running workflow"
    assert _failed(interrupted.outcome) == []
    assert not set(interrupted.killed) & set(local_cloud.workers())


def test_repeated_steps_change_nothing(stack: Stack, interrupted: Interrupted) -> None:
    people, task = interrupted.people, interrupted.task
    before = _stands(people, task)
    stepfunctions = stack.client("stepfunctions")
    token = interrupted.wait["token"]["S"]
    with pytest.raises(stepfunctions.exceptions.ClientError):
        stepfunctions.send_task_success(taskToken=token, output="{}")
    functions = stack.client("lambda")
    names = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    order_step = next(name for name in names if "OrderStep" in name)
    for order in before["orders"]:
        for step in ("load", "lapsed", "publication_missed", "check"):
            payload = json.dumps({"step": step, "id": order["id"]}).encode()
            answer = functions.invoke(FunctionName=order_step, Payload=payload)
            assert "FunctionError" not in answer, answer["Payload"].read()
    assert _stands(people, task) == before


def test_all_accounts_are_regraded_by_the_workflow(stack: Stack) -> None:
    admin = stack.user("regrader", "admin")
    run = _regraded(admin)
    assert run["status"] == "succeeded"
    assert run["segments"] == {"done": 64, "all": 64}
    assert run["accounts"] == 300
    assert run["changed"] < 30, "only orders that ended meanwhile are news"
    assert run["parked"] == []
    run = _regraded(admin)
    assert (run["status"], run["changed"]) == ("succeeded", 0)
    assert run["units"]["written"] < 2 * 64 * 3, "nothing is written but the progress"


def _regraded(admin: User) -> Regrade:
    started = admin.grades.regrade()
    return admin.wait_for(
        lambda: admin.grades.regrade_progress(started["execution"]),
        lambda found: found["status"] != "running",
    )


@pytest.mark.parametrize("name", ["Sweep", "RegradeNightly", "Reconcile"])
def test_scheduled_functions_have_their_rights(stack: Stack, name: str) -> None:
    functions = stack.client("lambda")
    names = [function["FunctionName"] for function in functions.list_functions()["Functions"]]
    tick = {
        "version": "0",
        "id": "tick",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "",
        "time": "",
    }
    payload = json.dumps({**tick, "region": stack.region, "resources": [], "detail": {}}).encode()
    answer = functions.invoke(FunctionName=next(n for n in names if f"-{name}-" in n), Payload=payload)
    assert "FunctionError" not in answer, answer["Payload"].read()


def _wait_until_running(stack: Stack, execution: str) -> None:
    """Wait until the outbox has started the workflow: a restart cannot break a workflow that has not started."""
    client, deadline = stack.client("stepfunctions"), time.monotonic() + 300
    while True:
        try:
            assert client.describe_execution(executionArn=execution)["status"] == "RUNNING"
            return
        except client.exceptions.ExecutionDoesNotExist:
            assert time.monotonic() < deadline, "the outbox starts no workflow"
            time.sleep(0.2)


def _stands(people: campaign.Cast, task: Task) -> dict[str, Any]:
    """Return the orders, every balance and the number of entries. Turnover is left out: it counts only transfers older than
    half a minute, so it still grows afterwards."""
    proof = people.finance.ledger.prove()
    balances = {name: money for name, money in dict(proof["totals"]).items() if name not in ("debits", "credits")}
    orders = list(people.advertiser.tasks.orders(task["id"]))
    return {"orders": orders, "balances": balances, "entries": proof["entries_checked"], "status": proof["status"]}
