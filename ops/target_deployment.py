"""The deployment that a command works on: its names go into the environment, where the market's modules read them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cli.failures import Failed
from infra.release_alias import ALIAS

_FUNCTION_OWN = ("AWS_", "POWERTOOLS_", "_X_AMZN", "LAMBDA_")
"""Prefixes of a function's variables that belong to the function alone, not to the deployment."""


class Unreachable(Failed):
    """The deployment is missing or does not respond. The text says what to do."""


@dataclass(frozen=True)
class Deployment:
    """One stack and its resources. `stack_document` is the content of the stack file, if one was named."""

    stack: str
    stack_document: Mapping[str, Any] = field(default_factory=dict)

    def client(self, service: str, **config: Any) -> Any:
        """Return a boto3 client with the operator's credentials; `config` goes to botocore's Config."""
        import boto3
        from botocore.config import Config

        return boto3.client(service, config=Config(**config))

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs, from the stack file or from CloudFormation. Raise Unreachable if there is no such stack."""
        if self.stack_document:
            return dict(self.stack_document["outputs"])
        return {output["OutputKey"]: output["OutputValue"] for output in self.describe().get("Outputs", [])}

    def describe(self) -> dict[str, Any]:
        """Return CloudFormation's description of the stack. Raise Unreachable if there is none."""
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"].get("Code") != "ValidationError":  # CloudFormation's code for a missing stack
                raise
            raise Unreachable(
                f"there is no stack {self.stack} in {os.environ['AWS_REGION']}: deploy it, or name another."
            ) from error
        return found

    def output(self, name: str) -> str:
        """Return one output. Raise Unreachable if the stack does not have it."""
        if name not in self.outputs:
            raise Unreachable(f"the stack {self.stack} has no output {name}: deploy it again.")
        return self.outputs[name]

    @cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """Type and physical id of every resource of the stack, by logical id."""
        found = {}
        for page in self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack):
            for one in page["StackResourceSummaries"]:
                found[one["LogicalResourceId"]] = (one["ResourceType"], one.get("PhysicalResourceId", ""))
        return found

    @property
    def functions(self) -> dict[str, str]:
        """The deployed name of each function, by its logical id such as `Reconcile`."""
        return {name: id for name, (kind, id) in self.resources.items() if kind == "AWS::Lambda::Function"}

    def function_alias(self, name: str) -> str:
        """Return the alias to invoke for the function with this logical id. Raise Unreachable if there is no such function."""
        if name not in self.functions:
            raise Unreachable(f"the stack {self.stack} has no function {name}: deploy it again.")
        return self.resources.get(f"{name}Alias{ALIAS}", ("", self.functions[name]))[1]

    @cached_property
    def api_url(self) -> str:
        """The URL of the API, without a slash at its end."""
        if (endpoint := os.environ.get("AWS_ENDPOINT_URL")) and not self.stack_document:
            return f"{endpoint}/restapis/{self.output('RestAPIId')}/api/_user_request_"
        return str(self.stack_document.get("api_url") or self.output("EndpointURL")).rstrip("/")

    def load_function_environment(self) -> None:
        """Copy names and rules of the deployed functions to this process, so that the market's modules work here as they do there,
        with the operator's credentials. Call it before those modules are imported."""
        found = self.client("lambda").get_function_configuration(FunctionName=self.output("SweepFunction"))
        variables: dict[str, str] = found.get("Environment", {}).get("Variables", {})
        os.environ.update({name: text for name, text in variables.items() if not name.startswith(_FUNCTION_OWN)})


def open_deployment(stack: Path | None, stage: str | None, endpoint_url: str | None) -> Deployment:
    """Set region, endpoint, credentials and table of this process. An argument overrides the stack file, and the stack file
    overrides the environment. Raise Unreachable if no deployment is named, or the stack file cannot be read."""
    document = _read(stack) if stack is not None else {}
    variables = _variables(document) if stack is not None else {}
    if stage is not None:
        variables["ACCOUNTS_TABLE"] = f"microtask-{stage}-accounts"
    if endpoint_url is not None:
        variables["AWS_ENDPOINT_URL"] = endpoint_url
    os.environ.update(variables)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _configured_region()
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
    if not region:
        raise Unreachable("no region: pass --stack, or set AWS_REGION.")
    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region
    if not os.environ.get("ACCOUNTS_TABLE"):
        raise Unreachable("no deployment: pass --stack (the file that `make up` writes) or --stage.")
    return Deployment(os.environ["ACCOUNTS_TABLE"].removesuffix("-accounts"), document if stage is None else {})


def _configured_region() -> str | None:
    import boto3

    region: str | None = boto3.Session().region_name
    return region


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text("utf-8"))
        return {**document, "outputs": document.get("outputs") or {}, "name": str(path)}
    except FileNotFoundError as error:
        raise Unreachable(f"there is no {path}: `make up` writes it.") from error
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise Unreachable(f"{path} is not a stack file ({error!r}).") from error


def _variables(document: dict[str, Any]) -> dict[str, str]:
    """Return the environment variables of a stack document."""
    try:
        found = {
            "AWS_REGION": document["region"],
            "AWS_ENDPOINT_URL": document["endpoint_url"],
            "ACCOUNTS_TABLE": document["outputs"].get("AccountsTable", "microtask-local-accounts"),
        }
    except (KeyError, AttributeError) as error:
        raise Unreachable(f"{document['name']} is not a stack file ({error!r}).") from error
    credentials = document.get("credentials") or {}
    for name in ("access_key_id", "secret_access_key", "session_token"):
        if name in credentials:
            found[f"AWS_{name.upper()}"] = credentials[name]
    return found
