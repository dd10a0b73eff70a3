"""The report of a campaign as CSV: a line for each order (`GET /v1/tasks/{task_id}/report` with `Accept: text/csv`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chalicelib.core import csv_text
from chalicelib.reporting.http import response_types

QUANTITIES: tuple[Literal["reads", "interactions", "clicks"], ...] = ("reads", "interactions", "clicks")
COLUMNS = (
    *("order_id", "account_id", "handle", "kind", "status", "spend", "reads", "reposts", "comments", "likes"),
    *("interactions", "clicks", "visitors", "cpm", "cpe", "cpc", "forecast_reads", "forecast_interactions"),
    *("forecast_clicks", "outcomes", "outcome_value", "cost_per_outcome", "anomalies", "figures_at"),
)


def as_csv(orders: Iterable[response_types.OrderReport], time_zone: str | None = None) -> str:
    """Return the orders of a report as CSV for people (chalicelib.core.csv_text); unknown figures are empty, times in UTC or in
    `time_zone`."""
    return csv_text.document(COLUMNS, (_row(order) for order in orders), time_zone)


def _row(order: response_types.OrderReport) -> list[object]:
    known = order["forecast"]
    forecast = {f"forecast_{name}": None if known is None else known[name]["expected"] for name in QUANTITIES}
    kinds = {"anomalies": " ".join(anomaly["kind"] for anomaly in order["anomalies"] or [])}
    cells = {**order, **forecast, **kinds}
    return [cells[name] for name in COLUMNS]
