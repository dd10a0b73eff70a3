"""Seals of the items beside the ledger that decide where money goes: top-ups, withdrawals, suspense items, payees.

The ledger's entries name accounts and amounts, but neither the payee of a payout nor the advertiser who started a top-up. Each such
item therefore carries an HMAC over these fields, made with the deployment's key in Secrets Manager. It is written with the item,
written again with each change, and checked before money moves because of the item. An item without a seal was written before there
were seals, or its seal was removed: it is treated as altered.
"""

from __future__ import annotations

import hmac
from typing import Any, TypeVar

from pynamodb.expressions.condition import Condition

from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.observability import count, logger
from chalicelib.core.settings import settings
from chalicelib.store import Action, as_read, put
from chalicelib.wallet.proof import seal_digests
from chalicelib.wallet.records import PayeeRecord, Payment, SuspenseItem, Withdrawal

SealedItem = Payment | SuspenseItem | Withdrawal | PayeeRecord
T = TypeVar("T", Payment, SuspenseItem, Withdrawal, PayeeRecord)
_PAYMENT = ("owner", "provider", "pay_url", "created_at", "expires_at")
_SUSPENSE = ("provider", "transaction_id", "payment_id", "reason", "at", "status", "advertiser_id", "resolved_at")
_WITHDRAWAL = ("owner", "provider", "requested_at", "status", "decided_at")
_PAYEE = ("owner", "provider", "account", "country")
_SUSPENSE_DOCUMENTS = ("confirmation",)
_WITHDRAWAL_DOCUMENTS = ("payee", "payout", "confirmation")


def seal_of(item: SealedItem) -> str:
    """Return the seal that belongs to the item as it is now."""
    texts, documents = _fields(item)
    amount = None if isinstance(item, PayeeRecord) else int(item.amount)
    fields: list[Any] = [item.pk, amount, *(getattr(item, name) for name in texts)]
    fields += [sorted(found.items()) if (found := getattr(item, name)) else None for name in documents]
    return seal_digests.item(secret(settings().cursor_secret_arn), item.sk, fields)


def is_intact(item: SealedItem) -> bool:
    """Return True if the item is as the market wrote it."""
    return item.seal is not None and hmac.compare_digest(item.seal.encode(), seal_of(item).encode())


def changed(item: T, **changes: Any) -> T:
    """Return a copy of the item with other attributes and, where it has one, the next revision. The copy is sealed if the item was
    intact; otherwise it has the seal of the item."""
    raised: dict[str, int] = {} if isinstance(item, Payment | PayeeRecord) else {"revision": int(item.revision) + 1}
    copy = type(item)(**{**item.attribute_values, **changes, **raised})
    copy.seal = seal_of(copy) if is_intact(item) else item.seal
    return copy


def replaced(label: str, item: SealedItem, copy: SealedItem, more: Condition) -> Action:
    """Return the action that writes `copy`, on the condition `more` and that the item is as it was read."""
    record: Any = type(item)
    same = record.seal.does_not_exist() if item.seal is None else record.seal == item.seal
    return put(label, copy, same & more if isinstance(item, Payment | PayeeRecord) else same & more & as_read(item))


def report_altered(item: SealedItem) -> None:
    """Log an altered item and count it as a difference of the ledger, for which there is an alarm."""
    count("LedgerDifferences")
    logger.error("stored item altered", extra={"item": item.pk})


def altered(item: SealedItem) -> Problem:
    """Report the altered item, and return 409 `record_altered`."""
    report_altered(item)
    return Problem("record_altered", f"{item.pk} is not what the market wrote, or the ledger has another amount.")


def _fields(item: SealedItem) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if isinstance(item, Payment):
        return _PAYMENT, ()
    if isinstance(item, PayeeRecord):
        return _PAYEE, ()
    if isinstance(item, SuspenseItem):
        return _SUSPENSE, _SUSPENSE_DOCUMENTS
    return _WITHDRAWAL, _WITHDRAWAL_DOCUMENTS
