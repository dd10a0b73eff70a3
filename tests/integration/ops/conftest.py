"""A deployment as the operator's program finds it: CloudFormation, the functions and the API stand in, the rest is moto's."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from ops.__main__ import main, parser
from ops.deployed import Deployment
from tests.conftest import Api
from tests.integration.ops import rights
from tests.stage import Stage

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


@pytest.fixture
def cloud(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployment of the stage `test`: a user pool with its groups, two queues, the rest as the tests have it."""
    before = dict(os.environ)
    cloud, real = Cloud(), Deployment.client

    def client(deployment: Deployment, service: str, **config: Any) -> Any:
        return cloud if service in ("cloudformation", "lambda") else real(deployment, service, **config)

    monkeypatch.setattr(Deployment, "client", client)
    cognito, sqs = boto3.client("cognito-idp"), boto3.client("sqs")
    pool = cognito.create_user_pool(PoolName=STACK, Policies={"PasswordPolicy": {"MinimumLength": 12}})["UserPool"][
        "Id"
    ]
    for group in ("advertiser", "creator", "auditor", "finance", "admin"):
        cognito.create_group(UserPoolId=pool, GroupName=group)
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName=STACK, ExplicitAuthFlows=flows)
    queues = {
        f"{name}DeadLettersUrl": sqs.create_queue(QueueName=f"{STACK}-{name}-dead-letters")["QueueUrl"]
        for name in ("Outbox", "Cron")
    }
    cloud.outputs = {
        "EndpointURL": "https://api.example/api/",
        "UserPoolId": pool,
        "UserPoolClientId": made["UserPoolClient"]["ClientId"],
        "RegradeMachineArn": os.environ["REGRADE_MACHINE_ARN"],
        "SweepFunction": f"{STACK}-Sweep",
        "OutboxFunction": f"{STACK}-Outbox",
        **queues,
    }
    yield cloud
    os.environ.clear()
    os.environ.update(before)


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


@pytest.fixture
def typed(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command line for the stage `test`; what it asks of AWS is what the operator's rights grant that command."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        cloud.asked.clear()
        line = [*map(str, words), "--stage", "test"]
        command = parser().parse_args(line).command.name
        with rights.held(command) as refused:
            status = main(line)
        assert refused == []
        assert [action for action in cloud.asked if not rights.allowed(command, action, None)] == []
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return run


@pytest.fixture
def stage(api: Api, cloud: Cloud) -> Stage:
    """A certified advertiser on that deployment."""
    stage = Stage(api)
    stage.certify()
    return stage
