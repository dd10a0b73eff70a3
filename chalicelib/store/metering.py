"""Capacity units of DynamoDB that a piece of work consumes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.store.tables import connection


@dataclass
class Meter:
    """Capacity units since the last call of `taken`, as far as the engine reports them."""

    read: float = 0
    written: float = 0

    def taken(self) -> tuple[float, float]:
        """Return the units read and written since the last call."""
        read, written, self.read, self.written = self.read, self.written, 0, 0
        return read, written


@contextmanager
def metered() -> Iterator[Meter]:
    """Count the units of all requests of the shared connection within the block."""
    meter = Meter()
    events = connection().client.meta.events

    def request_units(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def add_units(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            meter.read += units
        else:
            meter.written += units

    events.register("before-parameter-build.dynamodb", request_units)
    events.register("after-call.dynamodb", add_units)
    try:
        yield meter
    finally:
        events.unregister("before-parameter-build.dynamodb", request_units)
        events.unregister("after-call.dynamodb", add_units)
