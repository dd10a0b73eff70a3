"""The figures of a published post over time: when they are taken, and how they are kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.social.copied_comments import Copies
from chalicelib.social.port import Figures

COUNTS = ("reads", "reposts", "comments", "likes")


def moments(retention: timedelta, rules: Rules) -> list[timedelta]:
    """How long after the publication figures are taken: the times of the settings that lie within the retention, and its end."""
    times = (rules.snapshot_first, rules.snapshot_second, rules.snapshot_third, rules.snapshot_fourth)
    return [*sorted(time for time in times if time < retention), retention]


def next_at(
    published_at: datetime, retention: timedelta, taken: Sequence[dict[str, Any]], rules: Rules
) -> datetime | None:
    """When figures are taken next; moments that have passed since the last time are not made up for."""
    last = published_at if not taken else clock.parse(taken[-1]["at"])
    return next((due for after in moments(retention, rules) if (due := published_at + after) > last), None)


def added(
    taken: Sequence[dict[str, Any]],
    at: datetime,
    figures: Figures | None,
    clicks: int,
    visitors: int,
    copies: Copies | None = None,
) -> list[dict[str, Any]]:
    """The snapshots with one of this moment. `figures` None: the network did not show the post. What it does not tell is left
    out, and so are `copies` of comments that were not read."""
    shown = {} if figures is None else {name: getattr(figures, name) for name in COUNTS}
    known = {name: count for name, count in shown.items() if count is not None}
    compared = {} if copies is None else {"comments_read": copies.read, "comments_copied": copies.copied}
    counted = {"clicks": clicks, "visitors": visitors}
    return [*taken, {"at": clock.stamp(at), "found": figures is not None, **known, **compared, **counted}]
