"""Sources of exports: the data of an advertiser or a creator as the API shows it to them, in pages.

docs/reference/exports.md lists the types of lines, and the omitted data with reasons; http/response_types.py declares each type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from chalicelib.accounts.http.account_responses import account_response, price_change_response
from chalicelib.accounts.http.advertiser_responses import advertiser_response
from chalicelib.accounts.http.appeal_responses import appeal_response
from chalicelib.accounts.records import AccountRecord, AdvertiserRecord, SnapshotRecord
from chalicelib.accounts.review import grade_appeals
from chalicelib.accounts.valuation import price_history
from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.regions.periods import Period
from chalicelib.core.rules import rules
from chalicelib.grading import grade_history
from chalicelib.grading.grade_responses import grade_change_response
from chalicelib.messages import threads
from chalicelib.messages.http.message_responses import message_line
from chalicelib.planning import saved_plans
from chalicelib.reporting import outcomes
from chalicelib.shortlists import saved_searches, shortlists
from chalicelib.shortlists.http.responses import saved_search_response, shortlist_response
from chalicelib.shortlists.records import ShortlistRecord
from chalicelib.store import Page, PageKey, read_page
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.http import open_call_responses, task_responses
from chalicelib.tasks.http.orders import dispute_responses, order_responses
from chalicelib.tasks.lists import order_lists, task_lists
from chalicelib.tasks.model import order_standings
from chalicelib.tasks.open_calls import applications
from chalicelib.tasks.orders import dispute_statements
from chalicelib.tasks.records import dispute_record
from chalicelib.tasks.records.order_record import OrderRecord, read_looks
from chalicelib.tasks.records.picture_record import PictureRecord
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.wallet import statements, topups
from chalicelib.wallet.http.responses import topup_response
from chalicelib.wallet.http.withdrawal_responses import payee_response, withdrawal_response
from chalicelib.wallet.postings import available
from chalicelib.wallet.records import PayeeRecord, Payment
from chalicelib.wallet.statements import entry_response
from chalicelib.wallet.withdrawals import payees, withdrawal_requests

PAGE = 50
PLANS = 20

R = TypeVar("R")
Line = dict[str, Any]
Key = PageKey | None
Source = Callable[[str, Key], Page[Line]]


def _lines(kind: str, page: Page[R], present: Callable[[R], Mapping[str, Any]]) -> Page[Line]:
    return Page([{"type": kind, **present(item)} for item in page.items], page.after)


def _within(outer: Callable[[str, Key], Page[R]], inner: Callable[[R, Key], Page[Line]]) -> Source:
    """Return the source of the pages inside each item of `outer`, which returns one item per page."""

    def source(owner: str, after: Key) -> Page[Line]:
        begin, inside = (after["outer"], after["inner"]) if after else (None, None)
        page = outer(owner, begin)
        following = None if page.after is None else {"outer": page.after, "inner": None}
        if not page.items:
            return Page([], following)
        found = inner(page.items[0], inside)
        return Page(found.items, following if found.after is None else {"outer": begin, "inner": found.after})

    return source


def _profile(owner: str, after: Key) -> Page[Line]:
    record = AdvertiserRecord.find(owner, "advertiser")
    return Page([] if record is None else [{"type": "advertiser", **advertiser_response(record)}], None)


def _next_task(owner: str, after: Key) -> Page[TaskRecord]:
    return task_lists.tasks_of(owner, None, 1, after)


def _tasks(owner: str, after: Key) -> Page[Line]:
    """Return a task with its outcomes, and each of its orders with its dispute: at most 1,000 orders."""
    shown = task_lists.with_orders(_next_task(owner, after))
    read_looks(shown.orders.values())

    def lines() -> Iterator[Line]:
        for task in shown.tasks.items:
            yield {"type": "task", **task_responses.task_response(task, shown.lines[task.pk], shown.orders)}
            yield from _outcomes(task.pk)
            for standing in order_standings.standings(task, shown.lines[task.pk], shown.orders):
                yield {"type": "order", **order_responses.standing_response(task, standing)}
                yield from _dispute(standing.order)

    return Page(list(lines()), shown.tasks.after)


def _outcomes(task_id: str) -> Iterator[Line]:
    found = outcomes.find(task_id)
    if found is None:
        return
    yield {
        "type": "outcomes",
        "task_id": task_id,
        "uploaded_at": clock.parse(str(found.uploaded_at)),
        "orders": [
            {
                "order_id": order_id,
                "outcomes": count,
                "value": Money(found.values[order_id], rules().currency) if order_id in found.values else None,
            }
            for order_id, count in sorted(found.counts.items())
        ],
    }


def _dispute(order: OrderRecord | None) -> Iterator[Line]:
    if order is not None and order.dispute_id:
        found = dispute_record.find_dispute(order.dispute_id)
        yield {
            "type": "dispute",
            **dispute_responses.dispute_response(found, dispute_statements.statements_of(found), staff=False),
        }


def _applications_to(task: TaskRecord, after: Key) -> Page[Line]:
    if task.call is None:
        return Page([], None)
    return _lines(
        "application", applications.applications_to(task.pk, PAGE, after), open_call_responses.application_response
    )


def _picture(picture: PictureRecord) -> Line:
    return {
        "id": picture.pk,
        "content_type": picture.content_type,
        "bytes": int(picture.bytes),
        "announced_at": picture_uploads.announced_at(picture),
    }


def _plans(owner: str, after: Key) -> Page[Line]:
    return _lines("plan", saved_plans.of_advertiser(owner, None, PLANS, after), saved_plans.plan_response)


def _shortlists(owner: str, after: Key) -> Page[Line]:
    def present(record: ShortlistRecord) -> Line:
        return {**shortlist_response(record), "account_ids": [entry["id"] for entry in record.entries]}

    return _lines("shortlist", shortlists.of_advertiser(owner, None, PAGE, after), present)


def _searches(owner: str, after: Key) -> Page[Line]:
    return _lines("search", saved_searches.of_advertiser(owner, PAGE, after), saved_search_response)


def _pictures(owner: str, after: Key) -> Page[Line]:
    return _lines("picture", picture_uploads.of_advertiser(owner, PAGE, after), _picture)


def _topups(owner: str, after: Key) -> Page[Line]:
    def present(payment: Payment) -> Line:
        return {name: value for name, value in topup_response(payment).items() if name != "pay_url"}

    return _lines("topup", topups.of_owner(owner, None, PAGE, after), present)


def _next_account(owner: str, after: Key) -> Page[AccountRecord]:
    return read_page(
        AccountRecord, owner, index="by_owner", limit=1, after=after, only_if=lambda one: one.sk == "account"
    )


def _accounts(owner: str, after: Key) -> Page[Line]:
    page = read_page(
        AccountRecord, owner, index="by_owner", limit=PAGE, after=after, only_if=lambda one: one.sk == "account"
    )
    return _lines("account", page, lambda account: account_response(account, owner))


def _snapshots(account: AccountRecord, after: Key) -> Page[Line]:
    measured = SnapshotRecord.sk.startswith("metrics#")
    page = read_page(SnapshotRecord, account.pk, limit=PAGE, range_condition=measured, after=after, newest_first=False)
    return _lines("metrics", page, lambda one: {"account_id": account.pk, **one.figures})


def _grades(account: AccountRecord, after: Key) -> Page[Line]:
    page = grade_history.changes(account.pk, PAGE, after)
    return _lines("grade_change", page, lambda change: {"account_id": account.pk, **grade_change_response(change)})


def _prices(account: AccountRecord, after: Key) -> Page[Line]:
    page = price_history.changes(account.pk, PAGE, after)
    return _lines("price_change", page, lambda change: {"account_id": account.pk, **price_change_response(change)})


def _appeals(account: AccountRecord, after: Key) -> Page[Line]:
    page = grade_appeals.of_account(account.pk, PAGE, after)
    return _lines("appeal", page, lambda appeal: appeal_response(appeal, staff=False))


def _orders(owner: str, after: Key) -> Page[Line]:
    page = order_lists.newest(order_lists.OrderFilter("creator", owner), PAGE, after)
    read_looks(page.items)

    def lines(orders: Iterable[OrderRecord]) -> Iterator[Line]:
        for order in orders:
            yield {"type": "order", **order_responses.order_response(order)}
            yield from _dispute(order)

    return Page(list(lines(page.items)), page.after)


def _next_order_of_advertiser(owner: str, after: Key) -> Page[OrderRecord]:
    return order_lists.newest(order_lists.OrderFilter("advertiser", owner), 1, after)


def _next_order_of_creator(owner: str, after: Key) -> Page[OrderRecord]:
    return order_lists.newest(order_lists.OrderFilter("creator", owner), 1, after)


def _messages(order: OrderRecord, after: Key) -> Page[Line]:
    """Return the messages about an order and about its dispute."""
    found = threads.of_threads([order.pk, *filter(None, [order.dispute_id])], PAGE, after)
    return _lines("message", found, message_line)


def _applications(owner: str, after: Key) -> Page[Line]:
    return _lines(
        "application", applications.applications_of(owner, PAGE, after), open_call_responses.application_response
    )


def _payees(owner: str, after: Key) -> Page[Line]:
    def present(item: PayeeRecord) -> Line:
        shown = {name: value for name, value in payee_response(item).items() if name != "onboarding"}
        return {**shown, "as_of": clock.parse(item.at)}

    return _lines("payee", payees.of_owner(owner, PAGE, after), present)


def _withdrawals(owner: str, after: Key) -> Page[Line]:
    return _lines("withdrawal", withdrawal_requests.of_owner(owner, None, PAGE, after), withdrawal_response)


def _entries(owner: str, after: Key) -> Page[Line]:
    return _lines("entry", statements.page(available(owner), PAGE, after), entry_response)


TIMES = {
    "task": "created_at",
    "outcomes": "uploaded_at",
    "order": "created_at",
    "dispute": "opened_at",
    "message": "sent_at",
    "application": "created_at",
    "plan": "made_at",
    "shortlist": "created_at",
    "search": "created_at",
    "picture": "announced_at",
    "topup": "created_at",
    "withdrawal": "requested_at",
    "entry": "at",
    "metrics": "as_of",
    "grade_change": "at",
    "price_change": "at",
    "appeal": "created_at",
}
"""The member of each type of line by which it belongs to a period. The other types show a present state, in every period."""


def is_in(line: Line, period: Period) -> bool:
    """Return whether a line belongs to a period."""
    if period.is_open or line["type"] not in TIMES:
        return True
    at = line[TIMES[line["type"]]]
    return period.has(clock.parse(at) if isinstance(at, str) else at)


SOURCES: dict[str, tuple[tuple[str, Source], ...]] = {
    "advertiser": (
        ("profile", _profile),
        ("tasks", _tasks),
        ("applications", _within(_next_task, _applications_to)),
        ("plans", _plans),
        ("shortlists", _shortlists),
        ("searches", _searches),
        ("messages", _within(_next_order_of_advertiser, _messages)),
        ("pictures", _pictures),
        ("topups", _topups),
        ("payees", _payees),
        ("withdrawals", _withdrawals),
        ("entries", _entries),
    ),
    "creator": (
        ("accounts", _accounts),
        ("metrics", _within(_next_account, _snapshots)),
        ("grades", _within(_next_account, _grades)),
        ("prices", _within(_next_account, _prices)),
        ("appeals", _within(_next_account, _appeals)),
        ("orders", _orders),
        ("messages", _within(_next_order_of_creator, _messages)),
        ("applications", _applications),
        ("payees", _payees),
        ("withdrawals", _withdrawals),
        ("entries", _entries),
    ),
}
"""The sources of each side of the market, in the order in which they are written."""
