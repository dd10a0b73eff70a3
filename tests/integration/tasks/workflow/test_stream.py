"""The outbox and the sweep with every response of AWS: successes, and records that are delivered again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core import clock
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import domain_events, executions, steps, stream, sweep, waiting_workflows
from testing.api import Api
from testing.markets.stage import Stage

TASK = "tsk_0000000000000000000000000A"
ORDER = "ord_0000000000000000000000000A"


class Recorder:
    """Clients that record requests and return prepared responses."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.errors: dict[str, str] = {}
        self.rejected: list[str] = []

    def client(self, service: str) -> Recorder:
        return self

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.asked.append((name, arguments))
            if name in self.errors:
                raise ClientError({"Error": {"Code": self.errors[name]}}, name)
            entries = [{"ErrorCode": code} for code in self.rejected]
            return {"FailedEntryCount": len(entries), "Entries": entries}

        return call

    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


@pytest.fixture
def aws_clients(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    for module in (executions, domain_events, waiting_workflows):
        monkeypatch.setattr(module, "client", recorder.client)
    return recorder


def image(pk: str, sk: str, status: str, **texts: str | int) -> dict[str, Any]:
    found: dict[str, Any] = {"pk": {"S": pk}, "sk": {"S": sk}, "status": {"S": status}}
    found["updated_at"] = {"S": "2026-11-22T12:00:00.000Z"}
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
    answer = stream.publish({"Records": list(records)})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_insert_starts_the_workflow_and_tells_the_world(aws_clients: Recorder) -> None:
    assert publish(record(1, image(ORDER, "order", "offered", task_id=TASK))) == []
    (start, started), (told, news) = aws_clients.asked
    assert (start, started["name"], started["input"]) == ("start_execution", ORDER, f'{{"id":"{ORDER}"}}')
    assert started["stateMachineArn"].endswith("-order")
    assert told == "put_events"
    assert news["Entries"][0]["DetailType"] == "order.offered"


def test_a_repeated_change_has_the_same_event_id(aws_clients: Recorder) -> None:
    change = record(1, image(TASK, "task", "running"), image(TASK, "task", "in_review"))
    publish(change)
    publish(change)
    first, second = (arguments["Entries"][0]["Detail"] for _, arguments in aws_clients.asked)
    assert first == second


def test_a_further_run_starts_a_further_execution(aws_clients: Recorder) -> None:
    publish(record(1, image(TASK, "task", "running", run=2), image(TASK, "task", "running", run=1)))
    assert [arguments["name"] for _, arguments in aws_clients.asked] == [f"{TASK}-r2"]


@pytest.mark.parametrize("code", ["TaskTimedOut", "InvalidToken", "TaskDoesNotExist"])
def test_a_token_that_is_spent_or_dead_is_a_success(aws_clients: Recorder, code: str) -> None:
    aws_clients.errors["send_task_success"] = code
    waiting = image(ORDER, "order", "accepted", waiting_token="t", waiting_revision=0, revision=1)
    assert publish(record(1, waiting, waiting)) == []
    assert aws_clients.names() == ["send_task_success"]


def test_a_token_stays_valid_until_the_status_changes(aws_clients: Recorder) -> None:
    waiting = image(ORDER, "order", "offered", waiting_token="t", waiting_revision=0, revision=0)
    assert publish(record(1, waiting, image(ORDER, "order", "offered"))) == []
    assert aws_clients.names() == []


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
    assert aws_clients.names() == ["start_execution", "put_events"]
    assert len(aws_clients.asked[1][1]["Entries"]) == 1


def test_a_bus_that_refuses_makes_the_batch_come_again(aws_clients: Recorder) -> None:
    aws_clients.rejected = ["InternalFailure"]
    changed = record(7, image(TASK, "task", "running"), image(TASK, "task", "in_review"))
    assert publish(changed, record(8, image(TASK, "task", "running"), image(TASK, "task", "running"))) == ["7"]


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
    assert aws_clients.asked == []


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


def test_a_sweep_resumes_workflows_that_wait_in_an_old_state(
    stage: Stage, aws_clients: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream record that should have woken it was lost."""
    monkeypatch.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
    waiting, asleep = (stage.create([account])["id"] for account in stage.bind("an", "bo"))
    for task_id, late in ((waiting, 0), (asleep, 1)):
        revision = int(find_task(task_id).revision) - late
        steps.task_step({"step": "wait", "id": task_id, "token": task_id, "revision": revision})
    found = sweep.resume()
    assert (found["open"], found["woken"]) == (2, 1)
    assert [(name, told["taskToken"]) for name, told in aws_clients.asked] == [("send_task_success", asleep)]
    assert json.loads(aws_clients.asked[0][1]["output"]) == {"status": "in_review"}


def test_a_damaged_item_does_not_block_the_sweep(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    def start(item_id: str, run: int) -> bool:
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
