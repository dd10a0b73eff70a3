"""Cells of CSV files, as a spreadsheet reads them."""

from __future__ import annotations

import pytest

from chalicelib.core import csv_text
from chalicelib.core.money import Money
from testing.markets.stage import NOON, text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (-5, "-5"),
        ("茶", "茶"),
        (Money(307_000, "CNY"), "3070.00"),
        (Money(-5, "CNY"), "-0.05"),
        (NOON, text_of(NOON)),
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-1", "'-1"),
        ("@tea", "'@tea"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
    ],
)
def test_cells_show_values_and_never_start_a_formula(value: object, text: str) -> None:
    assert csv_text.cell(value) == text


def test_moments_are_in_the_time_zone_with_its_offset() -> None:
    rows = csv_text.document(("at",), [(NOON,)], "Asia/Shanghai").splitlines()
    assert rows[1] == "2026-11-22T20:00:00+08:00"
    assert csv_text.cell(NOON, "America/New_York") == "2026-11-22T07:00:00-05:00"


def test_a_document_has_a_mark_quotes_and_line_ends() -> None:
    assert csv_text.document(("a", "b"), [("x,y", None)]) == '\ufeffa,b\r\n"x,y",\r\n'
