"""Rule 10: what an order costs is the creator's own price, and without one the advised mid price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Source = Literal["own", "advised"]


def effective(own: int | None, advised: Mapping[str, Any] | None) -> tuple[int, Source] | None:
    """The price in fen and where it comes from; None without either. `advised` has `low`, `mid`, `high` in fen."""
    if own is not None:
        return own, "own"
    if advised is not None:
        return int(advised["mid"]), "advised"
    return None
