"""The stored items that a batch of stream records needs, read in one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.grading.records import GradedAccount
from chalicelib.store.batch_reads import Key, read_all
from chalicelib.store.tables import Record
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.records.looks_record import LOOKS, LooksRecord
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow.stream_image import text_of
from chalicelib.tasks.workflow.wait_tokens import KEY, WaitRecord


class StoredItems:
    """The waits of the changed items of a batch, and the accounts and the looks of its ended orders. They are read together, at
    most three for each record, when the first one is needed.

    A workflow may store another wait meanwhile, and an account may change: the writes that follow have the condition that both are
    as they were read."""

    def __init__(self, changes: Iterable[dict[str, Any]]) -> None:
        """`changes` are those of the stream records (`NewImage`, `OldImage`)."""
        self._keys = dict.fromkeys(key for change in changes for key in _keys(change))
        self._found: dict[Key, Record] | None = None

    def wait_of(self, item_id: str) -> WaitRecord | None:
        """Return the wait of a changed task or order; None if none is stored."""
        found: WaitRecord | None = self._get((WaitRecord, item_id, KEY))
        return found

    def of_ended(self, order: OrderRecord) -> tuple[GradedAccount | None, LooksRecord | None]:
        """Return the account and the looks of an order that has ended after its publication; None for what does not exist."""
        return self._get((GradedAccount, order.account_id, "account")), self._get((LooksRecord, order.pk, LOOKS))

    def _get(self, key: Key) -> Any:
        if self._found is None or key not in self._keys:
            self._keys.setdefault(key)
            self._found = read_all(list(self._keys))
        return self._found.get(key)


def _keys(change: dict[str, Any]) -> Iterator[Key]:
    """Yield the keys of the items that the change of a task or an order may need."""
    new, old = change.get("NewImage", {}), change.get("OldImage")
    pk, sk = text_of(new, "pk"), text_of(new, "sk")
    if old is None or sk not in ("task", "order"):
        return
    yield WaitRecord, pk, KEY
    if sk == "order" and has_ended(new, old) and text_of(new, "published_at"):
        yield GradedAccount, text_of(new, "account_id"), "account"
        yield LooksRecord, pk, LOOKS


def has_ended(new: dict[str, Any], old: dict[str, Any] | None) -> bool:
    """Return True if this change has ended an order."""
    return text_of(new, "status") in ORDER.ends and (old is None or text_of(old, "status") != text_of(new, "status"))
