"""The price of an event from its counts (bench.events): stored, read in an inbox, delivered to a webhook, sent by e-mail. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from ops.cloud_costs import order_costs

ENDPOINT_MS = 200
"""The time until an endpoint has responded: assumed, not measured. Lambda bills while it waits."""
TIMEOUT_MS = 15_000
"""The time limit of an attempt (chalicelib/webhooks/delivery_attempts.py)."""
RECEIVED, RECEIVED_AND_DELETED = 1, 2
"""Requests of Lambda's own poller for a message: SQS bills them, the function does not send them."""
EVENT_MONTHS, DELIVERY_MONTHS = 3, 1
"""How long items are stored (rules `events_listed` and `deliveries_listed`), in months of 30 days."""
QUEUE, BUS, MAIL = "sqs ", "events PutEvents", "ses SendRawEmail"


@dataclass(frozen=True)
class Part:
    """The units that AWS bills for one part of the delivery of an event. `busy_ms`: the time of a Lambda of
    512 MB; `byte_months`: storage."""

    name: str
    api: float = 0
    invocations: float = 0
    trips: float = 0
    read: float = 0
    write: float = 0
    queue: float = 0
    in_groups: bool = False
    published: float = 0
    mailed: float = 0
    busy_ms: float = 0
    byte_months: float = 0

    @property
    def dollars(self) -> dict[str, float]:
        """Dollars for a million, by service."""
        queue = order_costs.FAIR_QUEUE_REQUEST if self.in_groups else order_costs.QUEUE_REQUEST
        gb_seconds = self.busy_ms / 1_000 * order_costs.MEMORY_GB
        logged = self.invocations * order_costs.LOGGED_BYTES / 1e9
        lines = {
            "API Gateway": self.api * order_costs.REQUEST,
            "Lambda": self.invocations * order_costs.INVOCATION + gb_seconds * order_costs.GB_SECOND,
            "DynamoDB": self.read * order_costs.READ_UNIT + self.write * order_costs.WRITE_UNIT,
            "storage": self.byte_months / 1e9 * order_costs.STORED_GB,
            "SQS": self.queue * queue,
            "EventBridge": self.published * order_costs.EVENT,
            "SES": self.mailed * order_costs.EMAIL,
            "logs": logged * order_costs.LOGGED_GB,
        }
        return {name: dollars * 1e6 for name, dollars in lines.items()}

    @property
    def together(self) -> float:
        """Dollars for a million."""
        return sum(self.dollars.values())


def parts(events: dict[str, Any]) -> list[Part]:
    """Return the parts. A delivery and an e-mail include what they add to the publication of the event."""
    size = events["stored_bytes"]
    event = _part(events, "event, stored for two recipients", "event")
    mail = _part(events, "e-mail", "e-mail", added_to_event="event with an e-mail", polled=RECEIVED_AND_DELETED)
    delivered = _part(
        events,
        "webhook delivery",
        "delivery",
        added_to_event="event with a webhook",
        polled=RECEIVED_AND_DELETED,
        waited_ms=ENDPOINT_MS,
    )
    failed = _part(events, "", "delivery that fails once", polled=RECEIVED)
    paused = _part(
        events,
        "delivery put off, because its endpoint is paused",
        "delivery while the endpoint is paused",
        polled=RECEIVED,
    )
    reminder = _part(events, "reminder, stored for one recipient", "reminder")
    return [
        replace(event, byte_months=2 * size["event"] * EVENT_MONTHS),
        replace(delivered, in_groups=True, byte_months=size["delivery"] * DELIVERY_MONTHS),
        replace(failed, name="attempt that fails", in_groups=True, busy_ms=failed.busy_ms + ENDPOINT_MS),
        replace(failed, name="attempt that times out", in_groups=True, busy_ms=failed.busy_ms + TIMEOUT_MS),
        replace(paused, in_groups=True),
        replace(mail, byte_months=size["sent"] * DELIVERY_MONTHS),
        replace(reminder, invocations=0, byte_months=(size["event"] + size["reminder"]) * EVENT_MONTHS),
        replace(_part(events, "page of an inbox (a notification stores nothing)", "page of the inbox"), api=1),
        replace(_part(events, "page of `GET /v1/events`", "page of events"), api=1),
    ]


def _part(
    events: dict[str, Any], name: str, counted: str, *, added_to_event: str = "", polled: int = 0, waited_ms: int = 0
) -> Part:
    """Return the part with the counts of `counted`, and of what `added_to_event` has more than the event alone."""
    found = events["parts"]
    calls, others = _per_call(found[counted])
    read, write = (found[counted][unit] / found[counted]["invocations"] for unit in ("read", "write"))
    if added_to_event:
        more, base = found[added_to_event], found["event"]
        calls += sum(more["calls"].values()) / more["invocations"] - _per_call(base)[0]
        read += (more["read"] - base["read"]) / base["invocations"]
        write += (more["write"] - base["write"]) / base["invocations"]
        others.update(_per_call(more)[1])
        others.subtract(_per_call(base)[1])
    trips = calls + sum(others.values())
    processor = found[counted]["milliseconds"] / found[counted]["invocations"] / order_costs.PROCESSOR
    return Part(
        name,
        invocations=1,
        trips=trips,
        read=read,
        write=write,
        queue=polled + sum(number for call, number in others.items() if call.startswith(QUEUE)),
        published=others[BUS],
        mailed=others[MAIL],
        busy_ms=processor + trips * order_costs.ROUND_TRIP_MS + waited_ms,
    )


def _per_call(counts: dict[str, Any]) -> tuple[float, Counter[str]]:
    """Return the requests to DynamoDB of one call, and its requests to other services. Secrets are read once per process."""
    number = counts["invocations"]
    others = {call: found / number for call, found in counts["others"].items() if "secret" not in call}
    return sum(counts["calls"].values()) / number, Counter(others)


def counts_table(events: dict[str, Any]) -> str:
    """Return a table of counts, a row for each part."""
    heads = ("for one", "Lambda invocations", "round trips", "read units", "write units", "SQS requests", "others")
    rows = [f"| {' | '.join(heads)} |\n", "|---" * len(heads) + "|\n"]
    for part in parts(events):
        others = {"PutEvents": part.published, "SendRawEmail": part.mailed, "API request": part.api}
        named = ", ".join(f"{number:g} {name}" for name, number in others.items() if number)
        numbers = (part.invocations, part.trips, part.read, part.write, part.queue)
        rows.append(f"| {part.name} | {' | '.join(f'{number:g}' for number in numbers)} | {named} |\n")
    return "".join(rows)


def cost_table(events: dict[str, Any]) -> str:
    """Return a table of dollars for a million, a row for each part and a column for each service."""
    found = parts(events)
    services = list(found[0].dollars)
    rows = [
        f"| $ a million, {order_costs.REGION}, {order_costs.DATE} | {' | '.join(services)} | **together** |\n",
        "|---|" + "---|" * (len(services) + 1) + "\n",
    ]
    for part in found:
        figures = (f"{part.dollars[name]:.2f}" if part.dollars[name] else "" for name in services)
        rows.append(f"| {part.name} | {' | '.join(figures)} | **{part.together:.2f}** |\n")
    return "".join(rows)


def orders_table(events: dict[str, Any], order: dict[str, Any]) -> str:
    """Return a table of what the events of 1,000 orders cost: stored, and if every recipient has a webhook or an e-mail."""
    by_name = {part.name: part for part in parts(events)}
    orders = order["orders"]
    rows = ["| for each recipient of an order's events | an order | $ for 1,000 orders |\n|---|---|---|\n"]
    for label, name, number in (
        (
            "events, stored and sent to the bus (in batches: in the table above)",
            "event, stored for two recipients",
            order["events"],
        ),
        ("a webhook for all events of both sides", "webhook delivery", order["recipients"]),
        ("an e-mail for each notification", "e-mail", order["notifications"]),
    ):
        each = number / orders
        rows.append(f"| {label} | {each:.1f} | {each * by_name[name].together / 1_000:.3f} |\n")
    return "".join(rows)
