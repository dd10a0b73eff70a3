"""The error codes of a route: those that it declares, and those that follow from the rest of its declaration."""

from __future__ import annotations

from chalicelib.api.pagination import Paging
from chalicelib.api.routing import Route

EVERYWHERE = (
    "bad_request",
    "internal_error",
    "parameter_invalid",
    "payload_too_large",
    "rate_limited",
    "upstream_unavailable",
)


def error_codes(route: Route) -> list[str]:
    """Return every code with which the route can refuse a request, sorted."""
    codes = {*EVERYWHERE, *route.errors}
    if route.query is not None and issubclass(route.query, Paging):
        codes.add("cursor_invalid")
    if route.roles is not None:
        codes.add("unauthenticated")
    if route.roles:
        codes.add("forbidden")
    if "{" in route.path or route.path.startswith("/sandbox/"):
        codes.add("not_found")
    if route.method != "GET":
        codes |= {"body_unreadable", "unsupported_media_type", "write_contention"}
    if route.request is not None:
        codes.add("body_invalid")
    if route.method == "POST" and route.roles is not None:
        codes |= {"idempotency_key_invalid", "idempotency_key_reused"}
    if route.key_required:
        codes.add("idempotency_key_missing")
    return sorted(codes)
