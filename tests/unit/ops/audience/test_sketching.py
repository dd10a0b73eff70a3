"""Follower lists become sketches without follower ids."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops.audience import sketching
from testing.samples import audiences


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two accounts, one of them with few followers; a double of datasketch makes the same registers."""
    library = SimpleNamespace(HyperLogLogPlusPlus=audiences.HyperLogLogPlusPlus)
    monkeypatch.setitem(sys.modules, "datasketch", library)
    path = tmp_path / "followers.csv"
    rows = [f"{7_000_000 + n},茶" for n in range(1_500)] + [f"{7_000_000 + n},少" for n in range(999)]
    path.write_text("\n".join(["follower,handle", *rows, *rows[:100]]) + "\n", "utf-8")
    return path


def _run(lists: Path, key: Path) -> list[dict[str, Any]]:
    out = lists.with_suffix(".jsonl")
    arguments = [str(lists), "--network", "weibo", "--key", str(key), "--as-of", "2026-11-20", "--out", str(out)]
    assert sketching.main(arguments) == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_sketch_contains_no_follower(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = lists.with_name("key")
    key.write_text(audiences.KEY.hex())
    (line,) = _run(lists, key)
    printed = capsys.readouterr()
    assert "少: fewer than 1,000 followers, skipped" in printed.err
    assert "1 audiences" in printed.out
    assert (line["network"], line["handle"], line["as_of"]) == ("weibo", "茶", "2026-11-20")
    assert base64.b64decode(line["registers"]) == audiences.sketch(range(7_000_000, 7_001_500))
    assert line.keys() == {"network", "handle", "as_of", "key", "registers"}
    assert audiences.KEY.hex() not in json.dumps(line)


def test_a_key_is_created_once_and_private(lists: Path) -> None:
    key = lists.with_name("key")
    (first,) = _run(lists, key)
    assert (key.stat().st_mode & 0o777, len(bytes.fromhex(key.read_text()))) == (0o600, 32)
    assert _run(lists, key) == [first]
    (other,) = _run(lists, lists.with_name("other"))
    assert first["key"] != other["key"]
    assert first["registers"] != other["registers"]


def test_a_file_without_the_columns_is_refused(lists: Path) -> None:
    lists.write_text("account,fan\na,b\n")
    with pytest.raises(SystemExit, match="follower or handle"):
        _run(lists, lists.with_name("key"))


def test_unreadable_rows_are_named_and_skipped(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists.write_text(lists.read_text("utf-8") + '"7,茶\n1.66988E+09,茶\n7000001,茶\n,,\n', "utf-8")
    (line,) = _run(lists, lists.with_name("key"))
    printed = capsys.readouterr().err
    assert "line 2601 skipped: the quote that opens on line 2601 is not closed" in printed
    assert "line 2602 skipped: a spreadsheet has changed this number" in printed
    assert line["handle"] == "茶"
