"""The proof of the ledger: nightly, and on demand.

    conservation   the entries of all accounts sum to 0
    balance        every balance is the fold of its entries, and counts them
    overdraft      no balance is negative but a provider's
    hold           what a task holds is what its open orders are worth

The market keeps moving meanwhile. An account is therefore read as balance, entries, balance until nothing moved in between;
conservation counts only transfers older than SETTLING, which are complete wherever they touch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.errors import Problem
from chalicelib.money import Money
from chalicelib.observability import count, logger
from chalicelib.settings import rules
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import may_be_negative, task_held
from chalicelib.wallet.records import Balance, Entry, Proof

SETTLING = timedelta(seconds=30)
_READS_MAX = 5
_DIFFERENCES_MAX = 100

WorthOfTasks = Callable[[Iterable[str]], dict[str, int]]
_worth_of_tasks: WorthOfTasks | None = None


def compare_holds_with(worth_of_tasks: WorthOfTasks) -> None:
    """Tells the proof how to ask what a task's open orders are worth. The wallet knows no tasks; app.py brings them together."""
    global _worth_of_tasks
    _worth_of_tasks = worth_of_tasks


def latest() -> dict[str, Any] | None:
    """The stored result of the last reconciliation."""
    proof = Proof.find("proof", "latest")
    return _in_money(proof.document) if proof else None


def reconcile() -> dict[str, Any]:
    """Proves the ledger now, stores the result, counts differences as the metric `LedgerDifferences`.

    `{status: clean|differences, as_of, accounts_checked, entries_checked, totals {class: money}, differences [{account, kind,
    expected, found}]}`; at most 100 differences are listed, `differences_found` counts all."""
    run = _Run()
    for account in _accounts():
        run.check(account)
    run.finish()
    document = run.document()
    Proof(pk="proof", sk="latest", document=document).save()
    count("LedgerDifferences", run.differences_found)
    if run.differences_found:
        logger.error("ledger differs", extra={"differences": run.differences[:10]})
    return _in_money(document)


def _accounts() -> Iterator[str]:
    """The names of all accounts, page by page."""
    found = Balance.scan(Balance.sk == BALANCE, attributes_to_get=["pk", "sk"], page_size=500, consistent_read=True)
    return (item.pk for item in found)


class _Run:
    def __init__(self) -> None:
        self.as_of = clock.now()
        self.settled_before = clock.stamp(self.as_of - SETTLING)
        self.accounts = 0
        self.entries = 0
        self.conserved = 0
        self.totals: dict[str, int] = defaultdict(int)
        self.differences: list[dict[str, Any]] = []
        self.differences_found = 0

    def check(self, account: str) -> None:
        for _ in range(_READS_MAX):
            before = Balance.find(account, BALANCE)
            folded, entries, settled = self._fold(account)
            worth = self._worth(account)
            now = Balance.find(account, BALANCE)
            if before is not None and now is not None and before.entries == now.entries:
                break
        else:
            raise Problem("write_contention", f"{account} is moving all the time.")
        balance = int(now.balance)
        self.accounts += 1
        self.entries += entries
        self.conserved += settled
        self.totals[_class(account)] += balance
        self._expect(account, "balance", folded, balance)
        self._expect(account, "entries", entries, int(now.entries))
        if balance < 0 and not may_be_negative(account):
            self._expect(account, "overdraft", 0, balance)
        if worth is not None:
            self._expect(account, "hold", worth, balance)

    def finish(self) -> None:
        self._expect("all accounts", "conservation", 0, self.conserved)

    def document(self) -> dict[str, Any]:
        return {
            "status": "differences" if self.differences_found else "clean",
            "as_of": clock.rfc3339(self.as_of),
            "accounts_checked": self.accounts,
            "entries_checked": self.entries,
            "totals": {name: self.totals.get(name, 0) for name in _CLASSES},
            "differences": self.differences,
            "differences_found": self.differences_found,
        }

    def _fold(self, account: str) -> tuple[int, int, int]:
        folded = entries = settled = 0
        for entry in Entry.query(account, Entry.sk.startswith("entry#"), consistent_read=True, page_size=500):
            folded += int(entry.amount)
            entries += 1
            if entry.at <= self.settled_before:
                settled += int(entry.amount)
        return folded, entries, settled

    def _worth(self, account: str) -> int | None:
        if _worth_of_tasks is None or not account.startswith("task:"):
            return None
        task_id = account.split(":")[1]
        assert account == task_held(task_id)
        return _worth_of_tasks([task_id])[task_id]

    def _expect(self, account: str, kind: str, expected: int, found: int) -> None:
        if expected == found:
            return
        self.differences_found += 1
        if len(self.differences) < _DIFFERENCES_MAX:
            self.differences.append({"account": account, "kind": kind, "expected": expected, "found": found})


_CLASSES = ("advertisers", "held", "creators", "commission", "suspense", "providers")


def _class(account: str) -> str:
    kind, _, rest = account.partition(":")
    if kind == "platform":
        return rest.partition(":")[0]
    return {"advertiser": "advertisers", "task": "held", "creator": "creators", "provider": "providers"}[kind]


def _in_money(document: dict[str, Any]) -> dict[str, Any]:
    currency = rules().currency
    return {**document, "totals": {name: Money(int(total), currency) for name, total in document["totals"].items()}}
