"""A deployment for the operator's program: CloudFormation and the functions are doubles, everything else is moto's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from ops.__main__ import main
from ops.command_list import COMMANDS
from ops.target_deployment import Deployment
from testing.api import Api
from testing.doubles.operator_program import STACK, Cloud, CommandOutput, RunCommand
from testing.in_force import operator_rights
from testing.markets.stage import Stage


@pytest.fixture
def cloud(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployment of the stage `test`: a user pool with its groups, and two queues."""
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
        for name in ("Outbox", "Publisher", "Cron", "Deliveries", "Email")
    }
    cloud.outputs = {
        "EndpointURL": "https://api.example/api/",
        "UserPoolId": pool,
        "UserPoolClientId": made["UserPoolClient"]["ClientId"],
        "RegradeMachineArn": os.environ["REGRADE_MACHINE_ARN"],
        "SweepFunction": f"{STACK}-Sweep",
        "OutboxFunction": f"{STACK}-Outbox",
        "PublisherFunction": f"{STACK}-Publisher",
        "DeliveriesUrl": os.environ["DELIVERIES_QUEUE_URL"],
        "EmailQueueUrl": os.environ["EMAILS_QUEUE_URL"],
        **queues,
    }
    yield cloud
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def microtask(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> RunCommand:
    """Run a command line for the stage `test`, with no more rights than docs/operations/deployment.md names for the command."""

    def run(*words: object) -> CommandOutput:
        capsys.readouterr()
        cloud.requests.clear()
        line = [*map(str, words), "--stage", "test"]
        command = next(name for name in COMMANDS if line[: len(name.split())] == name.split())
        with operator_rights.enforced(command) as refused:
            status = main(line)
        assert refused == []
        assert [action for action in cloud.requests if not operator_rights.allowed(command, action, None)] == []
        captured = capsys.readouterr()
        return CommandOutput(status, captured.out, captured.err)

    return run


@pytest.fixture
def stage(api: Api, cloud: Cloud) -> Stage:
    """A certified advertiser on that deployment."""
    stage = Stage(api)
    stage.certify()
    return stage
