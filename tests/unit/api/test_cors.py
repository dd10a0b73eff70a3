"""Headers for requests of browsers from other origins."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from chalicelib.api import cors

SHOP, OTHER = "https://shop.example", "https://other.example"


def allow(monkeypatch: pytest.MonkeyPatch, *origins: str) -> None:
    monkeypatch.setattr(cors, "settings", lambda: SimpleNamespace(origins=origins))


def test_without_allowed_origins_there_are_no_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch)
    assert cors.headers(SHOP) == {}
    assert cors.preflight(SHOP, ["GET"]) == {}


def test_an_allowed_origin_is_named_and_caches_distinguish_it(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, SHOP)
    found = cors.headers(SHOP)
    assert (found["Access-Control-Allow-Origin"], found["Vary"]) == (SHOP, "Origin")
    assert "Location" in found["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("origin", [None, OTHER, f"{SHOP}.evil.example"])
def test_another_origin_is_not_allowed(monkeypatch: pytest.MonkeyPatch, origin: str | None) -> None:
    allow(monkeypatch, SHOP)
    assert cors.headers(origin) == cors.preflight(origin, ["GET"]) == {"Vary": "Origin"}


def test_any_origin_is_allowed_by_a_star(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "*")
    assert (
        cors.headers(OTHER)["Access-Control-Allow-Origin"] == cors.headers(None)["Access-Control-Allow-Origin"] == "*"
    )


def test_a_preflight_lists_methods_and_allows_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, SHOP)
    found = cors.preflight(SHOP, ["GET", "POST"])
    assert found["Access-Control-Allow-Methods"] == "GET, POST"
    assert "Idempotency-Key" in found["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in found
    assert "Access-Control-Expose-Headers" not in found
