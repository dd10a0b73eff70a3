"""A deployment as the operator's program finds it: CloudFormation and the functions stand in, everything else is moto's."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

STACK = "microtask-test"
FUNCTIONS = ("APIHandler", "Outbox", "Reconcile", "Sweep")


@dataclass
class Cloud:
    """What the stack says and what its functions answer; a test changes it."""

    outputs: dict[str, str] = field(default_factory=dict)
    status: str = "UPDATE_COMPLETE"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    variables: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: Callable[[str], dict[str, Any]] = lambda function: {}

    # -- CloudFormation
    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.asked.append("cloudformation:DescribeStacks")
        outputs = [{"OutputKey": name, "OutputValue": text} for name, text in self.outputs.items()]
        parameters = [{"ParameterKey": "Sandbox", "ParameterValue": "on"}]
        told = {"StackStatus": self.status, "CreationTime": self.created, "Outputs": outputs, "Parameters": parameters}
        return {"Stacks": [told]}

    def get_paginator(self, call: str) -> Any:
        self.asked.append("cloudformation:ListStackResources")
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
        return SimpleNamespace(paginate=lambda **asked: pages)

    # -- Lambda
    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        self.asked.append("lambda:GetFunctionConfiguration")
        return {"Environment": {"Variables": self.variables}}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.asked.append("lambda:InvokeFunction")
        name = FunctionName.rpartition(f"{STACK}-")[2]
        self.calls.append((name, json.loads(Payload)))
        answer = self.answers(name)
        return {**answer, "Payload": io.BytesIO(json.dumps(answer.get("Payload")).encode())}


@dataclass
class Said:
    """What a command answered: its exit status, its document or text, and what it said on the way."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Typed = Callable[..., Said]
