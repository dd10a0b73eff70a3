"""The proof of the ledger: nightly, and on demand.

    conservation   the entries of all accounts sum to 0; `transfers`: the entries of each transfer sum to 0 and agree in kind,
                   reference and moment
    balance        every balance is the sum of its entries; `entries`: and has their number
    entry          every entry has its own key, can be read, and is not of the future
    account        every account has a name that the ledger gives
    overdraft      no balance is negative except a provider's
    hold           the held balance of a task is the worth of its open orders
    open           the balances of `withdrawing` and suspense are the sums of the open items
    record         every open withdrawal and suspense item agrees with the ledger's entry; `record_seal`: it, or an open top-up, is
                   as the market wrote it
    seal           the entries of past days are those that were sealed (seals.py); `sign_off`: and so are the seals
    head           the last sign-off is the one stored in Secrets Manager

The run reads the keys of all items: an account is found by its balance, else by its first entry, else by its first seal. Money
moves during the run. An account is therefore read as balance, entries, balance until nothing moved in between, or the new entries
explain the difference. Conservation counts only transfers older than SETTLING, which are complete in all accounts;
`entries_unsettled` counts the younger ones. Memory is bounded: items are read page by page, and entries are added up. A run that
was cut off continues at its last position, also within an account, if it is called within RESUMABLE.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.core import clock
from chalicelib.core.aws import put_secret, secret, secret_now
from chalicelib.core.observability import count, logger
from chalicelib.core.settings import settings
from chalicelib.store import Refused, WalletRecord, put, transact
from chalicelib.wallet import settlement_files
from chalicelib.wallet.http.responses import Proof as ProofResponse
from chalicelib.wallet.http.responses import money
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.postings import SUSPENSE, is_statement, may_be_negative
from chalicelib.wallet.proof import open_records, seals
from chalicelib.wallet.proof.running_totals import NEAR_MAX, Fold, Item, Line, Moments, line
from chalicelib.wallet.records import Balance, Entry, Proof, Seal

SETTLING = timedelta(minutes=1)
SEALABLE_AFTER = timedelta(hours=1)
RESUMABLE = timedelta(hours=1)
SAVE_EVERY_SECONDS = 5.0
PAGE = 1_000
_ENTRIES = Entry.sk.startswith("entry#")
_READS_MAX = 5
_DIFFERENCES_MAX = 100
_SEARCHED_PAGES_MAX = 20
_ITEM_MAX = 390_000
_CLASSES = ("advertisers", "held", "creators", "withdrawing", "commission", "suspense", "providers")
_ACCOUNT = re.compile(
    r"provider:[^:]+|platform:(suspense|commission:\d\d)|task:[^:]+:held|(advertiser|creator):[^:]+:(available|withdrawing)"
)
_MAC = re.compile("[0-9a-f]{64}")
_GENUINE = "made with the key"
"""Reported in place of a MAC: the valid MAC of altered content is never reported."""

WorthOfTasks = Callable[[Iterable[str]], dict[str, int]]
_worth_of_tasks: WorthOfTasks | None = None


def compare_holds_with(worth_of_tasks: WorthOfTasks) -> None:
    """Set the function that returns the worth of the open orders of each task id, without tasks that changed while they were read.
    The wallet does not import tasks; app.py connects them."""
    global _worth_of_tasks
    _worth_of_tasks = worth_of_tasks


def latest() -> ProofResponse | None:
    """Return the stored result of the last reconciliation, with the last comparison with a settlement file of each provider."""
    document = _stored("latest")
    return _proof_response(document) if document else None


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
    count("LedgerDifferences", run.state.differences_found)
    if run.state.differences_found:
        logger.error("ledger differs", extra={"differences": run.state.differences[:10]})
    return _proof_response(document)


@dataclass
class _State:
    """The progress of a run, small enough for one item."""

    as_of: str
    after: dict[str, Any] | None = None
    accounts: int = 0
    entries: int = 0
    unsettled: int = 0
    debits: int = 0
    credits: int = 0
    weave: int = 0
    suspended: int = 0
    suspense_items: int = 0
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CLASSES, 0))
    roots: dict[str, str] = field(default_factory=dict)
    differences: list[dict[str, Any]] = field(default_factory=list)
    differences_found: int = 0
    unverified: list[str] = field(default_factory=list)
    unverified_found: int = 0


@dataclass
class _Inside:
    """The progress within one account, small enough for one item."""

    account: str
    recent: str
    before: tuple[int, int] | None
    read: int = 1
    after: dict[str, Any] | None = None
    fold: Fold = field(default_factory=Fold)


class _Run:
    def __init__(self, key: bytes, with_head: bool = True) -> None:
        self.key = key
        self.with_head = with_head
        self.inside: _Inside | None = None
        self.state = self._resumed() or _State(as_of=clock.stamp(clock.now()))
        moment = clock.parse(self.state.as_of)
        self.settled = clock.stamp(moment - SETTLING)
        self.sealable = (moment - SEALABLE_AFTER - timedelta(days=1)).strftime("%Y-%m-%d")
        self.sign_offs = [seal for seal in _seals("seal") if seal.day <= self.sealable]  # later ones: of another run
        self.sealed_through = self.sign_offs[-1].day if self.sign_offs else ""
        self.head = self._head() if with_head else (None, "", "")
        self.saved = time.monotonic()
        self.represented = lru_cache(maxsize=1_000)(_representative)

    def go(self) -> None:
        found = WalletRecord.scan(
            attributes_to_get=["pk", "sk", *open_records.ATTRIBUTES],
            page_size=PAGE,
            consistent_read=True,
            last_evaluated_key=self.state.after,
        )
        last = ""
        for key in (item for page in found.page_iter for item in page["Items"]):
            pk, sk = key["pk"]["S"], key["sk"]["S"]
            account = _account_of(pk, sk)
            if sk == BALANCE:
                last = pk
            if account and (sk == BALANCE or (account != last and self.represented(account) == (pk, sk))):
                self._check(account)
            if open_records.may_be_open(key, self.settled):
                self._compare_record(pk, sk)
            self.state.after = {"pk": key["pk"], "sk": key["sk"]}
            self._save_sometimes()
        self._expect("all accounts", "conservation", 0, self.state.credits - self.state.debits, [])
        if self.state.credits == self.state.debits:
            self._expect("all accounts", "transfers", "0", f"{self.state.weave:x}", [])
        self._expect(SUSPENSE, "open", self.state.suspended, self.state.suspense_items, [])
        self._check_sign_offs()
        self._expect("all accounts", "head", *self.head[1:], [])
        if not self.state.differences_found:
            self._sign_off()
            if self.with_head:
                self._move_head()

    def document(self) -> dict[str, Any]:
        state = self.state
        return {
            "status": "differences" if state.differences_found else "clean",
            "as_of": clock.rfc3339(clock.parse(state.as_of)),
            "settled_until": clock.rfc3339(clock.parse(self.settled)),
            "accounts_checked": state.accounts,
            "entries_checked": state.entries,
            "entries_unsettled": state.unsettled,
            "sealed_through": self.sealed_through or None,
            "totals": {"debits": state.debits, "credits": state.credits, **state.totals},
            "differences": state.differences,
            "differences_found": state.differences_found,
            "unverified": state.unverified,
            "unverified_found": state.unverified_found,
        }

    # -- progress -------------------------------------------------------------------------------------------------------

    def _resumed(self) -> _State | None:
        try:
            stored = _signed(self.key, "run")
            if not stored or clock.parse(stored["state"]["as_of"]) < clock.now() - RESUMABLE:
                return None
            inside = _signed(self.key, "inside")
            if inside and inside["mark"] == stored["mark"] and inside["account"]:
                reading = inside["account"]
                before = tuple(reading["before"]) if reading["before"] else None
                self.inside = _Inside(**{**reading, "before": before, "fold": Fold.from_json(reading["fold"])})
            return _State(**stored["state"])
        except (KeyError, TypeError):  # stored by another version
            self.inside = None
            return None

    def _save_sometimes(self) -> None:
        if time.monotonic() - self.saved <= SAVE_EVERY_SECONDS:
            return
        mark = secrets.token_hex(8)
        reading = {**asdict(self.inside), "fold": self.inside.fold.as_json()} if self.inside else None
        texts = {
            "run": json.dumps({"mark": mark, "state": asdict(self.state)}),
            "inside": json.dumps({"mark": mark, "account": reading}),
        }
        self.saved = time.monotonic()
        if any(len(json.dumps(text)) > _ITEM_MAX for text in texts.values()):
            logger.warning("progress is too large to be stored", extra={"run": len(texts["run"])})
            return
        parts = {sk: {"text": text, "mac": seals.progress(self.key, text)} for sk, text in texts.items()}
        transact(put(sk, Proof(pk="proof", sk=sk, document=part), None) for sk, part in parts.items())

    # -- accounts -------------------------------------------------------------------------------------------------------

    def _check(self, account: str) -> None:
        state = self.state
        reading = self.inside if self.inside and self.inside.account == account else self._begun(account)
        while True:
            fold = self._fold(reading)
            worth, stable = self._worth(account, fold)
            now = _balance(account)
            explained = worth is None and reading.before and fold.explains(*reading.before)
            if stable and (now == reading.before or explained):
                break
            if reading.read == _READS_MAX:
                state.unverified_found += 1
                if len(state.unverified) < _DIFFERENCES_MAX:
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
        state.weave = seals.add(state.weave, fold.weave)
        if class_ := _class(account):
            state.totals[class_] += balance
        known = state.differences_found
        self._expect(account, "account", True, class_ is not None, fold.near)
        self._expect(account, "entry", [], fold.odd, fold.near)
        if now == reading.before:
            self._expect(account, "balance", fold.total, balance if now else None, fold.near)
            self._expect(account, "entries", fold.entries, entries, fold.near)
            if worth is not None:
                kind = "open" if class_ == "withdrawing" else "hold"
                self._expect(account, kind, worth, balance, fold.near)
        if balance < 0 and not may_be_negative(account):
            self._expect(account, "overdraft", 0, balance, fold.near)
        self._check_seals(account, fold, seal_more=state.differences_found == known)

    def _begun(self, account: str, read: int = 1) -> _Inside:
        self.inside = _Inside(account, clock.stamp(clock.now() - SETTLING), _balance(account), read)
        return self.inside

    def _fold(self, reading: _Inside) -> Fold:
        found = Entry.query(
            reading.account, _ENTRIES, consistent_read=True, page_size=PAGE, last_evaluated_key=reading.after
        )
        for page in found.page_iter:
            moments = Moments(self.settled, reading.recent, clock.stamp(clock.now() + SETTLING))
            for item in page["Items"]:
                reading.fold.add(item, moments, self.key)
            reading.after = page.get("LastEvaluatedKey")
            if reading.after:
                self._save_sometimes()
        return reading.fold

    @staticmethod
    def _worth(account: str, fold: Fold) -> tuple[int | None, bool]:
        """Return the balance that the account must have by items outside the ledger, None if there are none; and whether these
        did not change while they were read."""
        class_ = _class(account)
        if class_ == "withdrawing":
            return open_records.opened_amount(account, fold.open_withdrawal), True
        if _worth_of_tasks is None or class_ != "held":
            return None, True
        task_id = account.split(":")[1]
        worth = _worth_of_tasks([task_id]).get(task_id)
        return worth, worth is not None

    def _compare_record(self, pk: str, sk: str) -> None:
        found = open_records.compare(pk, sk, self.settled)
        self.state.suspense_items += found.suspended
        for kind, expected, actual in found.faults:
            self._expect(pk, kind, expected, actual, [])

    # -- seals ----------------------------------------------------------------------------------------------------------

    def _check_seals(self, account: str, fold: Fold, *, seal_more: bool) -> None:
        previous, sealed = "", set()
        nothing = seals.Day()
        known = self.state.differences_found
        for item in _seals(f"seal#{account}"):
            day = item.day
            sealed.add(day)
            content = fold.days.get(day, nothing).content()
            self._expect(account, "seal", item.content, content, self._of(account, day), day)
            mac = seals.seal(self.key, previous, account, day, item.content)
            self._expect(account, "seal_mac", _GENUINE, _GENUINE if mac == item.mac else "forged", [], day)
            self.state.roots[day] = seals.merge(self.state.roots.get(day, ""), item.mac)
            previous = item.mac
        for day in sorted(fold.days.keys() - sealed):
            if day <= self.sealed_through:
                nothing_sealed = nothing.content()
                self._expect(account, "seal", nothing_sealed, fold.days[day].content(), self._of(account, day), day)
            elif day <= self.sealable and seal_more and self._may_seal() and self.state.differences_found == known:
                content = fold.days[day].content()
                previous = seals.seal(self.key, previous, account, day, content)
                self._write_once(Seal(pk=f"seal#{account}", sk=day, content=content, mac=previous))
                self.state.roots[day] = seals.merge(self.state.roots.get(day, ""), previous)

    def _may_seal(self) -> bool:
        """Return True if no sign-off is missing: otherwise new seals would replace removed ones."""
        return self.head[1] == self.head[2]

    def _check_sign_offs(self) -> None:
        previous, after = "", ""
        for item in self.sign_offs:
            roots = item.content if isinstance(item.content, dict) else {}
            mac = seals.sign_off(self.key, previous, item.day, roots)
            self._expect("all accounts", "sign_off", _GENUINE, _GENUINE if mac == item.mac else "forged", [], item.day)
            self._expect("all accounts", "sign_off", roots, self._roots(after, item.day), [], item.day)
            previous, after = item.mac, item.day
        claimed = str((_stored("latest") or {}).get("sealed_through") or "")
        if claimed <= self.sealable:
            expected = max(claimed, self.sealed_through)
            self._expect("all accounts", "sign_off_missing", expected, self.sealed_through, [])

    def _sign_off(self) -> None:
        if self.sealable <= self.sealed_through:
            return
        roots = self._roots(self.sealed_through, self.sealable)
        mac = seals.sign_off(self.key, self.sign_offs[-1].mac if self.sign_offs else "", self.sealable, roots)
        self._write_once(Seal(pk="seal", sk=self.sealable, content=roots, mac=mac))
        self.sealed_through = self.sealable
        logger.info("days signed off", extra={"through": self.sealable, "mac": mac})

    def _head(self) -> tuple[str | None, str, str]:
        """The head of the ledger in Secrets Manager, `{through, mac, seal}`: the day and the MAC of the last sign-off that was
        made; None before the first. A right to write the table is not enough to remove it.
        Return it with its expected and its found value."""
        head = _json({"S": secret_now(settings().ledger_head_secret_arn)})
        if head == {}:
            return None, "", ""
        try:
            through, mac = str(head["through"]), str(head["mac"])
            genuine = head["seal"] == seals.head(self.key, through, mac)
        except (KeyError, TypeError):
            return None, _GENUINE, "unreadable"
        if not genuine:
            return None, _GENUINE, "forged"
        if through > self.sealable:  # of a later run
            return None, "", ""
        macs = {sign_off.day: sign_off.mac for sign_off in self.sign_offs}
        found = self.sealed_through if through not in macs else through if macs[through] == mac else "another"
        return through, through, found

    def _move_head(self) -> None:
        """Store the last sign-off as the head, unless it is the head already."""
        through, _, _ = self.head
        last = max(_seals("seal"), key=lambda sign_off: sign_off.day, default=None)
        if last is None or last.day > self.sealable or last.day == through:
            return
        moved = {"through": last.day, "mac": last.mac, "seal": seals.head(self.key, last.day, last.mac)}
        put_secret(settings().ledger_head_secret_arn, json.dumps(moved))

    def _roots(self, after: str, through: str) -> dict[str, str]:
        return {day: root for day, root in self.state.roots.items() if after < day <= through}

    @staticmethod
    def _write_once(item: Seal) -> None:
        try:
            transact([put("seal", item, Seal.pk.does_not_exist())])
        except Refused:
            return  # another run wrote the seal; the next run checks it

    @staticmethod
    def _of(account: str, day: str) -> Callable[[], list[Line]]:
        def read() -> list[Line]:
            keys = Entry.sk.startswith(f"entry#{day}") if is_statement(account) else _ENTRIES
            found: list[Line] = []
            pages = Entry.query(account, keys, Entry.at.startswith(day), page_size=PAGE).page_iter
            for page, _ in zip(pages, range(_SEARCHED_PAGES_MAX), strict=False):
                found += [known for item in page["Items"] if (known := line(item))]
                if len(found) >= NEAR_MAX:
                    break
            return found[:NEAR_MAX]

        return read

    def _expect(
        self,
        account: str,
        kind: str,
        expected: Any,
        found: Any,
        near: list[Line] | Callable[[], list[Line]],
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


# -- items as they are, damaged or not -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Sealed:
    day: str
    content: Any
    mac: str


def _seals(pk: str) -> Iterator[_Sealed]:
    """Yield seals or sign-offs by day; unreadable content is None, an unreadable MAC has only zeros."""
    for page in Seal.query(pk, consistent_read=True).page_iter:
        for item in page["Items"]:
            mac = item.get("mac", {}).get("S", "")
            yield _Sealed(item["sk"]["S"], _json(item.get("content")), mac if _MAC.fullmatch(mac) else "0" * 64)


def _balance(account: str) -> tuple[int, int] | None:
    """Return the balance and its number of entries; None if there is no such item or it cannot be read."""
    try:
        item = Balance.find(account, BALANCE)
    except (AttributeDeserializationError, ValueError):
        return None
    return (int(item.balance), int(item.entries)) if item else None


def _account_of(pk: str, sk: str) -> str | None:
    """Return the account of a balance, an entry or a seal; None for other items."""
    if sk == BALANCE or sk.startswith("entry#"):
        return pk
    return pk.removeprefix("seal#") if pk.startswith("seal#") else None


def _representative(account: str) -> tuple[str, str]:
    """Return the key of the item at which the account is checked, in whatever order the table is read."""
    if _first(account, Balance.sk == BALANCE):
        return account, BALANCE
    entry = _first(account, _ENTRIES)
    return (account, entry) if entry else (f"seal#{account}", _first(f"seal#{account}", None) or "")


def _first(pk: str, keys: Any) -> str | None:
    for page in WalletRecord.query(pk, keys, limit=1, consistent_read=True).page_iter:
        for item in page["Items"]:
            return str(item["sk"]["S"])
    return None


def _stored(sk: str) -> dict[str, Any] | None:
    try:
        proof = Proof.find("proof", sk)
    except (AttributeDeserializationError, ValueError):
        return None
    return proof.document if proof and isinstance(proof.document, dict) else None


def _signed(key: bytes, sk: str) -> dict[str, Any] | None:
    """Return the progress that a run stored, unless its MAC is wrong."""
    stored = _stored(sk) or {}
    text = stored.get("text", "")
    if not text or stored.get("mac") != seals.progress(key, text):
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def _json(attribute: Item | dict[str, Any] | None) -> Any:
    try:
        return json.loads(str((attribute or {})["S"]))
    except (KeyError, ValueError):
        return None


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


def _proof_response(document: dict[str, Any]) -> ProofResponse:
    moments: dict[str, Any] = {
        name: clock.parse(document[name]) for name in ("as_of", "settled_until") if name in document
    }
    shown: dict[str, Any] = {
        **document,
        **moments,
        "totals": {name: money(total) for name, total in document["totals"].items()},
        "settlements": settlement_files.last_of_each(),
    }
    return cast(ProofResponse, shown)
