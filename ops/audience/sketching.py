"""Makes audience sketches from follower lists: `make audience`. It runs where the lists are; it needs datasketch and no deployment.

A sketch stores registers of keyed hashes and no follower id. The key is created at the first use: without it, a sketch cannot be
searched for a person. Only sketches of the same key can be compared. The command line needs the standard library alone, because the
program runs in its own environment (requirements/fit.txt).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import importlib
import json
import secrets
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from ops.file_imports import cells, csv_xlsx_reader

PRECISION = 12
PEOPLE_MIN = 1_000
"""The smallest audience that is sketched. In smaller ones most registers are empty, and a filled one could identify a person."""


def main(arguments: list[str] | None = None) -> int:
    """Sketch the audiences of a file. Return exit status 0 if at least one audience was sketched, else 1."""
    parser = argparse.ArgumentParser(prog="python -m ops.audience.sketching", description=__doc__)
    parser.add_argument(
        "followers", type=Path, metavar="FOLLOWERS.csv", help="a file with the columns handle and follower"
    )
    parser.add_argument("--network", required=True, help="the network of the accounts, such as weibo")
    parser.add_argument("--key", type=Path, required=True, help="the file of the key; created if it is missing")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=date.today(), help="the day of the lists; default: today"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="SKETCHES.jsonl")
    options = parser.parse_args(arguments)
    key = _key(options.key)
    with (
        csv_xlsx_reader.opened(options.followers, is_header=_is_header) as table,
        options.out.open("w", encoding="utf-8") as out,
    ):
        written = write_sketches(_rows(table, sys.stderr), options.network, key, options.as_of, out, sys.stderr)
    print(f"{written:,} audiences in {options.out}, without follower ids")
    return 0 if written else 1


def write_sketches(
    rows: Iterable[tuple[str, str]], network: str, key: bytes, as_of: date, out: TextIO, messages: TextIO
) -> int:
    """Write a JSON line for each handle of (handle, follower) pairs, and return their number. Audiences that are too small are
    named on `messages`."""
    sketch = importlib.import_module("datasketch").HyperLogLogPlusPlus
    seen: dict[str, Any] = {}
    for handle, follower in rows:
        if handle not in seen:
            seen[handle] = sketch(p=PRECISION, hashfunc=lambda data: _hashed(data, key))
        seen[handle].update(follower.encode())
    written = 0
    for handle, audience in sorted(seen.items()):
        if audience.count() < PEOPLE_MIN:
            print(f"{handle}: fewer than {PEOPLE_MIN:,} followers, skipped", file=messages)
            continue
        registers = base64.b64encode(bytes(int(rank) for rank in audience.reg)).decode()
        line = {
            "network": network,
            "handle": handle,
            "as_of": as_of.isoformat(),
            "key": key_mark(key),
            "registers": registers,
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        written += 1
    return written


def key_mark(key: bytes) -> str:
    """Return a mark that is equal for sketches of the same key and does not reveal the key."""
    return hashlib.sha256(b"audience key\0" + key).hexdigest()[:16]


def _hashed(data: bytes, key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, key=key, digest_size=8).digest(), "little")


def _is_header(row: Sequence[str]) -> bool:
    return "handle" in row and "follower" in row


def _rows(table: csv_xlsx_reader.Table, skipped: TextIO) -> Iterator[tuple[str, str]]:
    """Return (handle, follower) of each row. Rows that cannot be read are named on `skipped`."""
    missing = {"handle", "follower"} - set(table.header)
    if missing:
        raise SystemExit(f"the file has no column {' or '.join(sorted(missing))}")
    places = [table.header.index(name) for name in ("handle", "follower")]
    for row in table.rows:
        try:
            if isinstance(row, csv_xlsx_reader.BadRow):
                raise ValueError(row.reason)
            handle, follower = (cells.read_handle(row.cells[place]) for place in places)
            if csv_xlsx_reader.DAMAGED in handle + follower:
                raise ValueError(f"has bytes that are not valid {table.encoding}")
        except ValueError as error:
            print(f"line {row.line} skipped: {error}", file=skipped)
            continue
        if handle and follower:
            yield handle, follower


def _key(path: Path) -> bytes:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return bytes.fromhex(path.read_text().strip())


if __name__ == "__main__":
    sys.exit(main())
