"""Cross-origin requests of browsers (https://fetch.spec.whatwg.org/#http-cors-protocol), for the origins that a deployment allows.

Callers send a bearer token and no cookies, so credentials are never allowed and `*` gives no page more than its own token can do.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.core.settings import settings

REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, X-Api-Key"
RESPONSE_HEADERS = "Allow, Content-Disposition, Idempotency-Replayed, Location, Retry-After, X-Request-Id"
MAX_AGE_SECONDS = 600


def headers(origin: str | None) -> dict[str, str]:
    """Return the headers of a response to a request from `origin`; none on a deployment that allows no origins."""
    allowed = settings().origins
    if not allowed:
        return {}
    exposed = {"Access-Control-Expose-Headers": RESPONSE_HEADERS}
    if "*" in allowed:
        return {**exposed, "Access-Control-Allow-Origin": "*"}
    if origin is not None and origin in allowed:
        return {**exposed, "Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    return {"Vary": "Origin"}


def preflight(origin: str | None, methods: Iterable[str]) -> dict[str, str]:
    """Return the headers of the response to OPTIONS on a resource with these methods."""
    allowed = headers(origin)
    if "Access-Control-Allow-Origin" not in allowed:
        return allowed
    del allowed["Access-Control-Expose-Headers"]
    return {
        **allowed,
        "Access-Control-Allow-Methods": ", ".join(methods),
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
    }
