"""Social accounts: creators bind them, auditors admit them, owners set their prices and pause them (rules 2 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.accounts import admission, cards, receipts, valuation
from chalicelib.accounts.decisions import Decision, is_repeat
from chalicelib.accounts.prices import Kind
from chalicelib.accounts.records import (
    LISTED,
    AccountRecord,
    account_id,
    find_account,
    new_account,
    rewritten,
    until_settled,
)
from chalicelib.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.idempotency import Attempt
from chalicelib.settings import rules
from chalicelib.social.networks import is_connected, network
from chalicelib.social.port import Account
from chalicelib.store import put, transact

QUEUE = "admission"
_OUTCOMES = {"admitted": "approved", "rejected": "rejected"}


@dataclass(frozen=True)
class Binding:
    """What a creator says about an account; own prices in fen, by kind, None where there is none."""

    network: str
    handle: str
    category: str
    prices: Mapping[Kind, int | None]


def find(account: str) -> AccountRecord:
    """The account. Raises Problem `not_found`."""
    record = find_account(account)
    if record is None:
        raise not_found("account")
    return record


def find_owned(account: str, creator_id: str) -> AccountRecord:
    """The creator's account. Raises Problem `not_found` for anybody else's."""
    record = find(account)
    if record.owner != creator_id:
        raise not_found("account")
    return record


def enter(record: AccountRecord, status: str, now: datetime) -> None:
    """Puts the account into `status`: into the queue while it is pending, into the search when it may be seen there."""
    record.status = status
    record.listing = LISTED if status in admission.LISTED else None
    record.queue = QUEUE if status == "pending" else None
    record.due_at = clock.stamp(now + rules().account_review) if status == "pending" else None


def enter_verified(record: AccountRecord, now: datetime) -> None:
    """Admits a pending account at once if its network has verified it (rule 2)."""
    verified = (record.evidence or {}).get("verified") is True
    status = admission.NEXT.get((record.status, "verified"))
    if verified and status is not None:
        enter(record, status, now)
        record.decided_at = clock.stamp(now)


def bind(creator_id: str, binding: Binding, attempt: Attempt | None) -> tuple[dict[str, Any], bool]:
    """Binds the account to the creator: an unclaimed or rejected one, or one the market has not known. The card, and
    whether it repeats an earlier answer.

    Raises InvalidBody for a network that this stage cannot read (rule 30: its posts could not be checked); Problem
    `already_exists` if somebody has bound the account."""

    def create(keep: receipts.Keep) -> dict[str, Any]:
        if not is_connected(binding.network):
            message = f"This market is not connected to the network {binding.network}."
            raise InvalidBody(Fault("/network", "network_not_connected", message))

        def change() -> dict[str, Any]:
            now = clock.now()
            moment = clock.stamp(now)
            record = find_account(account_id(binding.network, binding.handle))
            if record is None:
                record = new_account(binding.network, binding.handle, binding.category, "pending", moment)
                action = put("account", record, AccountRecord.pk.does_not_exist())
            elif (record.status, "bound") in admission.NEXT:
                action = rewritten("account", record)
            else:
                raise _taken(record, creator_id)
            enter(record, "pending", now)
            record.owner = creator_id
            record.listed_at = f"{moment}#{record.pk}"
            record.category = binding.category
            record.paused = False
            if record.publishing:
                network(record.network).forget(Account(record.pk, record.handle))
            record.ownership = record.publishing = None  # another owner proves and permits for itself
            record.updated_at = moment
            record.reason_code = record.note = record.decided_at = record.decided_by = record.decided_revision = None
            enter_verified(record, now)
            repriced = valuation.price(record, binding.prices)
            regraded = valuation.grade(record, record.evidence, "category") if record.evidence else []
            answer = cards.card(record, viewer=creator_id)
            transact([action, *repriced, *regraded, *keep(answer)])
            return answer

        return until_settled(change)

    return receipts.once(attempt, create)


def _taken(record: AccountRecord, creator_id: str) -> Problem:
    whose = "You have" if record.owner == creator_id else "Somebody has"
    return Problem("already_exists", f"{whose} bound this account already.")


def admit(account: str, decision: Decision) -> AccountRecord:
    """Take the auditor's decision. The same decision again changes nothing.

    Raises Problem `not_found`, `conflict_of_interest`, `already_decided` after another decision, `revision_changed`;
    `state_conflict` for an account that is not bound."""

    def change() -> AccountRecord:
        record, by = find(account), decision.by
        by.require_other([record.owner])
        if record.status == "unclaimed":
            raise Problem("state_conflict", "The account is not bound to a creator.")
        if is_repeat(_OUTCOMES.get(record.status), record.reason_code, decision):
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        now = clock.now()
        enter(record, admission.NEXT[record.status, decision.outcome], now)
        record.reason_code = decision.reason_code
        record.note = decision.note
        record.decided_by, record.decided_revision = by.sub, by.revision
        record.decided_at = record.updated_at = clock.stamp(now)
        transact([rewritten("account", record)])
        return record

    return until_settled(change)


def revise(account: str, creator_id: str, prices: Mapping[Kind, int | None], paused: bool | None) -> AccountRecord:
    """The owner sets own prices (fen; None takes one away, a kind that is missing stays) and pauses or resumes.

    Raises Problem `not_found` for somebody else's account, `state_conflict` for a rejected one."""

    def change() -> AccountRecord:
        record = find_owned(account, creator_id)
        if record.status == "rejected":
            raise Problem("state_conflict", "The account was not admitted; bind it anew.")
        own = {**{kind: record.own_price(kind) for kind in prices}, **prices}
        still = all(record.own_price(kind) == own[kind] for kind in own)
        if still and paused in (None, record.paused):
            return record
        record.paused = record.paused if paused is None else paused
        record.updated_at = clock.stamp(clock.now())
        repriced = valuation.price(record, own)
        transact([rewritten("account", record), *repriced])
        return record

    return until_settled(change)
