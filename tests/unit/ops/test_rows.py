"""Rows of a file: what is good, what is bad and why, and on which line it stands."""

from __future__ import annotations

import io

import pytest

from chalicelib.accounts.intake import Entry
from ops.importing import entries
from ops.layout import STANDARD

HEADER = "handle,followers,reads_avg_30d,category,post_price,repost_price,verified,as_of\n"


def read(text: str) -> list[tuple[int, Entry | str]]:
    return list(entries(io.StringIO(HEADER + text, newline=""), "weibo", STANDARD, None))


BAD_ROWS = [
    ("x,many,,,,,,\n", "followers: 'many' is no whole number"),
    ("x,1.5,,,,,,\n", "followers: '1.5' is no whole number"),
    ("x,-5,,,,,,\n", "followers: "),
    ("x,1e99,,,,,,\n", "followers: "),
    ("x,NaN,,,,,,\n", "followers: 'NaN' is no whole number"),
    ("x,100,inf,,,,,\n", "reads_avg_30d: "),
    ("x,,,,,,,\n", "followers: "),
    (",100,,,,,,\n", "handle: "),
    ("x" * 101 + ",100,,,,,,\n", "handle: "),
    ("x,100,,,,0.5,,\n", "repost_price: "),
    ("x,100,,,,free,,\n", "repost_price: 'free' is no price in yuan"),
    ("x,100,,,,10.123,,\n", "repost_price: '10.123' is no price in yuan"),
    ("x,100,,,,,maybe,\n", "verified: 'maybe' is no truth value"),
    ("x,100,,,,,,soon\n", "as_of: "),
    ("x,100,,,,,,2199-01-01\n", "as_of: This lies in the future."),
    ("x,100\n", "2 cells where the header has 8"),
    ("good,100,,,,,,\n", "good was on line 2 already"),
    ("\udcff,100,,,,,,\n", "not UTF-8"),
    ("x\0y,100,,,,,,\n", "characters that cannot be read"),
    ('"' + "x" * 200_000 + '",100,,,,,,\n', "field larger than field limit (131072)"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_row_has_a_line_and_a_reason_and_the_next_one_is_read(row: str, reason: str) -> None:
    first, (line, found), last = read("good,100,,,,,,\n\n" + row + "last,100,,,,,,\n")
    assert line == 4
    assert isinstance(found, str)
    assert found.startswith(reason)
    assert [entry.handle for _, entry in (first, last) if isinstance(entry, Entry)] == ["good", "last"]


def test_line_numbers_count_lines_of_the_file_not_rows() -> None:
    found = read('"two\nlines",100,,,,,,\n\nx,bad,,,,,,\nok,1,,,,,,\n')
    assert [(line, isinstance(entry, Entry)) for line, entry in found] == [(2, False), (5, False), (6, True)]


def test_a_dated_row_says_so() -> None:
    dates = [entry.dated for _, entry in read("a,1,,,,,,2026-11-01\nb,1,,,,,,\n") if isinstance(entry, Entry)]
    assert dates == [True, False]
    dated = entries(io.StringIO(HEADER + "c,1,,,,,,\n"), "weibo", STANDARD, "2026-11-01")
    assert [entry.dated for _, entry in dated if isinstance(entry, Entry)] == [True]
