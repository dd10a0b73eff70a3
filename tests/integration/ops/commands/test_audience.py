"""`microtask audience` stores sketches of known accounts."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from testing.doubles.operator_program import RunCommand
from testing.samples.audiences import sketch


def test_sketches_of_known_accounts_are_imported(microtask: RunCommand, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("handle,followers\ntea,90000\n", "utf-8")
    microtask("import", accounts, "--network", "weibo")
    path = tmp_path / "sketches.jsonl"
    line = {
        "network": "weibo",
        "as_of": "2026-11-20",
        "key": "k1",
        "registers": base64.b64encode(sketch(range(100))).decode(),
    }
    path.write_text("".join(json.dumps({**line, "handle": handle}) + "\n" for handle in ("tea", "unknown")))
    assert microtask("audience", path, "--json").document == {"taken": 1, "left_out": 1}
    assert microtask("audience", path).out == "1 imported, 1 skipped: unknown account, or a newer sketch is stored\n"
