"""Comparison of open top-ups, withdrawals, suspense items and payees with the ledger and their seals: a part of the proof.

Each open item must be as the market wrote it (sealed_items.py). The ledger must have the entry of its beginning, with its amount,
and no entry of its end. An item and its entries change in one transaction, so the entries are read between two equal reads of the
item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.wallet import ledger
from chalicelib.wallet.postings import SUSPENSE, withdrawing
from chalicelib.wallet.proof.sealed_items import SealedItem, is_intact
from chalicelib.wallet.records import PayeeRecord, Payment, SuspenseItem, Withdrawal

ATTRIBUTES = ("status", "expires_at", "resolved_at")
"""The attributes that `may_be_open` needs, besides the keys."""
_RECORDS: dict[str, type[SealedItem]] = {
    "payee": PayeeRecord,
    "payment": Payment,
    "suspense": SuspenseItem,
    "withdrawal": Withdrawal,
}
_READS_MAX = 5


@dataclass(frozen=True)
class Comparison:
    """The result for one item: `faults` as (kind, expected, found), and `suspended`, the amount in suspense at the moment up to
    which the proof compares accounts."""

    faults: tuple[tuple[str, Any, Any], ...] = ()
    suspended: int = 0


def may_be_open(key: dict[str, Any], settled: str) -> bool:
    """Return True if the item of a scan has to be compared: it is open, or was open at the stamp `settled`."""
    status, sk = _text(key, "status"), key["sk"]["S"]
    if sk == "payment":
        return status == "pending" and _text(key, "expires_at") >= settled
    if sk == "suspense":
        return status == "open" or _text(key, "resolved_at") > settled
    return sk == "payee" or (sk == "withdrawal" and status == "requested")


def compare(pk: str, sk: str, settled: str) -> Comparison:
    """Compare the present item with the present ledger."""
    for _ in range(_READS_MAX):
        try:
            item = _RECORDS[sk].find(pk, sk)
            if item is None:
                return Comparison()
            result = _compare(item, settled)
            again = _RECORDS[sk].find(pk, sk)
        except (AttributeDeserializationError, TypeError, ValueError):
            return Comparison((("record", "an item that can be read", None),))
        if again is not None and again.attribute_values == item.attribute_values:
            return result
    return Comparison()


def opened_amount(account: str, withdrawal_id: str | None) -> int:
    """Return the amount of the withdrawal that is open by the entries of this `withdrawing` account; 0 if there is none, or its
    item is not an open one of this owner."""
    try:
        item = Withdrawal.find(withdrawal_id, "withdrawal") if withdrawal_id else None
        if item is None or item.status != "requested" or withdrawing(str(item.owner)) != account:
            return 0
        return int(item.amount)
    except (AttributeDeserializationError, TypeError, ValueError):
        return 0


def _compare(item: SealedItem, settled: str) -> Comparison:
    faults: list[tuple[str, Any, Any]] = []
    suspended = 0
    if not is_intact(item):
        faults.append(("record_seal", "as the market wrote it", "altered"))
    if isinstance(item, SuspenseItem):
        begin = ledger.entry(SUSPENSE, item.begin)
        end = ledger.entry(SUSPENSE, f"resolve:{item.pk}")
        if item.at <= settled and (item.status == "open" or str(item.resolved_at) > settled):
            suspended = int(item.amount)
    elif isinstance(item, Withdrawal):
        account = withdrawing(str(item.owner))
        begin, end = (ledger.entry(account, f"{name}:{item.pk}") for name in ("withdraw", "withdrawn"))
    else:
        return Comparison(tuple(faults))
    is_open = item.status in ("open", "requested")
    if begin is None or begin.amount != item.amount:
        faults.append(("record", int(begin.amount) if begin else None, int(item.amount)))
    if is_open is not (end is None):
        faults.append(("record", "open" if end is None else end.kind, item.status))
    return Comparison(tuple(faults), suspended)


def _text(key: dict[str, Any], name: str) -> str:
    return str(key.get(name, {}).get("S", ""))
