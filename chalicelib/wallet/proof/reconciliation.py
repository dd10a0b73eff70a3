"""The proof of the ledger: nightly, and on demand.

    conservation   the entries of all accounts sum to 0; `transfers`: the entries of each transfer sum to 0 and agree in kind,
                   reference and moment
    balance        every balance is the sum of its entries; `entries`: and has their number
    entry          every entry has its own key, can be read, and is not of the future
    account        every account has a name that the ledger gives
    overdraft      no balance is negative, except a provider's, and an advertiser's by at most the claims on it
    hold           the held balance of a task is the worth of its open orders
    open           the balances of `withdrawing` and suspense are the sums of the open items
    record         every open withdrawal and suspense item agrees with the ledger's entry; `record_seal`: it, an open top-up, or
                   a payee's account, is as the market wrote it
    seal           the entries of past days are those that were sealed (seal_digests.py); `sign_off`: and so are the seals
    head           the last sign-off is the one stored in Secrets Manager

The run reads the keys of all items: an account is found by its balance, else by its first entry, else by its first seal. Money
moves during the run. An account is therefore read as balance, entries, balance until nothing moved in between, or the new entries
explain the difference. Conservation counts only transfers older than SETTLING, which are complete in all accounts;
`entries_unsettled` counts the younger ones. Memory is bounded: items are read page by page, and entries are added up. A run that
was cut off continues at its last position, also within an account, if it is called within RESUMABLE.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import cast

from chalicelib.core import clock
from chalicelib.core.aws import secret
from chalicelib.core.observability import count, logger
from chalicelib.core.settings import settings
from chalicelib.store import WalletRecord
from chalicelib.wallet import settlement_file_comparison, task_callbacks
from chalicelib.wallet.http.ledger_responses import Proof as ProofResponse
from chalicelib.wallet.http.ledger_responses import proof_response
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import SUSPENSE, is_statement, may_be_negative
from chalicelib.wallet.proof import open_payment_checks, seal_digests
from chalicelib.wallet.proof.damaged_item_reads import (
    ENTRIES,
    account_of,
    representative,
    stored_balance,
    stored_proof,
    stored_seals,
)
from chalicelib.wallet.proof.run_progress import AccountReading, Progress, RunState
from chalicelib.wallet.proof.running_totals import NEAR_MAX, Fold, Line, Moments, line
from chalicelib.wallet.proof.sign_offs import ALL, GENUINE, SignOffs, write_seal_once
from chalicelib.wallet.records import Entry, Proof, ProofDocument, Seal

SETTLING = timedelta(minutes=1)
SEALABLE_AFTER = timedelta(hours=1)
PAGE = 1_000
_READS_MAX = 5
_UNVERIFIED_MAX = 100
_SEARCHED_PAGES_MAX = 20
_ACCOUNT = re.compile(
    r"provider:[^:]+|platform:(suspense|commission:\d\d)|task:[^:]+:held|(advertiser|creator):[^:]+:(available|withdrawing)"
)


def latest() -> ProofResponse | None:
    """Return the stored result of the last reconciliation, with the last comparison with a settlement file of each provider."""
    document = stored_proof("latest")
    return _response(cast(ProofDocument, document)) if document else None


def reconcile(*, with_head: bool = True) -> ProofResponse:
    """Prove the ledger now, seal the days that have ended, store and return the result, and count differences as the metric
    `LedgerDifferences`. `with_head`: compare with the head of the ledger and replace it; a copy of the table has no head.

    Entries after `settled_until` are compared with the balance of their account, but not with the other accounts of their transfer:
    `entries_unsettled` counts them, and the next proof compares them. At most 100 differences are listed, each with entries `near`
    it; `differences_found` counts all. `unverified` lists, up to 100, accounts that moved so much while they were read that their
    balance could not be compared. While there is any difference, no day is signed off."""
    run = _Run(secret(settings().cursor_secret_arn), with_head)
    run.go()
    document = run.document()
    Proof(pk="proof", sk="latest", document=document).save()
    Proof(pk="proof", sk="run", document={}).save()
    count("LedgerDifferences", run.state.differences.found)
    if run.state.differences.found:
        logger.error("ledger differs", extra={"differences": run.state.differences.listed[:10]})
    return _response(document)


class _Run:
    def __init__(self, key: bytes, with_head: bool = True) -> None:
        self.key = key
        self.with_head = with_head
        self.progress = Progress(key)
        self.state, self.inside = self.progress.resumed() or (RunState(as_of=clock.stamp(clock.now())), None)
        self.differences = self.state.differences
        moment = clock.parse(self.state.as_of)
        self.settled = clock.stamp(moment - SETTLING)
        self.sealable = (moment - SEALABLE_AFTER - timedelta(days=1)).strftime("%Y-%m-%d")
        self.sign_offs = SignOffs(key, self.sealable, with_head)
        self.representative = lru_cache(maxsize=1_000)(representative)

    def go(self) -> None:
        found = WalletRecord.scan(
            attributes_to_get=["pk", "sk", *open_payment_checks.ATTRIBUTES],
            page_size=PAGE,
            consistent_read=True,
            last_evaluated_key=self.state.after,
        )
        last = ""
        for key in (item for page in found.page_iter for item in page["Items"]):
            pk, sk = key["pk"]["S"], key["sk"]["S"]
            account = account_of(pk, sk)
            if sk == BALANCE:
                last = pk
            if account and (sk == BALANCE or (account != last and self.representative(account) == (pk, sk))):
                self._check(account)
            if open_payment_checks.may_be_open(key, self.settled):
                self._compare_record(pk, sk)
            self.state.after = {"pk": key["pk"], "sk": key["sk"]}
            self.progress.save_sometimes(self.state, self.inside)
        self.differences.expect(ALL, "conservation", 0, self.state.credits - self.state.debits)
        if self.state.credits == self.state.debits:
            self.differences.expect(ALL, "transfers", "0", f"{self.state.weave:x}")
        self.differences.expect(SUSPENSE, "open", self.state.suspended, self.state.suspense_items)
        self.sign_offs.check(self.state.roots, self.differences)
        if not self.differences.found:
            self.sign_offs.sign_off(self.state.roots)
            if self.with_head:
                self.sign_offs.move_head()

    def document(self) -> ProofDocument:
        state = self.state
        return {
            "status": "differences" if state.differences.found else "clean",
            "as_of": clock.rfc3339(clock.parse(state.as_of)),
            "settled_until": clock.rfc3339(clock.parse(self.settled)),
            "accounts_checked": state.accounts,
            "entries_checked": state.entries,
            "entries_unsettled": state.unsettled,
            "sealed_through": self.sign_offs.through or None,
            "totals": {"debits": state.debits, "credits": state.credits, **state.totals},
            "differences": state.differences.listed,
            "differences_found": state.differences.found,
            "unverified": state.unverified,
            "unverified_found": state.unverified_found,
        }

    def _check(self, account: str) -> None:
        state = self.state
        reading = self.inside if self.inside and self.inside.account == account else self._begun(account)
        while True:
            fold = self._fold(reading)
            worth, stable = self._worth(account, fold)
            now = stored_balance(account)
            explained = worth is None and reading.before and fold.explains(*reading.before)
            if stable and (now == reading.before or explained):
                break
            if reading.read == _READS_MAX:
                state.unverified_found += 1
                if len(state.unverified) < _UNVERIFIED_MAX:
                    state.unverified.append(account)
                break
            reading = self._begun(account, reading.read + 1)
        self.inside = None
        balance, entries = now or (0, 0)
        state.accounts += 1
        state.entries += fold.entries
        state.unsettled += fold.unsettled
        if account == SUSPENSE:
            state.suspended = fold.credits - fold.debits
        state.debits += fold.debits
        state.credits += fold.credits
        state.weave = seal_digests.add(state.weave, fold.weave)
        if class_ := _class(account):
            state.totals[class_] += balance
        known = self.differences.found
        self.differences.expect(account, "account", True, class_ is not None, fold.near)
        self.differences.expect(account, "entry", [], fold.odd, fold.near)
        if now == reading.before:
            self.differences.expect(account, "balance", fold.total, balance if now else None, fold.near)
            self.differences.expect(account, "entries", fold.entries, entries, fold.near)
            if worth is not None:
                kind = "open" if class_ == "withdrawing" else "hold"
                self.differences.expect(account, kind, worth, balance, fold.near)
        if balance < -fold.claimed and not may_be_negative(account):
            self.differences.expect(account, "overdraft", -fold.claimed, balance, fold.near)
        self._check_seals(account, fold, seal_more=self.differences.found == known)

    def _begun(self, account: str, read: int = 1) -> AccountReading:
        self.inside = AccountReading(account, clock.stamp(clock.now() - SETTLING), stored_balance(account), read)
        return self.inside

    def _fold(self, reading: AccountReading) -> Fold:
        found = Entry.query(
            reading.account, ENTRIES, consistent_read=True, page_size=PAGE, last_evaluated_key=reading.after
        )
        for page in found.page_iter:
            moments = Moments(self.settled, reading.recent, clock.stamp(clock.now() + SETTLING))
            for item in page["Items"]:
                reading.fold.add(item, moments, self.key)
            reading.after = page.get("LastEvaluatedKey")
            if reading.after:
                self.progress.save_sometimes(self.state, self.inside)
        return reading.fold

    @staticmethod
    def _worth(account: str, fold: Fold) -> tuple[int | None, bool]:
        """Return the balance that the account must have by items outside the ledger, None if there are none; and whether these
        did not change while they were read."""
        class_ = _class(account)
        if class_ == "withdrawing":
            return open_payment_checks.opened_amount(account, fold.open_withdrawal), True
        worth_of_tasks = task_callbacks.worth_of_tasks()
        if worth_of_tasks is None or class_ != "held":
            return None, True
        task_id = account.split(":")[1]
        worth = worth_of_tasks([task_id]).get(task_id)
        return worth, worth is not None

    def _compare_record(self, pk: str, sk: str) -> None:
        found = open_payment_checks.compare(pk, sk, self.settled)
        self.state.suspense_items += found.suspended
        for kind, expected, actual in found.faults:
            self.differences.expect(pk, kind, expected, actual)

    def _check_seals(self, account: str, fold: Fold, *, seal_more: bool) -> None:
        previous, sealed = "", set()
        nothing = seal_digests.Day()
        known = self.differences.found
        for item in stored_seals(f"seal#{account}"):
            day = item.day
            sealed.add(day)
            content = fold.days.get(day, nothing).content()
            self.differences.expect(account, "seal", item.content, content, _entries_of(account, day), day)
            mac = seal_digests.seal(self.key, previous, account, day, item.content)
            self.differences.expect(account, "seal_mac", GENUINE, GENUINE if mac == item.mac else "forged", day=day)
            self.state.roots[day] = seal_digests.merge(self.state.roots.get(day, ""), item.mac)
            previous = item.mac
        for day in sorted(fold.days.keys() - sealed):
            if day <= self.sign_offs.through:
                nothing_sealed = nothing.content()
                self.differences.expect(
                    account, "seal", nothing_sealed, fold.days[day].content(), _entries_of(account, day), day
                )
            elif day <= self.sealable and seal_more and self.sign_offs.complete and self.differences.found == known:
                content = fold.days[day].content()
                previous = seal_digests.seal(self.key, previous, account, day, content)
                write_seal_once(Seal(pk=f"seal#{account}", sk=day, content=content, mac=previous))
                self.state.roots[day] = seal_digests.merge(self.state.roots.get(day, ""), previous)


def _entries_of(account: str, day: str) -> Callable[[], list[Line]]:
    """Return a function that reads the first entries of a day of the account."""

    def read() -> list[Line]:
        keys = Entry.sk.startswith(f"entry#{day}") if is_statement(account) else ENTRIES
        found: list[Line] = []
        pages = Entry.query(account, keys, Entry.at.startswith(day), page_size=PAGE).page_iter
        for page, _ in zip(pages, range(_SEARCHED_PAGES_MAX), strict=False):
            found += [known for item in page["Items"] if (known := line(item))]
            if len(found) >= NEAR_MAX:
                break
        return found[:NEAR_MAX]

    return read


def _class(account: str) -> str | None:
    """Return the class in whose total the account is; None for a name that the ledger does not give."""
    known = _ACCOUNT.fullmatch(account)
    if known is None:
        return None
    if account.endswith(":withdrawing"):
        return "withdrawing"
    kind, _, rest = account.partition(":")
    if kind == "platform":
        return rest.partition(":")[0]
    return {"advertiser": "advertisers", "task": "held", "creator": "creators", "provider": "providers"}[kind]


def _response(document: ProofDocument) -> ProofResponse:
    return proof_response(document, settlement_file_comparison.last_of_each())
