"""The base of absolute URLs, from the settings or from the request as API Gateway passes it on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.api import urls


def base(monkeypatch: pytest.MonkeyPatch, request_path: str, public_url: str = "", **context: str) -> str:
    monkeypatch.setattr(urls, "settings", lambda: SimpleNamespace(public_url=public_url))
    request: Any = SimpleNamespace(path=request_path, context=context, headers={"host": "host.example"})
    return urls.base_url(request)


def test_a_public_url_is_used_without_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    found = base(
        monkeypatch, "/v1/tasks", "https://market.example/", domainName="x.execute-api.example", path="/api/v1/tasks"
    )
    assert found == "https://market.example"


@pytest.mark.parametrize(
    ("path", "gateway_path", "prefix"),
    [
        ("/v1/tasks", "/api/v1/tasks", "/api"),
        ("/v1/tasks/", "/api/v1/tasks/", "/api"),
        ("/v1/tasks/tsk_1", "/base/api/v1/tasks/tsk_1", "/base/api"),
        ("/v1/tasks", "/v1/tasks", ""),
    ],
)
def test_the_prefix_is_what_the_gateway_adds(
    monkeypatch: pytest.MonkeyPatch, path: str, gateway_path: str, prefix: str
) -> None:
    assert base(monkeypatch, path, domainName="api.example", path=gateway_path) == f"https://api.example{prefix}"


def test_without_a_domain_in_the_context_the_host_header_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert base(monkeypatch, "/v1/tasks") == "https://host.example"
