"""What may happen to a task and to an order: the one table of each, `(state, event) -> state`.

API calls and workflow steps both go through these tables with a conditional write, so an event that comes late or twice
finds no row and changes nothing. docs/lifecycle.md is made from here: `python -m chalicelib.tasks.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Transition:
    """In `state`, `event` leads to `then`. `by` says who or what causes it."""

    state: str
    event: str
    then: str
    by: str


@dataclass(frozen=True)
class Machine:
    """The states of one kind of thing, in the order they are met.

    `labels` are the names of the original market; `waits` give each waiting state the timer that ends it and the
    event that happens by default when the timer runs out. States without a transition are the end states."""

    name: str
    labels: dict[str, str]
    transitions: tuple[Transition, ...]
    waits: dict[str, tuple[str, str]]
    first: str

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(self.labels)

    @property
    def ends(self) -> frozenset[str]:
        return frozenset(self.labels) - {row.state for row in self.transitions}

    def allows(self, state: str, event: str) -> bool:
        return any(row.state == state and row.event == event for row in self.transitions)

    def then(self, state: str, event: str) -> str:
        """The state after `event`. Raises Illegal if nothing of the kind can happen in `state`."""
        for row in self.transitions:
            if row.state == state and row.event == event:
                return row.then
        raise Illegal(self.name, state, event)


class Illegal(Exception):
    """The table has no row for this event in this state."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__(f"a {machine} that is {state} cannot have the event {event}")
        self.state = state
        self.event = event


TASK = Machine(
    name="task",
    first="in_review",
    labels={
        "in_review": "待审核",
        "rejected": "审核未通过",
        "running": "进行中",
        "completed": "已完成",
        "cancelled": "已取消",
        "stopped": "任务叫停",
    },
    transitions=(
        Transition("in_review", "approved", "running", "auditor"),
        Transition("in_review", "rejected", "rejected", "auditor"),
        Transition("in_review", "review_missed", "cancelled", "system"),
        Transition("in_review", "cancelled", "cancelled", "advertiser"),
        Transition("rejected", "resubmitted", "in_review", "advertiser"),
        Transition("running", "all_settled", "completed", "system"),
    ),
    waits={"in_review": ("accept_by", "review_missed")},
)

ORDER = Machine(
    name="order",
    first="pending",
    labels={
        "pending": "待派单",
        "offered": "已派单",
        "accepted": "已接单",
        "declined": "已拒单",
        "lapsed": "已流单",
        "published": "已发布",
        "completed": "已完成",
        "failed": "未完成",
        "cancelled": "已取消",
        "stopped": "任务叫停",
        "disputed": "申诉中",
    },
    transitions=(
        Transition("pending", "offered", "offered", "system"),
        Transition("pending", "cancelled", "cancelled", "system"),
        Transition("offered", "accepted", "accepted", "creator"),
        Transition("offered", "declined", "declined", "creator"),
        Transition("offered", "lapsed", "lapsed", "system"),
        Transition("accepted", "published", "published", "creator"),
        Transition("accepted", "publication_missed", "failed", "system"),
        Transition("published", "checked", "published", "system"),
        Transition("published", "post_lost", "failed", "system"),
        Transition("published", "retained", "completed", "system"),
    ),
    waits={
        "offered": ("accept_by", "lapsed"),
        "accepted": ("window_end", "publication_missed"),
        "published": ("retention_end", "retained"),
    },
)

PAYMENT_LABELS = {"held": "待付款", "paid": "已付款", "refunded": "已退款"}

PAYMENTS = {
    "pending": "held",
    "offered": "held",
    "accepted": "held",
    "published": "held",
    "completed": "paid",
    "declined": "refunded",
    "lapsed": "refunded",
    "failed": "refunded",
    "cancelled": "refunded",
}
"""The payment of an order is a consequence of its status; the money moves in the transaction that writes the status."""

UNOFFERED = {
    "in_review": ("pending", "held"),
    "running": ("pending", "held"),
    "rejected": ("pending", "refunded"),
    "cancelled": ("cancelled", "refunded"),
}
"""Status and payment of an order that was not offered yet, by the status of its task."""


def rendered() -> str:
    """docs/lifecycle.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Lifecycle"
    yield ""
    yield "Made by `python -m chalicelib.tasks.lifecycle` from the tables the program runs on; do not edit."
    for machine in (TASK, ORDER):
        yield ""
        yield f"## {machine.name.capitalize()}"
        yield ""
        yield "| state | in the original | waits for | if nobody acts |"
        yield "|---|---|---|---|"
        for state, label in machine.labels.items():
            timer, event = machine.waits.get(state, ("", ""))
            outcome = f"`{event}` -> {machine.then(state, event)}" if event else ""
            ending = "(end)" if state in machine.ends else ""
            yield f"| {state} | {label} | {timer or ending} | {outcome} |"
        yield ""
        yield "| in state | event | leads to | caused by |"
        yield "|---|---|---|---|"
        for row in machine.transitions:
            yield f"| {row.state} | {row.event} | {row.then} | {row.by} |"
    yield ""
    yield "## Payment of an order"
    yield ""
    yield "A consequence of the order's status, written and moved in the same transaction."
    yield ""
    yield "| order is | payment | in the original |"
    yield "|---|---|---|"
    for status, payment in PAYMENTS.items():
        yield f"| {status} | {payment} | {PAYMENT_LABELS[payment]} |"


if __name__ == "__main__":
    print(rendered(), end="")
