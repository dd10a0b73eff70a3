"""What belongs to an advertiser, and what to a creator, each as the API shows it to them, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from chalicelib.accounts import advertisers, cards
from chalicelib.accounts.records import AccountRecord, SnapshotRecord
from chalicelib.store import Page, read_page
from chalicelib.tasks import calls, inbox, order_lists, views
from chalicelib.wallet import statements, withdrawals
from chalicelib.wallet.postings import available

PAGE = 50

Line = dict[str, Any]
Key = dict[str, Any] | None
Source = Callable[[str, Key], Page[Line]]


def _profile(owner: str, after: Key) -> Page[Line]:
    return Page([{"type": "advertiser", **advertisers.document(advertisers.find(owner))}], None)


def _tasks(owner: str, after: Key) -> Page[Line]:
    """A task, and each of its orders: at most 1,000."""
    shown = inbox.shown(inbox.tasks_of(owner, None, 1, after))

    def lines() -> Iterator[Line]:
        for task in shown.tasks.items:
            yield {"type": "task", **views.task_view(task, shown.lines[task.pk], shown.orders)}
            for standing in views.standings(task, shown.lines[task.pk], shown.orders):
                yield {"type": "order", **views.standing_view(task, standing)}

    return Page(list(lines()), shown.tasks.after)


def _accounts(owner: str, after: Key) -> Page[Line]:
    """Each account, and each snapshot of its figures."""
    page = read_page(
        AccountRecord, owner, index="by_owner", limit=PAGE // 10, after=after, keep=lambda one: one.sk == "account"
    )

    def lines() -> Iterator[Line]:
        for account in page.items:
            yield {"type": "account", **cards.card(account, owner)}
            for snapshot in SnapshotRecord.query(account.pk, SnapshotRecord.sk.startswith("metrics#")):
                yield {"type": "metrics", "account_id": account.pk, **snapshot.figures}

    return Page(list(lines()), page.after)


def _orders(owner: str, after: Key) -> Page[Line]:
    page = order_lists.newest(order_lists.Wanted("creator", owner), PAGE, after)
    return Page([{"type": "order", **views.order_view(order)} for order in page.items], page.after)


def _applications(owner: str, after: Key) -> Page[Line]:
    page = calls.applications_of(owner, PAGE, after)
    return Page([{"type": "application", **views.application_view(one)} for one in page.items], page.after)


def _withdrawals(owner: str, after: Key) -> Page[Line]:
    page = withdrawals.of_owner(owner, PAGE, after)
    return Page([{"type": "withdrawal", **withdrawals.present(one)} for one in page.items], page.after)


def _entries(owner: str, after: Key) -> Page[Line]:
    page = statements.page(available(owner), PAGE, after)
    return Page([{"type": "entry", **line} for line in page.items], page.after)


SOURCES: dict[str, tuple[tuple[str, Source], ...]] = {
    "advertiser": (
        ("profile", _profile),
        ("tasks", _tasks),
        ("withdrawals", _withdrawals),
        ("entries", _entries),
    ),
    "creator": (
        ("accounts", _accounts),
        ("orders", _orders),
        ("applications", _applications),
        ("withdrawals", _withdrawals),
        ("entries", _entries),
    ),
}
"""By the side of the market, in the order in which they are written."""
