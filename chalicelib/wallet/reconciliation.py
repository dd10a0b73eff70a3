"""The proof of the ledger: nightly, and on demand.

    conservation   the entries of all accounts sum to 0
    balance        every balance is the fold of its entries; `entries`: and counts them
    overdraft      no balance is negative but a provider's
    hold           what a task holds is what its open orders are worth
    seal           the entries of past days are those that were sealed (seals.py); `sign_off`: and so are the seals

The market keeps moving meanwhile. An account is therefore read as balance, entries, balance until nothing moved in between;
conservation counts only transfers older than SETTLING, which are complete wherever they touch. Memory is bounded: accounts come
page by page, entries are folded as they come. A run that was cut off goes on where it was, if asked within RESUMABLE.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib import clock
from chalicelib.cloud import secret
from chalicelib.money import Money
from chalicelib.observability import count, logger
from chalicelib.settings import deployment, rules
from chalicelib.store import Refused, put, transact
from chalicelib.wallet import seals
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import may_be_negative
from chalicelib.wallet.records import Balance, Entry, Proof, Seal

SETTLING = timedelta(seconds=30)
SEALABLE_AFTER = timedelta(hours=1)
RESUMABLE = timedelta(hours=1)
SAVE_EVERY_SECONDS = 5.0
_READS_MAX = 5
_DIFFERENCES_MAX = 100
_NEAR_MAX = 5
_CLASSES = ("advertisers", "held", "creators", "withdrawing", "commission", "suspense", "providers")

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
    """Proves the ledger now, seals the days that have ended, stores the result, counts differences as the metric
    `LedgerDifferences`.

    `{status: clean|differences, as_of, accounts_checked, entries_checked, sealed_through, totals {debits, credits and each
    class: money}, differences [{account, kind, expected, found, near[]}], differences_found, unverified[]}`. At most 100
    differences are listed, each with entries `near` it; `differences_found` counts all. `unverified` names accounts that moved
    all the time while they were read. While there is any difference, no day is signed off."""
    run = _Run(_resumed() or _State(as_of=clock.stamp(clock.now())))
    run.go()
    document = run.document()
    Proof(pk="proof", sk="latest", document=document).save()
    Proof(pk="proof", sk="run", document={}).save()
    count("LedgerDifferences", run.state.differences_found)
    if run.state.differences_found:
        logger.error("ledger differs", extra={"differences": run.state.differences[:10]})
    return _in_money(document)


@dataclass
class _State:
    """How far a run has come: everything it knows, small enough for one item."""

    as_of: str
    after: dict[str, Any] | None = None
    accounts: int = 0
    entries: int = 0
    debits: int = 0
    credits: int = 0
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CLASSES, 0))
    roots: dict[str, str] = field(default_factory=dict)
    differences: list[dict[str, Any]] = field(default_factory=list)
    differences_found: int = 0
    unverified: list[str] = field(default_factory=list)


def _resumed() -> _State | None:
    run = Proof.find("proof", "run")
    if run is None or not run.document or clock.parse(run.document["as_of"]) < clock.now() - RESUMABLE:
        return None
    return _State(**run.document)


@dataclass
class _Fold:
    """An account's entries, read once."""

    total: int = 0
    entries: int = 0
    debits: int = 0
    credits: int = 0
    days: dict[str, seals.Day] = field(default_factory=dict)
    near: list[tuple[str, str, int]] = field(default_factory=list)

    def add(self, entry: Entry, settled_before: str) -> None:
        amount = int(entry.amount)
        self.total += amount
        self.entries += 1
        if entry.at <= settled_before:
            self.credits += max(amount, 0)
            self.debits += max(-amount, 0)
        day = self.days.setdefault(entry.at[:10], seals.Day())
        day.add(amount, entry.pk, entry.sk, entry.transfer_id, entry.kind, entry.reference, entry.at)
        self.near = sorted([*self.near, (entry.at, entry.transfer_id, amount)])[-_NEAR_MAX:]


class _Run:
    def __init__(self, state: _State) -> None:
        self.state = state
        moment = clock.parse(state.as_of)
        self.settled_before = clock.stamp(moment - SETTLING)
        self.sealable = (moment - SEALABLE_AFTER - timedelta(days=1)).strftime("%Y-%m-%d")
        self.key = secret(deployment().cursor_secret_arn)
        self.sign_offs = list(Seal.query("seal", consistent_read=True))
        self.sealed_through = self.sign_offs[-1].sk if self.sign_offs else ""

    def go(self) -> None:
        saved = time.monotonic()
        found = Balance.scan(
            Balance.sk == BALANCE,
            attributes_to_get=["pk", "sk"],
            page_size=500,
            consistent_read=True,
            last_evaluated_key=self.state.after,
        )
        for item in found:
            self._check(item.pk)
            self.state.after = found.last_evaluated_key
            if self.state.after and time.monotonic() - saved > SAVE_EVERY_SECONDS:
                Proof(pk="proof", sk="run", document=asdict(self.state)).save()
                saved = time.monotonic()
        self._expect("all accounts", "conservation", 0, self.state.credits - self.state.debits, [])
        self._check_sign_offs()
        if not self.state.differences_found:
            self._sign_off()

    def document(self) -> dict[str, Any]:
        state = self.state
        return {
            "status": "differences" if state.differences_found else "clean",
            "as_of": clock.rfc3339(clock.parse(state.as_of)),
            "accounts_checked": state.accounts,
            "entries_checked": state.entries,
            "sealed_through": self.sealed_through or None,
            "totals": {"debits": state.debits, "credits": state.credits, **state.totals},
            "differences": state.differences,
            "differences_found": state.differences_found,
            "unverified": state.unverified,
        }

    def _check(self, account: str) -> None:
        state = self.state
        for _ in range(_READS_MAX):
            before = Balance.find(account, BALANCE)
            fold = self._fold(account)
            worth = self._worth(account)
            now = Balance.find(account, BALANCE)
            if before is not None and now is not None and before.entries == now.entries:
                break
        else:
            state.unverified.append(account)
        balance = int(now.balance) if now else 0
        state.accounts += 1
        state.entries += fold.entries
        state.debits += fold.debits
        state.credits += fold.credits
        state.totals[_class(account)] += balance
        known = state.differences_found
        if account not in state.unverified:
            self._expect(account, "balance", fold.total, balance, fold.near)
            self._expect(account, "entries", fold.entries, int(now.entries) if now else 0, fold.near)
            if worth is not None:
                self._expect(account, "hold", worth, balance, fold.near)
        if balance < 0 and not may_be_negative(account):
            self._expect(account, "overdraft", 0, balance, fold.near)
        self._check_seals(account, fold, seal_more=state.differences_found == known)

    def _fold(self, account: str) -> _Fold:
        fold = _Fold()
        for entry in Entry.query(account, Entry.sk.startswith("entry#"), consistent_read=True, page_size=500):
            fold.add(entry, self.settled_before)
        return fold

    def _worth(self, account: str) -> int | None:
        if _worth_of_tasks is None or not account.startswith("task:"):
            return None
        task_id = account.split(":")[1]
        return _worth_of_tasks([task_id])[task_id]

    # -- seals ---------------------------------------------------------------------------------------------------------

    def _check_seals(self, account: str, fold: _Fold, *, seal_more: bool) -> None:
        previous, sealed = "", set()
        nothing = seals.Day()
        known = self.state.differences_found
        for item in Seal.query(f"seal#{account}", consistent_read=True):
            day = item.sk
            sealed.add(day)
            self._expect(
                account, "seal", item.content, fold.days.get(day, nothing).content(), self._of(account, day), day
            )
            mac = seals.seal(self.key, previous, account, day, item.content)
            self._expect(account, "seal_mac", mac, item.mac, [], day)
            self.state.roots[day] = seals.merge(self.state.roots.get(day, ""), item.mac)
            previous = item.mac
        for day in sorted(fold.days.keys() - sealed):
            if day <= self.sealed_through:
                self._expect(account, "seal", [0, 0, ""], fold.days[day].content(), self._of(account, day), day)
            elif day <= self.sealable and seal_more and self.state.differences_found == known:
                content = fold.days[day].content()
                previous = seals.seal(self.key, previous, account, day, content)
                self._write_once(Seal(pk=f"seal#{account}", sk=day, content=content, mac=previous))
                self.state.roots[day] = seals.merge(self.state.roots.get(day, ""), previous)

    def _check_sign_offs(self) -> None:
        previous, after = "", ""
        for item in self.sign_offs:
            mac = seals.sign_off(self.key, previous, item.sk, item.content)
            self._expect("all accounts", "sign_off", mac, item.mac, [], item.sk)
            self._expect("all accounts", "sign_off", item.content, self._roots(after, item.sk), [], item.sk)
            previous, after = item.mac, item.sk
        earlier = latest()
        claimed = (earlier or {}).get("sealed_through") or ""
        self._expect("all accounts", "sign_off_missing", max(claimed, self.sealed_through), self.sealed_through, [])

    def _sign_off(self) -> None:
        if self.sealable <= self.sealed_through:
            return
        roots = self._roots(self.sealed_through, self.sealable)
        mac = seals.sign_off(self.key, self.sign_offs[-1].mac if self.sign_offs else "", self.sealable, roots)
        self._write_once(Seal(pk="seal", sk=self.sealable, content=roots, mac=mac))
        self.sealed_through = self.sealable
        logger.info("days signed off", extra={"through": self.sealable, "mac": mac})

    def _roots(self, after: str, through: str) -> dict[str, str]:
        return {day: root for day, root in self.state.roots.items() if after < day <= through}

    @staticmethod
    def _write_once(item: Seal) -> None:
        try:
            transact([put("seal", item, Seal.pk.does_not_exist())])
        except Refused:
            return  # another run was faster; whether it saw the same is checked by the next

    @staticmethod
    def _of(account: str, day: str) -> Callable[[], list[tuple[str, str, int]]]:
        def read() -> list[tuple[str, str, int]]:
            found = Entry.query(account, Entry.sk.startswith("entry#"), Entry.at.startswith(day), limit=_NEAR_MAX)
            return [(entry.at, entry.transfer_id, int(entry.amount)) for entry in found]

        return read

    def _expect(
        self,
        account: str,
        kind: str,
        expected: Any,
        found: Any,
        near: list[tuple[str, str, int]] | Callable[[], list[tuple[str, str, int]]],
        day: str | None = None,
    ) -> None:
        if expected == found:
            return
        self.state.differences_found += 1
        if len(self.state.differences) == _DIFFERENCES_MAX:
            return
        entries = near() if callable(near) else near
        difference = {
            "account": account,
            "kind": kind,
            "expected": expected,
            "found": found,
            "near": [{"at": at, "id": id_, "amount": amount} for at, id_, amount in entries],
        }
        self.state.differences.append({**difference, "day": day} if day else difference)


def _class(account: str) -> str:
    if account.endswith(":withdrawing"):
        return "withdrawing"
    kind, _, rest = account.partition(":")
    if kind == "platform":
        return rest.partition(":")[0]
    return {"advertiser": "advertisers", "task": "held", "creator": "creators", "provider": "providers"}[kind]


def _in_money(document: dict[str, Any]) -> dict[str, Any]:
    currency = rules().currency
    return {**document, "totals": {name: Money(int(total), currency) for name, total in document["totals"].items()}}
