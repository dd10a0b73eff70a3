"""The costs of events, counted on a DynamoDB engine over HTTP, equal those in docs/reference/performance.md."""

from __future__ import annotations

from typing import Any

from bench import events
from bench.harness import counted

EXACT = ("invocations", "calls", "read", "write")


def _exact(parts: dict[str, Any]) -> dict[str, Any]:
    """Return the counts without the time of the processor, and without secrets, which are read once per process."""
    return {
        name: {one: found[one] for one in EXACT}
        | {call: number for call, number in found["others"].items() if "secret" not in call}
        for name, found in parts.items()
    }


def test_each_part_sends_the_documented_requests() -> None:
    found, known = events.count(), counted.read()["events"]
    assert _exact(found["parts"]) == _exact(known["parts"]), "`make count` writes them anew"
    assert found["stored_bytes"].keys() == known["stored_bytes"].keys()
