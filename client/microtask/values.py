"""Values as they travel: money, moments and durations, and what is left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from microtask.types import Money


class Omitted(Enum):
    """Nothing is said; `None` would say null."""

    OMITTED = "omitted"


OMITTED: Final = Omitted.OMITTED


def money(amount: int, currency: str = "CNY") -> Money:
    """`amount` in minor units: `money(500_000)` are 5,000.00 yuan."""
    return {"amount": amount, "currency": currency}


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left out."""
    return {name: value for name, value in values.items() if value is not OMITTED}


def text(value: Any) -> str:
    """As a query parameter or a path says it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(_plain(value) if isinstance(value, datetime | timedelta) else value)


def path_part(value: str) -> str:
    """As one part of a path says it."""
    return quote(value, safe="")


def dumps(body: Any) -> bytes:
    """JSON; a datetime is a moment (one without a time zone is taken as UTC), a timedelta an ISO 8601 duration in seconds."""
    return json.dumps(body, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "S"
    raise TypeError(f"{type(value).__name__} has no form in JSON")
