"""`make audience`: follower lists in, sketches of audiences out. Runs where the lists are; needs datasketch, and no deployment.

Of each follower only what one register of the account's sketch makes of a keyed hash is kept; ids are not written anywhere. The key
is made at first use: whoever has not got it cannot ask a sketch for a person. Only sketches of one key can be compared.
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

from ops.table_files import cells, table_files

PRECISION = 12
PEOPLE_MIN = 1_000
"""Smaller audiences are not sketched: most of their registers are empty, and one that is not would point at somebody."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 if at least one audience was sketched."""
    parser = argparse.ArgumentParser(prog="python -m ops.audience.sketching", description=__doc__)
    parser.add_argument(
        "followers", type=Path, metavar="FOLLOWERS.csv", help="columns handle and follower, in any order"
    )
    parser.add_argument("--network", required=True, help="the network the accounts are on, e.g. weibo")
    parser.add_argument("--key", type=Path, required=True, help="the file of the key; made if there is none")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=date.today(), help="the day of the lists; default: today"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="SKETCHES.jsonl")
    options = parser.parse_args(arguments)
    key = _key(options.key)
    with (
        table_files.opened(options.followers, is_header=_is_header) as table,
        options.out.open("w", encoding="utf-8") as out,
    ):
        written = write(_rows(table, sys.stderr), options.network, key, options.as_of, out, sys.stderr)
    print(f"{written:,} audiences in {options.out}; no follower is in it")
    return 0 if written else 1


def write(rows: Iterable[tuple[str, str]], network: str, key: bytes, as_of: date, out: TextIO, told: TextIO) -> int:
    """Writes a line of JSON for each handle of (handle, follower) pairs; how many. Tells of audiences that are too small."""
    sketch = importlib.import_module("datasketch").HyperLogLogPlusPlus
    seen: dict[str, Any] = {}
    for handle, follower in rows:
        if handle not in seen:
            seen[handle] = sketch(p=PRECISION, hashfunc=lambda data: _hashed(data, key))
        seen[handle].update(follower.encode())
    written = 0
    for handle, audience in sorted(seen.items()):
        if audience.count() < PEOPLE_MIN:
            print(f"{handle}: fewer than {PEOPLE_MIN:,} followers, left out", file=told)
            continue
        registers = base64.b64encode(bytes(int(rank) for rank in audience.reg)).decode()
        line = {
            "network": network,
            "handle": handle,
            "as_of": as_of.isoformat(),
            "key": mark(key),
            "registers": registers,
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        written += 1
    return written


def mark(key: bytes) -> str:
    """What tells sketches of different keys apart; says nothing about the key."""
    return hashlib.sha256(b"audience key\0" + key).hexdigest()[:16]


def _hashed(data: bytes, key: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, key=key, digest_size=8).digest(), "little")


def _is_header(row: Sequence[str]) -> bool:
    return "handle" in row and "follower" in row


def _rows(table: table_files.Table, skipped: TextIO) -> Iterator[tuple[str, str]]:
    """(handle, follower) of each row; rows that cannot be read are named on `skipped`."""
    missing = {"handle", "follower"} - set(table.header)
    if missing:
        raise SystemExit(f"the file has no column {' or '.join(sorted(missing))}")
    places = [table.header.index(name) for name in ("handle", "follower")]
    for row in table.rows:
        try:
            if isinstance(row, table_files.BadRow):
                raise ValueError(row.reason)
            handle, follower = (cells.read_handle(row.cells[place]) for place in places)
            if table_files.DAMAGED in handle + follower:
                raise ValueError(f"has bytes that are not {table.encoding}")
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
