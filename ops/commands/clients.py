"""`microtask clients`: API keys of client programs, each with the usage plan's rate and quota to itself."""

from __future__ import annotations

from typing import Any

import click

from cli.failures import Failed
from cli.tables import text_table
from ops.command_base import CommandResult, Invocation, OperatorGroup


@click.group(cls=OperatorGroup)
def clients() -> None:
    """Add, list and remove API keys of client programs."""


@clients.command(
    "add",
    examples=("microtask clients add teahouse --stage market", "microtask clients add teahouse --stage market --json"),
)
@click.argument("name")
def add(invocation: Invocation, name: str) -> CommandResult:
    """Create an API key for a client program.

    NAME is a name of your choice. The key is printed. The client sends it as `x-api-key` beside its users' tokens. Keys are
    required on a stage that is deployed with --client-keys required: docs/guides/api-clients.md."""
    gateway, plan = invocation.deployment.client("apigateway"), invocation.deployment.output("ClientPlan")
    if name in _keys(gateway, plan):
        raise Failed(f"the client {name} exists already: choose another name, or remove it.")
    key = gateway.create_api_key(name=name, enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    return CommandResult({"name": name, "id": key["id"], "key": key["value"]}, key["value"])


@clients.command("list", examples=("microtask clients list --stage market",))
def list_clients(invocation: Invocation) -> CommandResult:
    """List the clients that have a key.

    Prints names and ids, never the keys. `aws apigateway get-usage` reports the requests of each id."""
    gateway, plan = invocation.deployment.client("apigateway"), invocation.deployment.output("ClientPlan")
    rows = sorted(_keys(gateway, plan).items())
    document = {"clients": [{"name": name, "id": key} for name, key in rows]}
    return CommandResult(document, text_table(("client", "id"), rows) if rows else "no clients")


@clients.command("remove", examples=("microtask clients remove teahouse --stage market --yes",))
@click.argument("name")
def remove(invocation: Invocation, name: str) -> CommandResult:
    """Delete the key of a client.

    The API then answers the client's requests with 403, with any token. Other clients are not affected. Asks for confirmation."""
    gateway, plan = invocation.deployment.client("apigateway"), invocation.deployment.output("ClientPlan")
    key = _keys(gateway, plan).get(name)
    if key is None:
        raise Failed(f"there is no client {name}.")
    invocation.confirm(f"Requests with the key of {name} will be refused. Remove it?")
    gateway.delete_api_key(apiKey=key)
    return CommandResult({"removed": name}, f"{name} is removed.")


def _keys(gateway: Any, plan: str) -> dict[str, str]:
    """Return the ids of the plan's keys by client name."""
    pages = gateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan)
    return {key["name"]: key["id"] for page in pages for key in page.get("items", [])}
