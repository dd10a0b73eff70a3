"""The report of a campaign as a page for people: costs and results, the curves, and each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.regions.money_text import money_text
from chalicelib.html.chart import Curve, curves
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import page, section
from chalicelib.reporting.http.response_types import OrderReport, Report

COLOURS = ("f0", "f8", "f3", "f7", "f1", "f4", "f2", "f5", "f6")
QUANTITIES = ("reads", "interactions", "clicks")
TILE_CHARACTERS = 11
"""The number of characters of the usual size that fit into a tile at its narrowest, 11 rem."""
COSTS = {"cpm": "per 1,000 reads", "cpe": "per interaction", "cpc": "per click"}


def report_page(report: Report, until: datetime) -> str:
    """Return the page. `until` is the expiry of its link."""
    return page(
        report["title"],
        "en",
        _head(report),
        _totals(report["totals"]),
        _curves(report["orders"]),
        _accounts(report["orders"]),
        _meaning(),
        foot=element(
            "p",
            f"Task {report['task_id']}. As of ",
            _moment(report["as_of"]),
            "; this link works until ",
            _moment(until),
            ".",
        ),
    )


def _head(report: Report) -> Html:
    totals = report["totals"]
    posts = "One post" if totals["posts"] == 1 else f"{totals['posts']:,} posts"
    orders = "one order" if totals["orders"] == 1 else f"{totals['orders']:,} orders"
    return element(
        "header",
        element("p", f"Campaign report · {report['status'].replace('_', ' ')}", class_="kicker"),
        element("h1", element("bdi", report["title"])),
        element("p", f"{posts} of {orders}."),
    )


def _totals(totals: Mapping[str, Any]) -> Html:
    facts = [_fact("Spend", _cost(totals["spend"]), None)]
    facts += [_fact(name.capitalize(), _count(totals[name]), _against(totals, name)) for name in QUANTITIES]
    facts += [_fact(name.upper(), _cost(totals[name]), words) for name, words in COSTS.items()]
    if totals["outcomes"] is not None:
        facts.append(_fact("Outcomes", _count(totals["outcomes"]), f"{_cost(totals['cost_per_outcome'])} each"))
    return section("In all", element("dl", facts, class_="facts wide"))


def _fact(name: str, value: str, words: str | None) -> Html:
    """Return a tile; a value that is wider than the tile is written smaller."""
    size = "long" if len(value) > TILE_CHARACTERS else None
    note = element("small", words) if words else None
    return element("div", element("dt", name), element("dd", value, note, class_=size))


def _against(found: Mapping[str, Any], name: str) -> str | None:
    """Compare with the forecast made when the posts went up."""
    expected = (found["forecast"] or {}).get(name)
    if isinstance(expected, dict):
        expected = expected["expected"]
    if not expected or found[name] is None:
        return None
    return f"{found[name] / expected:.0%} of {expected:,} expected"


def _curves(orders: list[OrderReport]) -> Html | None:
    """Return the section with the reads over time since publication, of the posts with the most reads."""
    followed = [order for order in orders if len(_points(order)) > 1]
    followed = sorted(followed, key=lambda order: order["reads"] or 0, reverse=True)[: len(COLOURS)]
    if not followed:
        return None
    drawn = [
        Curve(colour, _points(order), f"{order['handle']}: {order['reads']:,} reads")
        for colour, order in zip(COLOURS, followed, strict=False)
    ]
    hours = max(point[0] for curve in drawn for point in curve.points)
    most = max(point[1] for curve in drawn for point in curve.points)
    label = "Reads since the post went up: " + "; ".join(curve.title for curve in drawn) + "."
    legend = [
        element("li", element("i", class_=f"swatch {colour}"), element("bdi", order["handle"]))
        for colour, order in zip(COLOURS, followed, strict=False)
    ]
    return section(
        "Reads over time",
        curves(drawn, f"{most:,.0f}", f"after {_hours(hours)}", label),
        element("ul", legend, class_="legend"),
    )


def _points(order: OrderReport) -> list[tuple[float, float]]:
    shown = [snapshot for snapshot in order["snapshots"] if snapshot.get("reads") is not None]
    if not shown:
        return []
    begin = order["snapshots"][0]["at"]
    return [((one["at"] - begin).total_seconds() / 3_600, float(one["reads"])) for one in shown]


def _accounts(orders: Iterable[OrderReport]) -> Html:
    rows = [
        element(
            "tr",
            element(
                "th",
                element("bdi", order["handle"]),
                element("small", order["status"].replace("_", " "), _figures(order)),
                [element("small", "Unusual: ", anomaly["says"]) for anomaly in order["anomalies"]],
            ),
            element("td", element("b", _reads(order)), element("small", "reads")),
            element("td", element("b", _cost(order["spend"])), element("small", _priced(order))),
        )
        for order in orders
    ]
    return section("Each account", element("table", element("tbody", rows)))


def _figures(order: OrderReport) -> str:
    parts = [f"{order[name]:,} {name}" for name in ("interactions", "clicks") if order[name] is not None]
    against = _against(order, "reads")
    return "".join(f" · {part}" for part in (*parts, *([f"reads {against}"] if against else [])))


def _reads(order: OrderReport) -> str:
    return _count(order["reads"]) if order["snapshots"] else "–"


def _priced(order: OrderReport) -> str | Html:
    if order["cpm"] is None:
        return "no reads known" if order["snapshots"] else "not published"
    comparable = order["comparable"]["cpm"] if order["comparable"] else None
    if not comparable:
        return f"CPM {_cost(order['cpm'])}"
    return joined(f"CPM {_cost(order['cpm'])}", element("br"), f"median {_cost(comparable)}")


def _meaning() -> Html:
    return section(
        "Definitions",
        element(
            "p",
            "Spend is what was paid for posts, and what is held for posts that are still up. Interactions are reposts, comments "
            "and likes. Clicks are those of people on the links of the posts, without programs. CPM, CPE and CPC are spend per "
            "1,000 reads, per interaction and per click. Medians are of at least five orders of the same kind, grade and "
            "category in the last 90 days. Unusual figures may have good reasons; they are evidence, not a verdict. Expected "
            "figures are the market's forecast at the time when each post went up.",
        ),
    )


def _hours(hours: float) -> str:
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    return f"{hours:.0f} hours" if hours >= 2 else f"{hours * 60:.0f} minutes"


def _count(figure: int | None) -> str:
    return "not known" if figure is None else f"{figure:,}"


def _cost(money: Money | None) -> str:
    return "–" if money is None else money_text(money)


def _moment(at: datetime) -> Html:
    return element("time", f"{at:%Y-%m-%d %H:%M} UTC", datetime=clock.rfc3339(at))
