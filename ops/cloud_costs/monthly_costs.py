"""Monthly costs of three sizes of market: `python -m ops.cloud_costs.monthly_costs` writes the table in
docs/operations/deployment.md.

bench counts and prices an order (docs/reference/performance.md); docs/reference/grading.md computes a nightly regrade. This adds
resources with a fixed monthly price."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.package import ROOT, TEMPLATE
from ops.cloud_costs import order_costs

DOCUMENT = ROOT / "docs" / "operations" / "deployment.md"
COUNTED = ROOT / "bench" / "counted.json"
BEGIN, END = "<!-- made by ops.cloud_costs.monthly_costs -->\n", "<!-- end -->\n"
SIZES = ((100, 1_000), (5_000, 50_000), (100_000, 1_000_000))
"""Orders a day, accounts."""

# Dollars a month, list prices of order_costs.DATE, without free tiers.
ALARM = 0.10
DASHBOARD = 3.00
SECRET = 0.40
METRIC = 0.30

POLLERS, POLL_SECONDS = 5, 20
"""Lambda polls a queue with five requests at a time, each of which waits twenty seconds for a message. SQS bills those that receive
nothing, too."""

NIGHT_READS, NIGHT_WRITES = 1.02, 0.20
"""Units for each account in a night in which one grade in a hundred changes (docs/reference/grading.md)."""
SWEEP_METRICS = 10
"""Metrics that are written every five minutes: the number of sweeps, and nine counts of each sweep."""


def table(order: dict[str, Any], template: dict[str, Any]) -> str:
    """Return a Markdown table: a row for each resource with its arithmetic, a column for each size."""
    thousand = sum(line.thousand for line in order_costs.cost_lines(order))
    night = NIGHT_READS * order_costs.READ_UNIT + NIGHT_WRITES * order_costs.WRITE_UNIT
    kinds = [resource["Type"] for resource in template["Resources"].values()]
    alarms, secrets = kinds.count("AWS::CloudWatch::Alarm"), kinds.count("AWS::SecretsManager::Secret")
    queues = _polled_queues(template["Resources"])
    polls = POLLERS * order_costs.DAYS * order_costs.SECONDS_A_DAY // POLL_SECONDS
    rows: list[tuple[str, list[float]]] = [
        (
            f"orders a day × {order_costs.DAYS} × ${thousand:.3f} a thousand ([performance.md](../reference/performance.md))",
            [orders * order_costs.DAYS * thousand / 1_000 for orders, _ in SIZES],
        ),
        (
            f"regrade: accounts × {order_costs.DAYS} × ({NIGHT_READS:g} reads at ${order_costs.READ_UNIT * 1e6:g} + "
            f"{NIGHT_WRITES:g} writes at ${order_costs.WRITE_UNIT * 1e6:g} a million)",
            [accounts * order_costs.DAYS * night for _, accounts in SIZES],
        ),
        (f"{alarms} alarms at ${ALARM:.2f}", [alarms * ALARM] * len(SIZES)),
        (
            f"empty polls of queues: {queues} × {polls:,} at ${order_costs.QUEUE_REQUEST * 1e6:.2f} a million",
            [queues * polls * order_costs.QUEUE_REQUEST] * len(SIZES),
        ),
        (f"the dashboard at ${DASHBOARD:.2f}", [DASHBOARD] * len(SIZES)),
        (f"{secrets} secrets at ${SECRET:.2f}", [secrets * SECRET] * len(SIZES)),
        (f"{SWEEP_METRICS} metrics of the sweep at ${METRIC:.2f}", [SWEEP_METRICS * METRIC] * len(SIZES)),
    ]
    heads = "".join(f" {orders:,} orders a day, {accounts:,} accounts |" for orders, accounts in SIZES)
    lines = [f"| dollars a month, {order_costs.REGION}, {order_costs.DATE} |{heads}", "|---|" + "---:|" * len(SIZES)]
    lines += [f"| {label} |" + "".join(f" {figure:,.2f} |" for figure in figures) for label, figures in rows]
    totals = [sum(figures[place] for _, figures in rows) for place in range(len(SIZES))]
    lines.append("| **together** |" + "".join(f" **{total:,.2f}** |" for total in totals))
    return "\n".join(lines) + "\n"


def _polled_queues(resources: dict[str, Any]) -> int:
    """Return the number of queues that Lambda polls in every stack; without the queue of e-mails, which are left out."""
    mappings = [
        one for one in resources.values() if one["Type"] == "AWS::Lambda::EventSourceMapping" and "Condition" not in one
    ]
    sources = [mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"][0] for mapping in mappings]
    return sum(resources[source]["Type"] == "AWS::SQS::Queue" for source in sources)


def document(text: str, order: dict[str, Any], template: dict[str, Any]) -> str:
    """Return the text of the document with its table replaced."""
    before, begun, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    assert "" not in (begun, end), "the document has no place for the table"
    return before + begun + table(order, template) + end + after


def main(path: Path = DOCUMENT) -> None:
    """Write the table to the document. The package must be built (`make package`)."""
    template = json.loads(TEMPLATE.read_text("utf-8"))
    path.write_text(
        document(path.read_text("utf-8"), json.loads(COUNTED.read_text("utf-8"))["order"], template), "utf-8"
    )


if __name__ == "__main__":
    main()
