"""Files in usual forms: encodings, separators, line ends, workbooks, unclosed quotes."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from ops.file_imports.csv_xlsx_reader import BadRow, Cells, from_lines, opened

TEXT = "昵称,粉丝数,简介\n茶馆,1200,好茶\n糕点,3400,甜\n"


def read(path: Path, encoding: str | None = None) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with opened(path, encoding) as table:
        return table.header, [(row.line, list(row.cells)) for row in table.rows if isinstance(row, Cells)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_usual_encodings_line_ends_and_separators_are_read(
    tmp_path: Path, encoding: str, line_end: str, separator: str
) -> None:
    path = tmp_path / "list.csv"
    latin = "x,1,y\n" * 9 if encoding == "utf-16-le" else ""  # without a mark, it is recognised by its zeros
    path.write_bytes((TEXT + latin).replace(",", separator).replace("\n", line_end).encode(encoding))
    header, rows = read(path)
    assert header == ["昵称", "粉丝数", "简介"]
    assert rows[:2] == [(2, ["茶馆", "1200", "好茶"]), (3, ["糕点", "3400", "甜"])]


def test_a_stray_byte_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for encoding in ("utf-8", "gb18030"):
        path.write_bytes(TEXT.encode(encoding) + b"x,1,\xff\n")
        _, rows = read(path)
        assert rows[0][1] == ["茶馆", "1200", "好茶"]
        assert rows[2][1] == ["x", "1", "\N{REPLACEMENT CHARACTER}"]


def test_other_encodings_are_never_guessed_but_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("handle,followers\nMüller,1\nJosé Café,2\nBeyoncé,3\n".encode("cp1252"))
    assert "\N{REPLACEMENT CHARACTER}" in read(path)[1][0][1][0]
    assert read(path, "cp1252")[1][0][1][0] == "Müller"
    path.write_bytes("名稱,粉絲\n臺灣奶茶,1\n國語頻道,2\n".encode("big5"))
    assert read(path, "big5")[0] == ["名稱", "粉絲"]
    with opened(path) as table:
        assert table.encoding == "utf-8"
    with pytest.raises(ValueError, match="not a known encoding"):
        read(path, "utf-9")


def test_a_workbook_is_read_like_csv(tmp_path: Path) -> None:
    path, book = tmp_path / "list.xlsx", openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["My influencers"],
        [],
        ["handle", "followers", "as_of", "verified", "price"],
        ["tea", 1_200, date(2026, 11, 20), True, 20.5],
        [1_669_880_000, "1.2万", datetime(2026, 11, 20, 10, 30), False, None],
        [None, None],
        [12_345_678_901_234_567, 5.0, 20261120],
    ):
        sheet.append(row)
    book.create_sheet("other")
    book.save(path)
    with opened(path, is_header=lambda cells: "handle" in cells) as table:
        assert table.header == ["handle", "followers", "as_of", "verified", "price"]
        assert [(row.line, list(row.cells)) for row in table.rows if isinstance(row, Cells)] == [
            (4, ["tea", "1200", "2026-11-20", "true", "20.5"]),
            (5, ["1669880000", "1.2万", "2026-11-20T10:30:00", "false", ""]),
            (7, ["1.23456789012346E+16", "5", "20261120", "", ""]),
        ]
        assert table.notes == ("the sheet 'Sheet' is read, not 'other'",)


def test_other_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    for content, words in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        (b"PK\x03\x04nothing", "not a readable workbook"),
    ):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=words):
            read(path)


def test_titles_above_the_header_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('"Top 2, of the world"\n\nhandle,followers\ntea,"1,234"\n')
    with opened(path, is_header=lambda cells: "handle" in cells) as table:
        assert [(row.line, list(row.cells)) for row in table.rows if isinstance(row, Cells)] == [(4, ["tea", "1,234"])]


def test_forced_text_loses_its_formula() -> None:
    table = from_lines(["handle,followers\n", '="0012",5\n', '"=""0013""",6\n'])
    assert [list(row.cells) for row in table.rows if isinstance(row, Cells)] == [["0012", "5"], ["0013", "6"]]


def test_many_unclosed_quotes_take_linear_time() -> None:
    def seconds(count: int) -> float:
        begin = time.process_time()
        rows = list(from_lines(["handle,followers\n", *['"tea,5\n', "cake,6\n"] * count]).rows)
        assert len(rows) == 2 * count
        assert sum(isinstance(row, BadRow) for row in rows) == count
        return time.process_time() - begin

    assert seconds(2_000) < 5
