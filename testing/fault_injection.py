"""Fault injection: lose a request to DynamoDB, or run code just before a transaction is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.store import tables


@contextmanager
def interrupted(act: Callable[[], object], place: int = 0) -> Iterator[None]:
    """Within the block, call `act` just before transaction number `place` (from 0) of other code is sent."""
    client: Any = tables.connection().client
    send = client._make_api_call
    seen = 0

    def call(operation: str, arguments: Any) -> Any:
        nonlocal seen
        if operation == "TransactWriteItems":
            seen += 1
            if seen == place + 1:
                client._make_api_call = send
                act()
        return send(operation, arguments)

    client._make_api_call = call
    try:
        yield
    finally:
        client._make_api_call = send
    assert seen > place, "nothing was interrupted"


class Lost(Exception):
    """The request, or its response, was lost."""


@contextmanager
def failing(n: int | None, after: bool, error: Exception | None = None) -> Iterator[list[str]]:
    """Within the block, lose the n-th request (from 0) to DynamoDB before it arrives, or its response after it took effect.

    Yields the names of the requests."""
    client: Any = tables.connection().client
    made: list[str] = []
    send = client._make_api_call

    def call(operation: str, arguments: Any) -> Any:
        made.append(operation)
        lost = n is not None and len(made) == n + 1
        if lost and not after:
            raise error or Lost(operation)
        answer = send(operation, arguments)
        if lost:
            raise error or Lost(operation)
        return answer

    client._make_api_call = call
    try:
        yield made
    finally:
        client._make_api_call = send
