"""Keys of clients are made, listed and taken away, one for each name."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import pytest

from cli.progress import Failed
from ops.commands.clients import COMMANDS


class Gateway:
    """API Gateway with one plan, two keys to a page; and the deployment that leads to it."""

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


def run(gateway: Gateway, what: str, **options: Any) -> Any:
    (command,) = (command for command in COMMANDS if command.name == f"clients {what}")
    deployed: Any = gateway
    return command.run(Namespace(yes=True, **options), deployed)


def test_a_client_has_a_key_until_it_is_taken_away() -> None:
    gateway = Gateway()
    assert run(gateway, "list").text == "no clients"
    for name in ("tea", "silk", "ink"):
        assert run(gateway, "add", name=name).text == f"secret of {name}"
    listed = run(gateway, "list")
    assert [client["name"] for client in listed.document["clients"]] == ["ink", "silk", "tea"]
    assert "hidden" not in listed.text
    with pytest.raises(Failed, match="already"):
        run(gateway, "add", name="tea")
    run(gateway, "remove", name="silk")
    assert [client["name"] for client in run(gateway, "list").document["clients"]] == ["ink", "tea"]
    with pytest.raises(Failed, match="no client silk"):
        run(gateway, "remove", name="silk")


def test_a_key_is_not_taken_away_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = Gateway()
    run(gateway, "add", name="tea")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    (remove,) = (command for command in COMMANDS if command.name == "clients remove")
    deployed: Any = gateway
    with pytest.raises(Failed, match="--yes"):
        remove.run(Namespace(yes=False, name="tea"), deployed)
    assert gateway.planned == ["id-tea"]
