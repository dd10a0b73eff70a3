"""Import accounts that the operator lists: new ones become `unclaimed`, graded and priced.

Of an account that a creator has bound, only the metrics are imported, never owner, status, category or prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.accounts.records import (
    AccountRecord,
    account_ids,
    find_by_handle,
    new_account,
    rewritten,
)
from chalicelib.accounts.review import admission
from chalicelib.accounts.search.categories import OTHER, category_of
from chalicelib.accounts.valuation import grade_and_prices, metric_snapshots
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.order_kinds import Kind
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import MARKET_FIGURES
from chalicelib.store import Action, Refused, put, transact
from chalicelib.store.retry import retry_on_conflict

BATCH_MAX = 25
"""The number of entries that fit into one transaction: each writes an account, its prices, a snapshot and a grade."""


@dataclass(frozen=True)
class Entry:
    """One account as the operator lists it. `category` None and missing prices leave these unchanged. `dated`: the source has the
    time of the figures; if not, equal figures change nothing. `proposed` is the category that its posts propose."""

    network: str
    handle: str
    category: str | None
    figures: AccountFigures
    prices: Mapping[Kind, int]
    dated: bool
    proposed: str | None = None

    @property
    def account_ids(self) -> tuple[str, ...]:
        """The ids under which the account can be stored."""
        return account_ids(self.network, self.handle)


@dataclass(frozen=True)
class Taken:
    """The result of an entry, with the account as it is now. `refusal` is the reason why an entry was skipped."""

    outcome: Literal["imported", "updated", "unchanged", "skipped"]
    account: AccountRecord | None = None
    refusal: str = ""


def take(entries: Sequence[Entry]) -> list[Taken]:
    """Import at most BATCH_MAX entries of different accounts in one transaction; one by one if one of them is written
    concurrently."""
    keys = [(account, "account") for entry in entries for account in entry.account_ids]
    found = {record.pk: record for record in AccountRecord.batch_get(keys, consistent_read=True)}
    prepared = [_prepare(entry, _known(entry, found)) for entry in entries]
    actions = [action for _, part in prepared for action in part]
    try:
        if actions:
            transact(actions)
    except Refused:
        return [retry_on_conflict(lambda entry=entry: _take_one(entry), conflict=Refused) for entry in entries]  # type: ignore[misc]
    return [taken for taken, _ in prepared]


def _known(entry: Entry, found: Mapping[str, AccountRecord]) -> AccountRecord | None:
    return next((found[account] for account in entry.account_ids if account in found), None)


def _take_one(entry: Entry) -> Taken:
    taken, actions = _prepare(entry, find_by_handle(entry.network, entry.handle))
    if actions:
        transact(actions)
    return taken


def _prepare(entry: Entry, found: AccountRecord | None) -> tuple[Taken, list[Action]]:
    account = found or _listed(entry)
    written = rewritten("account", account) if found else put("account", account, AccountRecord.pk.does_not_exist())
    changed = found is None
    repriced: list[Action] = []
    if account.status == "unclaimed" and _differs(account, entry):
        if (category := _category(entry)) is not None:
            account.category, account.category_unconfirmed = category, None
        repriced = grade_and_prices.apply_own_prices(account, entry.prices, "import")
        changed = True
    if entry.proposed not in (None, account.category_proposed):
        account.category_proposed = entry.proposed
        changed = True
    evidence = account.evidence
    actions: list[Action] = []
    try:
        if evidence is None or not _is_known(entry, evidence):
            actions = metric_snapshots.observe(account, entry.figures, "import")
    except Problem as problem:
        return Taken("skipped", refusal=problem.detail), []
    if changed and evidence is not None and account.evidence == evidence:
        actions += grade_and_prices.apply_grade(account, evidence, "import")
    if not changed and not actions:
        return Taken("unchanged", account), []
    return Taken("updated" if found else "imported", account), [written, *repriced, *actions]


def _listed(entry: Entry) -> AccountRecord:
    now = clock.now()
    account = new_account(entry.network, entry.handle, None, "unclaimed", clock.stamp(now))
    admission.enter(account, "unclaimed", now)
    return account


def _differs(account: AccountRecord, entry: Entry) -> bool:
    """Return whether the entry has another category or price than the account."""
    same_prices = all(account.own_price(kind) == price for kind, price in entry.prices.items())
    return _category(entry) not in (None, account.category) or not same_prices


def _category(entry: Entry) -> str | None:
    """Return the entry's category as a value of the published list, `other` if it is not on it."""
    return None if entry.category is None else category_of(entry.category) or OTHER


def _is_known(entry: Entry, evidence: AccountFigures) -> bool:
    moment = evidence["as_of"] if not entry.dated else entry.figures["as_of"]
    comparable = {
        name: value for name, value in evidence.items() if name in entry.figures or name not in MARKET_FIGURES
    }
    return {**entry.figures, "as_of": moment} == comparable
