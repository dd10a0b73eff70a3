"""Small charts as SVG. Horizontal positions are in per cent of the width, so that a chart fits a phone and a sheet of paper and
its letters keep their size; vertical positions are in pixels. The style of the page frame sets colours for light and dark.
Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

from chalicelib.html.markup import Html, Part, element

LETTER = 12
"""The height of a line of letters in pixels."""
APART = 6.5
"""The least distance of short labels on a phone, in per cent of the width."""


class Piece(NamedTuple):
    """A piece of a bar: its length in the unit of the bar, the CSS class that colours it, and its tooltip."""

    length: float
    kind: str
    title: str


class Mark(NamedTuple):
    """A position on a scale with a short label."""

    at: float
    label: str


class Step(NamedTuple):
    """A figure of this height from the moment `at` (any unit) on. `title` is the tooltip, `kind` a CSS class."""

    at: float
    height: float
    title: str
    kind: str = ""


def stacked(pieces: Sequence[Piece], marks: Sequence[Mark], full: float, total: str, label: str) -> Html:
    """Return a bar of adjacent pieces over a scale from 0 to `full` with marks. `total` is written at the end of the last piece.
    `label` is the text for screen readers."""
    top, thick = LETTER + 8, 30
    drawn: list[Html] = [_rect(0, top, 100, thick, "track")]
    begin = 0.0
    for piece in pieces:
        width = piece.length * 100 / full
        drawn.append(_rect(begin, top, width, thick, f"piece {piece.kind}", element("title", piece.title)))
        begin += width
    drawn.append(_line(begin, top - 5, begin, top + thick, "end"))
    drawn.append(_text(begin, LETTER, total, "strong"))
    rows = [-APART, -APART]  # the position of the last label of each row
    for mark in marks:
        place = mark.at * 100 / full
        row = 0 if place - rows[0] >= APART else 1
        rows[row] = place
        foot = top + thick
        drawn.append(_line(place, foot, place, foot + 6 + row * (LETTER + 2), "tick"))
        drawn.append(_text(place, foot + 8 + (row + 1) * (LETTER + 1), mark.label, "soft"))
    height = top + 30 + 14 + (LETTER + 2) * (2 if rows[1] >= 0 else 1)
    return _svg(height, label, drawn)


def meter(share: float, kind: str = "", label: str | None = None) -> Html:
    """Return a thin bar filled to `share` (0 to 1). Without `label` it is decoration beside its value."""
    return _svg(
        6, label, [_rect(0, 0, 100, 6, "track", rx=3), _rect(0, 0, min(share, 1) * 100, 6, f"piece {kind}", rx=3)]
    )


def band(low: int, mid: int, high: int, least: int, most: int, label: str) -> Html:
    """Return a bar from `low` to `high` with a mark at `mid`, on a logarithmic scale from `least` to `most`; all positive."""

    def place(value: int) -> float:
        return 2 + 96 * (log(value / least) / log(most / least) if most > least else 0.5)

    left, middle, right = place(low), place(mid), place(high)
    return _svg(
        18,
        label,
        [
            _rect(0, 7, 100, 4, "track", rx=2),
            _rect(left, 4, max(right - left, 0.5), 10, "piece range", rx=5),
            _line(middle, 0, middle, 18, "end"),
        ],
    )


def stairs(steps: Sequence[Step], until: float, lines: Sequence[Mark], ends: tuple[str, str], label: str) -> Html:
    """Return a step chart: `steps` by time, the last one up to `until` if that is later. `lines` are the labelled heights, evenly
    spaced; `ends` name the first and the last moment."""
    begin, until = steps[0].at, max(until, steps[-1].at)
    span = max(until - begin, 1e-9)
    least, most = min(line.at for line in lines), max(line.at for line in lines)
    tall, top = 34 * (len(lines) - 1), LETTER

    def across(moment: float) -> float:
        return 12 + 86 * (moment - begin) / span

    def down(height: float) -> float:
        return top + tall * (most - min(max(height, least), most)) / (most - least)

    drawn: list[Html] = []
    for line in lines:
        drawn.append(_line(12, down(line.at), 100, down(line.at), "tick"))
        drawn.append(_text(0, down(line.at) - 6, line.label, "soft", "start"))
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        left, right = across(step.at), across(following.at if following else until)
        drawn.append(_line(left, down(step.height), right, down(step.height), "stair"))
        if following:
            drawn.append(_line(right, down(step.height), right, down(following.height), "stair"))
    for step in steps:
        title = element("title", step.title)
        drawn.append(
            element("circle", title, cx=f"{across(step.at):.2f}%", cy=down(step.height), r=4, class_=f"dot {step.kind}")
        )
    foot = top + tall + LETTER + 10
    drawn += [_text(12, foot, ends[0], "soft", "start"), _text(100, foot, ends[1], "soft", "end")]
    return _svg(foot + 6, label, drawn)


class Curve(NamedTuple):
    """A line through points (across, up), rising in the first coordinate; `kind` is the CSS class that colours it."""

    kind: str
    points: Sequence[tuple[float, float]]
    title: str


def curves(drawn: Sequence[Curve], most: str, until: str, label: str) -> Html:
    """Return lines with a common start in one chart. `most` labels the greatest height, `until` the far end."""
    tall, top = 180, LETTER + 6
    far = max((x for curve in drawn for x, _ in curve.points), default=0) or 1
    high = max((y for curve in drawn for _, y in curve.points), default=0) or 1
    marks: list[Html] = [_line(0, top, 100, top, "tick"), _line(0, top + tall, 100, top + tall, "tick")]
    for curve in drawn:
        places = [(1 + 98 * x / far, top + tall * (1 - y / high)) for x, y in curve.points]
        for (x1, y1), (x2, y2) in zip(places, places[1:], strict=False):
            marks.append(_line(x1, y1, x2, y2, f"curve {curve.kind}"))
        for x, y in places:
            title = element("title", curve.title)
            marks.append(element("circle", title, cx=f"{x:.2f}%", cy=f"{y:.1f}", r=3.5, class_=f"point {curve.kind}"))
    foot = top + tall + LETTER + 6
    marks += [
        _text(0, LETTER, most, "soft", "start"),
        _text(0, foot, "when it went up", "soft", "start"),
        _text(100, foot, until, "soft", "end"),
    ]
    return _svg(foot + 6, label, marks)


def stars(count: int, of: int, label: str) -> Html:
    """Return `count` of `of` stars filled."""
    drawn = [
        element(
            "path", d=_STAR, transform=f"translate({number * 24} 0)", class_="star" if number < count else "star off"
        )
        for number in range(of)
    ]
    return element(
        "svg",
        drawn,
        width=of * 24,
        height=24,
        viewBox=f"0 0 {of * 24} 24",
        role="img",
        aria_label=label,
        class_="stars",
    )


def diamond(label: str) -> Html:
    """Return one diamond."""
    drawn = [
        element("path", d="M5 2h14l4 7-11 13L1 9z", class_="star gem"),
        element("path", d="M1 9h22M8.5 9 12 22l3.5-13M5 2l3.5 7L12 2l3.5 7L19 2", class_="facet"),
    ]
    return element("svg", drawn, width=34, height=34, viewBox="0 0 24 24", role="img", aria_label=label, class_="stars")


_STAR = "M12 1.5l3.200 6.9 7.5.9-5.5 5.100 1.5 7.400-6.700-3.700-6.700 3.700 1.5-7.400L1.300 9.300l7.5-.9z"


def _svg(height: int, label: str | None, drawn: Part) -> Html:
    if label is None:
        return element("svg", drawn, width="100%", height=height, aria_hidden="true")
    return element("svg", drawn, width="100%", height=height, role="img", aria_label=label)


def _rect(
    x: float, y: float, width: float, height: float, kind: str, inside: Part = None, rx: int | None = None
) -> Html:
    return element("rect", inside, x=f"{x:.2f}%", y=y, width=f"{width:.2f}%", height=height, rx=rx, class_=kind)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Html:
    return element("line", x1=f"{x1:.2f}%", y1=y1, x2=f"{x2:.2f}%", y2=y2, class_=kind)


def _text(x: float, y: float, text: str, kind: str, anchor: str | None = None) -> Html:
    """Return a text that stays inside the chart near its edges."""
    anchor = anchor or ("start" if x < APART / 2 else "end" if x > 100 - APART / 2 else "middle")
    return element("text", text, x=f"{x:.2f}%", y=y, text_anchor=anchor, class_=kind)
