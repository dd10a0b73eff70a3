"""Corrections of moto's Step Functions: every execution can be answered once it is started, and none outlives its mocked AWS.

moto runs each execution on a thread of its own. Until that thread has built its environment, `SendTaskSuccess`, `StopExecution` and
`ListMapRuns` fail with `'NoneType' object has no attribute 'callback_pool_manager'`, whichever execution they are about; and an
execution that waits for a task token still waits after the test, and then invokes functions in the AWS of a later test.
"""

from __future__ import annotations

import copy
import enum
import functools
import sys
import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any


class _JobStatus(enum.StrEnum):
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


# moto's Step Functions use two names of AWS Batch, which imports EC2 and ECS: a third of the time of all imports of the tests.
_batch = ModuleType("moto.batch.utils")
_batch.JobStatus = _JobStatus  # type: ignore[attr-defined]
sys.modules.update({"moto.batch": ModuleType("moto.batch"), "moto.batch.utils": _batch})

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser import utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends

REGION = "ap-east-1"
END_TIMEOUT_S = 300.0
"""Seconds after which threads that do not end are reported."""

_build_environment = ExecutionWorker._get_evaluation_environment
_start = ExecutionWorker.start
_terminated = BaseExecutionWorkerCommunication.terminated
_parsed = functools.cache(AmazonStateLanguageParser.parse)


def correct(lock: threading.RLock) -> None:
    """Apply the corrections. `lock` is held during every call of moto, and so while an execution takes on its final state."""

    def environment_once(self: Any) -> Any:
        if self.env is None:
            self.env = _build_environment(self)
        return self.env

    def start_with_environment(self: Any) -> None:
        environment_once(self)
        _start(self)  # type: ignore[no-untyped-call]

    def terminated_at_once(self: Any) -> None:
        with lock:  # moto sets the status before the output: no call sees one without the other
            _terminated(self)

    def parse_once(definition: str) -> Any:
        """moto parses a definition for the machine and again for each execution, which takes 30 ms; a copy takes 2 ms."""
        program, tree = _parsed(definition)
        return copy.deepcopy(program), tree

    AmazonStateLanguageParser.parse = parse_once  # type: ignore[method-assign]
    ExecutionWorker._get_evaluation_environment = environment_once  # type: ignore[method-assign]
    ExecutionWorker.start = start_with_environment  # type: ignore[method-assign]
    BaseExecutionWorkerCommunication.terminated = terminated_at_once  # type: ignore[method-assign]


def backend() -> StepFunctionsParserBackend:
    """Return the state machines of the mocked AWS."""
    return stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][REGION]


def join() -> None:
    """Wait until every execution that ends by itself has ended. Raise AssertionError after `END_TIMEOUT_S` seconds."""
    _join(lambda: None)


def end_all() -> None:
    """Stop every execution, end its waits for tokens and times, and wait for its threads."""

    def stop() -> None:
        for execution in backend()._get_executions():
            if execution.exec_worker is not None:
                environment = execution.exec_worker.env
                execution.stop(stop_date=None, error="", cause="")
                environment.program_state_event.set()
                for endpoint in list(environment.callback_pool_manager._pool.values()):
                    endpoint.interrupt_all()

    _join(stop)


def _join(hurry: Callable[[], None]) -> None:
    """Wait for the threads of all executions; `hurry` is called until the last one has ended."""
    deadline = time.monotonic() + END_TIMEOUT_S
    while alive := [thread for thread in list(utils.TMP_THREADS) if thread.is_alive()]:
        assert time.monotonic() < deadline, f"{alive} do not end"
        hurry()
        alive[0].join(0.05)
    utils.TMP_THREADS.clear()
