"""Reads of the wallet's items that also return damaged ones: a damaged item must be reported and must not end the proof."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pynamodb.exceptions import AttributeDeserializationError

from chalicelib.store import WalletRecord
from chalicelib.wallet.ledger import BALANCE
from chalicelib.wallet.proof.running_totals import Item
from chalicelib.wallet.records import Balance, Entry, Proof, Seal

ENTRIES = Entry.sk.startswith("entry#")
_MAC = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredSeal:
    """A seal or a sign-off of a day. Unreadable content is None, an unreadable MAC has only zeros."""

    day: str
    content: Any
    mac: str


def stored_seals(pk: str) -> Iterator[StoredSeal]:
    """Yield the seals of `seal#{account}`, or the sign-offs of `seal`, by day."""
    for page in Seal.query(pk, consistent_read=True).page_iter:
        for item in page["Items"]:
            mac = item.get("mac", {}).get("S", "")
            yield StoredSeal(item["sk"]["S"], json_of(item.get("content")), mac if _MAC.fullmatch(mac) else "0" * 64)


def stored_balance(account: str) -> tuple[int, int] | None:
    """Return the balance and its number of entries; None if there is no such item or it cannot be read."""
    try:
        item = Balance.find(account, BALANCE)
    except (AttributeDeserializationError, ValueError):
        return None
    return (int(item.balance), int(item.entries)) if item else None


def stored_proof(sk: str) -> dict[str, Any] | None:
    """Return the document of the item `proof` with this sort key; None if there is none or it cannot be read."""
    try:
        proof = Proof.find("proof", sk)
    except (AttributeDeserializationError, ValueError):
        return None
    return proof.document if proof and isinstance(proof.document, dict) else None


def account_of(pk: str, sk: str) -> str | None:
    """Return the account of a balance, an entry or a seal; None for other items."""
    if sk == BALANCE or sk.startswith("entry#"):
        return pk
    return pk.removeprefix("seal#") if pk.startswith("seal#") else None


def representative(account: str) -> tuple[str, str]:
    """Return the key of the item at which the account is checked, in whatever order the table is read."""
    if _first(account, Balance.sk == BALANCE):
        return account, BALANCE
    entry = _first(account, ENTRIES)
    return (account, entry) if entry else (f"seal#{account}", _first(f"seal#{account}", None) or "")


def json_of(attribute: Item | dict[str, Any] | None) -> Any:
    """Return the value of an attribute that stores JSON text; None if it cannot be read."""
    try:
        return json.loads(str((attribute or {})["S"]))
    except (KeyError, ValueError):
        return None


def _first(pk: str, keys: Any) -> str | None:
    for page in WalletRecord.query(pk, keys, limit=1, consistent_read=True).page_iter:
        for item in page["Items"]:
            return str(item["sk"]["S"])
    return None
