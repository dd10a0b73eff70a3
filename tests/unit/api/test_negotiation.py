"""Content negotiation between JSON and CSV."""

from __future__ import annotations

import pytest

from chalicelib.api.negotiation import prefers


@pytest.mark.parametrize(
    ("accept", "csv"),
    [
        ("text/csv", True),
        ("TEXT/CSV; charset=utf-8", True),
        ("text/csv, application/json;q=0.5", True),
        ("application/xml, text/csv;q=0.9, */*;q=0.1", True),
        ("application/json, text/csv", True),
        ("application/json;q=0.1, text/csv;q=0.2", True),
        ("application/json, text/csv;q=0.5", False),
        ("text/csv;q=0", False),
        ("text/csv;q=0.000, */*", False),
        ("application/json", False),
        ("*/*", False),
        ("text/*", False),
        ("", False),
        (";;,,q=1", False),
    ],
)
def test_csv_is_sent_if_accept_names_it(accept: str, csv: bool) -> None:
    assert prefers(accept, "text/csv") is csv
