"""The deployer's rights cover what AWS lists for a deployment of our template, and no data; the documents name all rights."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from infra import package
from ops.command_list import COMMANDS

pytestmark = pytest.mark.xdist_group("package")  # it is built once

ROOT = Path(__file__).parents[3]
POLICIES = ROOT / "ops" / "policies"
INLINE_MAX = 10_240
"""Characters that a role may have in its own policies, without white space."""

EXPANDED = {
    "AWS::Serverless::Function": {
        "AWS::Lambda::Function",
        "AWS::Lambda::Version",
        "AWS::Lambda::Alias",
        "AWS::Lambda::Permission",
        "AWS::Events::Rule",
        "AWS::CodeDeploy::Application",
        "AWS::CodeDeploy::DeploymentGroup",
        "AWS::IAM::Role",
    },
    "AWS::Serverless::Api": {
        "AWS::ApiGateway::RestApi",
        "AWS::ApiGateway::Deployment",
        "AWS::ApiGateway::Stage",
    },
}
"""The resources of CloudFormation that SAM makes of its own types."""

UNUSED = (
    "kms:*",  # keys of AWS's own are used through the services
    "kinesis:*",
    "firehose:*",
    "ec2:*",
    "elasticfilesystem:*",
    "s3files:*",
    "s3tables:*",
    "s3:REST.PUT.OBJECT",
    "amplify:*",  # a web ACL can stand before other things than an API
    "apprunner:*",
    "appsync:*",
    "bedrock-agentcore:*",
    "elasticloadbalancing:*",
    "cognito-idp:*WebACL*",
    "cloudfront:updateDistribution",  # a sign-in page on a domain of the operator's own
    "payments:*",
    "wafv2:*PermissionPolicy",
    "iam:CreateServiceLinkedRole",
    "iam:*PermissionsBoundary",
    "iam:*GroupPolicy",  # the inline policy of the schedules belongs to a role
    "iam:*UserPolicy",
    "codedeploy:RegisterOnPremisesInstance",
    # data: tables are not imported, exported or replicated, secrets are only made and described, pictures are not touched
    "dynamodb:*Item",
    "dynamodb:Scan",
    "dynamodb:Query",
    "dynamodb:ImportTable",
    "dynamodb:*Replica",
    "dynamodb:*KinesisStreamingDestination",
    "dynamodb:PutResourcePolicy",
    "dynamodb:DeleteResourcePolicy",
    "secretsmanager:GetSecretValue",
    "secretsmanager:*Replicat*",
    "s3:DeleteObject",
    "s3:PutObjectAcl",
    "s3:GetObjectMetadata",
    "s3:GetObjectVersion",
    # what no bucket, function, group, bus, topic or client of ours has
    "s3:*Abac",
    "s3:*Acl",
    "s3:*Accelerate*",
    "s3:*Analytics*",
    "s3:*Inventory*",
    "s3:*Metrics*",
    "s3:*Metadata*",
    "s3:*IntelligentTiering*",
    "s3:*Notification",
    "s3:*Replication*",
    "s3:*ObjectLock*",
    "s3:*Ownership*",
    "s3:*Logging",
    "s3:*Website",
    "s3:DeleteBucketCors",  # S3 requires PutBucketCORS for it
    "s3:*agResource",
    "s3:ListTagsForResource",
    "s3:DeleteBucketEncryption",
    "s3:DeleteBucketLifecycle",
    "lambda:*CodeSigningConfig",
    "lambda:GetLayerVersion",
    "lambda:*CapacityProvider",
    "lambda:AssociateRuntimeAlias",
    "lambda:*FunctionScalingConfig",
    "lambda:*FunctionRecursionConfig",
    "lambda:PutRuntimeManagementConfig",
    "logs:PutDataProtectionPolicy",
    "logs:DeleteDataProtectionPolicy",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:CreateLogDelivery",
    "logs:*ResourcePolicy",
    "logs:*IndexPolicy",
    "logs:PutBearerTokenAuthentication",
    "logs:PutLogGroupDeletionProtection",
    "logs:*KmsKey",
    "events:PutPermission",
    "events:RemovePermission",
    "sns:PutDataProtectionPolicy",
    "cognito-idp:AddCustomAttributes",
    "cognito-idp:ListUserPoolClientSecrets",
)
"""Actions that AWS lists for features that the template does not use."""

DATA = (
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminSetUserPassword",
    "logs:FilterLogEvents",
    "states:StartExecution",
)


def statements(name: str) -> list[dict[str, Any]]:
    document = json.loads((POLICIES / f"{name}.json").read_text())
    assert document["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = document["Statement"]
    return found


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def granted(name: str, action: str) -> list[dict[str, Any]]:
    return [one for one in statements(name) if any(fnmatchcase(action, pattern) for pattern in listed(one["Action"]))]


@pytest.fixture(scope="session")
def kinds() -> set[str]:
    """The resource types that CloudFormation makes of the built template."""
    package.build()
    found = {one["Type"] for one in json.loads(package.TEMPLATE.read_text())["Resources"].values()}
    return set().union(*(EXPANDED.get(kind, {kind}) for kind in found))


@pytest.fixture(scope="session")
def permissions(kinds: set[str]) -> dict[str, set[str]]:
    """The permissions that AWS lists for creating, reading, changing and deleting each resource type, from the schemas in
    cfn-lint."""
    found: dict[str, set[str]] = {}
    for path in package.LINT_ENV.glob("lib/python*/site-packages/cfnlint/data/schemas/resources/*.json"):
        text = path.read_text("utf-8")
        if not kinds & set(re.findall(r'"typeName": "([^"]+)"', text)):
            continue
        schema = json.loads(text)
        if schema["typeName"] in kinds:
            needed = found.setdefault(schema["typeName"], set())
            for handler in ("create", "read", "update", "delete"):
                needed.update(schema.get("handlers", {}).get(handler, {}).get("permissions", []))
    assert found.keys() == kinds
    return found


def test_a_deployment_has_the_permissions_that_aws_lists(permissions: dict[str, set[str]]) -> None:
    missing = {
        (kind, permission)
        for kind, needed in permissions.items()
        for permission in needed
        if not any(fnmatchcase(permission, pattern) for pattern in UNUSED) and not granted("deployer", permission)
    }
    assert missing == set()


def test_unused_permissions_are_listed_by_aws(permissions: dict[str, set[str]]) -> None:
    known = set().union(*permissions.values())
    assert [one for one in UNUSED if not any(fnmatchcase(permission, one) for permission in known)] == []


def test_the_deployer_reads_no_data_and_adds_no_user() -> None:
    assert [action for action in DATA if granted("deployer", action)] == []
    for action in ("s3:GetObject", "s3:PutObject"):
        assert [one["Resource"] for one in granted("deployer", action)] == ["arn:aws:s3:::microtask-artifacts-*"]
    [invoke] = granted("deployer", "lambda:InvokeFunction")
    assert invoke["Resource"] == "arn:aws:lambda:*:*:function:microtask-*-Reconcile-*"


@pytest.mark.parametrize("name", ["deployer", "operator"])
def test_rights_cover_only_resources_named_microtask(name: str) -> None:
    whole = {
        "cloudformation:transform": "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31",
        "gateway": "arn:aws:apigateway:*::/",
        "pools": "arn:aws:cognito-idp:*:*:userpool/*",  # their ids are made by AWS
        "mappings": "arn:aws:lambda:*:*:event-source-mapping:*",
        "configurations": "arn:aws:codedeploy:*:*:deploymentconfig:*",
    }
    for statement in statements(name):
        for resource in listed(statement["Resource"]):
            if resource == "*":
                assert statement["Sid"] in ("StreamsToFunctions", "WithoutNames", "StatusAlarms")
                assert statement.get("Condition") or all(":*" not in action for action in listed(statement["Action"]))
            else:
                assert "microtask-" in resource or resource.startswith(tuple(whole.values())), resource
    assert len({one["Sid"] for one in statements(name)}) == len(statements(name))
    assert len(re.sub(r"\s", "", (POLICIES / f"{name}.json").read_text())) < INLINE_MAX


def test_roles_are_passed_to_services_of_the_template_only() -> None:
    [passing] = granted("deployer", "iam:PassRole")
    assert set(passing["Condition"]["StringEquals"]["iam:PassedToService"]) == {
        "lambda.amazonaws.com",
        "states.amazonaws.com",
        "codedeploy.amazonaws.com",
        "apigateway.amazonaws.com",
    }
    [attaching] = granted("deployer", "iam:AttachRolePolicy")
    assert attaching["Condition"]["ArnLike"]["iam:PolicyARN"] == [
        "arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda*",
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    ]


def test_the_table_of_rights_names_every_command_and_every_statement() -> None:
    text = (ROOT / "docs" / "operations" / "deployment.md").read_text("utf-8")
    section = text.partition("## Rights of each command\n")[2].partition("\n## ")[0]
    rows = [row.split("|")[1:3] for row in section.splitlines() if row.startswith("| `")]
    commands = [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]
    assert sorted(commands) == sorted(COMMANDS)
    named = {sid for row in rows for sid in re.findall(r"`([^`]+)`", row[1])}
    assert named == {one["Sid"] for one in statements("operator")}


def test_a_restorer_may_send_the_requests_of_backups() -> None:
    calls = set()
    for path in (ROOT / "ops" / "ledger" / "backup_and_restore.py", ROOT / "ops" / "commands" / "wallet_backup.py"):
        calls |= set(re.findall(r"\bdynamodb\.([a-z_]+)\(", path.read_text("utf-8"))) - {"get_paginator"}
    assert len(calls) > 8
    actions = {"".join(word.capitalize() for word in call.split("_")) for call in calls}
    assert [one for one in sorted(actions) if not granted("restorer", f"dynamodb:{one}")] == []
    [dropping] = granted("restorer", "dynamodb:DeleteTable")
    assert dropping["Resource"] == "arn:aws:dynamodb:*:*:table/microtask-*-drill-*"
