"""Reserve accounts (rule 12): the price of a declined or lapsed order is offered to the next reserve account.

One transaction ends the one order and offers the next, so that no money is lost in between, and two declines at the same moment
cannot offer the same account. Only money that became free is used: the orders of a task never cost more than was held for it, and
so never more than `max_total`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.accounts.orderable_accounts import available_now
from chalicelib.core.rules import rules
from chalicelib.store import Action, Refused, changed, put
from chalicelib.tasks.model.order_timers import reserve_accept_by
from chalicelib.tasks.model.transition_write import Event, commit, event_actions, task_change
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.orders.offers import offered_order
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_lines import Line, LinesRecord, page_of, waiting_reserves
from chalicelib.tasks.records.task_record import LATER, TaskRecord, find_task
from chalicelib.wallet import ledger, movements


def end_offer(order: OrderRecord, event: Event) -> OrderRecord:
    """End the offered order with the event (`declined`, `lapsed`, `withdrawn`), and return it as written.

    Its price goes to the first reserve account that can take orders now and whose price is covered by the free money, otherwise
    back to the advertiser. Raises WriteConflict if the order or its task has changed since it was read, TaskClosed."""
    at = event.at
    task = find_task(str(order.task_id))
    settled, money = order_payouts.return_price(order, at)
    ended = event_actions(order, replace(event, changes=[*event.changes, *settled]))
    written = changed(order, ended[0].changes)
    reserves = waiting_reserves(task) if task.status == "running" and at < order.end_at else ()
    if not reserves:
        commit([*ended, *money])
        return written
    free = int(task.freed) + int(order.price)
    for line in _candidates(reserves, free):
        try:
            commit([*ended, *_offer_reserve(task, order, line, free, at)])
        except Refused:  # the advertiser has spent the money that was free: try a cheaper account
            continue
        return written
    commit([*ended, *money, task_change(task, [TaskRecord.freed.set(free)], at)])
    return written


def _candidates(reserves: Sequence[Line], free: int) -> list[Line]:
    """Return the reserve accounts that take orders now and whose price is covered, in the advertiser's order."""
    affordable = [line for line in reserves if int(line.price) <= free]
    available = (
        available_now([(line.account_id, line.creator_id) for line in affordable]) if affordable else frozenset()
    )
    return [line for line in affordable if line.account_id in available]


def _offer_reserve(task: TaskRecord, order: OrderRecord, line: Line, free: int, at: datetime) -> list[Action]:
    """Return the actions that create the reserve account's order and line, and move the difference of the two prices."""
    accept_by = reserve_accept_by(at, task.accept_by, task.end_at, rules())
    new = offered_order(task, line, at, accept_by=accept_by, note=f"reserve for {order.pk}")
    page = page_of(task.pk, LATER + line.account_id, [line])
    difference = movements.substitute(order.pk, new.pk, task.pk, order.advertiser_id, int(order.price), line.price)
    changes = [
        TaskRecord.reserves.set([other for other in task.reserves if other["account_id"] != line.account_id]),
        TaskRecord.pages.set([*task.pages, page.sk]),
        TaskRecord.freed.set(free - line.price),
    ]
    return [
        task_change(task, changes, at),
        put(f"reserve:{new.pk}", new, OrderRecord.pk.does_not_exist()),
        put(f"page:{page.sk}", page, LinesRecord.pk.does_not_exist()),
        *(ledger.actions(difference, at) if difference else ()),
    ]
