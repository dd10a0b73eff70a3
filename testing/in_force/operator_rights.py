"""Checks a command's requests to AWS against its rights: the statements of ops/policies/operator.json that the command's row in
docs/operations/deployment.md names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from testing.in_force import iam_in_force
from testing.in_force.iam_in_force import Use

ROOT = Path(__file__).parents[2]
_PREFIX = {"stepfunctions": "states", "dynamodbstreams": "dynamodb"}
_ACTION = {"Invoke": "InvokeFunction"}
_UNSIGNED = {"InitiateAuth", "RespondToAuthChallenge"}


@cache
def statements_of(command: str) -> tuple[dict[str, Any], ...]:
    """Return the statements that docs/operations/deployment.md names for the command."""
    text = (ROOT / "docs" / "operations" / "deployment.md").read_text("utf-8")
    section = text.partition("## Rights of each command\n")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("| `")]
    [named] = [re.findall(r"`([^`]+)`", row[2]) for row in rows if f"`{command}`" in row[1]]
    policy = json.loads((ROOT / "ops" / "policies" / "operator.json").read_text())
    return tuple(one for one in policy["Statement"] if one["Sid"] in named)


def allowed(command: str, action: str, resource: str | None) -> bool:
    """Return True if a statement of the command grants the action, on the resource if it is known."""
    for statement in statements_of(command):
        actions, resources = iam_in_force._list(statement["Action"]), iam_in_force._list(statement["Resource"])
        if action in actions and (resource is None or any(fnmatchcase(resource, one) for one in resources)):
            return True
    return False


def uses_of(service: str, operation: str, sent: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the IAM actions of a request, each with its resource if the request names it."""
    if operation in _UNSIGNED:
        return []
    if service in ("dynamodb", "s3", "secretsmanager"):
        found: list[Use] = iam_in_force.uses_of(service, operation, sent)
        return [(use.action, use.resource) for use in found]
    return [(f"{_PREFIX.get(service, service)}:{_ACTION.get(operation, operation)}", None)]


@contextmanager
def enforced(command: str) -> Iterator[list[tuple[str, str | None]]]:
    """Record the operator's requests within the block that are not granted. Requests of the market's functions do not count."""
    refused: list[tuple[str, str | None]] = []
    client: Any = BaseClient
    call = client._make_api_call

    def checked(self: Any, operation: str, sent: dict[str, Any]) -> Any:
        if iam_in_force._function.get() is None:
            for action, resource in uses_of(self.meta.service_model.service_name, operation, sent):
                if not allowed(command, action, resource):
                    refused.append((action, resource))
        return call(self, operation, sent)

    client._make_api_call = checked
    try:
        yield refused
    finally:
        client._make_api_call = call
