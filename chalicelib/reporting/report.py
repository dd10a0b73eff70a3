"""Build the report of a campaign: results and costs of each order and in all, beside the forecast and comparable orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.click_links import clicks
from chalicelib.core import clock, csv_text
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.reporting import benchmarks, campaign_costs, outcomes
from chalicelib.reporting.campaign_costs import Result
from chalicelib.social import anomalies
from chalicelib.tasks.model.standings import HELD, Standing, standings
from chalicelib.tasks.records.order_record import OrderRecord, orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

LIVE_MOST = 20
"""A report with at most this many posts counts their clicks now; otherwise it shows the clicks of their last snapshots."""
QUANTITIES = ("reads", "interactions", "clicks")
COLUMNS = (
    *("order_id", "account_id", "handle", "kind", "status", "spend", "reads", "reposts", "comments", "likes"),
    *("interactions", "clicks", "visitors", "cpm", "cpe", "cpc", "forecast_reads", "forecast_interactions"),
    *("forecast_clicks", "outcomes", "outcome_value", "cost_per_outcome", "anomalies", "figures_at"),
)


def report(task: TaskRecord) -> dict[str, Any]:
    """`{task_id, title, status, totals, orders[], outcomes_at, as_of}`; costs are money, None where there is nothing to divide
    by."""
    lines = lines_of([task])
    found = standings(task, lines[task.pk], orders_of(lines))
    published = [standing.order for standing in found if standing.order is not None and standing.order.published_at]
    live = {order.pk: _clicks(order) for order in published} if len(published) <= LIVE_MOST else {}
    cells = {_cell(order) for order in published}
    now = clock.now()
    medians: dict[str | None, dict[str, int | None] | None] = {
        cell: campaign_costs.medians(benchmarks.comparable(cell, now)) for cell in cells if cell
    }
    results = [_result(standing, live) for standing in found]
    counted = outcomes.of(task.pk)
    orders = [
        {**_order(standing, live, medians), **_outcomes(counted, result.spend, [standing])}
        for standing, result in zip(found, results, strict=True)
    ]
    together = campaign_costs.together(results)
    return {
        "task_id": task.pk,
        "title": task.title,
        "status": task.status,
        "totals": {
            "orders": len(orders),
            "posts": len(published),
            **_costs(together),
            **_outcomes(counted, together.spend, found),
            "forecast": _expected(published),
        },
        "orders": orders,
        "outcomes_at": clock.parse(counted.uploaded_at) if counted and counted.uploaded_at else None,
        "as_of": now,
    }


def as_csv(report: dict[str, Any]) -> str:
    """Return the report as CSV for people (chalicelib.core.csv_text), with a row for each order; unknown figures are empty."""
    return csv_text.document(COLUMNS, (_row(order) for order in report["orders"]))


def _row(order: dict[str, Any]) -> list[Any]:
    forecast = {f"forecast_{name}": (order["forecast"] or {}).get(name, {}).get("expected") for name in QUANTITIES}
    kinds = {"anomalies": " ".join(anomaly["kind"] for anomaly in order["anomalies"] or [])}
    whole = {**order, **forecast, **kinds}
    return [whole[name] for name in COLUMNS]


def _order(
    standing: Standing, live: dict[str, tuple[int, int]], medians: dict[str | None, dict[str, int | None] | None]
) -> dict[str, Any]:
    order, line = standing.order, standing.line
    snapshots = order.snapshots if order else []
    shown = [snapshot for snapshot in snapshots if snapshot["found"]]
    latest: Mapping[str, Any] = shown[-1] if shown else {}
    counted = live.get(order.pk) if order else None
    comparable = medians.get(_cell(order)) if order else None
    return {
        "order_id": order.pk if order else None,
        "account_id": line.account_id,
        "handle": line.handle,
        "kind": order.kind if order else None,
        "status": standing.status,
        **{name: latest.get(name) for name in ("reposts", "comments", "likes")},
        **_costs(_result(standing, live)),
        "visitors": counted[1] if counted else latest.get("visitors"),
        "forecast": _forecast(order) if order else None,
        "comparable": None
        if comparable is None
        else {name: None if cost is None else _money(cost) for name, cost in comparable.items()},
        "anomalies": [one.as_json() for one in anomalies.find_anomalies(snapshots, order.forecast, bool(order.links))]
        if order
        else [],
        "snapshots": [{**snapshot, "at": clock.parse(snapshot["at"])} for snapshot in snapshots],
        "figures_at": clock.parse(latest["at"]) if latest else None,
    }


def _outcomes(counted: outcomes.Outcomes | None, spend: int, found: Iterable[Standing]) -> dict[str, Any]:
    """Of these orders; None if nothing was uploaded, and the value if the file did not say it."""
    if counted is None:
        return dict.fromkeys(("outcomes", "outcome_value", "cost_per_outcome"))
    ids = [standing.order.pk for standing in found if standing.order]
    number = sum(counted.counts.get(order_id, 0) for order_id in ids)
    values = [counted.values[order_id] for order_id in ids if order_id in counted.values]
    return {
        "outcomes": number,
        "outcome_value": _money(sum(values)) if values else None,
        "cost_per_outcome": _money((2 * spend + number) // (2 * number)) if number else None,
    }


def _result(standing: Standing, live: dict[str, tuple[int, int]]) -> Result:
    """Return what was paid, or is held for a post that is up, and the figures of the post."""
    order = standing.order
    if order is None or order.published_at is None:
        return Result(0)
    if standing.status in HELD:
        spend = int(order.price)
    else:
        spend = int(order.settled["net"]) + int(order.settled["commission"]) if order.settled else 0
    result = campaign_costs.of(spend, order.snapshots)
    return result._replace(clicks=live[order.pk][0]) if order.pk in live and order.links else result


def _clicks(order: OrderRecord) -> tuple[int, int]:
    counted = clicks.totals(order.pk, len(order.urls)) if order.links else []
    return sum(one.clicks for one in counted), sum(one.visitors for one in counted)


def _cell(order: OrderRecord) -> str | None:
    forecast = order.forecast
    return benchmarks.cell(order.kind, forecast["grade"], forecast["category"]) if forecast else None


def _forecast(order: OrderRecord) -> dict[str, Any] | None:
    """Return the forecast of the order as the report shows it."""
    forecast: Mapping[str, Any] | None = order.forecast
    return {name: forecast[name] for name in (*QUANTITIES, "as_of")} if forecast else None


def _expected(orders: Iterable[OrderRecord]) -> dict[str, int] | None:
    """What the posts were expected to bring together."""
    forecasts: list[Mapping[str, Any]] = [order.forecast for order in orders if order.forecast]
    return {name: sum(one[name]["expected"] for one in forecasts) for name in QUANTITIES} if forecasts else None


def _costs(result: Result) -> dict[str, Any]:
    spread: Sequence[tuple[str, int | None]] = [(name, getattr(result, name)) for name in ("cpm", "cpe", "cpc")]
    return {
        "spend": _money(result.spend),
        **{name: getattr(result, name) for name in QUANTITIES},
        **{name: None if cost is None else _money(cost) for name, cost in spread},
    }


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
