"""Build the report of a fit: one HTML page with SVG plots, to review before a methodology comes into force."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape
from statistics import fmean, median
from typing import Any

from chalicelib.grading.model.methodology import GRADES, LABELS
from fit.input_tables import Data
from fit.integer_tables import PPM
from fit.measures import HeldOut, aim_words, reached

WIDTH, HEIGHT, LEFT, BOTTOM = 460, 240, 56, 36
COLOURS = ("#1f6f8b", "#c4622d", "#5b7f2b", "#7a4b94", "#a03050", "#555555")

Line = tuple[str, Sequence[tuple[float, float]]]

STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .15rem .7rem; text-align: right; border-bottom: 1px solid #8884; }
td:first-child, th:first-child { text-align: left; }
figure { display: inline-block; margin: .5rem 1rem .5rem 0; vertical-align: top; } figcaption { max-width: 28rem; }
svg text { fill: currentColor; font: 11px system-ui, sans-serif; } .short { color: #b3261e; font-weight: 600; }
"""


def report(document: dict[str, Any], data: Data, found: HeldOut) -> str:
    """Return the whole page."""
    parts = [
        f"<h1>Methodology {escape(document['version'])}</h1>",
        "<p>Every point and figure about accuracy is of accounts that were held out of the fit. Read the shapes: do they say "
        "something about accounts, or about these data?</p>",
        "<h2>Figures</h2>",
        _figures(document["measures"]),
        "<h2>Sources</h2><ul>" + "".join(f"<li>{escape(line)}</li>" for line in document["sources"]) + "</ul>",
        "<h2>What each factor adds at most</h2>",
        _weights(document),
        "<h2>Shapes of the score</h2>",
        *(_shape(factor["name"], "points", factor["points"]) for factor in document["factors"] if "points" in factor),
        *_categories("demand", document["factors"][6]["categories"], 1_000),
        "<h2>Shapes of the quality factor</h2>",
        *_sign_shapes(document),
        "<h2>Advised prices</h2>",
        *(_shape(name, "ln yuan", points) for name, points in document["price"]["curves"].items()),
        *_categories("price", document["price"]["categories"], PPM),
        *_prices(found),
        "<h2>Grades</h2>",
        *_grades(found),
        "<h2>Quality of labelled accounts</h2>",
        _quality(found),
        f"<p>{len(data.listed):,} listed, {len(data.labelled):,} labelled, {len(data.xingtu):,} creators of another network.</p>",
    ]
    title = f"<title>Methodology {escape(document['version'])}</title>"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8">{title}<style>{STYLE}</style>'
    return head + "<body>" + "\n".join(parts) + "</body></html>\n"


def _figures(figures: dict[str, float]) -> str:
    rows = []
    for name, value in figures.items():
        short = reached(name, value) is False
        shown = f'<td class="short">{value:,}</td>' if short else f"<td>{value:,}</td>"
        rows.append(f"<tr><td>{escape(name)}</td>{shown}<td>{escape(aim_words(name))}</td></tr>")
    return "<table><tr><th>held out</th><th>value</th><th>aim</th></tr>" + "".join(rows) + "</table>"


def _weights(document: dict[str, Any]) -> str:
    total = sum(factor["weight"] for factor in document["factors"])
    rows = [
        f"<tr><td>{escape(f['name'])} {escape(f['label'])}</td><td>{f['weight'] / total:.1%}</td><td>{escape(f['unit'])}</td></tr>"
        for f in document["factors"]
    ]
    return "<table><tr><th>factor</th><th>weight</th><th>unit</th></tr>" + "".join(rows) + "</table>"


def _shape(name: str, unit: str, points: Sequence[Sequence[int]]) -> str:
    scale = PPM if unit == "ln yuan" else 1_000
    line = [(math.log10(1 + x / 1_000), y / scale) for x, y in points]
    return plot(f"{name}: {unit} by log10(1 + value)", [("", line)])


def _categories(name: str, categories: dict[str, list[int]], scale: int) -> list[str]:
    rows = sorted(((number + slope) / scale, category) for category, (number, slope) in categories.items())
    return [bars(f"{name} by category where reads are most", [(category, value) for value, category in rows])]


def _sign_shapes(document: dict[str, Any]) -> list[str]:
    [quality] = [factor for factor in document["factors"] if factor["name"] == "quality"]
    return [
        plot(
            f"{level['name']}: {sign['name']} {sign['label']} ({sign['direction']}): log odds of being honest by log10(1 + value)",
            [("", [(math.log10(1 + x / 1_000), y / PPM) for x, y in sign["points"]])],
        )
        for level in quality["levels"]
        for sign in level["signs"]
    ]


def _prices(found: HeldOut) -> list[str]:
    """Return the calibration and the residuals of held-out prices in twenty bands of the advised price."""
    ordered = sorted((one.band.mid, one.account.price) for one in found.listed)
    bands = [ordered[len(ordered) * i // 20 : len(ordered) * (i + 1) // 20] for i in range(20)]
    places = [[(math.log10(mid), math.log10(actual)) for mid, actual in band] for band in bands if band]
    return [
        plot(
            "calibration: log10 of asked fen by log10 of advised fen",
            [
                ("median", [(fmean(x for x, _ in band), median(y for _, y in band)) for band in places]),
                ("mean", [(fmean(x for x, _ in band), fmean(y for _, y in band)) for band in places]),
            ],
        ),
        plot(
            "residuals: mean of log10 of asked / advised",
            [("", [(fmean(x for x, _ in band), fmean(y - x for x, y in band)) for band in places])],
        ),
    ]


def _grades(found: HeldOut) -> list[str]:
    ours, theirs = (Counter(of) for of in zip(*((o.stars, o.account.stars) for o in found.listed), strict=True))
    count = len(found.listed)
    shares = [(f"{LABELS[GRADES[star - 1]]} ours", ours[star] / count) for star in range(1, 7)]
    shares += [(f"{LABELS[GRADES[star - 1]]} market", theirs[star] / count) for star in range(1, 7)]
    return [bars("shares of grades", shares)]


def _quality(found: HeldOut) -> str:
    lines: list[Line] = []
    for name, spam in (("honest", False), ("spammers", True)):
        values = [round(values[0] / 100) * 100 for values, is_spam, _ in found.quality if is_spam is spam]
        counts = Counter(values)
        lines.append((name, [(float(x), counts[x] / len(values)) for x in range(0, 1_501, 100)]))
    return plot("share of accounts by what quality adds", lines)


def plot(caption: str, lines: Sequence[Line]) -> str:
    """Return a line chart as a figure."""
    points = [point for _, line in lines for point in line]
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    wide, high = (x1 - x0) or 1.0, (y1 - y0) or 1.0

    def place(x: float, y: float) -> str:
        across = LEFT + (x - x0) / wide * (WIDTH - LEFT - 8)
        return f"{across:.1f},{8 + (y1 - y) / high * (HEIGHT - BOTTOM - 8):.1f}"

    drawn = []
    for number, (name, line) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(place(x, y) for x, y in line)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        if name:
            drawn.append(f'<text x="{LEFT + 6}" y="{20 + 13 * number}" style="fill:{colour}">{escape(name)}</text>')
    base = HEIGHT - BOTTOM
    axes = (
        f'<path d="M{LEFT} 8V{base}H{WIDTH - 8}" fill="none" stroke="currentColor" stroke-opacity=".5"/>'
        f'<text x="{LEFT - 4}" y="16" text-anchor="end">{y1:.3g}</text>'
        f'<text x="{LEFT - 4}" y="{base}" text-anchor="end">{y0:.3g}</text>'
        f'<text x="{LEFT}" y="{base + 15}">{x0:.3g}</text><text x="{WIDTH - 8}" y="{base + 15}" text-anchor="end">{x1:.3g}</text>'
    )
    return _figure(caption, HEIGHT, axes + "".join(drawn))


def bars(caption: str, values: Sequence[tuple[str, float]]) -> str:
    """Return a bar chart, one row per value."""
    most = max((value for _, value in values), default=1.0) or 1.0
    rows = []
    for number, (name, value) in enumerate(values):
        y = 4 + 15 * number
        length = max(value, 0) / most * (WIDTH - 190)
        rows.append(
            f'<text x="120" y="{y + 10}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="126" y="{y}" width="{length:.1f}" height="11" fill="{COLOURS[0]}"/>'
            f'<text x="{130 + length:.1f}" y="{y + 10}">{value:.3f}</text>'
        )
    return _figure(caption, 12 + 15 * len(values), "".join(rows))


def _figure(caption: str, height: int, inside: str) -> str:
    svg = f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">{inside}</svg>'
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"
