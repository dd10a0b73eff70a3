"""The effective price of an order (rule 10): the creator's own price, or the advised mid price without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Source = Literal["own", "advised"]


def effective(own: int | None, advised: Mapping[str, Any] | None) -> tuple[int, Source] | None:
    """Return the price in fen and its source; None without either. `advised` has `low`, `mid`, `high` in fen."""
    if own is not None:
        return own, "own"
    if advised is not None:
        return int(advised["mid"]), "advised"
    return None
