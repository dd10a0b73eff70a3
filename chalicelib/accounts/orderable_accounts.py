"""The accounts that can be ordered from, their prices, and the conditions of open calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.accounts.advertisers import refuse_revoked
from chalicelib.accounts.records import AccountRecord, find_account
from chalicelib.accounts.removal_listeners import Cause
from chalicelib.accounts.review import admission_rules
from chalicelib.accounts.valuation.effective_prices import Source, effective
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.methodology import GRADES
from chalicelib.store import AccountsRecord


class PartyRecord(AccountsRecord):
    """An account or an advertiser, with only the attributes that decide whether an offer can still be accepted."""

    status = UnicodeAttribute()


@dataclass(frozen=True)
class Orderable:
    """An account that takes an order of one kind now. `price` is in fen, by rule 10."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    price_source: Source


def is_orderable(record: AccountRecord) -> bool:
    """Return whether the account takes orders now: admitted, bound, not paused, and proved if rule 25 requires it."""
    available = record.status == "admitted" and record.owner is not None and not record.paused
    return available and not is_proof_missing(record)


def is_proof_missing(record: AccountRecord) -> bool:
    """Return whether the owner has to prove the account before it can be ordered (rule 25)."""
    strict = bool(rules().proof_of_graded)
    return admission_rules.is_proof_missing(record.evidence, record.ownership, record.known_at_binding, strict)


def orderable(account_ids: Sequence[str], kind: Kind, pointer: str = "/account_ids") -> list[Orderable]:
    """Return the accounts (at most 100), in the given order, with the price at which an order of this kind is frozen.

    Raise InvalidBody for an account that is named twice; Problem `account_not_available` for accounts that do not exist, are not
    admitted or are paused; Problem `price_unknown` for accounts without a price of this kind. Each has one Fault per account, at
    `{pointer}/{index}`."""
    twice = [i for i, account in enumerate(account_ids) if account in account_ids[:i]]
    if twice:
        raise InvalidBody(*(Fault(f"{pointer}/{i}", "duplicate", f"{account_ids[i]} is named twice.") for i in twice))
    keys = [(account, "account") for account in account_ids]
    found = {record.pk: record for record in AccountRecord.batch_get(keys, consistent_read=True)}
    missing: list[Fault] = []
    unpriced: list[Fault] = []
    offers: list[Orderable] = []
    for i, account in enumerate(account_ids):
        record = found.get(account)
        if record is None or record.owner is None or not is_orderable(record):
            missing.append(Fault(f"{pointer}/{i}", "account_not_available", _why(account, record)))
            continue
        price = effective(record.own_price(kind), record.advice(kind))
        if price is None:
            message = f"{account} has no price for a {kind}."
            unpriced.append(Fault(f"{pointer}/{i}", "price_unknown", message))
            continue
        offers.append(Orderable(account, record.owner, record.network, record.handle, *price))
    for code, faults in (("account_not_available", missing), ("price_unknown", unpriced)):
        if faults:
            raise Problem(code, "; ".join(fault.message for fault in faults[:3]), faults=faults)
    return offers


def require_taking(account: PartyRecord | None, creator_id: str, advertiser: PartyRecord | None) -> None:
    """Require that an offer can still be accepted: the account is admitted and belongs to this creator, the advertiser is
    certified. Both were read now; None for one that does not exist.

    Raise Problem `account_not_available` if the account was revoked or has another owner, `state_conflict` if the
    certification was revoked."""
    if _removal(account, creator_id):
        raise Problem("account_not_available", "The account no longer takes orders of this creator.")
    if advertiser is not None:
        refuse_revoked(advertiser.status)


def removed_accounts(accounts: Sequence[tuple[str, str]]) -> dict[str, Cause]:
    """Return which of these accounts (at most 100), each with the creator it was ordered from, no longer take orders of that
    creator, and why."""
    found = _read([account for account, _ in accounts])
    causes = {account: _removal(found.get(account), creator_id) for account, creator_id in accounts}
    return {account: cause for account, cause in causes.items() if cause is not None}


def _removal(record: AccountRecord | PartyRecord | None, creator_id: str) -> Cause | None:
    if record is None or record.owner is None:
        return "account_unbound"
    if record.owner != creator_id:
        return "owner_changed"
    return None if record.status == "admitted" else "account_revoked"


def available_now(accounts: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return which of these accounts (at most 100), each with its creator, take orders of that creator now."""
    found = _read([account for account, _ in accounts])
    return frozenset(
        account
        for account, creator_id in accounts
        if (record := found.get(account)) and record.owner == creator_id and is_orderable(record)
    )


def _read(account_ids: Sequence[str]) -> dict[str, AccountRecord]:
    keys = [(account, "account") for account in account_ids]
    return {record.pk: record for record in AccountRecord.batch_get(keys, consistent_read=True)} if keys else {}


def applicant(account_id: str, creator_id: str) -> AccountRecord:
    """Return the creator's account if it takes orders now. Raise Problem `not_found` for another creator's account,
    `account_not_available`."""
    record = find_account(account_id)
    if record is None or record.owner != creator_id:
        raise not_found("account")
    if not is_orderable(record):
        raise Problem("account_not_available", _why(account_id, record))
    return record


def unmet(record: AccountRecord, wanted: Mapping[str, Any]) -> list[Fault]:
    """Return one Fault, at `/account_id`, for each of `category`, `grade_min` and `followers_min` that is not met."""
    faults = []
    if "category" in wanted and record.category != wanted["category"]:
        faults.append(Fault("/account_id", "category", f"The account's category is not {wanted['category']}."))
    if "grade_min" in wanted:
        enough = GRADES[GRADES.index(wanted["grade_min"]) :]
        if record.grade not in enough:
            faults.append(Fault("/account_id", "grade_min", f"The account has no grade from {wanted['grade_min']} on."))
    if int(record.followers or 0) < wanted.get("followers_min", 0):
        faults.append(
            Fault("/account_id", "followers_min", f"It has fewer than {wanted['followers_min']:,} followers.")
        )
    return faults


def _why(account: str, record: AccountRecord | None) -> str:
    if record is None:
        return f"There is no account {account}."
    if record.status == "admitted" and not record.paused and is_proof_missing(record):
        return f"{account} was not proved by its owner."
    return f"{account} is {'paused' if record.paused else record.status}."
