"""Reserve accounts (rule 12): money that comes free from a declined or lapsed order is offered to the next reserve account.

The end of the one order and the offer of the next are one transaction, so nothing is lost in between and two declines at the same
moment cannot offer the same account. Only money that came free is used: what the task's orders cost never exceeds what was
held for it, and so never `max_total`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts.orderable_accounts import available_now
from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.store import Action, Refused, put, update
from chalicelib.tasks.model.lifecycle import EndReason
from chalicelib.tasks.model.timers import reserve_accept_by
from chalicelib.tasks.model.transitions import commit, order_moved
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.orders.offers import offered_order
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_lines import Line, LinesRecord, page_of, waiting_reserves
from chalicelib.tasks.records.task_record import LATER, TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def free(
    order: OrderRecord,
    what: str,
    *,
    by: str,
    note: str | None = None,
    reason: EndReason | None = None,
    changes: Iterable[UpdateAction] = (),
) -> OrderRecord:
    """Ends the offered order by `what` (`declined`, `lapsed`): its price goes to the first reserve account that can take orders
    now and whose price fits what came free, else back to the advertiser. The order as written.

    Raises WriteConflict if the order or its task has changed since it was read, TaskClosed."""
    at = clock.now()
    task = find_task(str(order.task_id))
    back, money = order_payouts.returned(order, at)
    moved = order_moved(order, what, at=at, by=by, note=note, reason=reason, changes=[*changes, *back])
    reserves = waiting_reserves(task) if task.status == "running" and at < order.end_at else ()
    if not reserves:
        commit([*moved, *money])
        return find_order(order.pk)
    free_now = int(task.freed) + int(order.price)
    for line in _candidates(reserves, free_now):
        try:
            commit([*moved, *_substituted(task, order, line, free_now, at)])
        except Refused:  # the advertiser spent meanwhile what had come free earlier: a cheaper one, or none
            continue
        return find_order(order.pk)
    commit([*moved, *money, _kept(task, [TaskRecord.freed.set(free_now)], at)])
    return find_order(order.pk)


def _candidates(reserves: Sequence[Line], free_now: int) -> list[Line]:
    """The reserve accounts that take orders now and whose price fits, in the order the advertiser gave them."""
    fitting = [line for line in reserves if int(line.price) <= free_now]
    can = available_now([(line.account_id, line.creator_id) for line in fitting]) if fitting else frozenset()
    return [line for line in fitting if line.account_id in can]


def _substituted(task: TaskRecord, order: OrderRecord, line: Line, free_now: int, at: datetime) -> list[Action]:
    """The reserve account's order, its line, and the net movement between the two prices."""
    accept_by = reserve_accept_by(at, task.accept_by, task.end_at, rules())
    new = offered_order(task, line, at, accept_by=accept_by, note=f"reserve for {order.pk}")
    page = page_of(task.pk, LATER + line.account_id, [line])
    net = movements.substitute(order.pk, new.pk, task.pk, order.advertiser_id, int(order.price), line.price)
    changes = [
        TaskRecord.reserves.set([other for other in task.reserves if other["account_id"] != line.account_id]),
        TaskRecord.pages.set([*task.pages, page.sk]),
        TaskRecord.freed.set(free_now - line.price),
    ]
    return [
        _kept(task, changes, at),
        put(f"reserve:{new.pk}", new, OrderRecord.pk.does_not_exist()),
        put(f"page:{page.sk}", page, LinesRecord.pk.does_not_exist()),
        *(ledger.actions(net, at) if net else ()),
    ]


def _kept(task: TaskRecord, changes: Sequence[UpdateAction], at: datetime) -> Action:
    """The task goes on running, with its reserves as they are now."""
    revision = TaskRecord.revision.set(int(task.revision) + 1)
    return update("task", task, [*changes, revision, TaskRecord.updated_at.set(at)], task.as_read)
