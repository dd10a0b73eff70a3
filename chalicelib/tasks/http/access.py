"""Which tasks, orders and disputes a caller may read."""

from __future__ import annotations

from chalicelib.api.callers import Caller
from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.tasks.open_calls import calls
from chalicelib.tasks.records.dispute_record import DisputeRecord, Side, find_dispute
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task

STAFF = ("auditor", "finance")


def visible_task(task_id: str, caller: Caller, *, in_calls: bool = False) -> TaskRecord:
    """The task, for its advertiser and for staff, and `in_calls` for creators while they can apply to it; to anybody else there is
    none."""
    task = find_task(task_id)
    called = in_calls and caller.has("creator") and calls.is_open(task, clock.now())
    if task.owner != caller.advertiser_id and not caller.has(*STAFF) and not called:
        raise not_found("task")
    return task


def visible_order(order_id: str, caller: Caller) -> OrderRecord:
    """The order, for its creator, its advertiser and staff; to anybody else there is none."""
    order = find_order(order_id)
    if caller.creator_id != order.owner and caller.advertiser_id != order.advertiser_id and not caller.has(*STAFF):
        raise not_found("order")
    return order


def visible_dispute(dispute_id: str, caller: Caller) -> DisputeRecord:
    """The dispute, for its two sides and for staff; to anybody else there is none."""
    dispute = find_dispute(dispute_id)
    if not is_party(dispute, caller) and not caller.has(*STAFF):
        raise not_found("dispute")
    return dispute


def is_party(dispute: DisputeRecord, caller: Caller) -> bool:
    """Whether the caller is one of the two sides of the dispute."""
    return bool({dispute.advertiser_id, dispute.creator_id} & parties(caller))


def parties(caller: Caller) -> frozenset[str]:
    """The ids under which the caller can be a side of an order."""
    ids = {"advertiser": caller.advertiser_id, "creator": caller.creator_id}
    return frozenset(id_ for role, id_ in ids.items() if role in caller.roles)


def side(caller: Caller, wished: Side | None) -> Side | None:
    """The side of the market that a list is about: the one that was asked for, else the caller's own, a creator's before an
    advertiser's; None for staff who are neither. Raises Problem `forbidden` without the role."""
    if wished is not None:
        if not caller.has(wished):
            raise Problem("forbidden", f"This needs the role: {wished}.")
        return wished
    sides: tuple[Side, ...] = ("creator", "advertiser")
    return next((one for one in sides if one in caller.roles), None)


def require_status(status: str | None, expected: str) -> None:
    """Raises Problem `parameter_invalid` unless `status` is `expected`."""
    if status != expected:
        raise Problem("parameter_invalid", f"Staff read this list with status={expected}.")
