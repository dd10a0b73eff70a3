"""Error codes that follow from the declaration of a route."""

from __future__ import annotations

from typing import Any

import pytest
from chalice.app import Blueprint

from apispec.client_generator import client_names
from apispec.route_errors import EVERYWHERE, error_codes
from chalicelib.api import ApiRequest, Body, Paging, route, routing
from chalicelib.api.routing import Route


@pytest.fixture(autouse=True)
def routes(monkeypatch: pytest.MonkeyPatch) -> list[Route]:
    declared: list[Route] = []
    monkeypatch.setattr(routing, "ROUTES", declared)
    return declared


def declare(method: str, path: str, **options: Any) -> None:
    @route(Blueprint(__name__), method, path, **options)
    def view(request: ApiRequest) -> dict[str, Any]:
        """Return nothing."""
        return {}


def test_public_route_has_the_errors_of_every_route(routes: list[Route]) -> None:
    declare("GET", "/teas", roles=None)
    assert error_codes(routes[0]) == sorted(EVERYWHERE)


def test_parts_of_the_declaration_add_their_errors(routes: list[Route]) -> None:
    declare("GET", "/teas/{tea_id}", roles=("creator",), query=Paging, errors=("state_conflict",))
    declare("POST", "/teas", roles=(), request=Body, key_required=True)
    read, create = (set(error_codes(declared)) - set(EVERYWHERE) for declared in routes)
    assert read == {"cursor_invalid", "forbidden", "not_found", "state_conflict", "unauthenticated"}
    assert create == {
        "body_invalid",
        "body_unreadable",
        "idempotency_key_invalid",
        "idempotency_key_missing",
        "idempotency_key_reused",
        "unauthenticated",
        "unsupported_media_type",
        "write_contention",
    }


def test_route_without_a_client_name_is_refused(routes: list[Route]) -> None:
    declare("GET", "/teas", roles=None)
    with pytest.raises(ValueError, match="client"):
        client_names(routes)
