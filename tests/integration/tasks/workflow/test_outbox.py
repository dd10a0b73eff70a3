"""The outbox and the sweep with every response of AWS: successes, and records that are delivered again."""

from __future__ import annotations

import json
import os
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from bench.harness.measured_market import metered
from chalicelib.core import clock
from chalicelib.grading.records import GradedAccount
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.records.workflow_item import open_shard
from chalicelib.tasks.workflow import executions, outbox, resume_workflows, steps, sweep
from chalicelib.tasks.workflow.wait_tokens import KEY, Wait, WaitRecord, wait_of
from testing.api import Api
from testing.markets.stage import Stage

TASK = "tsk_0000000000000000000000000A"
ORDER = "ord_0000000000000000000000000A"
AT = "2026-11-22T12:00:00.000Z"


class Recorder:
    """Clients that record requests and return prepared responses."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.errors: dict[str, str] = {}

    def client(self, service: str) -> Recorder:
        return self

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.received.append((name, arguments))
            if name in self.errors:
                raise ClientError({"Error": {"Code": self.errors[name]}}, name)
            return {}

        return call

    def names(self) -> list[str]:
        return [name for name, _ in self.received]


@pytest.fixture
def aws_clients(aws: None, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    for module in (executions, resume_workflows):
        monkeypatch.setattr(module, "client", recorder.client)
    return recorder


def image(pk: str, sk: str, status: str, **texts: str | int) -> dict[str, Any]:
    found: dict[str, Any] = {"pk": {"S": pk}, "sk": {"S": sk}, "status": {"S": status}}
    for name in ("updated_at", "accept_by", "start_at", "end_at"):
        found[name] = {"S": AT}
    found |= {"retention": {"N": "86400"}, "created_at": {"S": AT}}
    for name, value in texts.items():
        found[name] = {"N": str(value)} if isinstance(value, int) else {"S": value}
    return found


def record(number: int, new: dict[str, Any] | None, old: dict[str, Any] | None = None) -> dict[str, Any]:
    change: dict[str, Any] = {"SequenceNumber": str(number)}
    if new:
        change["NewImage"] = new
    if old:
        change["OldImage"] = old
    return {"dynamodb": change}


def publish(*records: dict[str, Any]) -> list[str]:
    answer = outbox.publish({"Records": list(records)})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_insert_starts_the_workflow(aws_clients: Recorder) -> None:
    new = image(ORDER, "order", "offered", task_id=TASK, revision=3, cause="req_1")
    assert publish(record(1, new)) == []
    ((start, started),) = aws_clients.received
    assert (start, started["name"]) == ("start_execution", ORDER)
    assert json.loads(started["input"]) == {
        "id": ORDER,
        "status": "offered",
        "until": AT,
        "seconds": 1,
        "revision": 3,
        "cause": "req_1",
    }
    assert started["stateMachineArn"].endswith("-order")


def test_a_further_run_starts_a_further_execution(aws_clients: Recorder) -> None:
    publish(record(1, image(TASK, "task", "running", run=2), image(TASK, "task", "running", run=1)))
    assert [arguments["name"] for _, arguments in aws_clients.received] == [f"{TASK}-r2"]


def waiting(status: str, until: str = AT, is_plain: bool | None = None) -> None:
    WaitRecord(ORDER, KEY, token="t", status=status, until=until, is_plain=is_plain).save()


@pytest.mark.parametrize("code", ["TaskTimedOut", "InvalidToken", "TaskDoesNotExist"])
def test_a_token_that_is_spent_or_dead_is_a_success(aws_clients: Recorder, code: str) -> None:
    aws_clients.errors["send_task_success"] = code
    waiting("offered")
    changed = record(1, image(ORDER, "order", "accepted", run=0), image(ORDER, "order", "offered"))
    assert publish(changed) == []
    assert aws_clients.names() == ["send_task_success"]


@pytest.mark.parametrize(
    ("then", "is_plain", "answer"),
    [
        ("accepted", None, ("send_task_success", None)),
        ("accepted", True, ("send_task_success", None)),
        ("cancelled", None, ("send_task_failure", "Ended")),
        ("cancelled", True, ("send_task_success", None)),
        ("disputed", None, ("send_task_failure", "Changed")),
        ("disputed", True, ("send_task_success", None)),
    ],
)
def test_the_usual_next_status_succeeds_and_others_are_errors(
    aws_clients: Recorder, then: str, is_plain: bool | None, answer: tuple[str, str | None]
) -> None:
    """A definition from before 2026-11-27 catches no errors by name: it would park the order."""
    waiting("offered", is_plain=is_plain)
    publish(record(1, image(ORDER, "order", then, revision=1), image(ORDER, "order", "offered")))
    name, sent = aws_clients.received[0]
    assert (name, sent.get("error")) == answer
    if name == "send_task_success":
        output = json.loads(sent["output"])
        assert {name: output[name] for name in ("id", "status", "revision")} == {
            "id": ORDER,
            "status": then,
            "revision": 1,
        }


def test_a_token_stays_valid_until_status_or_deadline_changes(aws_clients: Recorder) -> None:
    waiting("offered")
    before = image(ORDER, "order", "offered", revision=0)
    publish(record(1, image(ORDER, "order", "offered", revision=1), before))
    assert aws_clients.names() == []
    later = "2026-11-23T12:00:00.000Z"
    publish(record(1, {**before, "accept_by": {"S": later}}, before))
    assert [(name, sent["error"]) for name, sent in aws_clients.received] == [("send_task_failure", "Changed")]


def test_a_token_of_an_earlier_release_is_still_answered(aws_clients: Recorder) -> None:
    old = image(ORDER, "order", "accepted", waiting_token="t", waiting_revision=0, revision=1)
    assert publish(record(1, old, old)) == []
    assert aws_clients.names() == ["send_task_success"]


def test_the_waits_of_a_batch_are_read_together(aws_clients: Recorder) -> None:
    others = [f"ord_000000000000000000000000{letter}B" for letter in "ABC"]
    for order_id in others:
        WaitRecord(order_id, KEY, token=order_id, status="offered", until=AT).save()
    records = [
        record(number, image(order_id, "order", "accepted"), image(order_id, "order", "offered"))
        for number, order_id in enumerate(others)
    ]
    with metered() as meter:
        assert publish(*records) == []
    assert meter.calls == {"BatchGetItem": 1}
    assert [arguments["taskToken"] for _, arguments in aws_clients.received] == others


def test_the_end_of_an_order_takes_one_read(stage: Stage, aws_clients: Recorder) -> None:
    (order_id,) = stage.accepted("an")
    with clock.at(find_order(order_id).start_at):
        stage.publish("an", order_id)
    before = stored(order_id, "order")
    WaitRecord(order_id, KEY, token="t", status="published", until=AT).save()
    with metered() as meter:
        assert publish(record(1, {**before, "status": {"S": "completed"}}, before)) == []
    assert {name: meter.calls.get(name, 0) for name in ("BatchGetItem", "GetItem")} == {"BatchGetItem": 1, "GetItem": 0}
    assert aws_clients.names() == ["send_task_failure"]
    assert GradedAccount.existing(stage.accounts["an"], "account").traded_on is not None


def test_closing_the_hold_of_a_task_does_not_complete_it_again(
    aws_clients: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    completed: list[str] = []
    monkeypatch.setattr(outbox, "complete_if_settled", completed.append)
    held = image(f"task:{TASK}:held", "balance", "", balance=0, holder="adv_1")
    closed = {name: value for name, value in held.items() if name != "holder"}
    publish(record(1, held, {**held, "balance": {"N": "7"}}), record(2, closed, held))
    assert completed == [TASK]


def test_an_execution_that_exists_is_a_success(aws_clients: Recorder) -> None:
    aws_clients.errors["start_execution"] = "ExecutionAlreadyExists"
    assert publish(record(1, image(TASK, "task", "in_review"))) == []


def test_the_first_failure_is_named_and_nothing_after_it_touched(aws_clients: Recorder) -> None:
    aws_clients.errors["start_execution"] = "ThrottlingException"
    changed = record(1, image(TASK, "task", "running"), image(TASK, "task", "in_review"))
    failures = publish(
        changed, record(2, image(ORDER, "order", "offered")), record(3, image(ORDER, "order", "offered"))
    )
    assert failures == ["2"]
    assert aws_clients.names() == ["start_execution"]


def test_other_items_of_the_stream_are_ignored(aws_clients: Recorder) -> None:
    assert (
        publish(
            record(1, image("pst_1", "post", "x")),
            record(2, None, image(ORDER, "order", "offered")),
            record(3, image("advertiser:adv_1:available", "balance", "", balance=0)),
            record(4, image(f"task:{TASK}:held", "entry#1", "", balance=0)),
            record(5, image(f"task:{TASK}:held", "balance", "", balance=7)),
        )
        == []
    )
    assert aws_clients.received == []


def test_an_empty_hold_completes_a_running_task_once(api: Api, aws_clients: Recorder) -> None:
    stage = Stage(api)
    stage.certify()
    task_id = stage.create(stage.bind("an"))["id"]
    zero = record(1, image(f"task:{task_id}:held", "balance", "", balance=0))
    assert publish(zero) == []
    assert find_task(task_id).status == "in_review"
    stage.approve(task_id)
    assert publish(zero) == []
    assert find_task(task_id).status == "running"
    order_id = stage.orders(task_id)[0]["id"]
    stage.creator("an").post(f"/v1/orders/{order_id}/decline", {"reason_code": "other"})
    assert publish(zero) == []
    assert publish(zero) == []
    ended = find_task(task_id)
    assert ended.status == "completed"
    assert ended.open is None
    assert [event["event"] for event in ended.events] == ["submitted", "approved", "all_settled"]
    assert ended.updated_at <= clock.now()


def test_a_sweep_without_time_goes_on_behind_the_last_item(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def running(item_id: str, run: int) -> str:
        looked.append(item_id)
        return "RUNNING"

    monkeypatch.setattr(sweep, "execution_state", running)
    accounts = stage.bind("an", "bo", "chen")
    tasks = {stage.create([account])["id"] for account in accounts}
    left = iter([60_000, 60_000, 5_000])
    assert sweep.resume(lambda: next(left))["open"] == 2
    left = iter([60_000] * 3)
    assert sweep.resume(lambda: next(left))["open"] == 1
    assert sorted(looked) == sorted(tasks), "each once"
    assert sweep.resume()["open"] == 3
    assert sorted(looked[3:]) == sorted(tasks), "from the beginning again"


def test_a_sweep_goes_on_within_the_orders_of_a_task(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def running(item_id: str, run: int) -> str:
        looked.append(item_id)
        return "RUNNING"

    monkeypatch.setattr(sweep, "execution_state", running)
    monkeypatch.setattr(resume_workflows, "ORDERS_PER_READ", 2)
    names = ("an", "bo", "chen", "dan", "er")
    task_id = stage.create(stage.bind(*names))["id"]
    stage.approve(task_id)
    orders = dict(zip(names, sorted(order["id"] for order in stage.orders(task_id)), strict=True))
    owners = {stage.creator_id(name): name for name in names}
    ended, older = orders["bo"], orders["dan"]
    owner = owners[find_order(ended).owner]
    assert stage.act(owner, ended, "decline", {"reason_code": "other"}).status_code == 200
    find_order(older).update([OrderRecord.open.set(open_shard(older))])  # as releases until 2026-11-28 did
    left = iter([60_000] * 2 + [5_000] + [60_000] * 20)
    found = [sweep.resume(lambda: next(left))["open"] for _ in range(3)]
    everything = {task_id, *orders.values()} - {ended}
    assert sum(found[:2]) == len(looked[:5]) == 5
    assert found[2] == 5
    assert set(looked[:5]) == set(looked[5:]) == everything, "each once in a sweep"


def test_a_damaged_order_does_not_block_the_sweep(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
    task_id = stage.create(stage.bind("an", "bo"))["id"]
    stage.approve(task_id)
    damaged = stage.orders(task_id)[0]["id"]
    key = {"pk": {"S": damaged}, "sk": {"S": "order"}}
    boto3.client("dynamodb").update_item(
        TableName=os.environ["TASKS_TABLE"],
        Key=key,
        UpdateExpression="SET payment = :number",
        ExpressionAttributeValues={":number": {"N": "1"}},
    )
    with pytest.raises(sweep.Unfinished, match="2 items; 2 were examined"):  # the task reads its orders
        sweep.resume()


def test_a_sweep_resumes_workflows_that_wait_in_an_old_state(
    stage: Stage, aws_clients: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream record that should have woken it was lost."""
    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
    waiting, asleep = (stage.create([account])["id"] for account in stage.bind("an", "bo"))
    for task_id, late in ((waiting, 0), (asleep, 1)):
        wait = wait_of(find_task(task_id))
        status = "draft" if late else wait.status
        WaitRecord(task_id, KEY, token=task_id, status=status, until=wait.until).save()
    found = sweep.resume()
    assert (found["open"], found["woken"]) == (2, 1)
    assert [(name, arguments["taskToken"]) for name, arguments in aws_clients.received] == [
        ("send_task_failure", asleep)
    ]


@pytest.mark.parametrize("late", [False, True])
def test_steps_of_an_earlier_definition_wait_with_a_revision(stage: Stage, aws_clients: Recorder, late: bool) -> None:
    task_id = stage.create(stage.bind("an"))["id"]
    loaded = steps.task_step({"step": "load", "id": task_id})
    revision = loaded["revision"] - late
    steps.task_step({"step": "wait", "id": task_id, "token": "t", "revision": revision, "seconds": loaded["seconds"]})
    assert aws_clients.names() == ["send_task_success"] * late
    stage.approve(task_id)
    publish(record(1, stored(task_id, "task"), image(task_id, "task", "in_review")))
    assert aws_clients.names()[late:] == ["send_task_success"]


def stored(pk: str, sk: str) -> dict[str, Any]:
    key = {"pk": {"S": pk}, "sk": {"S": sk}}
    item: dict[str, Any] = boto3.client("dynamodb").get_item(TableName=os.environ["TASKS_TABLE"], Key=key)["Item"]
    return item


def test_a_damaged_item_does_not_block_the_sweep(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    def start(item_id: str, run: int, wait: Wait) -> bool:
        started.append(item_id)
        return True

    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: None)
    monkeypatch.setattr(executions, "start", start)
    tasks = [stage.create([account])["id"] for account in stage.bind("an", "bo", "chen")]
    for task_id in tasks:
        stage.approve(task_id)
    damaged = tasks[1]

    def fails(task: TaskRecord, at: datetime) -> int:
        if task.pk == damaged:
            raise ZeroDivisionError
        return offer(task, at)

    monkeypatch.setattr(sweep, "offer", fails)
    for tick in (1, 2):
        with pytest.raises(sweep.Unfinished, match="1 items; 6 were examined"):
            sweep.resume()
        assert len(set(started)) == 5, "two tasks and three orders"
        assert len(started) == 5 * tick


def test_a_sweep_that_dies_goes_on_where_it_was(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def running(item_id: str, run: int) -> str:
        looked.append(item_id)
        return "RUNNING"

    def dies(item_id: str, run: int) -> str:
        if looked:
            raise KeyboardInterrupt
        return running(item_id, run)

    tasks = {stage.create([account])["id"] for account in stage.bind("an", "bo", "chen")}
    with monkeypatch.context() as first:
        first.setattr(sweep, "execution_state", dies)
        with pytest.raises(KeyboardInterrupt):
            sweep.resume()
    monkeypatch.setattr(sweep, "execution_state", running)
    assert sweep.resume()["open"] < 3
    sweep.resume()
    assert set(looked) == tasks
