"""Another act in the middle of one: done just before a transaction of it is sent, so that the order of both is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.store import tables


@contextmanager
def interrupted(act: Callable[[], object], place: int = 0) -> Iterator[None]:
    """Within the block `act` is done just before transaction number `place` (from 0) of anybody else is sent."""
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
