"""Create, read, change and delete one advertiser's shortlists and saved searches; both are single items with a revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.core import clock
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.shortlists.records import SavedSearchRecord, ShortlistRecord
from chalicelib.store import Refused, put, range_keys, transact
from chalicelib.store.create_once import create_once
from chalicelib.store.retry import WriteConflict, retry_on_conflict

R = TypeVar("R", ShortlistRecord, SavedSearchRecord)


def save_new(record: R, most: int, attempt: Attempt | None) -> tuple[R, bool]:
    """Store a new item. Return it, and whether an earlier attempt of the request has stored it.

    Raise Problem `list_full` if the owner has `most` items of its kind. Requests that arrive together can exceed it by their
    number."""
    kind = type(record)

    def create() -> R:
        if len(range_keys(most, kind, str(record.owner), index="by_owner", name="listed_at")) >= most:
            raise Problem("list_full", f"{most} can be stored; delete one first.", most=most)
        transact([put(record.sk, record, kind.pk.does_not_exist())])
        return record

    return create_once(attempt, lambda: kind.find(record.pk, record.sk), create)


def find_own(kind: type[R], sk: str, item_id: str, advertiser_id: str) -> R:
    """Return the advertiser's item. Raise Problem `not_found`, also for another advertiser's item."""
    record = kind.find(item_id, sk)
    if record is None or record.advertiser_id != advertiser_id or record.deleted_at is not None:
        raise not_found(sk)
    return record


def change_own(kind: type[R], sk: str, item_id: str, advertiser_id: str, change: Callable[[R], Any]) -> R:
    """Return the advertiser's item after `change`, which changes the record in memory; nothing is written if nothing changed.

    Raise Problem `not_found`, and what `change` raises."""

    def write() -> R:
        record = find_own(kind, sk, item_id, advertiser_id)
        before, read = record.serialize(), record.revision
        change(record)
        if record.serialize() == before:
            return record
        record.revision = read + 1
        record.updated_at = clock.stamp(clock.now())
        try:
            transact([put(sk, record, kind.revision == read)])
        except Refused as refused:
            raise WriteConflict from refused
        return record

    return retry_on_conflict(write)


def delete_own(kind: type[R], sk: str, item_id: str, advertiser_id: str) -> R:
    """Delete the advertiser's item and return it as it was. Raise Problem `not_found`.

    No function may delete items of a table (docs/operations/security.md): the item stays with its name, outside of every list, and
    is not found any more."""
    record = find_own(kind, sk, item_id, advertiser_id)

    def change(item: R) -> None:
        item.owner = item.listed_at = item.queue = item.due_at = None
        item.deleted_at = clock.stamp(clock.now())
        item.clear()

    change_own(kind, sk, item_id, advertiser_id, change)
    return record
