"""Snapshots of the local cloud's state are complete or absent, and the newest undamaged one is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from infra.cloud_process.cloud_snapshots import Damaged, Snapshot, newest, write

CODE = b"the code of a function"
BLOB = hashlib.sha256(CODE).hexdigest()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "lambda-blobs").mkdir()
    (tmp_path / "lambda-blobs" / f"{BLOB}.zip").write_bytes(CODE)
    return tmp_path


def saved(data: Path, text: str, blobs: tuple[str, ...] = (BLOB,)) -> Snapshot:
    return write(data, [("dynamodb", text), ("s3", "{}")], blobs)


def loaded(data: Path) -> str:
    snapshot, _ = newest(data)
    assert snapshot is not None
    return (snapshot.folder / "dynamodb.json").read_text()


def test_two_snapshots_stay_and_the_newest_is_read(data: Path) -> None:
    for number in range(4):
        saved(data, f'"{number}"')
    assert loaded(data) == '"3"'
    assert sorted(entry.name for entry in (data / "saved").iterdir()) == ["3", "4"]


def test_an_interrupted_save_leaves_the_previous_snapshot(data: Path) -> None:
    saved(data, '"before"')

    def states() -> Iterator[tuple[str, str]]:
        yield "dynamodb", '"after"'
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write(data, states(), [])
    assert loaded(data) == '"before"'
    assert [entry.name for entry in (data / "saved").iterdir()] == ["1"]


def test_a_killed_save_leaves_the_previous_snapshot(data: Path) -> None:
    saved(data, '"before"')
    (data / "saved" / "2.partial").mkdir()
    (data / "saved" / "2.partial" / "dynamodb.json").write_text('"af')
    assert loaded(data) == '"before"'
    saved(data, '"after"')
    assert loaded(data) == '"after"'
    assert sorted(entry.name for entry in (data / "saved").iterdir()) == ["1", "2"]


@pytest.mark.parametrize("damage", ["cut", "changed", "missing", "no manifest", "empty manifest"])
def test_a_damaged_snapshot_is_skipped_and_named(data: Path, damage: str) -> None:
    saved(data, '"before"')
    folder = saved(data, '"after"').folder
    if "manifest" in damage:
        (folder / "manifest.json").write_text("") if damage == "empty manifest" else (folder / "manifest.json").unlink()
    elif damage == "missing":
        (folder / "dynamodb.json").unlink()
    else:
        (folder / "dynamodb.json").write_text('"af' if damage == "cut" else '"AFTER"')
    snapshot, faults = newest(data)
    assert snapshot is not None
    assert (snapshot.number, len(faults)) == (1, 1)
    assert faults[0].startswith("snapshot 2: ")


def test_damaged_snapshots_alone_are_an_error(data: Path) -> None:
    (saved(data, '"only"').folder / "s3.json").write_text("")
    with pytest.raises(Damaged, match=r"s3\.json has 0 bytes, expected 2"):
        newest(data)


def test_missing_code_is_damage(data: Path) -> None:
    saved(data, '"only"')
    (data / "lambda-blobs" / f"{BLOB}.zip").unlink()
    with pytest.raises(Damaged):
        newest(data)


def test_unreferenced_code_is_removed(data: Path) -> None:
    saved(data, '"1"')
    saved(data, '"2"', ())
    assert (data / "lambda-blobs" / f"{BLOB}.zip").exists()
    saved(data, '"3"', ())
    assert not (data / "lambda-blobs" / f"{BLOB}.zip").exists()


def test_state_of_another_layout_is_refused(data: Path) -> None:
    (data / "dynamodb.json").write_text("{}")
    with pytest.raises(Damaged, match="earlier version"):
        newest(data)


def test_without_snapshots_nothing_is_loaded(tmp_path: Path) -> None:
    assert newest(tmp_path) == (None, [])


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 seconds"), (119, "119 seconds"), (180, "3 minutes"), (7_200, "2 hours"), (172_800, "2 days")],
)
def test_the_age_is_in_the_largest_unit(data: Path, seconds: int, text: str) -> None:
    snapshot = saved(data, '"1"')
    assert snapshot.age(snapshot.saved_at + timedelta(seconds=seconds)) == text
    assert snapshot.saved_at <= datetime.now(UTC)
