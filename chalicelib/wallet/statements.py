"""The statement of a person's account: its entries in order of time, with the balance after each.

Balances after are computed, not stored: from the balance now backwards, or from the opening balance of a period forwards. The
count of entries is read before and after; if it moved, everything is read again, so what is shown adds up. Later pages get
their starting balance from the signed cursor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.core import clock
from chalicelib.core import csv_text as sheet
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Page, read_page
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.records import Balance, Entry

EXPORT_MAX = 10_000
_READS_MAX = 5
_EXAMINED_MAX = 2_000
_CHUNK = 200
_ABOUT = ("task_id", "order_id", "price", "commission")

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What an entry is about, beside its reference; amounts in minor units."""

    task_id: str
    order_id: str | None = None
    price: int | None = None
    commission: int | None = None


SubjectsOf = Callable[[Iterable[str]], dict[str, Subject]]
_subjects_of: SubjectsOf | None = None


def describe_with(subjects_of: SubjectsOf) -> None:
    """Set the function that returns the subjects of references. The wallet knows no orders; app.py brings them together."""
    global _subjects_of
    _subjects_of = subjects_of


@dataclass(frozen=True)
class Sheet(Page[dict[str, Any]]):
    """A page of lines, and the key from which the page before it is read backwards (None: this is the first)."""

    before: dict[str, Any] | None


@dataclass(frozen=True)
class Period:
    """Entries with `since <= at < until`; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_month(cls, month: str) -> Period:
        """The month `YYYY-MM` in the market's time zone."""
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1)
        return cls(clock.day_begins(first, rules().utc_offset), clock.day_begins(last, rules().utc_offset))

    @property
    def keys(self) -> Condition:
        first = "entry#" + (clock.stamp(self.since) if self.since else "")
        last = "entry#" + (clock.stamp(self.until) if self.until else "~")
        return Entry.sk.between(first, last)


def page(
    account: str,
    limit: int,
    after: dict[str, Any] | None,
    *,
    period: Period = Period(),
    kind: str | None = None,
    oldest_first: bool = False,
) -> Sheet:
    """Up to `limit` lines `{id, kind, amount, direction, balance_after, reference, at, task_id, order_id, price, commission}` of
    one kind or all, newest first unless asked otherwise; the last four are those of the line's order or task, else None. The page
    begins after or, with the page's `before`, before another page. With a kind, at most 2,000 entries are examined; the page may be
    short, and the cursor goes on.

    Raises Problem `write_contention` if the account moves so fast that no consistent page can be read."""
    if after is not None:
        running, backwards = int(after["balance"]), bool(after.get("back"))
        key = {"pk": after["pk"], "sk": after["sk"]}
        sheet = _walk(account, period, limit, running, key, kind, oldest_first is not backwards)
        return _described(_turned(sheet) if backwards else _preceded(sheet))

    def first(balance: int) -> Sheet:
        start = _balance_at(account, balance, period.since if oldest_first else period.until, oldest_first)
        return replace(_walk(account, period, limit, start, None, kind, oldest_first), before=None)

    return _described(_steady(account, first))


def summary(account: str, period: Period) -> dict[str, Any]:
    """`{opening, received, spent, closing, entries, by_kind {kind: {entries, received, spent}}}` of the period:
    opening + received - spent = closing, always."""

    def add_up(balance: int) -> dict[str, Any]:
        closing = _balance_at(account, balance, period.until, False)
        entries: Counter[str] = Counter()
        sums: dict[str, Counter[str]] = {"received": Counter(), "spent": Counter()}
        for entry in _entries(account, period.keys):
            entries[entry.kind] += 1
            sums["received" if entry.amount > 0 else "spent"][entry.kind] += abs(int(entry.amount))
        received, spent = sums["received"].total(), sums["spent"].total()
        return {
            "opening": _money(closing - received + spent),
            "received": _money(received),
            "spent": _money(spent),
            "closing": _money(closing),
            "entries": entries.total(),
            "by_kind": {
                kind: {"entries": n, **{name: _money(sums[name][kind]) for name in sums}}
                for kind, n in sorted(entries.items())
            },
        }

    return _steady(account, add_up)


def as_csv(account: str, period: Period, kind: str | None) -> str:
    """The period as CSV for people (chalicelib.core.csv_text), oldest first; amounts are signed. Without a kind the first line
    is the opening balance and the last the closing one.

    Raises Problem `parameter_invalid` (400) above 10,000 lines."""

    def whole(balance: int) -> tuple[int, Sheet]:
        opening = _balance_at(account, balance, period.since, True)
        return opening, _walk(account, period, EXPORT_MAX, opening, None, kind, True, examined_max=100 * EXPORT_MAX)

    opening, lines = _steady(account, whole)
    if lines.after:
        raise Problem("parameter_invalid", f"The period has more than {EXPORT_MAX} lines; ask for a shorter one.")
    currency = rules().currency
    rows: list[list[Any]] = []
    for line in _described(lines).items:
        amount = _money((1 if line["direction"] == "in" else -1) * line["amount"].amount)
        about = [line[name] for name in _ABOUT]
        start = [line["at"], line["id"], line["kind"], line["reference"], amount, line["balance_after"], currency]
        rows.append([*start, *about])
    if kind is None:
        closing = lines.items[-1]["balance_after"] if lines.items else _money(opening)
        rows.insert(0, [None, None, "opening", None, None, _money(opening), currency, *([None] * len(_ABOUT))])
        rows.append([None, None, "closing", None, None, closing, currency, *([None] * len(_ABOUT))])
    return sheet.document(("at", "id", "kind", "reference", "amount", "balance_after", "currency", *_ABOUT), rows)


def _steady(account: str, read: Callable[[int], T]) -> T:
    """`read(balance)` of a moment in which the account did not move."""
    for _ in range(_READS_MAX):
        before = Balance.find(account, BALANCE)
        found = read(int(before.balance) if before else 0)
        now = Balance.find(account, BALANCE)
        if (before and before.entries) == (now and now.entries):
            return found
    raise Problem("write_contention", "The account is moving; ask again.")


def _balance_at(account: str, balance: int, moment: datetime | None, from_the_start: bool) -> int:
    """The balance just before `moment`; without one, 0 (`from_the_start`) or the balance now."""
    if moment is None:
        return 0 if from_the_start else balance
    return balance - sum(int(entry.amount) for entry in _entries(account, Period(since=moment).keys))


def _entries(account: str, keys: Condition) -> Iterator[Entry]:
    return iter(Entry.query(account, keys, consistent_read=True, page_size=1_000))


def _preceded(sheet: Sheet) -> Sheet:
    """A page reached forwards: before it stands what a walk back from its first entry finds."""
    return replace(sheet, before={**sheet.before, "back": True}) if sheet.before else sheet


def _turned(sheet: Sheet) -> Sheet:
    """A page that was read backwards from the cursor's entry, as it is shown."""
    further = {**sheet.after, "back": True} if sheet.after else None
    return Sheet(sheet.items[::-1], sheet.before, further)


def _walk(
    account: str,
    period: Period,
    limit: int,
    running: int,
    after: dict[str, Any] | None,
    kind: str | None,
    oldest_first: bool,
    *,
    examined_max: int = _EXAMINED_MAX,
) -> Sheet:
    """Lines from `running`, the balance at this end; `after` and `before` are the keys of the last and the first entry
    examined, each with the balance beyond it."""
    lines: list[dict[str, Any]] = []
    begun: dict[str, Any] | None = None
    examined = 0
    while True:
        chunk = read_page(
            Entry,
            account,
            limit=min(limit - len(lines), _CHUNK) if kind is None else _CHUNK,
            range_condition=period.keys,
            after=after,
            newest_first=not oldest_first,
            consistent=True,
        )
        for position, entry in enumerate(chunk.items, 1):
            amount = int(entry.amount)
            examined += 1
            key = {"pk": {"S": entry.pk}, "sk": {"S": entry.sk}}
            begun = begun or {**key, "balance": running}
            if oldest_first:
                running += amount
            if kind is None or entry.kind == kind:
                lines.append(_line(entry, amount, running))
            if not oldest_first:
                running -= amount
            if len(lines) == limit or examined == examined_max:
                more = chunk.after is not None or position < len(chunk.items)
                return Sheet(lines, {**key, "balance": running} if more else None, begun)
        if chunk.after is None:
            return Sheet(lines, None, begun)
        after = chunk.after


def _line(entry: Entry, amount: int, balance_after: int) -> dict[str, Any]:
    return {
        "id": entry.transfer_id,
        "kind": entry.kind,
        "amount": _money(abs(amount)),
        "direction": "in" if amount > 0 else "out",
        "balance_after": _money(balance_after),
        "reference": entry.reference,
        "at": clock.parse(entry.at),
    }


def _described(sheet: Sheet) -> Sheet:
    """The page with what each line is about, read at once for all of them."""
    found = _subjects_of([line["reference"] for line in sheet.items]) if _subjects_of else {}
    lines = []
    for line in sheet.items:
        about = found.get(line["reference"])
        price = None if about is None or about.price is None else _money(about.price)
        commission = None if about is None or about.commission is None else _money(about.commission)
        named = {"task_id": about and about.task_id, "order_id": about and about.order_id}
        lines.append({**line, **named, "price": price, "commission": commission})
    return replace(sheet, items=lines)


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)
