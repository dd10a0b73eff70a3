"""Transactions: one TransactWriteItems of labelled actions.

DynamoDB reports a cancelled transaction as a list of reasons in the order of the actions, and pynamodb sends checks, deletes, puts
and updates in that order, whatever the order of the calls. Each action therefore has a label, and `Refused` maps the labels whose
condition failed to the stored items.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import Problem
from chalicelib.store.item_size import ITEM_MAX_BYTES, bytes_after
from chalicelib.store.tables import Record, connection

ACTIONS_MAX = 100
BYTES_MAX = 4_000_000
"""The largest transaction (the limit of DynamoDB is 4 MB)."""

ATTEMPTS_MAX = 8
CONDITION_FAILED = "ConditionalCheckFailedException"
_ORDER = {"check": 0, "delete": 1, "put": 2, "update": 3}
_TRANSIENT = {"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}


@dataclass(frozen=True)
class Action:
    """A labelled action of a transaction, created by `put`, `update`, `check` or `delete`."""

    label: str
    kind: Literal["check", "delete", "put", "update"]
    item: Record
    condition: Condition | None
    changes: Sequence[UpdateAction] = ()


class Refused(Exception):
    """A condition of the transaction failed, and nothing was written.

    `labels` maps each label whose condition failed to the stored item (attribute values of DynamoDB), None without an item."""

    def __init__(self, labels: dict[str, dict[str, Any] | None]) -> None:
        super().__init__(", ".join(sorted(labels)))
        self.labels = labels


def as_read(item: Any) -> Condition:
    """Return the condition that `item` still has the `revision` that was read; 0 is that of an item from before revisions."""
    record, revision = type(item), int(item.revision)
    same: Condition = record.revision == revision
    return same if revision else same | record.revision.does_not_exist()


def put(label: str, item: Record, condition: Condition | None) -> Action:
    """Return the action that writes the whole item."""
    return Action(label, "put", item, condition)


def update(label: str, item: Record, changes: Sequence[UpdateAction], condition: Condition | None) -> Action:
    """Return the action that changes attributes of the item with this key; `item` needs only its key."""
    return Action(label, "update", item, condition, changes)


def check(label: str, item: Record, condition: Condition) -> Action:
    """Return the action that checks only the condition."""
    return Action(label, "check", item, condition)


def delete(label: str, item: Record, condition: Condition | None) -> Action:
    """Return the action that deletes the item."""
    return Action(label, "delete", item, condition)


def update_if(item: Record, changes: Sequence[UpdateAction], condition: Condition) -> bool:
    """Change the item in one conditional update, half the cost of a transaction of one action. Return False if the condition does
    not hold."""
    try:
        item.update(list(changes), condition=condition)
    except UpdateError as error:
        if error.cause_response_code != CONDITION_FAILED:
            raise
        return False
    return True


def save_if(item: Record, condition: Condition | None) -> bool:
    """Write the whole item in one conditional put. Return False if the condition does not hold."""
    try:
        item.save(condition)
    except PutError as error:
        if error.cause_response_code != CONDITION_FAILED:
            raise
        return False
    return True


def transact(actions: Iterable[Action]) -> None:
    """Write the actions together.

    Raises Refused if a condition failed; Problem `payload_too_large`, before anything is sent, for more than ACTIONS_MAX actions or
    BYTES_MAX bytes, and when an item would become too large for DynamoDB. A conflict with another transaction, or throttling, is
    retried with jittered back-off, at most ATTEMPTS_MAX times; then Problem `write_contention`. A lost reply is safe: the SDK
    repeats with the same client request token, and the conditions of every transaction recognise its own earlier write."""
    ordered = sorted(actions, key=lambda action: _ORDER[action.kind])
    _require_limits(ordered)
    for attempt in range(ATTEMPTS_MAX):
        try:
            _commit(ordered)
            return
        except TransactWriteError as error:
            if not isinstance(error.cause, ClientError):
                raise  # the reply was lost, so there is no code
            reasons = error.cancellation_reasons
            if error.cause_response_code == "TransactionCanceledException":
                codes = {reason.code for reason in reasons if reason is not None}
                refused = {
                    action.label: reason.raw_item
                    for action, reason in zip(ordered, reasons, strict=True)
                    if reason is not None and reason.code == "ConditionalCheckFailed"
                }
                if refused and not codes & _TRANSIENT:
                    raise Refused(refused) from error
                if _too_large(error.cause):
                    raise Problem("payload_too_large", "The record has no room for this; send less text.") from error
                if not codes <= _TRANSIENT | {"ConditionalCheckFailed"}:
                    raise
            elif _too_large(error.cause):
                raise Problem("payload_too_large", "The record has no room for this; send less text.") from error
            elif error.cause_response_code != "TransactionInProgressException":
                raise
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - jitter, not a secret
    raise Problem("write_contention", "Other requests are changing the same records; nothing was done.")


def _require_limits(actions: Sequence[Action]) -> None:
    """Raise Problem `payload_too_large` for a transaction above the limits of DynamoDB."""
    if len(actions) > ACTIONS_MAX:
        raise Problem("payload_too_large", f"This changes {len(actions)} records; {ACTIONS_MAX} can change together.")
    if len(actions) * ITEM_MAX_BYTES <= BYTES_MAX:
        return
    size = sum(bytes_after(action.item, action.changes) for action in actions)
    if size > BYTES_MAX:
        raise Problem("payload_too_large", f"This changes {size:,} bytes; {BYTES_MAX:,} can change together.")


def _too_large(error: ClientError) -> bool:
    """Return True if an item of the transaction would be too large for DynamoDB, which reports this in a message, without a
    code."""
    response: dict[str, Any] = dict(error.response)
    reasons = response.get("CancellationReasons", [])
    messages = [response.get("Error", {}).get("Message", ""), *(reason.get("Message") or "" for reason in reasons)]
    return any("Item size" in message and "exceeded" in message for message in messages)


def _commit(actions: Sequence[Action]) -> None:
    with TransactWrite(connection=connection()) as transaction:
        for action in actions:
            if action.kind == "put":
                transaction.save(action.item, condition=action.condition, return_values="ALL_OLD")
            elif action.kind == "update":
                transaction.update(
                    action.item, list(action.changes), condition=action.condition, return_values="ALL_OLD"
                )
            elif action.kind == "delete":
                transaction.delete(action.item, condition=action.condition)
            else:
                transaction.condition_check(
                    type(action.item), action.item.pk, action.item.sk, condition=action.condition
                )
