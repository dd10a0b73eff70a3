"""The ledger in DynamoDB: one conditional transaction per transfer, without a read before it, once per id.

For each account of a transfer there are two actions: the balance changes by ADD, on the condition that it covers the amount
if it may not become negative; and an immutable entry is put. Entries keyed by transfer id are put on the condition that they
do not exist: a repeat is refused there and nothing moves. One posting is four items, 8 write units, one round trip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Action, Refused, put, transact, update, update_if
from chalicelib.wallet.insufficient_funds import InsufficientFunds
from chalicelib.wallet.postings import Transfer, is_statement, may_be_negative, task_held
from chalicelib.wallet.records import Balance, Entry

BALANCE = "balance"
_ONE_MORE = Balance.entries.add(1)
_NEW = Entry.pk.does_not_exist()
_EMPTY = Balance.balance.does_not_exist() | (Balance.balance == 0)


class TransferMismatch(Exception):
    """The transfer has the id of an earlier one with another kind or other amounts, which is an error of the caller."""


def entry_key(account: str, transfer: Transfer, stamp: str) -> str:
    """Return the sort key of the transfer's entry in this account: by moment for statements, else by transfer id."""
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
    """Return the actions of the transfer, alone or for a larger transaction; their labels are `balance:{account}` and
    `entry:{account}` for each of its accounts.

    `holder` marks a task's held balance as an open hold of that advertiser; `into_empty` names an account that must be empty
    before. `changes` are further changes of the balances of these accounts; `conditions` replace the usual conditions."""
    stamp = clock.stamp(at)
    moved_at = Balance.updated_at.set(stamp)
    result: list[Action] = []
    for account, amount in transfer.amounts().items():
        balance = Balance(pk=account, sk=BALANCE)
        updates = [Balance.balance.add(amount), _ONE_MORE, moved_at, *changes.get(account, ())]
        if holder is not None and account == task_held(transfer.reference):
            updates.append(Balance.holder.set(holder))
        covered: Condition | None = None
        if amount < 0 and not may_be_negative(account, transfer.kind):
            covered = Balance.balance >= -amount
        if account == into_empty:
            covered = _EMPTY
        covered = conditions.get(account, covered)
        result.append(update(f"balance:{account}", balance, updates, covered))
        entry = Entry(
            pk=account,
            sk=entry_key(account, transfer, stamp),
            transfer_id=transfer.id,
            kind=transfer.kind,
            reference=transfer.reference,
            amount=amount,
            at=stamp,
        )
        result.append(put(f"entry:{account}", entry, _NEW))
    return result


def post(transfer: Transfer, at: datetime) -> bool:
    """Make the transfer. Return True if money moved, False if the transfer had been made before.

    Raises InsufficientFunds, and TransferMismatch if the same id was used for another movement."""
    try:
        transact(actions(transfer, at))
    except Refused as refused:
        if was_made(transfer, refused):
            return False
        raise_if_insufficient(transfer, refused)
        raise
    return True


def was_made(transfer: Transfer, refused: Refused) -> bool:
    """Return True if the transaction was refused because the same transfer had been made before.

    Raises TransferMismatch if the earlier transfer has another kind or amount."""
    made = False
    for account, amount in transfer.amounts().items():
        if is_statement(account) or f"entry:{account}" not in refused.labels:
            continue
        item = refused.labels[f"entry:{account}"]
        if item is None or (int(item["amount"]["N"]), item["kind"]["S"]) != (amount, transfer.kind):
            raise TransferMismatch(
                f"{transfer.id} in {account}: {item} is stored, {transfer.kind} {amount} was requested"
            )
        made = True
    return made


def raise_if_insufficient(transfer: Transfer, refused: Refused) -> None:
    """Raise InsufficientFunds if a balance did not cover its part of this transfer."""
    for account, amount in transfer.amounts().items():
        label = f"balance:{account}"
        if amount < 0 and label in refused.labels:
            item = refused.labels[label]
            balance = int(item["balance"]["N"]) if item else 0
            currency = rules().currency
            raise InsufficientFunds(Money(balance, currency), Money(-amount, currency)) from refused


def balance(account: str) -> int:
    """Return the balance in minor units; 0 for an account without entries."""
    item = Balance.find(account, BALANCE)
    return int(item.balance) if item else 0


def entry(account: str, transfer_id: str) -> Entry | None:
    """Return the transfer's entry in an account whose entries are keyed by transfer id; None if there is none."""
    return Entry.find(account, f"entry#{transfer_id}")


def entries(account: str, transfer_ids: Iterable[str]) -> dict[str, Entry]:
    """Return the entries of these transfers in an account whose entries are keyed by transfer id, by that id; read consistently."""
    keys = [(account, f"entry#{transfer_id}") for transfer_id in transfer_ids]
    return {found.transfer_id: found for found in Entry.batch_get(keys, consistent_read=True)}


def balances(accounts: Iterable[str]) -> dict[str, int]:
    """Return the balances of many accounts, read consistently, 100 per round trip."""
    amounts = dict.fromkeys(accounts, 0)
    for item in Balance.batch_get([(account, BALANCE) for account in amounts], consistent_read=True):
        amounts[item.pk] = int(item.balance)
    return amounts


def close_hold(task_id: str) -> None:
    """Remove the task's empty hold from the open holds of its advertiser. It can be repeated."""
    held = Balance(pk=task_held(task_id), sk=BALANCE)
    update_if(held, [Balance.holder.remove()], Balance.balance == 0)
