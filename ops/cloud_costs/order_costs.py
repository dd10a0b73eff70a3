"""AWS's list prices, and the price of an order from its counts: pure arithmetic, with every step in the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DATE, REGION = "July 2025", "US East (N. Virginia)"

# Dollars, list prices of that month, without free tiers, savings plans and transfer to the internet.
REQUEST = 3.50e-6  # API Gateway, REST, the first 333 million of a month
INVOCATION = 0.20e-6  # Lambda
GB_SECOND = 0.0000166667  # Lambda, x86
WRITE_UNIT = 0.625e-6  # DynamoDB on demand
READ_UNIT = 0.125e-6
STORED_GB = 0.25 + 0.20  # DynamoDB, a month: the table, and its point-in-time recovery
TRANSITION = 25e-6  # Step Functions, standard workflows
EVENT = 1e-6  # EventBridge, custom bus
SCHEDULED_CALL = 1e-6  # EventBridge Scheduler
LOGGED_GB = 0.50  # CloudWatch Logs, ingestion
QUEUE_REQUEST = 0.40e-6  # SQS, standard queues
FAIR_QUEUE_REQUEST = 0.50e-6  # SQS, standard queues whose messages have groups (fair queues)
EMAIL = 100e-6  # SES, without attachments

MEMORY_GB = 0.5  # .chalice/config.json
PROCESSOR = 512 / 1_769  # the share of a processor that a Lambda of that memory gets: AWS gives a whole one at 1,769 MB
ROUND_TRIP_MS = 10  # assumed, not measured
NETWORK_REQUEST = "requests to the social network"
NETWORK_MS = 200  # assumed: Lambda bills while it waits for the response
LOGGED_BYTES = 1_000  # per invocation, assumed: our line and three of Lambda's

SECONDS_A_DAY = 86_400
DAYS = 30


@dataclass(frozen=True)
class CostLine:
    """One billed item: the number of units that an order needs, and the price of a unit."""

    item: str
    per_order: float
    price: float
    unit: str

    @property
    def thousand(self) -> float:
        """Dollars for 1,000 orders."""
        return self.per_order * 1_000 * self.price


def cost_lines(order: dict[str, Any]) -> list[CostLine]:
    """Return the billed items of one order, from the counts of bench.cost."""
    orders: int = order["orders"]
    functions: dict[str, Any] = order["functions"]

    def each(name: str) -> float:
        return float(sum(found[name] for found in functions.values())) / orders

    events = sum(found["others"].get("events PutEvents", 0) for found in functions.values()) / orders
    scheduled = sum(found["others"].get("scheduler CreateSchedule", 0) for found in functions.values()) / orders
    stored = order["stored_bytes"] / orders / 1e9
    logged = each("invocations") * LOGGED_BYTES / 1e9
    return [
        CostLine("API Gateway requests", functions["api"]["invocations"] / orders, REQUEST, "a million"),
        CostLine("Lambda invocations", each("invocations"), INVOCATION, "a million"),
        CostLine("Lambda GB-seconds", seconds(order) * MEMORY_GB, GB_SECOND, "a GB-second"),
        CostLine("DynamoDB write units", each("write"), WRITE_UNIT, "a million"),
        CostLine("DynamoDB read units", each("read"), READ_UNIT, "a million"),
        CostLine("DynamoDB storage, a month, GB", stored, STORED_GB, "a GB"),
        CostLine("Step Functions transitions", order["transitions"] / orders, TRANSITION, "a million"),
        CostLine("EventBridge events", events, EVENT, "a million"),
        CostLine("EventBridge Scheduler calls", scheduled, SCHEDULED_CALL, "a million"),
        CostLine("CloudWatch Logs, GB", logged, LOGGED_GB, "a GB"),
    ]


def seconds(order: dict[str, Any]) -> float:
    """Return the seconds that Lambdas run for one order: measured processor time, scaled to Lambda's share of one, round trips
    and requests to the social network."""
    orders: int = order["orders"]
    total = 0.0
    for found in order["functions"].values():
        to_network = found["others"].get(NETWORK_REQUEST, 0)
        trips = sum(found["calls"].values()) + sum(found["others"].values()) - to_network
        total += found["milliseconds"] / PROCESSOR + trips * ROUND_TRIP_MS + to_network * NETWORK_MS
    return total / orders / 1_000


def counts_table(order: dict[str, Any]) -> str:
    """Return a table of counts per function for one order."""
    orders = order["orders"]
    rows = [
        "| function | invocations | round trips | read units | write units | other calls |\n|---|---|---|---|---|---|\n"
    ]
    for name, found in order["functions"].items():
        others = ", ".join(
            f"{number / orders:g} {call}" for call, number in found["others"].items() if "secret" not in call
        )
        trips = sum(found["calls"].values())
        numbers = [found["invocations"], trips, found["read"], found["write"]]
        rows.append(f"| {name} | {' | '.join(f'{number / orders:g}' for number in numbers)} | {others} |\n")
    return "".join(rows)


def cost_table(order: dict[str, Any]) -> str:
    """Return a table of dollars per 1,000 orders and per month of a million orders a day, with the arithmetic."""
    found = cost_lines(order)
    rows = [
        f"| {REGION}, {DATE} | per order | price | 1,000 orders | a month of 1,000,000 a day |\n|---|---|---|---|---|\n"
    ]
    for line in found:
        price = f"${line.price * 1e6:.3f}" if line.unit == "a million" else f"${line.price:.7g}"
        month = line.thousand * 1_000 * DAYS
        rows.append(
            f"| {line.item} | {line.per_order:.3g} | {price} {line.unit} | ${line.thousand:.4f} | ${month:,.0f} |\n"
        )
    total = sum(line.thousand for line in found)
    rows.append(f"| **together** | | | **${total:.3f}** | **${total * 1_000 * DAYS:,.0f}** |\n")
    return "".join(rows)


def rates_table(order: dict[str, Any]) -> str:
    """Return a table of rates per second at a million orders a day, on the average and at a peak of ten times that."""
    per_second = 1_000_000 / SECONDS_A_DAY
    by_name = {line.item: line.per_order * per_second for line in cost_lines(order)}
    rows = ["| a second | average | peak, ten times | AWS's first quota |\n|---|---|---|---|\n"]
    quotas = {
        "API Gateway requests": "10,000 (the stage is throttled lower: infra/resources.yaml)",
        "DynamoDB write units": "40,000 for a table, 1,000 for one partition",
        "DynamoDB read units": "40,000 for a table, 3,000 for one partition",
        "Step Functions transitions": "5,000 in the large regions, 800 elsewhere",
    }
    for name, quota in quotas.items():
        rows.append(f"| {name} | {by_name[name]:,.0f} | {by_name[name] * 10:,.0f} | {quota} |\n")
    busy = seconds(order) * per_second
    rows.append(f"| Lambdas running at once | {busy:,.0f} | {busy * 10:,.0f} | 1,000 |\n")
    return "".join(rows)
