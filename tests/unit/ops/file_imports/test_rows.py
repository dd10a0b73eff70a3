"""Rows of a file: good rows, and bad rows with their reason and line."""

from __future__ import annotations

import io

import pytest

from chalicelib.accounts.bulk_import import Entry
from ops.file_imports.account_import import entries
from ops.file_imports.column_layout import STANDARD, from_document

HEADER = "handle,followers,reads_avg_30d,category,post_price,repost_price,verified,as_of\n"


def read(text: str) -> list[tuple[int, Entry | str]]:
    return list(entries(io.StringIO(HEADER + text, newline=""), "weibo", STANDARD, None))


BAD_ROWS = [
    ("x,many,,,,,,\n", "followers: 'many' is not a whole number"),
    ("x,1.5,,,,,,\n", "followers: '1.5' is not a whole number"),
    ("x,-5,,,,,,\n", "followers: "),
    ("x,1e99,,,,,,\n", "followers: "),
    ("x,NaN,,,,,,\n", "followers: 'NaN' is not a whole number"),
    ("x,100,inf,,,,,\n", "reads_avg_30d: "),
    ("x,,,,,,,\n", "followers: "),
    (",100,,,,,,\n", "handle: "),
    ("x" * 101 + ",100,,,,,,\n", "handle: "),
    ("x,100,,,,0.5,,\n", "repost_price: "),
    ("x,100,,,,free,,\n", "repost_price: 'free' is not a price in yuan"),
    ("x,100,,,,10.123,,\n", "repost_price: '10.123' is not a price in yuan"),
    ("x,100,,,,,maybe,\n", "verified: 'maybe' is not a truth value"),
    ("x,100,,,,,,soon\n", "as_of: "),
    ("x,100,,,,,,2199-01-01\n", "as_of: This is in the future."),
    ("x,100,,,,,,,,more\n", "10 cells where the header has 8"),
    ('"x,100,,,,,,\n', "the quote that opens on line 4 is not closed"),
    ('x,"1,50",,,,,,\n', "followers: '1,50' is not a whole number (commas may only separate groups of three digits)"),
    ('x,"1,2,3",,,,,,\n', "followers: '1,2,3' is not a whole number"),
    ('x,100,"12,5",,,,,\n', "reads_avg_30d: '12,5' is not a number"),
    ('x,100,,,"1,50",,,\n', "post_price: '1,50' is not a price in yuan"),
    ("x,100,,,$12,,,\n", "post_price: '$12' is not a price in yuan"),
    ("x,100,-5,,,,,\n", "reads_avg_30d: '-5' is not a number (it is negative)"),
    ("x,1e400,,,,,,\n", "followers: '1e400' is not a whole number"),
    ("1.66988E+09,100,,,,,,\n", "handle: '1.66988E+09' is not a handle (a spreadsheet has changed this number"),
    ("1669880000.0,100,,,,,,\n", "handle: '1669880000.0' is not a handle"),
    ("x,100,,,,,,46327\n", "as_of: '46327' is not a day or moment (of digits alone only days"),
    ("x,100,,,,,,2015\n", "as_of: '2015' is not a day or moment"),
    ("x,100,,,,,,1795352400\n", "as_of: '1795352400' is not a day or moment"),
    ("x,100,,,,,,20261332\n", "as_of: '20261332' is not a day or moment (there is no such date"),
    ("x,100,,,,,,2026-11-20 10:00\n", "as_of: '2026-11-20 10:00' is not a day or moment (it has no time zone"),
    ("good,100,,,,,,\n", "good is already on line 2"),
    ("\udcff,100,,,,,,\n", "handle: has bytes that are not utf-8"),
    ("x\0y,100,,,,,,\n", "handle: has bytes"),
    ('"' + "x" * 200_000 + '",100,,,,,,\n', "a cell has more than 131,072 characters"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_row_is_skipped_with_line_and_reason(row: str, reason: str) -> None:
    first, (line, found), last = read("good,100,,,,,,\n\n" + row + "last,100,,,,,,\n")
    assert line == 4
    assert isinstance(found, str)
    assert found.startswith(reason)
    assert [entry.handle for _, entry in (first, last) if isinstance(entry, Entry)] == ["good", "last"]


def test_line_numbers_count_lines_of_the_file_not_rows() -> None:
    found = read('"two\nlines",100,,,,,,\n\nx,bad,,,,,,\nok,1,,,,,,\n')
    assert [(line, isinstance(entry, Entry)) for line, entry in found] == [(2, False), (5, False), (6, True)]


def test_a_dated_row_is_marked() -> None:
    dates = [entry.dated for _, entry in read("a,1,,,,,,2026-11-01\nb,1,,,,,,\n") if isinstance(entry, Entry)]
    assert dates == [True, False]
    dated = entries(io.StringIO(HEADER + "c,1,,,,,,\n"), "weibo", STANDARD, "2026-11-01")
    assert [entry.dated for _, entry in dated if isinstance(entry, Entry)] == [True]


@pytest.mark.parametrize("quote", ['"x,100,,,,,,', 'x,"100,,,,,,', 'x,100,,"tea,,,,', 'x,100,,,,,,"2026-11-01'])
def test_an_unclosed_quote_loses_only_its_own_line(quote: str) -> None:
    found = read(f'a,1,,,,,,\n{quote}\nb,2,,,,,,\nc,3,,"tea",,,,\nd,4,,"tea\nand cake",,,,\ne,5,,,,,,\n')
    assert [(line, entry.handle if isinstance(entry, Entry) else entry) for line, entry in found] == [
        (2, "a"),
        (3, "the quote that opens on line 3 is not closed"),
        (4, "b"),
        (5, "c"),
        (6, "category: This does not have the required form."),
        (8, "e"),
    ]


def test_a_quote_closed_on_a_later_line_loses_no_row() -> None:
    found = dict(read('a,"100,,,,,,\nb,5,,,,,,"\nc,6,,,,,,\n'))
    assert found[2] == "the quote that opens on line 2 is not closed"
    assert isinstance(found[3], str)
    assert isinstance(found[4], Entry)


def test_unused_columns_may_contain_line_breaks() -> None:
    text = 'handle,followers,about\ntea,100,"likes tea,\ncake, and more"\ncake,200,x\n'
    found = list(entries(io.StringIO(text), "weibo", STANDARD, None))
    assert [(line, isinstance(entry, Entry)) for line, entry in found] == [(2, True), (4, True)]


def test_empty_rows_and_cells_are_accepted() -> None:
    found = read('a,1\n,,,,,,,\n , \nb,2,,,,,,,,,\n\n"",""\nc,3,,,,,,\n')
    assert [(line, entry.handle if isinstance(entry, Entry) else entry) for line, entry in found] == [
        (2, "a"),
        (5, "b"),
        (8, "c"),
    ]


def test_days_in_digits_are_days() -> None:
    rows = "".join(
        f"h{n},1,,,,,,{day}\n" for n, day in enumerate(("20261120", "2026/11/20", "2026年11月20日", "2026.11.20"))
    )
    moments = [entry.figures["as_of"] if isinstance(entry, Entry) else entry for _, entry in read(rows)]
    assert moments == ["2026-11-20T00:00:00Z"] * 4


def test_the_layout_sets_the_time_zone() -> None:
    layout = from_document({"columns": {"handle": "h", "followers": "f", "as_of": "t"}, "time_zone": "+08:00"})
    ((_, entry),) = entries(io.StringIO("h,f,t\na,1,2026-11-20 10:30\n"), "weibo", layout, None)
    assert isinstance(entry, Entry)
    assert entry.figures["as_of"] == "2026-11-20T02:30:00Z"


def test_a_column_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="more than one column followers"):
        list(entries(io.StringIO("handle,followers,followers\na,1,2\n"), "weibo", STANDARD, None))


def test_a_wrong_day_for_all_rows_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="as_of: '46327'"):
        list(entries(io.StringIO("handle,followers\na,1\n"), "weibo", STANDARD, "46327"))
