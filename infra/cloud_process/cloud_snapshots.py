"""The saved state of the local cloud: complete snapshots in a folder. The newest undamaged one is loaded.

Used by infra/local_cloud.py and, within MiniStack's own Python, by ministack_corrected.py; it imports the standard library only.
A snapshot is a folder `saved/NUMBER` of one JSON file per service and a manifest with the size and SHA-256 of each. It is written
as `saved/NUMBER.partial` and renamed when all of it is on the disk, so a process that is killed while it saves leaves the
snapshot before it untouched. The code of Lambda functions lies beside them in `lambda-blobs`, each file named by its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SNAPSHOTS_MAX = 2
"""The number of stored snapshots: the newest and the one before it."""

MANIFEST = "manifest.json"


class Damaged(Exception):
    """There is saved state, and none of it can be loaded. The text names the fault of each snapshot."""


@dataclass(frozen=True)
class Snapshot:
    """A complete snapshot: its folder, its time (UTC), the bytes of its files (`size`), the names of its services and the SHA-256
    sums of its functions' code (`blobs`). `final`: it was written when the cloud stopped."""

    folder: Path
    saved_at: datetime
    final: bool
    size: int
    services: tuple[str, ...]
    blobs: tuple[str, ...]

    @property
    def number(self) -> int:
        return int(self.folder.name)

    def age(self, now: datetime | None = None) -> str:
        """Return the time since it was written, such as `12 seconds`, `3 minutes`, `5 hours`, `2 days`."""
        seconds = max(0.0, ((now or datetime.now(UTC)) - self.saved_at) / timedelta(seconds=1))
        for unit, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
            if seconds >= 2 * unit:
                return f"{seconds // unit:.0f} {name}"
        return f"{seconds:.0f} seconds"


def write(data: Path, states: Iterable[tuple[str, str]], blobs: Collection[str], *, final: bool = False) -> Snapshot:
    """Write a snapshot of these services, each with its state as JSON text, and remove all but the newest SNAPSHOTS_MAX.

    `blobs` are the SHA-256 sums of the functions' code that the states refer to, read after all states are written. `final` marks
    the snapshot of a cloud that stops. Raise OSError if it cannot be written; earlier snapshots then remain unchanged.
    """
    saved = data / "saved"
    saved.mkdir(parents=True, exist_ok=True)
    number = max(_numbers(saved), default=0) + 1
    partial = saved / f"{number}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        files: dict[str, dict[str, int | str]] = {}
        for service, text in states:
            content = text.encode()
            _write(partial / f"{service}.json", content)
            files[service] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        manifest = {
            "saved_at": datetime.now(UTC).isoformat(),
            "final": final,
            "files": files,
            "blobs": sorted(set(blobs)),
        }
        _write(partial / MANIFEST, json.dumps(manifest, indent=1).encode())
        partial.rename(saved / str(number))
        _sync(saved)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _prune(data)
    return read(saved / str(number), data)


def newest(data: Path) -> tuple[Snapshot | None, list[str]]:
    """Return the snapshot to load, or None if there is none, and the faults of newer snapshots that are skipped.

    Raise Damaged if there are snapshots and none is complete, or if the state has an older layout.
    """
    faults: list[str] = []
    for number in sorted(_numbers(data / "saved"), reverse=True):
        try:
            return read(data / "saved" / str(number), data), faults
        except (OSError, ValueError, KeyError, TypeError) as error:
            faults.append(f"snapshot {number}: {error}")
    if faults:
        raise Damaged("; ".join(faults))
    if (data / "dynamodb.json").exists():
        raise Damaged("it was written by an earlier version of this program")
    return None, []


def read(folder: Path, data: Path) -> Snapshot:
    """Return the snapshot in `folder`. Raise OSError or ValueError if one of its files is missing, truncated or changed."""
    manifest = json.loads((folder / MANIFEST).read_text())
    size = 0
    for service, written in manifest["files"].items():
        content = (folder / f"{service}.json").read_bytes()
        if hashlib.sha256(content).hexdigest() != written["sha256"]:
            raise ValueError(f"{service}.json has {len(content):,} bytes, expected {written['bytes']:,}")
        size += len(content)
    for blob in manifest["blobs"]:
        if _digest(data / "lambda-blobs" / f"{blob}.zip") != blob:
            raise ValueError(f"the code {blob[:12]} of a function has changed since it was saved")
    return Snapshot(
        folder,
        datetime.fromisoformat(manifest["saved_at"]),
        manifest["final"],
        size,
        tuple(manifest["files"]),
        tuple(manifest["blobs"]),
    )


def _numbers(saved: Path) -> list[int]:
    return [int(entry.name) for entry in saved.iterdir() if entry.name.isdigit()] if saved.is_dir() else []


def _prune(data: Path) -> None:
    """Remove all but the newest SNAPSHOTS_MAX snapshots, unfinished ones, and code that no remaining snapshot refers to."""
    saved = data / "saved"
    numbers = sorted(_numbers(saved))
    for entry in list(saved.iterdir()):
        if entry.name not in {str(number) for number in numbers[-SNAPSHOTS_MAX:]}:
            shutil.rmtree(entry, ignore_errors=True)
    named = set()
    for number in numbers[-SNAPSHOTS_MAX:]:
        try:
            named |= set(json.loads((saved / str(number) / MANIFEST).read_text())["blobs"])
        except (OSError, ValueError, KeyError):
            return  # a damaged snapshot does not list its code: remove none
    for entry in (data / "lambda-blobs").glob("*.zip"):
        if entry.stem not in named:
            entry.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make a rename in the folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
