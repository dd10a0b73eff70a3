"""The shipped state machines on moto's interpreter, our Lambda handlers in process, and the streams pumped to the outbox.

`Cloud` is what a workflow test drives: it makes the machines from infra/*.asl.json, answers `lambda:invoke` with app.py's
functions, and hands the tables' stream records to `app.outbox`, as the event source mapping does.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.stepfunctions.parser.api import TaskTimedOut
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from tests import conftest as shared

INFRA = Path(__file__).parents[2] / "infra"
FUNCTIONS = {"TaskStep": "task_step", "OrderStep": "order_step", "RegradeStep": "regrade_step"}
PATIENCE = 60.0


class Cloud:
    """Machines, functions and streams of one test."""

    def __init__(self) -> None:
        import app

        self._app = app
        self.stepfunctions = boto3.client("stepfunctions")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.before_call: Callable[[str, dict[str, Any]], None] = lambda name, event: None
        self.after_call: Callable[[str, dict[str, Any]], None] = lambda name, event: None
        self.repeat_calls = False
        self.deliveries = 1
        self.hold_streams = False
        self.failures: list[str] = []
        self._seen: dict[str, int] = {}
        self._stop = threading.Event()
        self._pump = threading.Thread(target=self._pump_streams, daemon=True)

    def make_machines(self, *names: str) -> None:
        """The machines of these names from their shipped definitions."""
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
        """What Lambda does with a call of one of our functions; the answer, through JSON."""
        self.calls.append((name, event))
        self.before_call(name, event)
        function = getattr(self._app, name)
        for _ in range(2 if self.repeat_calls else 1):
            answer = json.loads(json.dumps(function(json.loads(json.dumps(event)), None)))
        self.after_call(name, event)
        return answer

    def begin(self) -> None:
        """Streams on, pump running."""
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
        for execution in self.executions("RUNNING"):
            self.stepfunctions.stop_execution(executionArn=execution["executionArn"])

    def executions(self, *statuses: str) -> list[dict[str, Any]]:
        """Executions of all machines in one of these statuses, or in any."""
        found = []
        for machine in self.stepfunctions.list_state_machines()["stateMachines"]:
            found += self.stepfunctions.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        return [execution for execution in found if not statuses or execution["status"] in statuses]

    def wait_for(self, holds: Callable[[], Any], what: str = "") -> Any:
        """The first true value of `holds`."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = holds()
            if found:
                return found
            assert time.monotonic() < deadline, f"never: {what or holds}; {self.failures}"
            time.sleep(0.05)

    def _pump_streams(self) -> None:
        while not self._stop.wait(0.02):
            if self.hold_streams:
                continue
            for table in self._seen:
                records = self._unread(table)
                if records:
                    for _ in range(self.deliveries):
                        answer = self._app.outbox({"Records": records}, None)
                        self.failures += [f["itemIdentifier"] for f in answer["batchItemFailures"]]
                    self._seen[table] += len(records)

    def _unread(self, table: str) -> list[dict[str, Any]]:
        with shared._moto_lock:
            shard = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"].get_table(table).stream_shard
            records = [record.to_json() for record in shard.items[self._seen[table] :]] if shard else []
            return json.loads(json.dumps(records, default=str))  # type: ignore[no-any-return]


_moto_send_task_success = StepFunctionsParserBackend.send_task_success


def _send_task_success(self: Any, task_token: str, outcome: str) -> Any:
    """moto stumbles over executions that are only just starting: it is asked again until they have."""
    for _ in range(100):
        try:
            return _moto_send_task_success(self, task_token, outcome)
        except AttributeError:
            time.sleep(0.05)
    raise TaskTimedOut("The execution never started.")


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

    with pytest.MonkeyPatch.context() as changes:
        changes.setenv("TZ", "UTC")
        time.tzset()
        changes.setattr(LambdaSimpleBackend, "invoke", invoke)
        # How long to wait before a retry is the platform's business; here it is a moment.
        changes.setattr(retrier_decl, "time", SimpleNamespace(sleep=lambda seconds: time.sleep(0.01)))
        changes.setattr(StepFunctionsParserBackend, "send_task_success", _send_task_success)
        cloud.make_machines("task", "order")
        cloud.begin()
        try:
            yield cloud
        finally:
            cloud.end()


@pytest.fixture
def cloud(aws: None) -> Iterator[Cloud]:
    """A cloud with the task and order machines (a test may make further ones) and running streams."""
    with running(Cloud()) as cloud:
        yield cloud
