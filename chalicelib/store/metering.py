"""What DynamoDB says its work costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chalicelib.store.tables import connection


@dataclass
class Meter:
    """Capacity units since `taken` was last called; as far as the engine reports them."""

    read: float = 0
    written: float = 0

    def taken(self) -> tuple[float, float]:
        """The units read and written since the last time."""
        read, written, self.read, self.written = self.read, self.written, 0, 0
        return read, written


@contextmanager
def metered() -> Iterator[Meter]:
    """Counts the units of all calls of the shared connection meanwhile."""
    meter = Meter()
    events = connection().client.meta.events

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(part["CapacityUnits"] for part in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            meter.read += units
        else:
            meter.written += units

    events.register("before-parameter-build.dynamodb", ask)
    events.register("after-call.dynamodb", note)
    try:
        yield meter
    finally:
        events.unregister("before-parameter-build.dynamodb", ask)
        events.unregister("after-call.dynamodb", note)
