"""Responses of AT Protocol servers as errors of the port."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.social.bluesky.xrpc import document_of
from chalicelib.social.known_host_request import Reply
from chalicelib.social.port import (
    Absent,
    NetworkError,
    NotPermitted,
    RateLimited,
    RefusedByNetwork,
    Unavailable,
    Unreadable,
)

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def reply(status: int, document: Any, **headers: str) -> Reply:
    return Reply(
        status, {name.replace("_", "-"): text for name, text in headers.items()}, json.dumps(document).encode()
    )


def test_the_document_of_a_success_is_returned() -> None:
    assert document_of(reply(200, {"did": "did:plc:x"}), NOW) == {"did": "did:plc:x"}


@pytest.mark.parametrize(
    ("status", "document", "error"),
    [
        (400, {"error": "InvalidRequest", "message": "Profile not found"}, Absent),
        (400, {"error": "RepoTakendown"}, Absent),
        (404, {"error": "NotFound"}, Absent),
        (400, {"error": "InvalidRequest", "message": "Record too large"}, RefusedByNetwork),
        (400, {"error": "ExpiredToken"}, NotPermitted),
        (401, {"error": "AuthenticationRequired"}, NotPermitted),
        (403, [], NotPermitted),
        (500, {"error": "InternalServerError"}, Unavailable),
        (502, {"error": "NotFound"}, Unavailable),
    ],
)
def test_a_failure_is_an_error_of_the_port(status: int, document: Any, error: type[NetworkError]) -> None:
    with pytest.raises(NetworkError) as raised:
        document_of(reply(status, document), NOW)
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "7", "ratelimit_reset": "99"}, 7),
        ({"ratelimit_reset": str(int(NOW.timestamp()) + 40)}, 40),
        ({"ratelimit_reset": str(int(NOW.timestamp()) - 40)}, 1),
        ({"retry_after": "0"}, 1),
        ({"retry_after": "soon"}, 300),
        ({}, 300),
    ],
)
def test_a_limit_names_the_seconds_to_wait(headers: dict[str, str], seconds: int) -> None:
    with pytest.raises(RateLimited) as raised:
        document_of(reply(429, {}, **headers), NOW)
    assert raised.value.retry_after == seconds


def test_a_success_without_json_is_unreadable_and_a_failure_without_json_is_not() -> None:
    with pytest.raises(Unreadable):
        document_of(Reply(200, {}, b"<html>"), NOW)
    with pytest.raises(Unavailable):
        document_of(Reply(503, {}, b"<html>"), NOW)
