"""Requests to Stripe's API (https://docs.stripe.com/api) over TLS, with limits: 3 s to connect, 8 s for each read, 2 MB for a body.

Every POST carries an Idempotency-Key that is derived from its subject. Stripe stores the response to a key for at least 24 hours,
also that of a request that it declined.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings

API = "https://api.stripe.com"
VERSION = "2026-10-28.endive"
"""The version of the API that the adapter reads and writes. Webhook endpoints have to be created with the same one."""
PAGE = 100
_BODY_MAX_BYTES = 2_000_000
_INDEFINITE = (409, 429)
"""Statuses of requests that met another one with the same key, a lock or a limit: the earlier one may be under way."""

Fields = Mapping[str, str | int]
Document = dict[str, Any]
"""A JSON object of Stripe; the modules of this package read single members of it."""


class Declined(Exception):
    """Stripe declined the request and did nothing; `code` is its error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoResponse(Exception):
    """Stripe did not respond, or not with the outcome: the request may have been carried out. `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def get(path: str, fields: Fields, account: str | None = None) -> Document:
    """Read an object or a page. `account` reads as that connected account. Raises Declined, NoResponse."""
    query = f"?{urlencode(fields)}" if fields else ""
    return _request("GET", f"{path}{query}", None, {}, account)


def post(path: str, fields: Fields, key: str, account: str | None = None) -> Document:
    """Create or change an object, once per `key` in 24 hours. Raises Declined, NoResponse."""
    return _request("POST", path, urlencode(fields), {"Idempotency-Key": key}, account)


def each(path: str, fields: Fields, account: str | None = None) -> Iterator[Document]:
    """Yield the objects of a list, newest first, page by page. Raises Declined, NoResponse."""
    after: dict[str, str | int] = {}
    while True:
        page = get(path, {**fields, "limit": PAGE, **after}, account)
        yield from page["data"]
        if not page["has_more"]:
            return
        after = {"starting_after": page["data"][-1]["id"]}


def unavailable(error: NoResponse | Declined) -> Problem:
    """Return 503 for a request without an outcome."""
    return Problem("upstream_unavailable", f"Stripe does not do this now ({error}).")


@cache
def keys() -> Document:
    """Return the operator's secret: docs/guides/payments.md lists its members."""
    found: Document = json.loads(secret(settings().stripe_secret))
    return found


def is_live() -> bool:
    """Return True if the secret key is one of live mode."""
    return "_live_" in str(keys()["secret_key"])


def send(method: str, url: str, headers: Mapping[str, str], body: str | None) -> tuple[int, bytes]:
    """Send one request over a connection of its own, without redirects and retries; return status and body. Raises HTTPError,
    ValueError for a body that is too large."""
    timeout = urllib3.Timeout(connect=3.0, read=8.0)
    with urllib3.PoolManager(timeout=timeout, retries=False) as http:
        response = http.request(method, url, body=body, headers=headers, redirect=False, preload_content=False)
        try:
            text = response.read(_BODY_MAX_BYTES + 1, decode_content=True)
        finally:
            response.close()
    if len(text) > _BODY_MAX_BYTES:
        raise ValueError("too large")
    return response.status, text


def _request(method: str, path: str, body: str | None, headers: Mapping[str, str], account: str | None) -> Document:
    sent = {"Authorization": f"Bearer {keys()['secret_key']}", "Stripe-Version": VERSION, **headers}
    if account is not None:
        sent["Stripe-Account"] = account
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        status, text = send(method, f"{keys().get('api_base', API)}{path}", sent, body)
        found = json.loads(text)
    except (HTTPError, OSError, ValueError) as error:
        raise _no_response(path, type(error).__name__) from error
    if not isinstance(found, dict):
        raise _no_response(path, "unreadable")
    if status == 200:
        return found
    fault = found.get("error")
    reason = str(fault.get("code") or fault.get("type")) if isinstance(fault, dict) else f"status {status}"
    if not 400 <= status < 500 or status in _INDEFINITE or reason == "idempotency_error":
        raise _no_response(path, reason)
    logger.warning("stripe declined", extra={"path": path.partition("?")[0], "code": reason})
    raise Declined(reason)


def _no_response(path: str, reason: str) -> NoResponse:
    logger.warning("stripe did not respond", extra={"path": path.partition("?")[0], "reason": reason})
    return NoResponse(reason)
