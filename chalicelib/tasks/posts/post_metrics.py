"""The figures of a published post over time: the times of the snapshots, and their form. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.core import clock
from chalicelib.core.rules import Rules
from chalicelib.social.copied_comments import Copies
from chalicelib.social.port import PostFigures
from chalicelib.tasks.records.stored_documents import Snapshot


def snapshot_times(retention: timedelta, rules: Rules) -> list[timedelta]:
    """Return the times of the snapshots after publication: those of the rules within the retention, and its end."""
    times = (rules.snapshot_first, rules.snapshot_second, rules.snapshot_third, rules.snapshot_fourth)
    return [*sorted(time for time in times if time < retention), retention]


def next_at(published_at: datetime, retention: timedelta, taken: Sequence[Snapshot], rules: Rules) -> datetime | None:
    """Return the time of the next snapshot. Times that have passed since the last one are skipped."""
    last = published_at if not taken else clock.parse(taken[-1]["at"])
    return next((due for after in snapshot_times(retention, rules) if (due := published_at + after) > last), None)


def snapshot(
    at: datetime,
    figures: PostFigures | None,
    clicks: int,
    visitors: int,
    copies: Copies | None = None,
) -> Snapshot:
    """Return the snapshot of this moment. `figures` None: the network did not show the post. Figures that it did not return are
    left out, and so are `copies` of comments that were not read."""
    taken: Snapshot = {"at": clock.stamp(at), "found": figures is not None}
    if figures is not None:
        counts = {
            "reads": figures.reads,
            "reposts": figures.reposts,
            "comments": figures.comments,
            "likes": figures.likes,
        }
        taken = {**taken, **{name: count for name, count in counts.items() if count is not None}}  # type: ignore[typeddict-item]
    if copies is not None:
        taken.update({"comments_read": copies.read, "comments_copied": copies.copied})
    taken.update({"clicks": clicks, "visitors": visitors})
    return taken
