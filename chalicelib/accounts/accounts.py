"""Social accounts: creators bind them, auditors admit them, owners set their prices and pause them (rules 2 and 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.accounts import create_once, removal
from chalicelib.accounts.records import (
    LISTED,
    AccountRecord,
    find_account,
    find_by_handle,
    new_account,
    note_decision,
    rewritten,
    until_settled,
)
from chalicelib.accounts.removal import Departure
from chalicelib.accounts.review import admission
from chalicelib.accounts.review.decisions import Decision, Revocation, is_repeat
from chalicelib.accounts.search import account_card
from chalicelib.accounts.valuation import valuation
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.order_kinds import KINDS, Kind
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import decided
from chalicelib.social.networks import is_connected, network
from chalicelib.social.port import Account
from chalicelib.store import Action, put, transact

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
    """Admit a pending account at once if its network has verified it (rule 2), unless its admission was revoked before."""
    verified = (record.evidence or {}).get("verified") is True and record.revoked_at is None
    status = admission.NEXT.get((record.status, "verified"))
    if verified and status is not None:
        enter(record, status, now)
        record.decided_at = clock.stamp(now)


def bind(creator_id: str, binding: Binding, attempt: Attempt | None) -> tuple[dict[str, Any], bool]:
    """Binds the account to the creator: an unclaimed or rejected one, or one the market has not known. The card, and
    whether it repeats an earlier answer.

    Raises InvalidBody for a network that this stage cannot read (rule 30: its posts could not be checked); a handle that
    names no account; Problem `already_exists` with the account's `id` if it is bound."""

    def create(keep: create_once.Keep) -> dict[str, Any]:
        if not is_connected(binding.network):
            message = f"This market is not connected to the network {binding.network}."
            raise InvalidBody(Fault("/network", "network_not_connected", message))

        def change() -> dict[str, Any]:
            now = clock.now()
            moment = clock.stamp(now)
            record = _find(binding)
            if record is None:
                record = new_account(binding.network, binding.handle, binding.category, "pending", moment)
                action = put("account", record, AccountRecord.pk.does_not_exist())
            elif (record.status, "bound") in admission.NEXT:
                action = rewritten("account", record)
            else:
                raise _taken(record, creator_id)
            record.known_at_binding = record.evidence is not None
            enter(record, "pending", now)
            record.owner = creator_id
            record.listed_at = f"{moment}#{record.pk}"
            record.category = binding.category
            record.paused = False
            _release(record)
            record.updated_at = moment
            record.reason_code = record.note = record.decided_at = record.decided_by = record.decided_revision = None
            enter_verified(record, now)
            repriced = valuation.price(record, binding.prices)
            regraded = valuation.grade(record, record.evidence, "category") if record.evidence else []
            answer = account_card.card(record, viewer=creator_id)
            transact([action, *repriced, *regraded, *keep(answer)])
            return answer

        return until_settled(change)

    return create_once.once(attempt, create)


def _taken(record: AccountRecord, creator_id: str) -> Problem:
    if record.owner == creator_id:
        return Problem("already_exists", "You have bound this account already.", id=record.pk)
    detail = "Another creator has bound this account. If it is yours, prove it: POST /v1/accounts/{id}/ownership gives a code."
    return Problem("already_exists", detail, id=record.pk)


def _find(binding: Binding) -> AccountRecord | None:
    """The account with the binding's handle. Raises InvalidBody for a handle that names no account."""
    try:
        return find_by_handle(binding.network, binding.handle)
    except ValueError as error:
        raise InvalidBody(Fault("/handle", "handle", str(error))) from error


def admit(account: str, decision: Decision, category: str | None = None) -> AccountRecord:
    """Take the auditor's decision, and the category as the auditor found it. The same decision again changes nothing.

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
        if decision.outcome == "approved":
            record.revoked_at = None
        regraded: list[Action] = []
        if category not in (None, record.category):
            record.category = category
            regraded = valuation.grade(record, record.evidence, "category") if record.evidence else []
        note_decision(record, decision, now)
        logged = decided("account", record.pk, decision.outcome, decision, now)
        transact([rewritten("account", record), *regraded, logged])
        return record

    return until_settled(change)


def revoke(account: str, revocation: Revocation, stop_accepted: bool) -> AccountRecord:
    """Revoke the admission (rule 28): the account takes no orders, its unanswered ones end free of charge, accepted ones go on or,
    with `stop_accepted`, end free of charge if they are not published. The same revocation again only goes on with that.

    Raises Problem `not_found`, `conflict_of_interest`, `revision_changed`; `state_conflict` for an account that is not admitted."""

    def change() -> AccountRecord:
        record, by = find(account), revocation.by
        by.require_other([record.owner])
        if record.status == "revoked" and record.reason_code == revocation.reason_code:
            by.require_repeat(record.decided_revision, int(record.revision))
            return record
        by.require_read(int(record.revision))
        status = admission.NEXT.get((record.status, "revoked"))
        if status is None:
            raise Problem("state_conflict", f"The account is {record.status}, not admitted.", status_now=record.status)
        now = clock.now()
        enter(record, status, now)
        record.revoked_at = clock.stamp(now)
        note_decision(record, revocation, now)
        transact([rewritten("account", record), decided("account", record.pk, "revoked", revocation, now)])
        return record

    record = until_settled(change)
    removal.announce(
        Departure("account_revoked", account_id=record.pk, creator_id=record.owner, stop_accepted=stop_accepted)
    )
    return record


def correct_category(account: str, category: str, note: str | None, by: Decider) -> AccountRecord:
    """Change the category of an account by review; it is graded by it anew. The same category again changes nothing.

    Raises Problem `not_found`, `conflict_of_interest`, `revision_changed`."""

    def change() -> AccountRecord:
        record = find(account)
        by.require_other([record.owner])
        if record.category == category:
            return record
        by.require_read(int(record.revision))
        now = clock.now()
        record.category = category
        record.updated_at = clock.stamp(now)
        regraded = valuation.grade(record, record.evidence, "category") if record.evidence else []
        decision = Revocation(category, note, by)
        transact([rewritten("account", record), *regraded, decided("account", record.pk, "category", decision, now)])
        return record

    return until_settled(change)


def unbind(account: str, creator_id: str) -> AccountRecord:
    """Release the account from its owner: its unanswered orders end free of charge, accepted ones go on as agreed. An account with
    figures is listed as `unclaimed` then. Raises Problem `not_found` for somebody else's account."""

    def change() -> AccountRecord:
        record = find_owned(account, creator_id)
        now = clock.now()
        enter(record, admission.NEXT[record.status, "unbound"], now)
        if record.evidence is None:
            record.listing = None
        _release(record)
        record.owner = record.listed_at = record.known_at_binding = None
        record.updated_at = clock.stamp(now)
        repriced = valuation.price(record, dict.fromkeys(KINDS))
        transact([rewritten("account", record), *repriced])
        return record

    record = until_settled(change)
    removal.announce(Departure("account_unbound", account_id=record.pk, creator_id=creator_id))
    return record


def displace(record: AccountRecord, creator_id: str, now: datetime) -> list[Action]:
    """Make the creator who proved the account its owner, in memory; return what has to be written besides. Status, category and
    grade stay; prices and permission were the former owner's. A rejected or revoked account is reviewed again."""
    _release(record)
    record.owner = creator_id
    record.listed_at = f"{clock.stamp(now)}#{record.pk}"
    record.known_at_binding = record.evidence is not None
    record.paused = False
    status = admission.NEXT.get((record.status, "proved"))
    if status is not None:
        enter(record, status, now)
        enter_verified(record, now)
    return valuation.price(record, dict.fromkeys(KINDS))


def _release(record: AccountRecord) -> None:
    """Take away what only the owner of the account can give: proof and permission."""
    if record.publishing:
        network(record.network).forget(Account(record.pk, record.handle))
    record.ownership = record.publishing = None


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
