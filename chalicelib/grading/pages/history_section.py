"""The history of the grade as a chart and a list: a section of the grade page. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import floor
from typing import NamedTuple

from chalicelib.grading.model.grade import POINT
from chalicelib.grading.model.methodology import GRADES, LABELS, published
from chalicelib.grading.pages.wording import chinese, day, name_of, short
from chalicelib.html.chart import Mark, Step, stairs
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import section

CAUSES = {
    "metrics": "new figures",
    "import": "figures imported",
    "methodology": "new methodology",
    "orders": "orders on this market",
    "category": "other category",
}


class HistoryEntry(NamedTuple):
    """One change of the grade. `score` is in points, `repost` the advised repost price in fen, `paid_orders` the number of paid
    orders that the advice rests on."""

    at: datetime
    grade: str
    score: float
    cause: str
    version: str
    repost: int | None = None
    paid_orders: int = 0


def history(changes: Sequence[HistoryEntry], older: int, now: datetime) -> Html:
    """Return the section with the changes, newest first, and a chart if there are at least two. `older` is how many more exist."""
    rows = [
        element(
            "tr",
            element("th", name_of(change.grade), " ", chinese(LABELS[change.grade]), element("small", _cause(change))),
            element("td", f"{change.score:.3f}", element("small", _when(change, changes[0]))),
        )
        for change in changes
    ]
    more = element("p", f"{older:,} older changes are in the API.", class_="soft") if older else None
    return section("History", _stairs(changes, now), element("table", element("tbody", rows)), more)


def _stairs(changes: Sequence[HistoryEntry], now: datetime) -> Html | None:
    """Return the chart of the grade; None for fewer than two changes."""
    if len(changes) < 2:
        return None
    ordered = list(reversed(changes))
    heights = [_height(change) for change in ordered]
    steps = [
        Step(
            change.at.timestamp(),
            height,
            f"{day(change.at)}: {name_of(change.grade)}, {change.score:.3f}, {_cause(change)}",
            "new" if change.cause == "methodology" else "",
        )
        for change, height in zip(ordered, heights, strict=True)
    ]
    lowest, highest = max(floor(min(heights)), 0), min(floor(max(heights)) + 1, len(GRADES))
    lines = [
        Mark(height, short(GRADES[height]) if height < len(GRADES) else "") for height in range(lowest, highest + 1)
    ]
    label = "; ".join(step.title for step in steps)
    return joined(
        stairs(steps, now.timestamp(), lines, (day(ordered[0].at), day(now)), label),
        element(
            "p",
            "The score between one grade and the next, by the methodology in force at that time."
            + (" A hollow dot marks a change of methodology." if any(step.kind for step in steps) else ""),
            class_="soft",
        ),
    )


def _height(change: HistoryEntry) -> float:
    """Return 0 to 1 within one star, 1 to 2 within two stars and so on, by the thresholds of the change's version, so that
    changes under different versions can be compared."""
    rank = GRADES.index(change.grade)
    methodology = published(change.version)
    assert methodology is not None, "published versions are never deleted"
    starts = (0, *methodology.thresholds, 100 * POINT)
    within = (change.score * POINT - starts[rank]) / (starts[rank + 1] - starts[rank])
    return rank + min(max(within, 0), 0.99)


def _when(change: HistoryEntry, newest: HistoryEntry) -> str:
    """Return the day, and the methodology if it is not that of the newest change: scores of two versions cannot be compared."""
    return day(change.at) if change.version == newest.version else f"{day(change.at)}, methodology {change.version}"


def _cause(change: HistoryEntry) -> str:
    cause = change.cause.partition(" ")[0]
    return "an appeal was granted" if cause == "appeal" else CAUSES.get(cause, cause)
