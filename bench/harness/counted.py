"""The counts and measurements in bench/counted.json, and the tables of docs/reference/performance.md made from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.harness.measured_market import Meter
from ops.cloud_costs import event_costs, order_costs

ROOT = Path(__file__).parents[2]
FILE = ROOT / "bench" / "counted.json"
DOCUMENT = ROOT / "docs" / "reference" / "performance.md"


def plain(meter: Meter) -> dict[str, Any]:
    """Return a meter as JSON."""
    return {"calls": dict(sorted(meter.calls.items())), "read": meter.read, "write": meter.write}


def read() -> dict[str, Any]:
    """Return all counts by topic."""
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return found


def write(topic: str, counts: dict[str, Any]) -> None:
    """Replace a topic, then the tables of the document."""
    FILE.write_text(json.dumps({**read(), topic: counts}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    DOCUMENT.write_text(document(DOCUMENT.read_text("utf-8"), read()), "utf-8")
    print(f"  ✓ {topic} in {FILE.relative_to(ROOT)} and {DOCUMENT.relative_to(ROOT)}")


def document(text: str, counts: dict[str, Any]) -> str:
    """Return the text with each `<!-- made from … -->` block replaced by its table."""
    for block, table in TABLES.items():
        before, begun, rest = text.partition(f"<!-- made from {block} -->\n")
        _, end, after = rest.partition("<!-- end -->\n")
        assert "" not in (begun, end), f"{DOCUMENT.name} has no block for {block}"
        text = before + begun + table(counts) + end + after
    return text


def routes(counts: dict[str, Any]) -> str:
    """Return a table with a row for each of the counted routes."""
    lines = ["| route | round trips | read units | write units | calls |\n|---|---|---|---|---|\n"]
    for name, found in counts["routes"].items():
        route, _, where = name.partition(" [")
        calls = ", ".join(f"{number} {call}" for call, number in found["calls"].items())
        trips = sum(found["calls"].values())
        lines.append(
            f"| `{route}`{', ' + where[:-1] if where else ''} | {trips} | {found['read']:g} | {found['write']:g} | {calls} |\n"
        )
    return "".join(lines)


# Each block of the document, and its table from all counts.
TABLES: dict[str, Callable[[dict[str, Any]], str]] = {
    "routes": routes,
    "order: counts": lambda counts: order_costs.counts_table(counts["order"]),
    "order: dollars": lambda counts: order_costs.cost_table(counts["order"]),
    "order: rates": lambda counts: order_costs.rates_table(counts["order"]),
    "events: counts": lambda counts: event_costs.counts_table(counts["events"]),
    "events: dollars": lambda counts: event_costs.cost_table(counts["events"]),
    "events: orders": lambda counts: event_costs.orders_table(counts["events"], counts["order"]),
}
