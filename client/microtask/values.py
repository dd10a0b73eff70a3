"""Values in requests: money, moments, durations and omitted arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from microtask.types import Money


class Omitted(Enum):
    """The type of an omitted argument; `None` is sent as null."""

    OMITTED = "omitted"


OMITTED: Final = Omitted.OMITTED


def money(amount: int, currency: str = "CNY") -> Money:
    """Return an amount in minor units: `money(500_000)` is 5,000.00 yuan."""
    return {"amount": amount, "currency": currency}


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without the omitted ones."""
    return {name: value for name, value in values.items() if value is not OMITTED}


def text(value: Any) -> str:
    """Return the text of a value in a query parameter or a path."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(_plain(value) if isinstance(value, datetime | timedelta) else value)


def path_part(value: str) -> str:
    """Return the value encoded as one part of a path."""
    return quote(value, safe="")


def dumps(body: Any) -> bytes:
    """Return JSON: a datetime becomes a moment (UTC if it has no time zone), a timedelta an ISO 8601 duration in seconds."""
    return json.dumps(body, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "S"
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
