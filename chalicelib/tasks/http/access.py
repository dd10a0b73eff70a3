"""Access of callers to tasks, orders and disputes."""

from __future__ import annotations

from chalicelib.api.callers import STAFF_ROLES, Caller
from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.tasks.open_calls import open_calls
from chalicelib.tasks.records.dispute_record import DisputeRecord, Side, find_dispute
from chalicelib.tasks.records.order_record import OrderRecord, find_order_with_looks
from chalicelib.tasks.records.task_record import TaskRecord, find_task

ORDER_READERS = ("creator", "advertiser", *STAFF_ROLES)
"""The roles that read orders and disputes; a caller reads its own ones, staff read all."""


def visible_task(task_id: str, caller: Caller, *, in_calls: bool = False) -> TaskRecord:
    """Return the task for its advertiser and for staff, and with `in_calls` for creators while they can apply to it.

    Raises Problem `not_found` for other callers."""
    task = find_task(task_id)
    can_apply = in_calls and caller.has("creator") and open_calls.is_open(task, clock.now())
    if task.owner != caller.advertiser_id and not caller.has(*STAFF_ROLES) and not can_apply:
        raise not_found("task")
    return task


def visible_order(order_id: str, caller: Caller) -> OrderRecord:
    """Return the order for its creator, its advertiser and staff. Raises Problem `not_found` for other callers."""
    order = find_order_with_looks(order_id)
    if (
        caller.creator_id != order.owner
        and caller.advertiser_id != order.advertiser_id
        and not caller.has(*STAFF_ROLES)
    ):
        raise not_found("order")
    return order


def visible_dispute(dispute_id: str, caller: Caller) -> DisputeRecord:
    """Return the dispute for its two sides and for staff. Raises Problem `not_found` for other callers."""
    dispute = find_dispute(dispute_id)
    if not is_party(dispute, caller) and not caller.has(*STAFF_ROLES):
        raise not_found("dispute")
    return dispute


def is_party(dispute: DisputeRecord, caller: Caller) -> bool:
    """Return True if the caller is one of the two sides of the dispute."""
    return bool({dispute.advertiser_id, dispute.creator_id} & parties(caller))


def parties(caller: Caller) -> frozenset[str]:
    """Return the ids with which the caller can be a side of an order."""
    ids = {"advertiser": caller.advertiser_id, "creator": caller.creator_id}
    return frozenset(id_ for role, id_ in ids.items() if role in caller.roles)


def side(caller: Caller, requested: Side | None) -> Side | None:
    """Return the side of a list: the requested one, or the caller's role, creator before advertiser; None for other staff.

    Raises Problem `forbidden` for a requested side without its role."""
    if requested is not None:
        if not caller.has(requested):
            raise Problem("forbidden", f"This needs the role: {requested}.")
        return requested
    sides: tuple[Side, ...] = ("creator", "advertiser")
    return next((one for one in sides if one in caller.roles), None)


def require_status(status: str | None, expected: str) -> None:
    """Raise Problem `parameter_invalid` unless `status` is `expected`."""
    if status != expected:
        raise Problem("parameter_invalid", f"Staff read this list with status={expected}.")
