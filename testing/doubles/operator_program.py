"""A deployment for the operator's program: CloudFormation and the functions are doubles, everything else is moto's."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import click

from ops.command_list import microtask

STACK = "microtask-test"
FUNCTIONS = ("APIHandler", "Outbox", "Reconcile", "Sweep")


@dataclass
class Cloud:
    """The stack and its functions. A test sets the outputs, variables and responses; `requests` and `calls` record the use."""

    outputs: dict[str, str] = field(default_factory=dict)
    status: str = "UPDATE_COMPLETE"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    variables: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    responses: Callable[[str], dict[str, Any]] = lambda function: {}

    # -- CloudFormation
    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.requests.append("cloudformation:DescribeStacks")
        outputs = [{"OutputKey": name, "OutputValue": text} for name, text in self.outputs.items()]
        parameters = [{"ParameterKey": "Sandbox", "ParameterValue": "on"}]
        stack = {"StackStatus": self.status, "CreationTime": self.created, "Outputs": outputs, "Parameters": parameters}
        return {"Stacks": [stack]}

    def get_paginator(self, operation: str) -> Any:
        self.requests.append("cloudformation:ListStackResources")
        of_functions = [
            {
                "LogicalResourceId": name,
                "ResourceType": "AWS::Lambda::Function",
                "PhysicalResourceId": f"{STACK}-{name}",
            }
            for name in FUNCTIONS
        ]
        alias = {
            "LogicalResourceId": "ReconcileAliaslive",
            "ResourceType": "AWS::Lambda::Alias",
            "PhysicalResourceId": f"arn:aws:lambda:ap-east-1:123456789012:function:{STACK}-Reconcile:live",
        }
        table = {"LogicalResourceId": "W", "ResourceType": "AWS::DynamoDB::Table", "PhysicalResourceId": "wallet"}
        pages = [{"StackResourceSummaries": [one]} for one in [table, alias, *of_functions]]
        return SimpleNamespace(paginate=lambda **options: pages)

    # -- Lambda
    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        self.requests.append("lambda:GetFunctionConfiguration")
        return {"Environment": {"Variables": self.variables}}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.requests.append("lambda:InvokeFunction")
        name = FunctionName.rpartition(f"{STACK}-")[2]
        self.calls.append((name, json.loads(Payload)))
        response = self.responses(name)
        return {**response, "Payload": io.BytesIO(json.dumps(response.get("Payload")).encode())}


@dataclass
class CommandOutput:
    """The output of a command: its exit status, stdout and stderr."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


RunCommand = Callable[..., CommandOutput]
"""Runs a command line of `microtask`, given as words."""


def parse(words: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Return the full name of the command that a command line calls, and its parsed options. Raise click.UsageError."""
    command: click.Command = microtask
    rest, name = list(words), []
    while isinstance(command, click.Group):
        name.append(rest.pop(0))
        command = command.commands[name[-1]]
    context = command.make_context(name[-1], rest)
    return " ".join(name), context.params
