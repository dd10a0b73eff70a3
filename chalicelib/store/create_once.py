"""A POST with an Idempotency-Key creates one item, however often it is sent.

The id of the item is derived from the caller and the key, and the item stores the fingerprint of the request that created it. Where
the response cannot be built from the item again, it is stored too: in the item itself, or in a receipt beside an item that has an
id of its own (a handle, a user).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import json_format
from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.store.tables import AccountsRecord, Record
from chalicelib.store.transactions import Action, Refused, put, save_if

RECEIPT = "receipt"


class Created(Protocol):
    """An item with the fingerprint of the request that created it."""

    @property
    def fingerprint(self) -> Any: ...


class Answered(Protocol):
    """An item with the response to the request that created it, as JSON."""

    @property
    def answer(self) -> Any: ...


class ReceiptRecord(AccountsRecord):
    """The response to a POST with an Idempotency-Key: pk is derived from caller and key, sk is `receipt`."""

    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()


I = TypeVar("I", bound=Created)  # noqa: E741
WithReceipt = Callable[[Any], list[Action]]
"""Return the actions that store the response; they belong into the transaction that creates."""


def create_once(attempt: Attempt | None, find: Callable[[], I | None], create: Callable[[], I]) -> tuple[I, bool]:
    """Return the item that the request creates, and whether an earlier attempt has created it.

    `find` reads the item, `create` writes it unless it exists. Without a key nothing is looked up. Raises Problem
    `idempotency_key_reused` if another request has used the key, and what `create` raises."""
    if attempt is None:
        return create(), False
    earlier = find()
    if earlier is None:
        try:
            return create(), False
        except (Refused, Problem):  # the cause may be the same request, sent twice at once
            earlier = find()
            if earlier is None:
                raise
    attempt.require_same(earlier.fingerprint)
    return earlier, True


def save_new(record: Record, attempt: Attempt | None) -> None:
    """Write an item that is created alone, in one put, which is half as dear as a transaction of one action.

    With an attempt, whose id the item has, an existing item is not replaced: raises Refused. Without one the id is new, and there
    is no condition, so that the SDK's repetition after a lost reply does not meet its own write."""
    if attempt is None:
        record.save()
    elif not put_once(record):
        raise Refused({record.sk: None})


def put_once(record: Record) -> bool:
    """Write an item in one put, unless an item has its key. Return False if one has, which can be the own write after a lost reply:
    use it only if the key determines the item."""
    return save_if(record, type(record).pk.does_not_exist())


def respond_once(attempt: Attempt | None, create: Callable[[WithReceipt], Any]) -> tuple[Any, bool]:
    """Return the response of `create`, and whether it is that of an earlier attempt.

    `create` adds the actions of `with_receipt(response)` to its transaction. Raises as `create_once` does."""
    if attempt is None:
        return create(lambda _: []), False
    pk, fingerprint = attempt.id("rct"), attempt.fingerprint
    receipt = ReceiptRecord(pk, RECEIPT, fingerprint=fingerprint)

    def with_receipt(response: Any) -> list[Action]:
        receipt.answer = json_format.dumps(response)
        return [put(RECEIPT, receipt, ReceiptRecord.pk.does_not_exist())]

    def create_both() -> ReceiptRecord:
        create(with_receipt)
        return receipt

    found, repeated = create_once(attempt, lambda: ReceiptRecord.find(pk, RECEIPT), create_both)
    return stored_response(found), repeated


def stored_response(item: Answered) -> Any:
    """Return the response that the item stores."""
    return json.loads(item.answer)
