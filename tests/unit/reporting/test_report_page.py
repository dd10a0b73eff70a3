"""The report's page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.money import Money
from chalicelib.reporting.report_page import report_page

NOW = datetime(2026, 11, 27, tzinfo=UTC)


def page(cpm: int) -> str:
    """A report of no orders whose CPM is so many fen."""
    known = dict.fromkeys(("reads", "interactions", "clicks", "outcomes", "forecast"))
    costs = {name: Money(1_000, "CNY") for name in ("spend", "cpe", "cpc")}
    totals: dict[str, Any] = {**known, **costs, "cpm": Money(cpm, "CNY"), "orders": 0, "posts": 0}
    report: Any = {"task_id": "tsk_1", "title": "茶", "status": "running", "as_of": NOW, "orders": [], "totals": totals}
    return report_page(report, NOW)


@pytest.mark.parametrize(
    ("cpm", "tile"), [(12_345_678, "<dd>¥123,456.78"), (123_456_789, '<dd class="long">¥1,234,567.89')]
)
def test_a_figure_wider_than_its_tile_is_written_smaller(cpm: int, tile: str) -> None:
    """Looked at in Chromium at 1,280, 500 and 360 pixels: up to eleven characters fit in the usual size."""
    assert tile in page(cpm)
