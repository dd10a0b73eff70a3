"""Which deployment a command works on: put into the environment, where the market's own code looks for it."""

from __future__ import annotations

import json
import os
from pathlib import Path


class Unreachable(Exception):
    """The deployment cannot be found or does not answer; says what to do."""


def enter(stack: Path | None, stage: str | None, endpoint_url: str | None) -> None:
    """Sets region, endpoint, credentials and table for this process. What is given here wins over the stack file, and
    that over the environment. Raises Unreachable if no accounts table is named, or the stack file cannot be read."""
    known = _of_stack(stack) if stack is not None else {}
    if stage is not None:
        known["ACCOUNTS_TABLE"] = f"microtask-{stage}-accounts"
    if endpoint_url is not None:
        known["AWS_ENDPOINT_URL"] = endpoint_url
    os.environ.update(known)
    os.environ.setdefault("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION", ""))
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")
    if not os.environ["AWS_REGION"]:
        raise Unreachable("no region: name a --stack, or set AWS_REGION.")
    if not os.environ.get("ACCOUNTS_TABLE"):
        raise Unreachable("no table: name a --stack or a --stage.")


def outputs(stack: Path | None, stage: str | None) -> dict[str, str]:
    """The outputs of the deployment that was entered: from the stack file, else from CloudFormation. Raises Unreachable."""
    if stack is not None:
        found: dict[str, str] = json.loads(stack.read_text("utf-8"))["outputs"]
        return found
    if stage is None:
        raise Unreachable("no deployment: name a --stack or a --stage.")
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        described = boto3.client("cloudformation").describe_stacks(StackName=f"microtask-{stage}")["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise Unreachable(f"the stack microtask-{stage} cannot be read: {error}") from error
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _of_stack(path: Path) -> dict[str, str]:
    try:
        document = json.loads(path.read_text("utf-8"))
        table = (document.get("outputs") or {}).get("AccountsTable", "microtask-local-accounts")
        found = {
            "AWS_REGION": document["region"],
            "AWS_ENDPOINT_URL": document["endpoint_url"],
            "ACCOUNTS_TABLE": table,
        }
    except FileNotFoundError as error:
        raise Unreachable(f"there is no {path}: `make up` writes it.") from error
    except (ValueError, KeyError, AttributeError, OSError) as error:
        raise Unreachable(f"{path} is not a stack file ({error!r}).") from error
    credentials = document.get("credentials") or {}
    for name in ("access_key_id", "secret_access_key", "session_token"):
        if name in credentials:
            found[f"AWS_{name.upper()}"] = credentials[name]
    return found
