"""The statement of an owner's account: its entries in order of time, with the balance after each.

The balance after an entry is computed, not stored: from the present balance backwards, or from the opening balance of a period
forwards. The count of entries is read before and after; if it has changed, everything is read again, so that every page adds up.
Later pages take their first balance from the signed cursor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.core import clock, csv_text
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.regions.periods import ALWAYS, Period
from chalicelib.core.rules import rules
from chalicelib.store import Page, PageKey, read_page
from chalicelib.wallet import task_callbacks
from chalicelib.wallet.http.responses import Entry as EntryResponse
from chalicelib.wallet.http.responses import WalletSummary, money
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.records import Balance, Entry

EXPORT_MAX = 10_000
_READS_MAX = 5
_EXAMINED_MAX = 2_000
_CHUNK = 200
_SUBJECT = ("task_id", "order_id", "price", "commission")

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """An entry, the balance after it, and its subject."""

    entry: Entry
    balance_after: int
    subject: task_callbacks.Subject | None = None

    @property
    def amount(self) -> int:
        """Return the signed amount in minor units."""
        return int(self.entry.amount)


def entry_response(line: Line) -> EntryResponse:
    """Return the line of a statement."""
    subject = line.subject
    return {
        "id": line.entry.transfer_id,
        "kind": line.entry.kind,
        "amount": money(abs(line.amount)),
        "direction": "in" if line.amount > 0 else "out",
        "balance_after": money(line.balance_after),
        "reference": line.entry.reference,
        "at": clock.parse(line.entry.at),
        "task_id": subject.task_id if subject else None,
        "order_id": subject.order_id if subject else None,
        "price": _money_or_none(subject.price if subject else None),
        "commission": _money_or_none(subject.commission if subject else None),
    }


@dataclass(frozen=True)
class StatementPage(Page[Line]):
    """A page of lines, and the key from which the page before it is read backwards (None: this is the first)."""

    before: PageKey | None


def page(
    account: str,
    limit: int,
    after: PageKey | None,
    *,
    period: Period = ALWAYS,
    kind: str | None = None,
    oldest_first: bool = False,
) -> StatementPage:
    """Return up to `limit` lines of one kind or all. The page begins after or, with the page's `before`, before another page. With
    a kind, at most 2,000 entries are examined; the page may then be short, and the cursor continues.

    Raises Problem `write_contention` if the account moves so fast that no consistent page can be read."""
    if after is not None:
        running, backwards = int(after["balance"]), bool(after.get("back"))
        key = {"pk": after["pk"], "sk": after["sk"]}
        found = _walk(account, period, limit, running, key, kind, oldest_first is not backwards)
        return _with_subjects(_read_backwards(found) if backwards else _read_forwards(found))

    def first(balance: int) -> StatementPage:
        start = _balance_at(account, balance, period.since if oldest_first else period.until, oldest_first)
        return replace(_walk(account, period, limit, start, None, kind, oldest_first), before=None)

    return _with_subjects(_steady(account, first))


def summary_response(account: str, period: Period) -> WalletSummary:
    """Return the sums of the period, in all and by kind: opening + received - spent = closing."""

    def add_up(balance: int) -> WalletSummary:
        closing = _balance_at(account, balance, period.until, False)
        entries: Counter[str] = Counter()
        received: Counter[str] = Counter()
        spent: Counter[str] = Counter()
        for entry in _entries(account, _keys(period)):
            entries[entry.kind] += 1
            (received if entry.amount > 0 else spent)[entry.kind] += abs(int(entry.amount))
        return {
            "opening": money(closing - received.total() + spent.total()),
            "received": money(received.total()),
            "spent": money(spent.total()),
            "closing": money(closing),
            "entries": entries.total(),
            "by_kind": {
                kind: {"entries": number, "received": money(received[kind]), "spent": money(spent[kind])}
                for kind, number in sorted(entries.items())
            },
        }

    return _steady(account, add_up)


def as_csv(account: str, period: Period, kind: str | None, time_zone: str | None = None) -> str:
    """Return the period as CSV (chalicelib.core.csv_text), oldest first; amounts are signed, times in UTC or in `time_zone`.
    Without a kind the first line is the opening balance and the last the closing one.

    Raises Problem `parameter_invalid` (400) above 10,000 lines."""

    def whole(balance: int) -> tuple[int, StatementPage]:
        opening = _balance_at(account, balance, period.since, True)
        return opening, _walk(account, period, EXPORT_MAX, opening, None, kind, True, examined_max=100 * EXPORT_MAX)

    opening, lines = _steady(account, whole)
    if lines.after:
        raise Problem("parameter_invalid", f"The period has more than {EXPORT_MAX} lines; choose a shorter one.")
    currency = rules().currency
    rows: list[list[Any]] = []
    for line in _with_subjects(lines).items:
        response = entry_response(line)
        row = [response["at"], response["id"], response["kind"], response["reference"], money(line.amount)]
        subject = [response["task_id"], response["order_id"], response["price"], response["commission"]]
        rows.append([*row, response["balance_after"], currency, *subject])
    if kind is None:
        closing = lines.items[-1].balance_after if lines.items else opening
        rows.insert(0, [None, None, "opening", None, None, money(opening), currency, *([None] * len(_SUBJECT))])
        rows.append([None, None, "closing", None, None, money(closing), currency, *([None] * len(_SUBJECT))])
    header = ("at", "id", "kind", "reference", "amount", "balance_after", "currency", *_SUBJECT)
    return csv_text.document(header, rows, time_zone)


def _steady(account: str, read: Callable[[int], T]) -> T:
    """Return the result of `read(balance)` at a moment in which the account did not move."""
    for _ in range(_READS_MAX):
        before = Balance.find(account, BALANCE)
        result = read(int(before.balance) if before else 0)
        now = Balance.find(account, BALANCE)
        if (before and before.entries) == (now and now.entries):
            return result
    raise Problem("write_contention", "The account changed while it was read; try again.")


def _balance_at(account: str, balance: int, moment: datetime | None, from_the_start: bool) -> int:
    """Return the balance just before `moment`; without one, 0 (`from_the_start`) or the present balance."""
    if moment is None:
        return 0 if from_the_start else balance
    return balance - sum(int(entry.amount) for entry in _entries(account, _keys(Period(since=moment))))


def _keys(period: Period) -> Condition:
    """Return the condition on the sort keys of the entries of a period."""
    first = "entry#" + (clock.stamp(period.since) if period.since else "")
    last = "entry#" + (clock.stamp(period.until) if period.until else "~")
    return Entry.sk.between(first, last)


def _entries(account: str, keys: Condition) -> Iterator[Entry]:
    return iter(Entry.query(account, keys, consistent_read=True, page_size=1_000))


def _read_forwards(page: StatementPage) -> StatementPage:
    """Return a page that was read forwards; the page before it is read backwards from its first entry."""
    return replace(page, before={**page.before, "back": True}) if page.before else page


def _read_backwards(page: StatementPage) -> StatementPage:
    """Return a page that was read backwards, in the order of the list."""
    before = {**page.after, "back": True} if page.after else None
    return StatementPage(page.items[::-1], page.before, before)


def _walk(
    account: str,
    period: Period,
    limit: int,
    running: int,
    after: PageKey | None,
    kind: str | None,
    oldest_first: bool,
    *,
    examined_max: int = _EXAMINED_MAX,
) -> StatementPage:
    """Return lines from `running`, the balance at this end. `after` and `before` are the keys of the last and the first entry
    examined, each with the balance beyond it."""
    lines: list[Line] = []
    first: PageKey | None = None
    examined = 0
    while True:
        chunk = read_page(
            Entry,
            account,
            limit=min(limit - len(lines), _CHUNK) if kind is None else _CHUNK,
            range_condition=_keys(period),
            after=after,
            newest_first=not oldest_first,
            consistent=True,
        )
        for position, entry in enumerate(chunk.items, 1):
            amount = int(entry.amount)
            examined += 1
            key = {"pk": {"S": entry.pk}, "sk": {"S": entry.sk}}
            first = first or {**key, "balance": running}
            if oldest_first:
                running += amount
            if kind is None or entry.kind == kind:
                lines.append(Line(entry, running))
            if not oldest_first:
                running -= amount
            if len(lines) == limit or examined == examined_max:
                more = chunk.after is not None or position < len(chunk.items)
                return StatementPage(lines, {**key, "balance": running} if more else None, first)
        if chunk.after is None:
            return StatementPage(lines, None, first)
        after = chunk.after


def _with_subjects(page: StatementPage) -> StatementPage:
    """Return the page with the subject of each line, read at once for all of them."""
    subjects = task_callbacks.subjects([line.entry.reference for line in page.items])
    lines = [replace(line, subject=subjects.get(line.entry.reference)) for line in page.items]
    return replace(page, items=lines)


def _money_or_none(amount: int | None) -> Money | None:
    return None if amount is None else money(amount)
