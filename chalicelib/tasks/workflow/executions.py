"""Executions of the task and order workflows in Step Functions."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.core import clock, json_format
from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.tasks.workflow.wait_tokens import Wait


def start(item_id: str, run: int, wait: Wait) -> bool:
    """Start the workflow of a task or an order with what it waits for first; return False if this run was started before."""
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=_state_machine_arn(item_id),
            name=execution_name(item_id, run),
            input=json_format.dumps(wait.as_input(item_id, clock.now())),
        )
    except ClientError as error:
        if _code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def execution_name(item_id: str, run: int) -> str:
    """Return the name of an execution: the id of the item, and the number of the run if it is not the first."""
    return item_id if run == 0 else f"{item_id}-r{run}"


def execution_state(item_id: str, run: int) -> str | None:
    """Return `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT` or `ABORTED`; None if there is no such execution."""
    prefix = _state_machine_arn(item_id).replace(":stateMachine:", ":execution:")
    try:
        execution = client("stepfunctions").describe_execution(executionArn=f"{prefix}:{execution_name(item_id, run)}")
    except ClientError as error:
        if _code(error) != "ExecutionDoesNotExist":
            raise
        return None
    return str(execution["status"])


def _state_machine_arn(item_id: str) -> str:
    arns = settings()
    return arns.task_machine_arn if item_id.startswith("tsk_") else arns.order_machine_arn


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
