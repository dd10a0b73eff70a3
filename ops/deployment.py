"""Which deployment a command works on: put into the environment, where the market's own code looks for it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from cli.progress import Failed
from infra.release_alias import ALIAS

_OWN = ("AWS_", "POWERTOOLS_", "_X_AMZN", "LAMBDA_")
"""Variables of a function that are its own and not the deployment's."""


class Unreachable(Failed):
    """The deployment cannot be found or does not answer; says what to do."""


@dataclass(frozen=True)
class Deployment:
    """One stack and what stands in it. `told` is what its stack file says, if it was named by one."""

    stack: str
    told: Mapping[str, Any] = field(default_factory=dict)

    def client(self, service: str, **config: Any) -> Any:
        """A boto3 client with the operator's credentials; `config` as botocore's Config takes it."""
        import boto3
        from botocore.config import Config

        return boto3.client(service, config=Config(**config))

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs: from the stack file, else from CloudFormation. Raises Unreachable if there is no such stack."""
        if self.told:
            return dict(self.told["outputs"])
        return {output["OutputKey"]: output["OutputValue"] for output in self.described().get("Outputs", [])}

    def described(self) -> dict[str, Any]:
        """The stack as CloudFormation describes it. Raises Unreachable if there is none."""
        from botocore.exceptions import ClientError

        try:
            found: dict[str, Any] = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"].get("Code") != "ValidationError":  # which is how "no such stack" is said
                raise
            raise Unreachable(
                f"there is no stack {self.stack} in {os.environ['AWS_REGION']}: deploy it, or name another."
            ) from error
        return found

    def output(self, name: str) -> str:
        """Raises Unreachable for one that the stack does not have."""
        if name not in self.outputs:
            raise Unreachable(f"the stack {self.stack} has no output {name}: deploy it anew.")
        return self.outputs[name]

    @cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """By logical id, type and physical id of everything in the stack."""
        found = {}
        for page in self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack):
            for one in page["StackResourceSummaries"]:
                found[one["LogicalResourceId"]] = (one["ResourceType"], one.get("PhysicalResourceId", ""))
        return found

    @property
    def functions(self) -> dict[str, str]:
        """By logical id, such as `Reconcile`, the deployed name of each function."""
        return {name: known for name, (kind, known) in self.resources.items() if kind == "AWS::Lambda::Function"}

    def called(self, name: str) -> str:
        """Who calls the function with this logical id calls this: its alias, which a release moves. Raises Unreachable."""
        if name not in self.functions:
            raise Unreachable(f"the stack {self.stack} has no function {name}: deploy it anew.")
        return self.resources.get(f"{name}Alias{ALIAS}", ("", self.functions[name]))[1]

    @cached_property
    def api_url(self) -> str:
        """Where the API is, without a slash at its end."""
        if (elsewhere := os.environ.get("AWS_ENDPOINT_URL")) and not self.told:
            return f"{elsewhere}/restapis/{self.output('RestAPIId')}/api/_user_request_"
        return str(self.told.get("api_url") or self.output("EndpointURL")).rstrip("/")

    def speak_as_deployed(self) -> None:
        """Gives this process the names and rules that the deployed functions have, so that the market's own code does here what
        it would do there, with the operator's credentials. Before that code is imported."""
        found = self.client("lambda").get_function_configuration(FunctionName=self.output("SweepFunction"))
        variables: dict[str, str] = found.get("Environment", {}).get("Variables", {})
        os.environ.update({name: text for name, text in variables.items() if not name.startswith(_OWN)})


def enter(stack: Path | None, stage: str | None, endpoint_url: str | None) -> Deployment:
    """Sets region, endpoint, credentials and table for this process. What is given here wins over the stack file, and
    that over the environment. Raises Unreachable if no deployment is named, or the stack file cannot be read."""
    told = _read(stack) if stack is not None else {}
    known = _of_stack(told) if stack is not None else {}
    if stage is not None:
        known["ACCOUNTS_TABLE"] = f"microtask-{stage}-accounts"
    if endpoint_url is not None:
        known["AWS_ENDPOINT_URL"] = endpoint_url
    os.environ.update(known)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _configured_region()
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
    if not region:
        raise Unreachable("no region: name a --stack, or set AWS_REGION.")
    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region
    if not os.environ.get("ACCOUNTS_TABLE"):
        raise Unreachable("no deployment: name a --stack (the file that `make up` writes) or a --stage.")
    return Deployment(os.environ["ACCOUNTS_TABLE"].removesuffix("-accounts"), told if stage is None else {})


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


def _of_stack(document: dict[str, Any]) -> dict[str, str]:
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
