"""What may happen to a task, an order, its payment, a dispute and the appeal of a review: one table each.

API calls and workflow steps both go through these tables with a conditional write, so an event that comes late or twice
finds no row and changes nothing. docs/lifecycle.md is made from here: `python -m chalicelib.tasks.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

TaskStatus = Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
OrderStatus = Literal[
    "pending",
    "offered",
    "accepted",
    "declined",
    "lapsed",
    "published",
    "completed",
    "failed",
    "cancelled",
    "stopped",
    "disputed",
]
Payment = Literal["held", "paid", "refunded", "split"]


@dataclass(frozen=True)
class Transition:
    """In `state`, `event` leads to `then`. `by` says who or what causes it; `money` is the event of PAYMENT that goes with
    it, in the same transaction."""

    state: str
    event: str
    then: str
    by: str
    money: str | None = None


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

    def row(self, state: str, event: str) -> Transition:
        """What `event` does in `state`. Raises Illegal if nothing of the kind can happen there."""
        for row in self.transitions:
            if row.state == state and row.event == event:
                return row
        raise Illegal(self.name, state, event)

    def then(self, state: str, event: str) -> str:
        """The state after `event`. Raises Illegal."""
        return self.row(state, event).then


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
        "draft": "草稿",
        "in_review": "待审核",
        "rejected": "审核未通过",
        "running": "进行中",
        "completed": "已完成",
        "cancelled": "已取消",
        "stopped": "任务叫停",
    },
    transitions=(
        Transition("draft", "submitted", "in_review", "advertiser"),
        Transition("draft", "cancelled", "cancelled", "advertiser"),
        Transition("in_review", "approved", "running", "auditor"),
        Transition("in_review", "rejected", "rejected", "auditor"),
        Transition("in_review", "review_missed", "cancelled", "system"),
        Transition("in_review", "cancelled", "cancelled", "advertiser"),
        Transition("in_review", "stopped", "stopped", "auditor"),
        Transition("rejected", "resubmitted", "in_review", "advertiser"),
        Transition("rejected", "appealed", "in_review", "advertiser"),
        Transition("rejected", "cancelled", "cancelled", "advertiser"),
        Transition("running", "call_closed", "running", "system"),
        Transition("running", "all_settled", "completed", "system"),
        Transition("running", "cancelled", "cancelled", "advertiser"),
        Transition("running", "stopped", "stopped", "auditor"),
    ),
    waits={"in_review": ("accept_by", "review_missed"), "running": ("final_at", "all_settled")},
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
        Transition("pending", "picked", "accepted", "advertiser"),
        Transition("pending", "cancelled", "cancelled", "the task", "returned"),
        Transition("pending", "stopped", "stopped", "the task", "returned"),
        Transition("offered", "accepted", "accepted", "creator"),
        Transition("offered", "declined", "declined", "creator", "returned"),
        Transition("offered", "lapsed", "lapsed", "system", "returned"),
        Transition("offered", "countered", "offered", "creator"),
        Transition("offered", "counter_declined", "offered", "advertiser"),
        Transition("offered", "counter_accepted", "accepted", "advertiser"),
        Transition("offered", "cancelled", "cancelled", "advertiser", "returned"),
        Transition("offered", "stopped", "stopped", "auditor", "returned"),
        Transition("accepted", "draft_submitted", "accepted", "creator"),
        Transition("accepted", "changes_requested", "accepted", "advertiser"),
        Transition("accepted", "draft_approved", "accepted", "advertiser, system"),
        Transition("accepted", "check_failed", "accepted", "system"),
        Transition("accepted", "platform_refused", "accepted", "system"),
        Transition("accepted", "published", "published", "creator, system"),
        Transition("accepted", "publication_missed", "failed", "system", "returned"),
        Transition("accepted", "cancelled", "cancelled", "advertiser", "compensated"),
        Transition("accepted", "stopped", "stopped", "auditor", "returned"),
        Transition("published", "checked", "published", "system"),
        Transition("published", "post_lost", "failed", "system", "returned"),
        Transition("published", "retained", "completed", "system", "settled"),
        Transition("published", "stopped", "stopped", "auditor", "settled"),
        Transition("published", "disputed", "disputed", "advertiser, creator"),
        Transition("disputed", "ruled_pay", "completed", "auditor", "settled"),
        Transition("disputed", "ruled_refund", "failed", "auditor", "returned"),
        Transition("disputed", "ruled_split", "completed", "auditor", "divided"),
        Transition("disputed", "ruling_missed", "completed", "system", "settled"),
    ),
    waits={
        "offered": ("accept_by", "lapsed"),
        "accepted": ("window_end", "publication_missed"),
        "published": ("retention_end", "retained"),
        "disputed": ("ruling_due", "ruling_missed"),
    },
)

PAYMENT = Machine(
    name="payment",
    first="held",
    labels={"held": "待付款", "paid": "已付款", "refunded": "已退款", "split": "部分付款"},
    transitions=(
        Transition("held", "returned", "refunded", "the order"),
        Transition("held", "settled", "paid", "the order"),
        Transition("held", "compensated", "split", "the order"),
        Transition("held", "divided", "split", "the order"),
    ),
    waits={},
)

DISPUTE = Machine(
    name="dispute",
    first="open",
    labels={"open": "申诉中", "paid": "判付款", "refunded": "判退款", "split": "判分付", "unruled": "逾期付款"},
    transitions=(
        Transition("open", "ruled_pay", "paid", "auditor"),
        Transition("open", "ruled_refund", "refunded", "auditor"),
        Transition("open", "ruled_split", "split", "auditor"),
        Transition("open", "ruling_missed", "unruled", "system"),
    ),
    waits={"open": ("ruling_due", "ruling_missed")},
)

APPEAL = Machine(
    name="appeal of a review",
    first="open",
    labels={"open": "复审中", "granted": "复审通过", "upheld": "维持原判"},
    transitions=(
        Transition("open", "approved", "granted", "another auditor"),
        Transition("open", "rejected", "upheld", "another auditor"),
        Transition("open", "review_missed", "upheld", "system"),
        Transition("open", "cancelled", "upheld", "advertiser"),
        Transition("open", "stopped", "upheld", "auditor"),
    ),
    waits={"open": ("accept_by", "review_missed")},
)

MACHINES = (TASK, ORDER, PAYMENT, DISPUTE, APPEAL)

UNOFFERED: dict[str, tuple[str, str | None]] = {
    "draft": ("pending", None),
    "in_review": ("pending", "held"),
    "running": ("pending", "held"),
    "rejected": ("pending", "refunded"),
    "cancelled": ("cancelled", "refunded"),
    "stopped": ("stopped", "refunded"),
}
"""Status and payment of an order that was not offered yet, by the status of its task. Nothing is held for a draft."""


def rendered() -> str:
    """docs/lifecycle.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Lifecycle"
    yield ""
    yield "Made by `python -m chalicelib.tasks.lifecycle` from the tables the program runs on; do not edit."
    yield "A payment follows its order: the money moves in the transaction that writes the order's status."
    for machine in MACHINES:
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
        yield "| in state | event | leads to | caused by | money |"
        yield "|---|---|---|---|---|"
        for row in machine.transitions:
            yield f"| {row.state} | {row.event} | {row.then} | {row.by} | {row.money or ''} |"


if __name__ == "__main__":
    print(rendered(), end="")
