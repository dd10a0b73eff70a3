"""A deployment as the operator's program finds it: CloudFormation, the functions and the API stand in, the rest is moto's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from ops.__main__ import main, parser
from ops.deployment import Deployment
from testing.api import Api
from testing.doubles.operator_program import STACK, Cloud, Said, Typed
from testing.in_force import operator_rights
from testing.markets.stage import Stage


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


@pytest.fixture
def typed(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Types a command line for the stage `test`; what it asks of AWS is what the operator's rights grant that command."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        cloud.asked.clear()
        line = [*map(str, words), "--stage", "test"]
        command = parser().parse_args(line).command.name
        with operator_rights.held(command) as refused:
            status = main(line)
        assert refused == []
        assert [action for action in cloud.asked if not operator_rights.allowed(command, action, None)] == []
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    return run


@pytest.fixture
def stage(api: Api, cloud: Cloud) -> Stage:
    """A certified advertiser on that deployment."""
    stage = Stage(api)
    stage.certify()
    return stage
