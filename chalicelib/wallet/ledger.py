"""The ledger in DynamoDB: one transaction per transfer, blind and conditional, once per id.

For each account of a transfer there are two actions: the balance changes by ADD, on the condition that it covers the amount
where it may not go negative; and an immutable entry is put. Entries keyed by transfer id are put on the condition that they
do not exist: a repeat is refused there and nothing moves. One posting is four items, 8 write units, one round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.errors import InsufficientFunds
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Action, Refused, put, transact, update
from chalicelib.wallet.postings import Transfer, is_statement, may_be_negative, task_held
from chalicelib.wallet.records import Balance, Entry

BALANCE = "balance"
_ONE_MORE = Balance.entries.add(1)
_NEW = Entry.pk.does_not_exist()
_EMPTY = Balance.balance.does_not_exist() | (Balance.balance == 0)


class TransferMismatch(Exception):
    """A transfer came again under the same id as another kind or with other amounts: a fault in the caller, never passed over."""


def entry_key(account: str, transfer: Transfer, stamp: str) -> str:
    """The sort key of the transfer's entry in this account: by its moment for statements, else by transfer id."""
    return f"entry#{stamp}#{transfer.id}" if is_statement(account) else f"entry#{transfer.id}"


def actions(
    transfer: Transfer,
    at: datetime,
    *,
    holder: str | None = None,
    into_empty: str | None = None,
    changes: Mapping[str, Iterable[UpdateAction]] = {},
    conditions: Mapping[str, Condition | None] = {},
) -> list[Action]:
    """The labelled actions of the transfer, to be committed alone or with the caller's own: for each account it touches
    `balance:{account}` and `entry:{account}`.

    `holder` marks a task's held balance as an open hold of that advertiser; `into_empty` names an account that must hold
    nothing before. `changes` and `conditions` are further ones of the balances of these accounts; a condition takes the place of
    the usual one."""
    stamp = clock.stamp(at)
    moved_at = Balance.updated_at.set(stamp)
    made: list[Action] = []
    for account, amount in transfer.amounts().items():
        balance = Balance(pk=account, sk=BALANCE)
        written = [Balance.balance.add(amount), _ONE_MORE, moved_at, *changes.get(account, ())]
        if holder is not None and account == task_held(transfer.reference):
            written.append(Balance.holder.set(holder))
        covered: Condition | None = None
        if amount < 0 and not may_be_negative(account):
            covered = Balance.balance >= -amount
        if account == into_empty:
            covered = _EMPTY
        covered = conditions.get(account, covered)
        made.append(update(f"balance:{account}", balance, written, covered))
        entry = Entry(
            pk=account,
            sk=entry_key(account, transfer, stamp),
            transfer_id=transfer.id,
            kind=transfer.kind,
            reference=transfer.reference,
            amount=amount,
            at=stamp,
        )
        made.append(put(f"entry:{account}", entry, _NEW))
    return made


def post(transfer: Transfer, at: datetime) -> bool:
    """Makes the transfer. True if it moved, False if it had been made before.

    Raises InsufficientFunds, and TransferMismatch if the same id was used for another movement."""
    try:
        transact(actions(transfer, at))
    except Refused as refused:
        if done(transfer, refused):
            return False
        raise_if_insufficient(transfer, refused)
        raise
    return True


def done(transfer: Transfer, refused: Refused) -> bool:
    """Whether the transaction was refused because this very transfer had been made.

    Raises TransferMismatch if another kind or amount stands under the same id."""
    found = False
    for account, amount in transfer.amounts().items():
        if is_statement(account) or f"entry:{account}" not in refused.labels:
            continue
        item = refused.labels[f"entry:{account}"]
        if item is None or (int(item["amount"]["N"]), item["kind"]["S"]) != (amount, transfer.kind):
            raise TransferMismatch(f"{transfer.id} in {account}: {item} stands, {transfer.kind} {amount} came")
        found = True
    return found


def raise_if_insufficient(transfer: Transfer, refused: Refused) -> None:
    """Raises InsufficientFunds if a balance of this transfer did not cover its part."""
    for account, amount in transfer.amounts().items():
        label = f"balance:{account}"
        if amount < 0 and label in refused.labels:
            item = refused.labels[label]
            has = int(item["balance"]["N"]) if item else 0
            currency = rules().currency
            raise InsufficientFunds(Money(has, currency), Money(-amount, currency)) from refused


def balance(account: str) -> int:
    """The balance now, in minor units; 0 for an account that never moved."""
    item = Balance.find(account, BALANCE)
    return int(item.balance) if item else 0


def entry(account: str, transfer_id: str) -> Entry | None:
    """The transfer's entry in an account whose entries are keyed by transfer id; None if there is none."""
    return Entry.find(account, f"entry#{transfer_id}")


def entries(account: str, transfer_ids: Iterable[str]) -> dict[str, Entry]:
    """By transfer id, the entries that there are of these transfers in an account whose entries are keyed so; read consistently."""
    keys = [(account, f"entry#{transfer_id}") for transfer_id in transfer_ids]
    return {found.transfer_id: found for found in Entry.batch_get(keys, consistent_read=True)}


def balances(accounts: Iterable[str]) -> dict[str, int]:
    """The balances of many accounts, consistently read, 100 per round trip."""
    wanted = dict.fromkeys(accounts, 0)
    for item in Balance.batch_get([(account, BALANCE) for account in wanted], consistent_read=True):
        wanted[item.pk] = int(item.balance)
    return wanted


def close_hold(task_id: str) -> None:
    """The task has ended and holds nothing: it leaves the list of open holds. Harmless if repeated."""
    held = Balance(pk=task_held(task_id), sk=BALANCE)
    try:
        transact([update("hold", held, [Balance.holder.remove()], Balance.balance == 0)])
    except Refused:
        return
