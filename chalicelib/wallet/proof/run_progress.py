"""The stored progress of a proof. A run that was cut off continues at its last position, also within an account."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import logger
from chalicelib.store import PageKey, put, transact
from chalicelib.wallet.proof import seal_digests
from chalicelib.wallet.proof.damaged_item_reads import stored_proof
from chalicelib.wallet.proof.difference_list import Differences
from chalicelib.wallet.proof.running_totals import Fold
from chalicelib.wallet.records import Proof

RESUMABLE = timedelta(hours=1)
SAVE_EVERY_SECONDS = 5.0
CLASSES = ("advertisers", "held", "creators", "withdrawing", "commission", "suspense", "providers")
_ITEM_MAX = 390_000


@dataclass
class RunState:
    """The progress of a run, small enough for one item. `after` is the position of the scan, `weave` the sum over all transfers
    (seal_digests.weave), `suspended` the entries of suspense and `suspense_items` its open items, `roots` the seals of each day."""

    as_of: str
    after: PageKey | None = None
    accounts: int = 0
    entries: int = 0
    unsettled: int = 0
    debits: int = 0
    credits: int = 0
    weave: int = 0
    suspended: int = 0
    suspense_items: int = 0
    totals: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLASSES, 0))
    roots: dict[str, str] = field(default_factory=dict)
    differences: Differences = field(default_factory=Differences)
    unverified: list[str] = field(default_factory=list)
    unverified_found: int = 0


@dataclass
class AccountReading:
    """The progress within one account, small enough for one item. `before` are balance and number of entries before the entries
    were read, `read` counts the reads of the account, `recent` is the stamp from which it may have moved meanwhile."""

    account: str
    recent: str
    before: tuple[int, int] | None
    read: int = 1
    after: PageKey | None = None
    fold: Fold = field(default_factory=Fold)


class Progress:
    """Stores the progress at most every SAVE_EVERY_SECONDS. `key` makes the MAC without which stored progress is not used."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.saved = time.monotonic()

    def resumed(self) -> tuple[RunState, AccountReading | None] | None:
        """Return the stored progress of a run of less than RESUMABLE ago; None if there is none that can be used."""
        try:
            stored = self._signed("run")
            if not stored or clock.parse(stored["state"]["as_of"]) < clock.now() - RESUMABLE:
                return None
            state = RunState(**{**stored["state"], "differences": Differences(**stored["state"]["differences"])})
            inside = self._signed("inside")
            if not inside or inside["mark"] != stored["mark"] or not inside["account"]:
                return state, None
            reading = inside["account"]
            before = tuple(reading["before"]) if reading["before"] else None
            return state, AccountReading(**{**reading, "before": before, "fold": Fold.from_json(reading["fold"])})
        except (KeyError, TypeError):  # stored by another version
            return None

    def save_sometimes(self, state: RunState, inside: AccountReading | None) -> None:
        """Store the progress unless it was stored a moment ago."""
        if time.monotonic() - self.saved <= SAVE_EVERY_SECONDS:
            return
        mark = secrets.token_hex(8)
        reading = {**asdict(inside), "fold": inside.fold.as_json()} if inside else None
        texts = {
            "run": json.dumps({"mark": mark, "state": asdict(state)}),
            "inside": json.dumps({"mark": mark, "account": reading}),
        }
        self.saved = time.monotonic()
        if any(len(json.dumps(text)) > _ITEM_MAX for text in texts.values()):
            logger.warning("progress is too large to be stored", extra={"run": len(texts["run"])})
            return
        parts = {sk: {"text": text, "mac": seal_digests.progress(self.key, text)} for sk, text in texts.items()}
        transact(put(sk, Proof(pk="proof", sk=sk, document=part), None) for sk, part in parts.items())

    def _signed(self, sk: str) -> dict[str, Any] | None:
        stored = stored_proof(sk) or {}
        text = stored.get("text", "")
        if not text or stored.get("mac") != seal_digests.progress(self.key, text):
            return None
        found: dict[str, Any] = json.loads(text)
        return found
