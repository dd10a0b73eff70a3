"""Tables align their columns."""

from __future__ import annotations

from cli.tables import text_table


def test_columns_are_aligned_with_chinese_text() -> None:
    assert text_table(("name", "n"), [("美食", 1), ("tea", None)]) == "name  n\n美食  1\ntea   –"


def test_long_cells_and_brackets_stay() -> None:
    cell = "[red] " + "x" * 300
    assert text_table(("a",), [(cell,)]).splitlines()[1] == cell
