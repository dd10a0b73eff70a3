"""End the orders of an account or an advertiser that takes no orders any more (rules 25 and 28, accounts/removal_listeners.py).

Unanswered offers end free of charge, and those of an account are offered to the task's reserves; accepted orders go on. It is not
critical that this completes: from the removal on no offer is accepted, and an offer lapses at its `accept_by` free of charge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from chalicelib.accounts.orderable_accounts import removed_accounts
from chalicelib.accounts.removal_listeners import Removal
from chalicelib.core import clock
from chalicelib.core.observability import logger
from chalicelib.store import read_page
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.lifecycle import PAYMENT
from chalicelib.tasks.model.reason_codes import EndReason, RemovalCode
from chalicelib.tasks.model.transition_write import Event, apply_event, task_queues
from chalicelib.tasks.open_calls.open_calls import close_early
from chalicelib.tasks.orders import counter_offers, order_payouts, reserves
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.order_record import OrderRecord, find_order, order_id, orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task

STAFF: frozenset[RemovalCode] = frozenset({"account_revoked", "advertiser_revoked"})
PAGE = 100


def end_orders(removal: Removal) -> None:
    """End the orders that the removal ends. All of them are tried; the first error is raised at the end."""
    failure: Exception | None = None
    steps = _steps_for_advertiser(removal) if removal.advertiser_id else _steps_for_account(removal)
    for step in steps:
        try:
            step()
        except Exception as error:
            failure = failure or error
            logger.error("order not ended", extra={"error": type(error).__name__})
    if failure is not None:
        raise failure


def end_unavailable(task: TaskRecord) -> None:
    """End the offers of a task to accounts that were revoked, or whose owner changed, after the task was submitted."""
    lines = lines_of([task])[task.pk]
    for begin in range(0, len(lines), PAGE):
        batch = lines[begin : begin + PAGE]
        gone = removed_accounts([(line.account_id, line.creator_id) for line in batch])
        for account, cause in gone.items():
            _withdraw(order_id(task.pk, account), cause, stop_accepted=False)


def _steps_for_account(removal: Removal) -> Iterable[Callable[[], object]]:
    """Yield a step for each open order of the account that its former owner has."""
    if removal.creator_id is None:
        return
    after = None
    while True:
        page = read_page(
            OrderRecord,
            removal.creator_id,
            index="items_of_owner",
            limit=PAGE,
            after=after,
            where=(OrderRecord.account_id == removal.account_id) & (OrderRecord.payment == PAYMENT.first),
        )
        for order in page.items:
            yield partial(_withdraw, order.pk, removal.cause, stop_accepted=removal.stop_accepted)
        if (after := page.after) is None:
            return


def _steps_for_advertiser(removal: Removal) -> Iterable[Callable[[], object]]:
    """Yield a step for each task of the advertiser in review, each open call, and each unanswered order."""
    after = None
    while True:
        page = read_page(
            TaskRecord,
            str(removal.advertiser_id),
            index="items_of_owner",
            limit=PAGE,
            after=after,
            where=TaskRecord.queue.is_in(*task_queues("in_review", "running")),
        )
        for task in page.items:
            if task.status == "in_review":
                yield partial(cancellation.stop_in_review, task.pk, {"code": removal.cause})
                continue
            if task.call is not None:
                yield partial(close_early, task.pk)
            yield partial(_withdraw_all, task.pk, removal.cause)
        if (after := page.after) is None:
            return


def _withdraw_all(task_id: str, cause: RemovalCode) -> None:
    """End every unanswered order of the task. Lines that were not offered yet are offered first, so that they end as orders."""
    task = find_task(task_id)
    offer(task, clock.now())
    for order in orders_of(lines_of([task])).values():
        if order.status == "offered":
            _withdraw(order.pk, cause, stop_accepted=False)


def _withdraw(order_id: str, cause: RemovalCode, *, stop_accepted: bool) -> OrderRecord:
    """End the order if it is unanswered, or if it is accepted and to be stopped. A repetition does nothing."""
    reason: EndReason = {"code": cause}
    by = "auditor" if cause in STAFF else "system"

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at = clock.now()
        if order.status == "offered":
            closed = counter_offers.close(order, "lapsed")
            event = Event("withdrawn", by, at, reason=reason, changes=closed)
            if cause != "advertiser_revoked":
                return reserves.end_offer(order, event)
            changes, money = order_payouts.return_price(order, at)
            return apply_event(order, replace(event, changes=[*changes, *closed]), money)
        if order.status == "accepted" and stop_accepted:
            changes, money = order_payouts.return_price(order, at)
            actions = [*money, post_calendar.released(order, at)]
            return apply_event(order, Event("account_stopped", "auditor", at, changes=changes), actions)
        return order

    return retry_on_conflict(decide)
