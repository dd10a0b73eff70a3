"""How the grade moved, as a chart and a list: a part of the page of a grade. Pure."""

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


class Moved(NamedTuple):
    """One change of the grade; `score` in points."""

    at: datetime
    grade: str
    score: float
    cause: str
    version: str


def history(changes: Sequence[Moved], older: int, now: datetime) -> Html:
    """The changes, newest first, with a chart once there are two; `older` is how many are not among them."""
    rows = [
        element(
            "tr",
            element("th", name_of(change.grade), " ", chinese(LABELS[change.grade]), element("small", _cause(change))),
            element("td", f"{change.score:.3f}", element("small", day(change.at))),
        )
        for change in changes
    ]
    more = element("p", f"{older:,} older changes are in the API.", class_="soft") if older else None
    return section("History", _stairs(changes, now), element("table", element("tbody", rows)), more)


def _stairs(changes: Sequence[Moved], now: datetime) -> Html | None:
    """The way of the grade; nothing while it has only one step."""
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
    says = "; ".join(step.title for step in steps)
    return joined(
        stairs(steps, now.timestamp(), lines, (day(ordered[0].at), day(now)), says),
        element(
            "p",
            "How far the score was between one grade and the next, by the methodology of its day."
            + (" A hollow dot is a change of methodology." if any(step.kind for step in steps) else ""),
            class_="soft",
        ),
    )


def _height(change: Moved) -> float:
    """0 to 1 within one star, 1 to 2 within two … by the thresholds of the version: so that versions can be compared."""
    rank = GRADES.index(change.grade)
    methodology = published(change.version)
    assert methodology is not None, "a published version stays"
    starts = (0, *methodology.thresholds, 100 * POINT)
    within = (change.score * POINT - starts[rank]) / (starts[rank + 1] - starts[rank])
    return rank + min(max(within, 0), 0.99)


def _cause(change: Moved) -> str:
    cause = change.cause.partition(" ")[0]
    return "an appeal was granted" if cause == "appeal" else CAUSES.get(cause, cause)
