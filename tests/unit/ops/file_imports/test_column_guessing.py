"""Layouts guessed from the header and the values of lists in the form of public ones, with generated rows."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.bulk_import import Entry
from ops.file_imports import csv_xlsx_reader
from ops.file_imports.account_import import UnknownLayout, entries, run_import
from ops.file_imports.column_guessing import guess, is_header
from ops.file_imports.column_layout import from_document

_CHANCE = random.Random(20261126)


def _short(units: str = "kmb") -> str:
    return f"{_CHANCE.randint(10, 9999) / 10:.1f}{_CHANCE.choice(units)}"


INSTAGRAM = (
    "rank,channel_info,influence_score,posts,followers,avg_likes,60_day_eng_rate,new_post_avg_like,total_likes,country",
    lambda n: (n, f"a.{n}", 90, _short("k"), _short("m"), _short("m"), "1.39%", _short("m"), _short("b"), "Spain"),
    {"handle": "channel_info", "followers": "followers", "posts_total": "posts", "likes_avg_30d": "avg_likes"},
)
YOUTUBE = (
    "Rank,Youtube channel,Category,Subscribers,Audience Country,avg views,avg likes,avg comments",
    lambda n: (n, f"Channel {n}", "Music" if n % 7 else "", _short("M"), "India", _short("KM"), _short("K"), n),
    {"handle": "Youtube channel", "followers": "Subscribers", "reads_avg_30d": "avg views", "category": "Category"},
)
TIKTOK = (
    "S.no,Tiktoker name,Tiktok name,Subscribers,Views avg.,Likes avg,Comments avg.,Shares avg",
    lambda n: (n, f"name{n}", f"Person,\n{n}", _short("M"), _short("M"), _short("MK"), _short("K"), _short("K")),
    {"handle": "Tiktoker name", "followers": "Subscribers", "reposts_avg_30d": "Shares avg"},
)
AUDIENCES = (
    "Influencer insta name,Influencer name,Category_1,Followers,Audience country(mostly),Authentic engagement",
    lambda n: (f"insta{n}", f"Person {n}", "Beauty", _short("M"), "Brazil", "1.2K"),
    {"handle": "Influencer insta name", "followers": "Followers", "category": "Category_1"},
)
STATISTICS = (
    "rank,Youtuber,subscribers,video views,category,uploads,Country,created_year,created_date",
    lambda n: (n, f"Maker {n}", 10**6 + n, 2e11, "Music" if n % 9 else "nan", n, "nan", 2006 + n % 9, n % 28 + 1),
    {"handle": "Youtuber", "followers": "subscribers", "posts_total": "uploads", "category": "category"},
)
CHINESE = (
    "序号,昵称,粉丝数(万),分类,报价,认证,平均阅读,数据日期",
    lambda n: (n, f"茶馆{n}", f"{n / 10:.1f}", "美食", f"￥{n * 100:,}", "是" if n % 2 else "否", "10万+", "20261120"),
    {
        "handle": "昵称",
        "followers": {"column": "粉丝数(万)", "unit": "万"},
        "post_price": {"column": "报价", "unit": "yuan"},
    },
)
SHAPES: dict[str, tuple[str, Callable[[int], Any], dict[str, Any]]] = {
    "instagram": INSTAGRAM,
    "youtube": YOUTUBE,
    "tiktok": TIKTOK,
    "audiences": AUDIENCES,
    "statistics": STATISTICS,
    "chinese": CHINESE,
}


def _text(header: str, row: Callable[[int], Any], count: int) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([header.split(","), *(row(n) for n in range(1, count + 1))])
    return file.getvalue()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_guessed_layout_reads_every_row(shape: str) -> None:
    header, row, expected = SHAPES[shape]
    text = _text(header, row, 200)
    table = csv_xlsx_reader.from_lines(io.StringIO(text, newline=""))
    assert is_header(table.header)
    made = guess(table.header, [row.cells for row in table.rows if isinstance(row, csv_xlsx_reader.Cells)])
    assert made.complete
    assert made.document["columns"].items() >= expected.items()
    layout = from_document(made.document)
    found = [entry for _, entry in entries(io.StringIO(text, newline=""), "x", layout, "2026-11-25")]
    assert [reason for reason in found if isinstance(reason, str)] == []
    assert len(found) == 200
    assert all(isinstance(entry, Entry) and "registered_at" not in entry.figures for entry in found)


def test_values_that_do_not_fit_the_header_are_named() -> None:
    made = guess(STATISTICS[0].split(","), [[str(cell) for cell in STATISTICS[1](n)] for n in range(1, 50)])
    assert "created_year is not used as registered_at: its values, such as '2007', are not days" in made.notes
    assert "created_year" in made.left_out


def test_units_of_money_are_in_the_proposed_map() -> None:
    header = ["账号", "粉丝数（万）", "报价（分）", "转发价(万元)", "Post price ($)"]
    made = guess(header, [["tea", "1.5", "120000", "0.5", "$20"]] * 2)
    assert made.document["columns"] == {
        "handle": "账号",
        "followers": {"column": "粉丝数（万）", "unit": "万"},
        "post_price": {"column": "报价（分）", "unit": "分"},
        "repost_price": {"column": "转发价(万元)", "unit": "万元"},
    }
    assert "Post price ($) is not used as post_price: prices are imported in yuan (CNY)" in made.notes
    values = from_document(made.document).read(dict(zip(header, ["tea", "1.5", "120000", "0.5", "$20"], strict=True)))
    assert values == {"handle": "tea", "followers": 15_000, "post_price": 120_000, "repost_price": 500_000}


def test_unknown_columns_are_guessed_by_value_or_requested() -> None:
    rows = [[str(n), f"name {n}", str(n * 1_000 + 7), str(n * 70)] for n in range(1, 20)]
    one = guess(["#", "who", "big"], [row[:3] for row in rows])
    assert one.document["columns"] == {"handle": "who", "followers": "big"}
    assert len(one.notes) == 2
    two = guess(["#", "who", "big", "small"], rows)
    assert not two.complete
    assert "followers may be one of the columns big, small: name it in the map" in two.notes


def test_without_a_layout_one_is_proposed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(_text(*CHINESE[:2], 20), "gbk")
    with pytest.raises(UnknownLayout) as raised:
        run_import(path, "weibo", None, None)
    assert raised.value.guess.document["columns"]["handle"] == "昵称"
    assert raised.value.guess.left_out == ["序号"]


def test_a_dry_run_checks_everything_and_writes_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "list.csv", io.StringIO()
    path.write_text(_text(*CHINESE[:2], 20) + "茶馆99,,,\n坏,坏,坏,坏,坏,坏,坏,坏\n", "gb18030")
    summary = run_import(path, "weibo", None, None, out, guessed=True, dry_run=True)
    assert (summary.checked, summary.outcomes["skipped"], summary.outcomes["imported"]) == (20, 2, 0)
    assert summary.lower_bounds == {"平均阅读": 20}
    assert "20 cells such as 10万+ are lower bounds, which were imported as they are" in str(summary)
    assert "the file is read as gb18030" in out.getvalue()
