"""The shipped state machines on moto's interpreter, our Lambda handlers in process, and the streams pumped to the outbox.

`Cloud` is what a workflow test drives: it makes the machines from infra/*.asl.json, calls app.py's functions for `lambda:invoke`,
and hands the tables' stream records to `app.outbox`, as the event source mapping does.

Time does not move unless the test moves it: the market's clock and the timeouts of the executions read the same `Time`. Therefore a
test depends neither on the speed of the machine nor on the moment at which it runs.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.scheduler.models import scheduler_backends
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.eval import environment
from moto.stepfunctions.parser.asl.eval.callback import callback

from chalicelib.core import clock
from testing.doubles import mocked_aws, moto_machines
from testing.markets.stage import NOON

INFRA = Path(__file__).parents[2] / "infra"
FUNCTIONS = {"TaskStep": "task_step", "OrderStep": "order_step", "RegradeStep": "regrade_step"}
WAIT_TIMEOUT_S = 300.0
"""Real seconds after which a test that makes no progress fails."""


def passes_filter(table: str, record: dict[str, Any]) -> bool:
    """Return True if a stream record passes the filter of its mapping in infra/resources.yaml."""
    keys = record["dynamodb"]["Keys"]
    if table == os.environ["WALLET_TABLE"]:
        return bool(keys["pk"]["S"].startswith("task:") and keys["sk"]["S"] == "balance")
    return bool(keys["sk"]["S"] in ("task", "order", "clock"))


class Time:
    """The time of one test, in UTC. It moves when the test moves it, and ends the timeouts that it passes."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self.changed = threading.Condition()
        self._deadlines: dict[TimedEvent, datetime] = {}

    def move_to(self, moment: datetime) -> None:
        """Set the time to `moment`; a past moment changes nothing."""
        with self.changed:
            self.moment = max(self.moment, moment)
            self.changed.notify_all()

    def wait(self, event: TimedEvent, seconds: float) -> bool:
        """Block until `event` is set or `seconds` have passed in this time, and return True if it is set."""
        with self.changed:
            deadline = self.moment + timedelta(seconds=seconds)
            self._deadlines[event] = deadline
            self.changed.wait_for(lambda: event.is_set() or self.moment >= deadline)
            del self._deadlines[event]
            return event.is_set()

    def waiting(self) -> dict[TimedEvent, datetime]:
        """Return the pending events, each with its deadline."""
        with self.changed:
            return {event: at for event, at in self._deadlines.items() if not event.is_set() and at > self.moment}


class TimedEvent(threading.Event):
    """An event whose timeouts are counted in a `Time`. `answers` marks one that waits for a task token."""

    def __init__(self, time: Time, answers: bool) -> None:
        super().__init__()
        self.answers = answers
        self._time = time

    def set(self) -> None:
        super().set()
        with self._time.changed:
            self._time.changed.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait() if timeout is None else self._time.wait(self, timeout)


class AnsweredOnce(callback.CallbackPoolManager):
    """The tokens of an execution. A second answer is refused, as by Step Functions; moto accepts it and does nothing."""

    def notify(self, callback_id: str, outcome: Any) -> bool:
        waiting = self.get(callback_id)
        is_open = waiting is not None and waiting.get_outcome() is None and waiting.consumer_error is None
        return bool(is_open and super().notify(callback_id, outcome))


class Cloud:
    """Machines, functions and streams of one test."""

    def __init__(self, begin: datetime = NOON) -> None:
        import app

        self._app = app
        self.time = Time(begin)
        self.stepfunctions = boto3.client("stepfunctions")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before_call: Callable[[str, dict[str, Any]], None] = lambda name, event: None
        self.after_call: Callable[[str, dict[str, Any]], None] = lambda name, event: None
        self.repeat_calls = False
        self.deliveries = 1
        self.hold_streams = False
        self.failures: list[str] = []
        self._broken: Exception | None = None
        self._seen: dict[str, int] = {}
        self._stop = threading.Event()
        self._pump = threading.Thread(target=self._pump_streams, daemon=True)

    def make_machines(self, *names: str) -> None:
        """Create the machines of these names from their shipped definitions."""
        for name in names:
            definition = (INFRA / f"{name}.asl.json").read_text()
            for resource, function in FUNCTIONS.items():
                arn = f"arn:aws:lambda:ap-east-1:{DEFAULT_ACCOUNT_ID}:function:{function}"
                definition = definition.replace("${%sArn}" % resource, arn)  # noqa: UP031 - ${} is CloudFormation's
            arn = os.environ[f"{name.upper()}_MACHINE_ARN"]
            made = self.stepfunctions.create_state_machine(
                name=arn.rpartition(":")[2],
                definition=definition,
                roleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/machine",
            )
            assert made["stateMachineArn"] == arn

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        """Invoke one of our functions as Lambda does, and return its response as JSON values."""
        self.calls.append((name, event))
        self.before_call(name, event)
        function = getattr(self._app, name)
        for _ in range(2 if self.repeat_calls else 1):
            answer = json.loads(json.dumps(function(json.loads(json.dumps(event)), None)))
        self.after_call(name, event)
        return answer

    def begin(self) -> None:
        """Enable the streams and start to pump them."""
        client = boto3.client("dynamodb")
        for table in (os.environ["TASKS_TABLE"], os.environ["WALLET_TABLE"]):
            client.update_table(
                TableName=table,
                StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            )
            self._seen[table] = 0
        self._pump.start()

    def end(self) -> None:
        self._stop.set()
        self._pump.join()
        moto_machines.end_all()

    def executions(self, *statuses: str) -> list[dict[str, Any]]:
        """Return the executions of all machines in one of these statuses, or in any.

        They are read from moto itself: a test asks for them thousands of times, and its API is slow."""
        with mocked_aws.moto_lock:
            found = [
                {"name": one.name, "status": one.exec_status.value, "executionArn": one.exec_arn}
                for one in moto_machines.backend()._get_executions()
            ]
        return [execution for execution in found if not statuses or execution["status"] in statuses]

    def wait_for(self, holds: Callable[[], Any], label: str = "") -> Any:
        """Return the first true value of `holds`. Time moves on to the next deadline whenever the cloud is idle.

        Raises AssertionError when the cloud is idle without a deadline.
        """
        limit = time.monotonic() + WAIT_TIMEOUT_S
        while True:
            idle = self._idle()
            if found := holds():
                return found
            if idle:
                deadlines = self._deadlines()
                assert deadlines, f"never: {label or holds}; {self.failures}"
                self.time.move_to(min(deadlines))
            assert time.monotonic() < limit, f"not within {WAIT_TIMEOUT_S} s: {label or holds}; {self.failures}"
            time.sleep(0.005)

    def settle(self) -> None:
        """Wait until every record of the streams is handled and every execution waits for a token or has ended."""
        limit = time.monotonic() + WAIT_TIMEOUT_S
        while not self._idle():
            assert time.monotonic() < limit, f"still busy after {WAIT_TIMEOUT_S} s: {self.failures}"
            time.sleep(0.005)

    def move_to(self, moment: datetime) -> None:
        """Move the time to `moment`, through all deadlines before it."""
        self.settle()
        while deadlines := [at for at in self._deadlines() if at < moment]:
            self.time.move_to(min(deadlines))
            self.settle()
        self.time.move_to(moment)
        self.settle()

    def schedules(self) -> dict[str, tuple[datetime, dict[str, Any]]]:
        """Return the pending schedules by name, each with its time and the event of its call."""
        group = scheduler_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"].schedule_groups[os.environ["SCHEDULE_GROUP"]]
        with mocked_aws.moto_lock:
            found = dict(group.schedules)
        return {
            name: (
                datetime.strptime(one.schedule_expression, "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC),
                json.loads(one.target["Input"]),
            )
            for name, one in found.items()
        }

    def _deadlines(self) -> list[datetime]:
        return [*self.time.waiting().values(), *(at for at, _ in self.schedules().values())]

    def _call_scheduled(self) -> None:
        """Call the order step for each schedule that is due; a call that fails is repeated, as Lambda does."""
        for name, (at, event) in self.schedules().items():
            if at <= self.time.moment:
                with suppress(Exception):
                    self.invoke("order_step", event)
                    with mocked_aws.moto_lock:
                        backend = scheduler_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"]
                        del backend.schedule_groups[os.environ["SCHEDULE_GROUP"]].schedules[name]

    def _idle(self) -> bool:
        """Return True if nothing changes unless the time moves or a user sends a request.

        The executions are compared before and after the streams: if the same ones wait, none of them has written a record
        meanwhile.
        """
        before = self._waiting()
        return before is not None and not self._is_look_due() and self._drained() and self._waiting() == before

    def _is_look_due(self) -> bool:
        return any(at <= self.time.moment for at, _ in self.schedules().values())

    def _waiting(self) -> dict[TimedEvent, datetime] | None:
        """Return the events that the running executions wait for; None if one of them does not wait."""
        found = {event: at for event, at in self.time.waiting().items() if event.answers}
        return found if len(found) == len(self.executions("RUNNING")) else None

    def _drained(self) -> bool:
        if self._broken is not None:
            raise AssertionError("the outbox failed") from self._broken
        return self.hold_streams or not any(self._unread(table) for table in self._seen)

    def _pump_streams(self) -> None:
        try:
            self._pump_until_stopped()
        except Exception as error:
            self._broken = error

    def _pump_until_stopped(self) -> None:
        while not self._stop.wait(0.005):
            self._call_scheduled()
            if self.hold_streams:
                continue
            for table in self._seen:
                records = self._unread(table)
                if records:
                    changes = [record["dynamodb"] for record in records]
                    # DynamoDB writes no record when an update changes nothing; moto does.
                    records = [
                        record
                        for record, change in zip(records, changes, strict=True)
                        if change.get("NewImage") != change.get("OldImage") and passes_filter(table, record)
                    ]
                    for _ in range(self.deliveries if records else 0):
                        answer = self._app.outbox({"Records": records}, None)
                        self.failures += [f["itemIdentifier"] for f in answer["batchItemFailures"]]
                    self._seen[table] += len(changes)

    def _unread(self, table: str) -> list[dict[str, Any]]:
        with mocked_aws.moto_lock:
            shard = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"].get_table(table).stream_shard
            records = [record.to_json() for record in shard.items[self._seen[table] :]] if shard else []
            return json.loads(json.dumps(records, default=str))  # type: ignore[no-any-return]


@contextmanager
def running(cloud: Cloud) -> Iterator[Cloud]:
    """Within the block the task and order machines run on moto and call `cloud`, and the streams are pumped."""

    def invoke(self: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: Any) -> bytes:
        name = function_name.rpartition(":")[2]
        try:
            answer = cloud.invoke(name, json.loads(body))
        except Exception as error:
            response_headers["x-amz-function-error"] = "Unhandled"
            answer = {"errorType": type(error).__name__, "errorMessage": str(error)}
        return json.dumps(answer).encode()

    moving = cloud.time

    class Moment(datetime):
        """The part of `datetime` that the market's clock uses for the present."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moving.moment.astimezone(tz)

        @staticmethod
        def fromisoformat(text: str) -> datetime:  # type: ignore[override]
            return datetime.fromisoformat(text)

    with pytest.MonkeyPatch.context() as changes:
        changes.setattr(clock, "datetime", Moment)
        changes.setattr(environment, "CallbackPoolManager", AnsweredOnce)
        changes.setattr(callback, "Event", lambda: TimedEvent(moving, answers=True))
        changes.setattr(execute_state, "threading", SimpleNamespace(Event=lambda: TimedEvent(moving, answers=False)))
        changes.setattr(LambdaSimpleBackend, "invoke", invoke)
        # Retries are not delayed here; the delay is the platform's.
        changes.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: None))
        cloud.make_machines("task", "order")
        cloud.begin()
        try:
            yield cloud
        finally:
            cloud.end()
