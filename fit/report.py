"""Build the report of a fit: one HTML page with SVG plots, to review before a methodology comes into force."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from html import escape
from statistics import fmean, median
from typing import Any

from chalicelib.grading.model.methodology import GRADES, LABELS
from fit.data import Data
from fit.measures import AIMS, HeldOut, reached

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
        "<h2>Weights</h2>",
        _weights(document),
        "<h2>Shapes of the score</h2>",
        *_market_shapes(document["market"]),
        "<h2>Shapes of the quality factor</h2>",
        *_sign_shapes(document),
        "<h2>Advised prices</h2>",
        *_prices(document, found),
        "<h2>Grades</h2>",
        *_grades(found),
        "<h2>Quality of labelled accounts</h2>",
        _quality(found),
        f"<p>{len(data.listed):,} listed, {len(data.labelled):,} labelled, {len(data.asked):,} creators of another network.</p>",
    ]
    title = f"<title>Methodology {escape(document['version'])}</title>"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8">{title}<style>{STYLE}</style>'
    return head + "<body>" + "\n".join(parts) + "</body></html>\n"


def _figures(figures: dict[str, float]) -> str:
    rows = []
    for name, value in figures.items():
        sign, aim = AIMS.get(name, ("", ""))
        short = reached(name, value) is False
        shown = f'<td class="short">{value:,}</td>' if short else f"<td>{value:,}</td>"
        rows.append(f"<tr><td>{escape(name)}</td>{shown}<td>{escape(f'{sign} {aim}'.strip())}</td></tr>")
    return "<table><tr><th>held out</th><th>value</th><th>aim</th></tr>" + "".join(rows) + "</table>"


def _weights(document: dict[str, Any]) -> str:
    total = sum(factor["weight"] for factor in document["factors"])
    rows = [
        f"<tr><td>{escape(f['name'])} {escape(f['label'])}</td><td>{f['weight'] / total:.1%}</td><td>{escape(f['unit'])}</td></tr>"
        for f in document["factors"]
    ]
    return "<table><tr><th>factor</th><th>weight</th><th>unit</th></tr>" + "".join(rows) + "</table>"


def _market_shapes(market: dict[str, Any]) -> list[str]:
    found = []
    for name in ("followers", "reach"):
        lines = [
            (standing or "unknown", [(math.log10(max(x, 1_000) / 1_000), y / 1e6) for x, y in case["curves"][name]])
            for standing, case in market["cases"].items()
        ]
        found.append(plot(f"{name}: what it earns (rank of the stars, 0 to 1) by log10 of its value", lines))
    demand = sorted(
        ((case["base"] + added) / 1e6, name or "(none)")
        for name, added in market["cases"][""]["categories"].items()
        for case in [market["cases"][""]]
    )
    found.append(bars("demand by category, standing unknown", [(name, value) for value, name in demand]))
    return found


def _sign_shapes(document: dict[str, Any]) -> list[str]:
    [quality] = [factor for factor in document["factors"] if factor["name"] == "quality"]
    return [
        plot(
            f"{sign['name']} {sign['label']} ({sign['direction']}): log odds of being honest by log10(1 + value)",
            [("", [(math.log10(1 + x / 1_000), y / 1e6) for x, y in sign["points"]])],
        )
        for sign in quality["signs"]
    ]


def _prices(document: dict[str, Any], found: HeldOut) -> list[str]:
    shapes = []
    for model in document["price"]["models"]:
        for name in ("followers", "reads"):
            lines = [
                (case or "all", [(math.log10(max(x, 1_000) / 1_000), y / 1e6) for x, y in of["curves"][name]])
                for case, of in model["cases"].items()
                if name in of["curves"]
            ]
            if lines:
                shapes.append(plot(f"model “{model['name']}”: log price by log10 {name}", lines))
        steps = [(index / 1e6, math.log10(mid / 100)) for index, _, mid, _ in model["levels"]]
        corners = [p for a, b in zip(steps, steps[1:], strict=False) for p in (a, (b[0], a[1]))] + steps[-1:]
        shapes.append(plot(f"model “{model['name']}”: log10 of the quoted price by index", [("mid", corners)]))
    logs = [(math.log10(mid / 100), math.log10(asked / 100)) for mid, asked, _ in found.prices]
    residuals = Counter(round((asked - mid) * 10) / 10 for mid, asked in logs)
    count = len(logs)
    calibration = _binned(sorted(logs), 25)
    by_stars = [
        (f"{star} stars", fmean(asked <= 2 * mid and mid <= 2 * asked for mid, asked, s in found.prices if s == star))
        for star in range(1, 7)
    ]
    return [
        *shapes,
        plot(
            "residuals: share of accounts by log10(asked / advised)",
            [("", [(x, n / count) for x, n in sorted(residuals.items())])],
        ),
        plot(
            "calibration: median asked by advised price, log10 yuan",
            [("held out", calibration), ("equal", [(1.9, 1.9), (4.5, 4.5)])],
        ),
        bars("within a factor of 2, by the market's stars", by_stars),
    ]


def _binned(pairs: Sequence[tuple[float, float]], bins: int) -> list[tuple[float, float]]:
    size = len(pairs) / bins
    groups = [pairs[int(i * size) : int((i + 1) * size)] for i in range(bins)]
    return [(median(x for x, _ in group), median(y for _, y in group)) for group in groups if group]


def _grades(found: HeldOut) -> list[str]:
    count = len(found.scores)
    ours = Counter(rank for _, rank, _ in found.scores)
    theirs = Counter(stars for _, _, stars in found.scores)
    shares = [(f"{LABELS[name]} ours", ours[rank] / count) for rank, name in enumerate(GRADES, 1)]
    shares += [(f"{n} stars, market", theirs[n] / count) for n in range(1, 7)]
    table = Counter((rank, stars) for _, rank, stars in found.scores)
    head = "<tr><th>ours \\ market</th>" + "".join(f"<th>{n}</th>" for n in range(1, 7)) + "</tr>"
    rows = "".join(
        f"<tr><td>{LABELS[name]}</td>" + "".join(f"<td>{table[rank, n]:,}</td>" for n in range(1, 7)) + "</tr>"
        for rank, name in enumerate(GRADES, 1)
    )
    curve = _binned(sorted((score / 1_000, float(stars)) for score, _, stars in found.scores), 25)
    means = [(x, fmean(float(s) for score, _, s in found.scores if abs(score / 1_000 - x) < 1.5)) for x, _ in curve]
    return [
        bars("shares of grades", shares),
        f"<table>{head}{rows}</table>",
        plot("calibration: mean of the market's stars by our score", [("", means)]),
    ]


def _quality(found: HeldOut) -> str:
    lines: list[Line] = []
    for name, spam in (("honest", False), ("spammers", True)):
        values = [round(value / 10_000) * 10 for value, is_spam in found.quality if is_spam is spam]
        counts = Counter(values)
        lines.append((name, [(float(x), counts[x] / len(values)) for x in range(0, 101, 10)]))
    return plot("share of accounts by quality", lines)


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
