"""Applications to an open call: a creator applies with a price, the advertiser picks or declines, the creator withdraws."""

from __future__ import annotations

from dataclasses import replace

from chalicelib import click_links
from chalicelib.accounts import orderable_accounts
from chalicelib.accounts.publishing_permission import allowed
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.rules import rules
from chalicelib.store import Page, PageKey, Refused, put, read_page, transact, update
from chalicelib.store.retry import WriteConflict, retry_on_conflict
from chalicelib.tasks.content.post_limit_faults import network_faults
from chalicelib.tasks.content.repost_source import source_form_faults
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.closing_gate import gate_actions
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.transition_write import commit, task_change
from chalicelib.tasks.open_calls.open_calls import is_open
from chalicelib.tasks.orders.offers import picked_order
from chalicelib.tasks.records.application_record import ApplicationRecord, application_id, find_application
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_lines import Line, LinesRecord, page_of
from chalicelib.tasks.records.task_record import LATER, TaskRecord, find_task


def apply(task_id: str, creator_id: str, account_id: str, price: int, note: str | None) -> ApplicationRecord:
    """Apply to the open call with one of the creator's accounts, once per account. A repetition changes nothing, also after the
    call was closed.

    Raises Problem `not_found`, `call_closed`, `account_not_available`, `call_not_met` with one Fault per condition,
    `already_exists` for another application of the account."""
    task = find_task(task_id)
    at = clock.now()
    if task.call is None:
        raise not_found("call")
    if not is_open(task, at):
        known = ApplicationRecord.find(application_id(task_id, account_id), "application")
        if known is not None and (known.creator_id, known.price, known.note) == (creator_id, price, note):
            return known
        raise Problem("call_closed", f"Applications were taken until {clock.rfc3339(task.accept_by)}.")
    account = orderable_accounts.applicant(account_id, creator_id)
    faults = list(orderable_accounts.unmet(account, task.call))
    if task.publishing == "platform" and account_id not in allowed([account_id]):
        faults.append(Fault("/account_id", "no_publishing_permission", "The market publishes for this call."))
    fits = network_faults(task.content, [account.network], click_links.link_length())
    faults += [replace(fault, pointer="/account_id") for fault in fits]
    faults += source_form_faults(task.source_url, [account.network], "/account_id")
    price_max = task.call.get("price_max")
    if price_max is not None and price > price_max:
        faults.append(Fault("/price", "price_max", f"The call takes prices up to {price_max} (minor units)."))
    if faults:
        raise Problem("call_not_met", " ".join(fault.message for fault in faults), faults=faults)
    if not rules().price_min <= price <= rules().price_max:
        raise InvalidBody(Fault("/price", "price", "The price is out of the market's bounds."))
    application = ApplicationRecord(
        application_id(task_id, account_id),
        "application",
        owner=_applicant(creator_id),
        creator_id=creator_id,
        listed_at=f"{clock.stamp(at)}#{application_id(task_id, account_id)}",
        task_id=task_id,
        status="open",
        account_id=account_id,
        network=account.network,
        handle=account.handle,
        price=price,
        commission=split_price(price, rules().commission_bps).commission,
        note=note,
        accept_by=task.accept_by,
        created_at=at,
        updated_at=at,
    )
    try:
        transact([put("application", application, ApplicationRecord.pk.does_not_exist()), *gate_actions(task_id)])
    except Refused as refused:
        if "application" not in refused.labels:
            raise Problem("call_closed", "The call was closed before its time.") from None
        known = find_application(application.pk)
        if (known.price, known.note) != (price, note):
            raise Problem("already_exists", "This account has applied already.", id=known.pk) from None
        return known
    return application


def applications_to(task_id: str, limit: int, after: PageKey | None) -> Page[ApplicationRecord]:
    """Return the applications to an open call."""
    return read_page(
        ApplicationRecord,
        task_id,
        index="items_of_task",
        range_condition=ApplicationRecord.pk.startswith("app_"),
        limit=limit,
        after=after,
        newest_first=False,
    )


def applications_of(creator_id: str, limit: int, after: PageKey | None) -> Page[ApplicationRecord]:
    """Return the creator's applications, newest first."""
    return read_page(ApplicationRecord, _applicant(creator_id), index="items_of_owner", limit=limit, after=after)


def pick(application_id: str, advertiser_id: str) -> ApplicationRecord:
    """Pick the applicant for the advertiser: its order is accepted at the named price and paid from the budget, in one transaction.

    A repetition changes nothing. Raises Problem `not_found`, `call_closed`, `budget_spent`, `account_not_available`,
    `frequency_cap`, `already_decided`."""

    def decide() -> ApplicationRecord:
        application, task = _find_own(application_id, advertiser_id)
        if application.status == "accepted":
            return application
        _require_undecided(application)
        at = clock.now()
        if not is_open(task, at):
            raise Problem("call_closed", f"Picks were possible until {clock.rfc3339(task.accept_by)}.")
        price = int(application.price)
        if price > task.unallocated:
            raise Problem("budget_spent", "The rest of the budget does not cover this price.")
        if len(task.pages) >= rules().task_accounts_max:
            raise Problem("task_full", f"At most {rules().task_accounts_max} applicants are picked for one call.")
        if application.account_id not in orderable_accounts.available_now(
            [(application.account_id, application.creator_id)]
        ):
            raise Problem("account_not_available", "The account takes no orders now.")
        line = Line(
            account_id=application.account_id,
            creator_id=application.creator_id,
            network=application.network,
            handle=application.handle,
            price=price,
            commission=int(application.commission),
            price_source="application",
        )
        order = picked_order(task, line, at, application.pk)
        page = page_of(task.pk, LATER + line.account_id, [line])
        changes = [
            TaskRecord.unallocated.set(int(task.unallocated) - price),
            TaskRecord.pages.set([*task.pages, page.sk]),
        ]
        decided = [
            ApplicationRecord.status.set("accepted"),
            ApplicationRecord.order_id.set(order.pk),
            ApplicationRecord.updated_at.set(at),
        ]
        commit(
            [
                update("application", application, decided, ApplicationRecord.status == "open"),
                task_change(task, changes, at),
                put("order", order, OrderRecord.pk.does_not_exist()),
                put(f"page:{page.sk}", page, LinesRecord.pk.does_not_exist()),
                post_calendar.promised(order, at),
                *gate_actions(task.pk),
            ]
        )
        return find_application(application_id)

    return retry_on_conflict(decide)


def decline(application_id: str, advertiser_id: str) -> ApplicationRecord:
    """Decline the applicant for the advertiser. Raises Problem `not_found`, `already_decided`, `call_closed`."""
    application, _ = _find_own(application_id, advertiser_id)
    return _decide(application, "declined")


def withdraw(application_id: str, creator_id: str) -> ApplicationRecord:
    """Withdraw the application for its creator. Raises Problem `not_found`, `already_decided`, `call_closed`."""
    application = find_application(application_id)
    if application.creator_id != creator_id:
        raise not_found("application")
    return _decide(application, "withdrawn")


def _applicant(creator_id: str) -> str:
    return f"applicant#{creator_id}"


def _find_own(application_id: str, advertiser_id: str) -> tuple[ApplicationRecord, TaskRecord]:
    application = find_application(application_id)
    task = find_task(str(application.task_id))
    if task.owner != advertiser_id:
        raise not_found("application")
    return application, task


def _require_undecided(application: ApplicationRecord) -> None:
    if application.status != "open":
        raise Problem("already_decided", f"The application was {application.status}.")


def _decide(application: ApplicationRecord, status: str) -> ApplicationRecord:
    if application.status == status:
        return application
    _require_undecided(application)
    if clock.now() >= application.accept_by:
        raise Problem("call_closed", f"The application expired at {clock.rfc3339(application.accept_by)}.")
    changes = [ApplicationRecord.status.set(status), ApplicationRecord.updated_at.set(clock.now())]
    try:
        commit([update("application", application, changes, ApplicationRecord.status == "open")])
    except WriteConflict:
        return _decide(find_application(application.pk), status)
    return find_application(application.pk)
