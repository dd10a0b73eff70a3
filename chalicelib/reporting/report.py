"""Build the report of a campaign: results and costs of each order and in all, beside the forecast and comparable orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from chalicelib.click_links import clicks
from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.reporting import benchmarks, campaign_costs, outcomes
from chalicelib.reporting.campaign_costs import Medians, Result
from chalicelib.reporting.http import response_types
from chalicelib.reporting.outcomes import Outcomes
from chalicelib.social import anomalies
from chalicelib.tasks.http.orders.order_responses import Snapshot
from chalicelib.tasks.model.order_standings import HELD, Standing, standings
from chalicelib.tasks.records.order_record import OrderRecord, orders_of, read_looks
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord

LIVE_MOST = 20
"""A report with at most this many posts counts their clicks now; otherwise it shows the clicks of their last snapshots."""


def report(task: TaskRecord) -> response_types.Report:
    """Return the report. Costs are None where there is nothing to divide by."""
    lines = lines_of([task])
    found = standings(task, lines[task.pk], orders_of(lines))
    published = [standing.order for standing in found if standing.order is not None and standing.order.published_at]
    read_looks(published)
    live = {order.pk: _clicks(order) for order in published} if len(published) <= LIVE_MOST else {}
    cells = {_cell(order) for order in published}
    now = clock.now()
    medians = {cell: campaign_costs.medians(benchmarks.comparable(cell, now)) for cell in cells if cell}
    results = [_result(standing, live) for standing in found]
    uploaded = outcomes.find(task.pk)
    orders = [
        _order_report(standing, result, live, medians, uploaded)
        for standing, result in zip(found, results, strict=True)
    ]
    total = campaign_costs.total(results)
    totals: response_types.ReportTotals = {
        "orders": len(orders),
        "posts": len(published),
        "reposts": _sum(order["reposts"] for order in orders),
        "comments": _sum(order["comments"] for order in orders),
        "likes": _sum(order["likes"] for order in orders),
        **_result_response(total, uploaded, found),
        "forecast": _expected(published),
    }
    return {
        "task_id": task.pk,
        "title": task.title,
        "status": task.status,
        "totals": totals,
        "orders": orders,
        "outcomes_at": clock.parse(uploaded.uploaded_at) if uploaded and uploaded.uploaded_at else None,
        "as_of": now,
    }


def _order_report(
    standing: Standing,
    result: Result,
    live: Mapping[str, tuple[int, int]],
    medians: Mapping[str, Medians | None],
    uploaded: Outcomes | None,
) -> response_types.OrderReport:
    order, line = standing.order, standing.line
    snapshots = order.snapshots if order else []
    shown = [snapshot for snapshot in snapshots if snapshot["found"]]
    latest = shown[-1] if shown else None
    counted = live.get(order.pk) if order else None
    found = anomalies.find_anomalies(snapshots, order.forecast, bool(order.links)) if order else []
    return {
        "order_id": order.pk if order else None,
        "account_id": line.account_id,
        "handle": line.handle,
        "kind": order.kind if order else None,
        "status": standing.status,
        "reposts": latest.get("reposts") if latest else None,
        "comments": latest.get("comments") if latest else None,
        "likes": latest.get("likes") if latest else None,
        **_result_response(result, uploaded, [standing]),
        "visitors": counted[1] if counted else latest.get("visitors") if latest else None,
        "forecast": _forecast(order),
        "comparable": _comparable(order, medians),
        "anomalies": [{"kind": one.kind, "says": one.says, "rests_on": one.rests_on} for one in found],
        "snapshots": [cast("Snapshot", {**snapshot, "at": clock.parse(snapshot["at"])}) for snapshot in snapshots],
        "figures_at": clock.parse(latest["at"]) if latest else None,
    }


def _forecast(order: OrderRecord | None) -> response_types.OrderForecast | None:
    if order is None or not order.forecast:
        return None
    forecast = order.forecast
    return {
        "reads": forecast["reads"],
        "interactions": forecast["interactions"],
        "clicks": forecast["clicks"],
        "as_of": clock.parse(forecast["as_of"]),
    }


def _comparable(
    order: OrderRecord | None, medians: Mapping[str, Medians | None]
) -> response_types.ComparableCosts | None:
    cell = _cell(order) if order else None
    costs = medians.get(cell) if cell else None
    if costs is None:
        return None
    return {"cpm": _optional_money(costs.cpm), "cpe": _optional_money(costs.cpe), "cpc": _optional_money(costs.cpc)}


def _result_response(result: Result, uploaded: Outcomes | None, found: Iterable[Standing]) -> response_types.Result:
    """Return the result of these orders with their outcomes, which are None without an upload, and the value without values."""
    order_ids = [standing.order.pk for standing in found if standing.order]
    number = value = None
    if uploaded is not None:
        number = sum(uploaded.counts.get(order_id, 0) for order_id in order_ids)
        values = [uploaded.values[order_id] for order_id in order_ids if order_id in uploaded.values]
        value = sum(values) if values else None
    return {
        "spend": _money(result.spend),
        "reads": result.reads,
        "interactions": result.interactions,
        "clicks": result.clicks,
        "cpm": _optional_money(result.cpm),
        "cpe": _optional_money(result.cpe),
        "cpc": _optional_money(result.cpc),
        "outcomes": number,
        "outcome_value": _optional_money(value),
        "cost_per_outcome": _money((2 * result.spend + number) // (2 * number)) if number else None,
    }


def _result(standing: Standing, live: Mapping[str, tuple[int, int]]) -> Result:
    """Return what was paid, or is held for a post that is up, and the figures of the post."""
    order = standing.order
    if order is None or order.published_at is None:
        return Result(0)
    if standing.status in HELD:
        spend = int(order.price)
    else:
        spend = int(order.settled["net"]) + int(order.settled["commission"]) if order.settled else 0
    result = campaign_costs.latest_result(spend, order.snapshots)
    return result._replace(clicks=live[order.pk][0]) if order.pk in live and order.links else result


def _clicks(order: OrderRecord) -> tuple[int, int]:
    counted = clicks.totals(order.pk, len(order.urls)) if order.links else []
    return sum(one.clicks for one in counted), sum(one.visitors for one in counted)


def _cell(order: OrderRecord) -> str | None:
    forecast = order.forecast
    return benchmarks.cell(order.kind, forecast["grade"], forecast["category"]) if forecast else None


def _expected(orders: Iterable[OrderRecord]) -> response_types.ExpectedTogether | None:
    """Return the sum of the forecasts."""
    forecasts = [order.forecast for order in orders if order.forecast]
    if not forecasts:
        return None
    return {
        "reads": sum(one["reads"]["expected"] for one in forecasts),
        "interactions": sum(one["interactions"]["expected"] for one in forecasts),
        "clicks": sum(one["clicks"]["expected"] for one in forecasts),
    }


def _sum(figures: Iterable[int | None]) -> int | None:
    """Return the sum of the known figures; None if none is known."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def _optional_money(amount: int | None) -> Money | None:
    return None if amount is None else _money(amount)


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
