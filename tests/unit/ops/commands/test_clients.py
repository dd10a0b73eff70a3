"""`microtask clients` adds, lists and removes API keys, one for each name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cli.failures import Failed
from ops.command_base import Invocation
from ops.command_list import COMMANDS


class Gateway:
    """A double of API Gateway with one plan and two keys per page, and of the deployment that returns it."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.planned: list[str] = []

    def client(self, service: str) -> Gateway:
        assert service == "apigateway"
        return self

    def output(self, name: str) -> str:
        return {"ClientPlan": "plan"}[name]

    def create_api_key(self, name: str, enabled: bool) -> dict[str, str]:
        assert enabled
        self.keys[f"id-{name}"] = name
        return {"id": f"id-{name}", "value": f"secret of {name}"}

    def create_usage_plan_key(self, usagePlanId: str, keyId: str, keyType: str) -> None:  # noqa: N803 - boto3's names
        assert (usagePlanId, keyType) == ("plan", "API_KEY")
        self.planned.append(keyId)

    def delete_api_key(self, apiKey: str) -> None:  # noqa: N803
        del self.keys[apiKey]
        self.planned.remove(apiKey)

    def get_paginator(self, name: str) -> Gateway:
        assert name == "get_usage_plan_keys"
        return self

    def paginate(self, usagePlanId: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert usagePlanId == "plan"
        found = [{"id": key, "name": self.keys[key], "value": "hidden"} for key in self.planned]
        yield from ({"items": found[start : start + 2]} for start in range(0, len(found), 2))
        yield {}


def run(gateway: Gateway, command_name: str, *, yes: bool = True, **options: Any) -> Any:
    """Run a command of `clients` on the gateway."""
    command = COMMANDS[f"clients {command_name}"]
    deployed: Any = gateway
    assert command.callback is not None
    return command.callback(Invocation(deployed, yes=yes), **options)


def add(gateway: Gateway, client: str) -> Any:
    return run(gateway, "add", name=client)


def remove(gateway: Gateway, client: str, *, yes: bool = True) -> Any:
    return run(gateway, "remove", yes=yes, name=client)


def test_a_client_has_a_key_until_it_is_removed() -> None:
    gateway = Gateway()
    assert run(gateway, "list").text == "no clients"
    for client in ("tea", "silk", "ink"):
        assert add(gateway, client).text == f"secret of {client}"
    listed = run(gateway, "list")
    assert [client["name"] for client in listed.document["clients"]] == ["ink", "silk", "tea"]
    assert "hidden" not in listed.text
    with pytest.raises(Failed, match="already"):
        add(gateway, "tea")
    remove(gateway, "silk")
    assert [client["name"] for client in run(gateway, "list").document["clients"]] == ["ink", "tea"]
    with pytest.raises(Failed, match="no client silk"):
        remove(gateway, "silk")


def test_removing_a_key_asks_for_confirmation(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway()
    add(gateway, "tea")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(Failed, match="--yes"):
        remove(gateway, "tea", yes=False)
    assert gateway.planned == ["id-tea"]
