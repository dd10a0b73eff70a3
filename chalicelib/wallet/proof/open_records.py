"""Open top-ups, withdrawals and suspense items beside the ledger and their seals: a part of the proof.

Each open item must be as the market wrote it (sealed_items.py) and have the ledger's entry of its beginning, with its amount,
and none of its end. An item and its entries change in one transaction, so entries that were read between two equal readings of
the item are compared with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.wallet import ledger
from chalicelib.wallet.postings import SUSPENSE, withdrawing
from chalicelib.wallet.proof.sealed_items import SealedItem, intact
from chalicelib.wallet.records import Payment, SuspenseItem, Withdrawal

ATTRIBUTES = ("status", "expires_at", "resolved_at")
"""What `may_be_open` looks at, beside the keys."""
_RECORDS: dict[str, type[SealedItem]] = {"payment": Payment, "suspense": SuspenseItem, "withdrawal": Withdrawal}
_READS_MAX = 5


@dataclass(frozen=True)
class Look:
    """What became of one item: `faults` as (kind, expected, found), and `suspended`, the amount in suspense at the moment up to
    which the proof compares accounts."""

    faults: tuple[tuple[str, Any, Any], ...] = ()
    suspended: int = 0


def may_be_open(key: dict[str, Any], settled: str) -> bool:
    """Whether the item of a scan has to be looked at: it is open, or was at the stamp `settled`."""
    status, sk = _text(key, "status"), key["sk"]["S"]
    if sk == "payment":
        return status == "pending" and _text(key, "expires_at") >= settled
    if sk == "suspense":
        return status == "open" or _text(key, "resolved_at") > settled
    return sk == "withdrawal" and status == "requested"


def look(pk: str, sk: str, settled: str) -> Look:
    """Compare one item with the ledger, as both are now."""
    for _ in range(_READS_MAX):
        try:
            item = _RECORDS[sk].find(pk, sk)
            if item is None:
                return Look()
            found = _compared(item, settled)
            again = _RECORDS[sk].find(pk, sk)
        except (AttributeDeserializationError, TypeError, ValueError):
            return Look((("record", "an item that can be read", None),))
        if again is not None and again.attribute_values == item.attribute_values:
            return found
    return Look()


def opened_amount(account: str, withdrawal_id: str | None) -> int:
    """The amount of the withdrawal that is open by the entries of this `withdrawing` account; 0 if there is none, or its item is
    not an open one of this owner."""
    try:
        item = Withdrawal.find(withdrawal_id, "withdrawal") if withdrawal_id else None
        mine = item is not None and item.status == "requested" and withdrawing(str(item.owner)) == account
        return int(item.amount) if item is not None and mine else 0
    except (AttributeDeserializationError, TypeError, ValueError):
        return 0


def _compared(item: SealedItem, settled: str) -> Look:
    faults: list[tuple[str, Any, Any]] = []
    suspended = 0
    if not intact(item):
        faults.append(("record_seal", "as the market wrote it", "altered"))
    if isinstance(item, SuspenseItem):
        begin = ledger.entry(SUSPENSE, f"received:{item.provider}:{item.transaction_id}")
        end = ledger.entry(SUSPENSE, f"resolve:{item.pk}")
        if item.at <= settled and (item.status == "open" or str(item.resolved_at) > settled):
            suspended = int(item.amount)
    elif isinstance(item, Withdrawal):
        account = withdrawing(str(item.owner))
        begin, end = (ledger.entry(account, f"{name}:{item.pk}") for name in ("withdraw", "withdrawn"))
    else:
        return Look(tuple(faults))
    is_open = item.status in ("open", "requested")
    if begin is None or begin.amount != item.amount:
        faults.append(("record", int(begin.amount) if begin else None, int(item.amount)))
    if is_open is not (end is None):
        faults.append(("record", "open" if end is None else end.kind, item.status))
    return Look(tuple(faults), suspended)


def _text(key: dict[str, Any], name: str) -> str:
    return str(key.get(name, {}).get("S", ""))
