"""The transition tables of a task, an order, its payment, a dispute and the appeal of a review. Pure.

Requests and workflow steps both use these tables with a conditional write, so a late or repeated event has no row and changes
nothing. docs/reference/lifecycle.md is generated from here: `python -m chalicelib.tasks.model.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from chalicelib.core.errors import Problem
from chalicelib.tasks.model.reason_codes import DeclineCode, EndCode, EndReason, RemovalCode

TaskStatus = Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
DisputeStatus = Literal["open", "paid", "refunded", "split", "unruled"]
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
CLOSINGS = ("cancelled", "stopped")
"""The events that close a running task early: by its advertiser (rule 18), by the platform (rule 19)."""


@dataclass(frozen=True)
class Transition:
    """In `state`, `event` leads to `then`. `by` is the cause of the event; `money` is the event of PAYMENT in the same
    transaction; `reasons` are the codes of the end of an order, the usual one first."""

    state: str
    event: str
    then: str
    by: str
    money: str | None = None
    reasons: tuple[EndCode, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A transition table: the states of one kind of item, in their usual order, and the events between them.

    `labels` are the names in the original market. `waits` name the timer of each waiting state and the event that follows when it
    runs out. States without a transition are end states."""

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
        """Return the row of `event` in `state`. Raises Illegal if there is none."""
        for row in self.transitions:
            if row.state == state and row.event == event:
                return row
        raise Illegal(self.name, state, event)

    def then(self, state: str, event: str) -> str:
        """Return the state after `event`. Raises Illegal."""
        return self.row(state, event).then


class Illegal(Problem):
    """409 `state_conflict`: the table has no row for this event in this state. A request is refused with it; in a workflow step it
    means that the step is late."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        super().__init__("state_conflict", f"A {machine} that is {state} cannot be {event}.", status_now=state)
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
        Transition("pending", "cancelled", "cancelled", "the task", "returned", ("task_cancelled",)),
        Transition("pending", "stopped", "stopped", "the task", "returned", ("task_stopped",)),
        Transition("offered", "accepted", "accepted", "creator"),
        Transition("offered", "declined", "declined", "creator", "returned", get_args(DeclineCode)),
        Transition("offered", "lapsed", "lapsed", "system", "returned", ("not_answered",)),
        Transition("offered", "countered", "offered", "creator"),
        Transition("offered", "counter_declined", "offered", "advertiser"),
        Transition("offered", "counter_accepted", "accepted", "advertiser"),
        Transition("offered", "cancelled", "cancelled", "advertiser", "returned", ("task_cancelled",)),
        Transition("offered", "withdrawn", "cancelled", "auditor, system", "returned", get_args(RemovalCode)),
        Transition("offered", "stopped", "stopped", "auditor", "returned", ("task_stopped",)),
        Transition("accepted", "draft_submitted", "accepted", "creator"),
        Transition("accepted", "changes_requested", "accepted", "advertiser"),
        Transition("accepted", "draft_cleared", "accepted", "auditor"),
        Transition("accepted", "draft_rejected", "accepted", "auditor, system"),
        Transition("accepted", "draft_approved", "accepted", "advertiser, system"),
        Transition("accepted", "check_failed", "accepted", "system"),
        Transition("accepted", "platform_refused", "accepted", "system"),
        Transition("accepted", "platform_delayed", "accepted", "system"),
        Transition("accepted", "reported", "accepted", "creator"),
        Transition("accepted", "disputed", "disputed", "advertiser, creator, system"),
        Transition("accepted", "published", "published", "creator, system"),
        Transition("accepted", "publication_missed", "failed", "system", "returned", ("not_published", "not_mended")),
        Transition("accepted", "cancelled", "cancelled", "advertiser", "compensated", ("task_cancelled",)),
        Transition("accepted", "stopped", "stopped", "auditor", "returned", ("task_stopped",)),
        Transition("accepted", "account_stopped", "stopped", "auditor", "returned", ("account_revoked",)),
        Transition("published", "checked", "published", "system"),
        Transition("published", "check_failed", "published", "system"),
        Transition("published", "check_delayed", "published", "system"),
        Transition("published", "post_lost", "failed", "system", "returned", ("post_gone", "post_changed")),
        Transition("published", "retained", "completed", "system", "settled", ("retained",)),
        Transition("published", "stopped", "stopped", "auditor", "settled", ("task_stopped",)),
        Transition("published", "disputed", "disputed", "advertiser, creator, system"),
        Transition("disputed", "published", "disputed", "system"),
        Transition("disputed", "checked", "disputed", "system"),
        Transition("disputed", "check_failed", "disputed", "system"),
        Transition("disputed", "check_delayed", "disputed", "system"),
        Transition("disputed", "loss_confirmed", "disputed", "system"),
        Transition("disputed", "ruled_pay", "completed", "auditor", "settled", ("ruled_pay",)),
        Transition("disputed", "ruled_refund", "failed", "auditor", "returned", ("ruled_refund",)),
        Transition("disputed", "ruled_split", "completed", "auditor", "divided", ("ruled_split",)),
        Transition("disputed", "ruling_missed", "completed", "system", "settled", ("not_ruled",)),
        Transition("disputed", "post_lost", "failed", "system", "returned", ("post_gone", "post_changed")),
        Transition("disputed", "publication_missed", "failed", "system", "returned", ("not_published", "not_mended")),
        Transition("disputed", "dispute_expired", "published", "system"),
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
    labels={"open": "申诉中", "paid": "判付款", "refunded": "判退款", "split": "判分付", "unruled": "逾期未判"},
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


def payments_of(status: str) -> frozenset[str]:
    """Return the payments that an order in this status can have: it is held until the order ends, and never again."""
    ends = {PAYMENT.then(PAYMENT.first, row.money) for row in ORDER.transitions if row.then == status and row.money}
    return frozenset(ends or {PAYMENT.first})


UNOFFERED: dict[str, tuple[OrderStatus, Payment | None]] = {
    "draft": ("pending", None),
    "in_review": ("pending", "held"),
    "running": ("pending", "held"),
    "rejected": ("pending", "refunded"),
    "cancelled": ("cancelled", "refunded"),
    "stopped": ("stopped", "refunded"),
}
"""Status and payment of an order that was not offered yet, by the status of its task. No money is held for a draft."""

END_CODES: dict[tuple[str, str], tuple[EndCode, ...]] = {
    (row.event, row.then): row.reasons for row in ORDER.transitions if row.reasons
}
"""The reason codes of an order's end, by the event and the end state."""


def end_reason(row: Transition, given: EndReason | None) -> EndReason:
    """Return the reason of an end by this row: as given, or the row's usual code. Raises ValueError for a code of another row."""
    reason: EndReason = given or {"code": row.reasons[0]}
    if reason["code"] not in row.reasons:
        raise ValueError(f"{row.event} does not end an order because of {reason['code']}")
    return reason


def rendered() -> str:
    """Return docs/reference/lifecycle.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Lifecycle"
    yield ""
    yield "Generated by `python -m chalicelib.tasks.model.lifecycle` from the tables that the program uses; do not edit."
    yield "A payment follows its order: money moves in the transaction that writes the status of the order."
    for machine in MACHINES:
        yield ""
        yield f"## {machine.name.capitalize()}"
        yield ""
        yield "| state | name in the original market | timer | default event |"
        yield "|---|---|---|---|"
        for state, label in machine.labels.items():
            timer, event = machine.waits.get(state, ("", ""))
            outcome = f"`{event}` -> {machine.then(state, event)}" if event else ""
            yield f"| {state} | {label} | {timer or ('(end)' if state in machine.ends else '')} | {outcome} |"
        yield ""
        has_reasons = any(row.reasons for row in machine.transitions)
        yield "| state | event | next state | by | payment |" + (" reasons |" if has_reasons else "")
        yield "|---|---|---|---|---|" + ("---|" if has_reasons else "")
        for row in machine.transitions:
            codes = f" {', '.join(row.reasons)} |" if has_reasons else ""
            yield f"| {row.state} | {row.event} | {row.then} | {row.by} | {row.money or ''} |{codes}"


if __name__ == "__main__":
    print(rendered(), end="")
