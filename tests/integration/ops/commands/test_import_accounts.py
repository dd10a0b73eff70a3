"""`microtask import` imports a file of accounts and counts its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.accounts.records import AccountRecord, account_id
from testing.doubles.operator_program import RunCommand


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.csv"
    path.write_text("handle,category,followers,reads_avg_30d\ntea,美食,90000,9000\ncake,美食,no,1\n", "utf-8")
    return path


def test_an_import_reports_counts_and_skipped_rows(microtask: RunCommand, accounts: Path) -> None:
    output = microtask("import", accounts, "--network", "weibo", "--json")
    assert output.status == 0
    assert {name: output.document[name] for name in ("imported", "skipped")} == {"imported": 1, "skipped": 1}
    assert [row["line"] for row in output.document["left"]] == [3]
    assert sum(grade["accounts"] for grade in output.document["grades"].values()) == 1
    again = microtask("import", accounts, "--network", "weibo")
    assert "0 imported, 0 updated, 1 unchanged, 1 skipped" in again.out
    assert "line 3 skipped" in again.out
    assert microtask("import", accounts, "--network", "Weibo!").err.count("\n") == 1
    found = AccountRecord.find(account_id("weibo", "tea"), "account")
    assert found is not None
    assert found.grade is not None
