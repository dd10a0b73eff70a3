"""Recorded scenes: a request, its DynamoDB requests and their replies. They are recorded once and handled again without an
engine.

This module imports only botocore, so that a fresh process handles a scene without importing more than a Lambda would.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
_http: Any = URLLib3Session
_client: Any = BaseClient


@dataclass(frozen=True)
class Scene:
    """A request as the gateway sends it, its DynamoDB requests with their replies, and the response."""

    name: str
    event: dict[str, Any]
    calls: list[tuple[str, dict[str, Any]]]
    replies: list[tuple[int, dict[str, str], bytes]]
    response: dict[str, Any]


CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:ap-east-1:123456789012:function:bench",
    aws_request_id="5f0a1a3e-0000-4000-8000-000000000000",
)


@contextmanager
def recording(calls: list[Any], replies: list[Any]) -> Iterator[None]:
    """Record DynamoDB requests and all replies within the block."""
    send, original_send = _client._make_api_call, _http.send

    def call(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if client.meta.service_model.service_name == "dynamodb":
            calls.append((operation, arguments))
        return send(client, operation, arguments)

    def recorded_send(session: Any, request: Any) -> Any:
        reply = original_send(session, request)
        replies.append((reply.status_code, dict(reply.headers), reply.content))
        return reply

    _client._make_api_call, _http.send = call, recorded_send
    try:
        yield
    finally:
        _client._make_api_call, _http.send = send, original_send


@contextmanager
def replayed() -> Iterator[deque[Any]]:
    """Answer HTTP within the block with the replies in the deque, in a circle, and requests for secrets with a secret."""
    ring: deque[Any] = deque()
    original_send = _http.send
    secret = json.dumps({"SecretString": "bench"}).encode()

    def recorded_send(session: Any, request: Any) -> Any:
        if "secretsmanager" in request.url:
            return _reply(request.url, 200, {}, secret)
        status, headers, content = ring[0]
        ring.rotate(-1)
        return _reply(request.url, status, headers, content)

    _http.send = recorded_send
    try:
        yield ring
    finally:
        _http.send = original_send


def _reply(url: str, status: int, headers: dict[str, str], content: bytes) -> Any:
    response: Any = AWSResponse
    reply = response(url, status, headers, BytesIO(content))
    reply._content = content
    return reply


def bare(scene: Scene) -> Handler:
    """Return the handler that sends only the recorded requests."""
    import botocore.session

    client = botocore.session.get_session().create_client("dynamodb", "ap-east-1")
    methods = {name: getattr(client, python) for python, name in client.meta.method_to_api_mapping.items()}
    document = json.loads(scene.response["body"])

    def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
        json.loads(event["body"] or "{}")
        for operation, arguments in scene.calls:
            methods[operation](**arguments)
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        return {
            "statusCode": scene.response["statusCode"],
            "headers": {"Content-Type": "application/json"},
            "body": body,
        }

    return handle
