"""Clients' keys: one per program that integrates the market, each with the usage plan's rate and quota to itself."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from cli.columns import columns
from cli.confirmation import sure
from cli.progress import Failed
from ops.command import Answer, Command
from ops.deployment import Deployment


def _name(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="of the client, as you know it")


def _add(options: Namespace, deployment: Deployment) -> Answer:
    gateway, plan = deployment.client("apigateway"), deployment.output("ClientPlan")
    if options.name in _keys(gateway, plan):
        raise Failed(f"there is a client {options.name} already: choose another name, or remove it.")
    key = gateway.create_api_key(name=options.name, enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    return Answer({"name": options.name, "id": key["id"], "key": key["value"]}, key["value"])


def _list(options: Namespace, deployment: Deployment) -> Answer:
    found = _keys(deployment.client("apigateway"), deployment.output("ClientPlan"))
    clients = [{"name": name, "id": key} for name, key in sorted(found.items())]
    return Answer({"clients": clients}, columns(("client", "id"), sorted(found.items())) if clients else "no clients")


def _remove(options: Namespace, deployment: Deployment) -> Answer:
    gateway, plan = deployment.client("apigateway"), deployment.output("ClientPlan")
    key = _keys(gateway, plan).get(options.name)
    if key is None:
        raise Failed(f"there is no client {options.name}.")
    sure(options, f"The key of {options.name} will be refused from now on.")
    gateway.delete_api_key(apiKey=key)
    return Answer({"removed": options.name}, f"{options.name} is removed.")


def _keys(gateway: Any, plan: str) -> dict[str, str]:
    """The ids of the plan's keys by the client's name."""
    pages = gateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=plan)
    return {key["name"]: key["id"] for page in pages for key in page.get("items", [])}


COMMANDS = (
    Command(
        "clients add",
        "make a key for a client",
        "Makes a key for one program that integrates the market, and prints it. The client sends it as `x-api-key` beside its\n"
        "users' tokens. It matters on a stage deployed with --client-keys required: docs/guides/api-clients.md.",
        (
            "python -m ops clients add teahouse --stage market",
            "python -m ops clients add teahouse --stage market --json",
        ),
        _add,
        _name,
    ),
    Command(
        "clients list",
        "list the clients that have keys",
        "Names and the ids by which `aws apigateway get-usage` tells what each called; never the keys themselves.",
        ("python -m ops clients list --stage market",),
        _list,
    ),
    Command(
        "clients remove",
        "take a client's key away",
        "Deletes the client's key: its calls are refused with 403 from then on, whatever tokens it sends. Other clients go on.",
        ("python -m ops clients remove teahouse --stage market --yes",),
        _remove,
        _name,
    ),
)
