"""Layouts of columns: the values of a row, the content of a layout file, and their description in the document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.file_imports.column_layout import FIELDS, FORMATS, STANDARD, WEIRENWU, from_file, recognised

DOCUMENT = Path(__file__).parents[4] / "docs" / "operations" / "importing.md"


def test_a_row_becomes_values_with_prices_in_fen() -> None:
    row = {
        "handle": " tea ",
        "followers": "1,200",
        "reads_avg_30d": "3.5",
        "verified": "TRUE",
        "post_price": "410",
        "repost_price": "20.05",
        "category": "",
        "colour": "red",
    }
    assert STANDARD.read(row) == {
        "handle": "tea",
        "followers": 1_200,
        "reads_avg_30d": 3.5,
        "verified": True,
        "post_price": 41_000,
        "repost_price": 2_005,
    }


def test_the_price_list_of_2017_has_no_grade_to_import() -> None:
    row = {
        "account": "a1",
        "followers": "5",
        "stars": "6",
        "play_count": "7",
        "repost_price_cny": "70",
        "category": "None",
    }
    assert WEIRENWU.read(row) == {"handle": "a1", "followers": 5, "reads_avg_30d": 7.0, "repost_price": 7_000}


def test_missing_columns_are_named_as_in_the_file() -> None:
    assert WEIRENWU.missing(["followers", "stars"]) == ["account"]
    assert STANDARD.missing(["handle", "followers"]) == []


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        "{}",
        '{"columns": []}',
        '{"columns": {"handle": "a"}}',
        '{"columns": {"handle": "a", "followers": "b", "stars": "c"}}',
    ],
)
def test_a_wrong_layout_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "columns.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"columns\.json"):
        from_file(path)


def test_the_document_names_every_field_and_every_layout() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []
    assert [name for name in FORMATS if f"`{name}`" not in text] == []
    for name, column in WEIRENWU.columns.items():
        assert f"| `{column}` | `{name}` |" in text


def test_the_example_of_the_document_is_a_layout(tmp_path: Path) -> None:
    example = DOCUMENT.read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    path = tmp_path / "columns.json"
    path.write_text(example)
    assert dict(from_file(path).columns) == json.loads(example)["columns"]


def test_the_header_selects_the_layout() -> None:
    assert recognised(["followers", "handle", "anything"]) is STANDARD
    assert recognised(["account", "followers", "play_count"]) is WEIRENWU
    assert recognised(["name"]) is STANDARD
