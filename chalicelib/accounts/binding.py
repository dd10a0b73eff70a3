"""Creators bind their social accounts to themselves and unbind them; a proof of ownership binds an account to another owner."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chalicelib.accounts import removal_listeners
from chalicelib.accounts.own_prices_and_pause import require_within_limits
from chalicelib.accounts.records import (
    AccountRecord,
    find_by_handle,
    get_owned_account,
    new_account,
    rewritten,
)
from chalicelib.accounts.removal_listeners import Removal
from chalicelib.accounts.review import admission, admission_rules
from chalicelib.accounts.valuation import grade_and_prices
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.core.order_kinds import KINDS, Kind
from chalicelib.social.networks import is_connected, network
from chalicelib.social.port import Account
from chalicelib.store import Action, Refused, put, transact
from chalicelib.store.create_once import WithReceipt, respond_once
from chalicelib.store.retry import retry_on_conflict

R = TypeVar("R")


@dataclass(frozen=True)
class Binding:
    """The account that a creator binds: its category, and the creator's own prices in minor units by kind, None without one."""

    network: str
    handle: str
    category: str
    prices: Mapping[Kind, int | None]


def bind(
    creator_id: str, binding: Binding, attempt: Attempt | None, respond: Callable[[AccountRecord], R]
) -> tuple[R, bool]:
    """Bind an unclaimed, a rejected or an unknown account to the creator. Return the response, and whether it repeats an earlier
    one.

    Raise InvalidBody for a network that this stage cannot read (rule 30: its posts could not be checked) a handle that
    names no account, or a price outside of the market's limits; Problem `already_exists` with the account's `id` if it is bound."""
    require_within_limits(binding.prices)

    def create(with_receipt: WithReceipt) -> R:
        if not is_connected(binding.network):
            message = f"This market is not connected to the network {binding.network}."
            raise InvalidBody(Fault("/network", "network_not_connected", message))

        def change() -> R:
            now = clock.now()
            moment = clock.stamp(now)
            found = record = _find(binding)
            if record is None:
                record = new_account(binding.network, binding.handle, binding.category, "pending", moment)
                action = put("account", record, AccountRecord.pk.does_not_exist())
            elif (record.status, "bound") in admission_rules.NEXT:
                action = rewritten("account", record)
            else:
                raise _taken(record, creator_id)
            record.known_at_binding = record.evidence is not None
            admission.enter(record, "pending", now)
            record.owner = creator_id
            record.listed_at = f"{moment}#{record.pk}"
            record.category_declared = binding.category
            if record.category is None or record.category_unconfirmed or found is None:
                record.category, record.category_unconfirmed = binding.category, True
            record.paused = False
            _release(record)
            record.updated_at = moment
            record.reason_code = record.note = record.decided_at = record.decided_by = record.decided_revision = None
            admission.enter_verified(record, now)
            repriced = grade_and_prices.apply_own_prices(record, binding.prices)
            regraded = grade_and_prices.apply_grade(record, record.evidence, "category") if record.evidence else []
            response = respond(record)
            transact([action, *repriced, *regraded, *with_receipt(response)])
            return response

        return retry_on_conflict(change, conflict=Refused)

    return respond_once(attempt, create)


def _taken(record: AccountRecord, creator_id: str) -> Problem:
    if record.owner == creator_id:
        return Problem("already_exists", "You have bound this account already.", id=record.pk)
    detail = "Another creator has bound this account. If it is yours, prove it with a code of POST /v1/accounts/{id}/ownership."
    return Problem("already_exists", detail, id=record.pk)


def _find(binding: Binding) -> AccountRecord | None:
    """Return the account with the binding's handle, or None. Raise InvalidBody for a handle that names no account."""
    try:
        return find_by_handle(binding.network, binding.handle)
    except ValueError as error:
        raise InvalidBody(Fault("/handle", "handle", str(error))) from error


def unbind(account: str, creator_id: str) -> AccountRecord:
    """Release the account from its owner. Its unanswered orders end free of charge, accepted ones continue as agreed. An account
    with figures is then listed as `unclaimed`. Raise Problem `not_found` for another creator's account."""

    def change() -> AccountRecord:
        record = get_owned_account(account, creator_id)
        now = clock.now()
        admission.enter(record, admission_rules.NEXT[record.status, "unbound"], now)
        if record.evidence is None:
            record.listing = None
        _release(record)
        record.owner = record.listed_at = record.known_at_binding = None
        record.updated_at = clock.stamp(now)
        repriced = grade_and_prices.apply_own_prices(record, dict.fromkeys(KINDS))
        transact([rewritten("account", record), *repriced])
        return record

    record = retry_on_conflict(change, conflict=Refused)
    removal_listeners.publish(Removal("account_unbound", account_id=record.pk, creator_id=creator_id))
    return record


def displace(record: AccountRecord, creator_id: str, now: datetime) -> list[Action]:
    """Make the creator who proved the account its owner, in memory; return the other actions to write. Status, category and grade
    stay; prices and permission belonged to the former owner. A rejected or revoked account is reviewed again."""
    _release(record)
    record.owner = creator_id
    record.listed_at = f"{clock.stamp(now)}#{record.pk}"
    record.known_at_binding = record.evidence is not None
    record.paused = False
    status = admission_rules.NEXT.get((record.status, "proved"))
    if status is not None:
        admission.enter(record, status, now)
        admission.enter_verified(record, now)
    return grade_and_prices.apply_own_prices(record, dict.fromkeys(KINDS))


def _release(record: AccountRecord) -> None:
    """Delete what only the owner can give: proof and permission."""
    if record.publishing:
        network(record.network).revoke_authorisation(Account(record.pk, record.handle))
    record.ownership = record.publishing = None
