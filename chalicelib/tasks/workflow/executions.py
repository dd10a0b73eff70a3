"""Executions of the task and order workflows in Step Functions."""

from __future__ import annotations

from botocore.exceptions import ClientError

from chalicelib.core import json_format
from chalicelib.core.aws import client
from chalicelib.core.settings import settings


def start(item_id: str, run: int) -> bool:
    """Starts the workflow of a task or order; False if this run of it was started before."""
    machine = settings().task_machine_arn if item_id.startswith("tsk_") else settings().order_machine_arn
    try:
        client("stepfunctions").start_execution(
            stateMachineArn=machine, name=execution_name(item_id, run), input=json_format.dumps({"id": item_id})
        )
    except ClientError as error:
        if _code(error) != "ExecutionAlreadyExists":
            raise
        return False
    return True


def execution_name(item_id: str, run: int) -> str:
    """The name of an execution: the item's id, with the number of the run if it is not the first."""
    return item_id if run == 0 else f"{item_id}-r{run}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def execution_state(item_id: str, run: int) -> str | None:
    """`RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`; None if there is no such execution."""
    arns = settings()
    machine = arns.task_machine_arn if item_id.startswith("tsk_") else arns.order_machine_arn
    name = execution_name(item_id, run)
    try:
        execution = client("stepfunctions").describe_execution(
            executionArn=f"{machine.replace(':stateMachine:', ':execution:')}:{name}"
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ExecutionDoesNotExist":
            raise
        return None
    return str(execution["status"])
