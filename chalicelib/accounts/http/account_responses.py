"""Build the responses about accounts and their prices (api.md)."""

from __future__ import annotations

from typing import Any, cast

from chalicelib.accounts.http import response_types
from chalicelib.accounts.orderable_accounts import is_orderable, is_proof_missing
from chalicelib.accounts.records import AccountRecord, PriceChange, PublishingPermission
from chalicelib.accounts.valuation import price_history
from chalicelib.accounts.valuation.effective_prices import effective
from chalicelib.accounts.valuation.price_history import Change
from chalicelib.api import STAFF_ROLES, Caller
from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.account_figures import AccountFigures, Metrics, StoredBand
from chalicelib.grading.model.evidence import COUNTED_FIGURES, PAID_FIGURES
from chalicelib.grading.model.methodology import grade_name
from chalicelib.grading.response_types import PriceBand

STAFF = object()
"""The viewer for staff, who see what only the owner sees."""
_NOT_METRICS = frozenset((*PAID_FIGURES, *COUNTED_FIGURES, "followers_shown"))


def account_response(record: AccountRecord, viewer: object = None) -> response_types.Account:
    """Return the account. `viewer` is the caller's creator id, or STAFF; owner and staff also see `admission`, `ownership` and
    `publishing`. A kind without an own price is missing in `prices`."""
    costs: dict[Kind, tuple[int, Any]] = {}
    own: response_types.OwnPrices = {}
    kinds: tuple[Kind, ...] = ("post", "repost")
    for kind in kinds:
        price = record.own_price(kind)
        if price is not None:
            own[kind] = _money(price)
        cost = effective(price, record.advice(kind))
        if cost is not None:
            costs[kind] = cost
    response: response_types.Account = {
        "id": record.pk,
        "revision": int(record.revision),
        "network": record.network,
        "handle": record.handle,
        "category": record.category,
        "category_confirmed": record.category is not None and not record.category_unconfirmed,
        "status": cast("response_types.AccountStatus", record.status),
        "orderable": is_orderable(record),
        "paused": bool(record.paused),
        "metrics": _metrics(record.evidence),
        "grade": None if record.grade is None else grade_name(record.grade),
        "score": None if record.grade is None or record.score is None else float(record.score),
        "confidence": record.confidence,
        "methodology_version": record.methodology_version,
        "graded_at": clock.parse(record.graded_at) if record.graded_at else None,
        "value": float(record.value) if record.value else None,
        "advised_price": {"post": _advice(record, "post"), "repost": _advice(record, "repost")}
        if record.advised
        else None,
        "prices": own,
        "effective_prices": {
            "post": _money(costs["post"][0]) if "post" in costs else None,
            "repost": _money(costs["repost"][0]) if "repost" in costs else None,
        },
        "price_sources": {
            "post": costs["post"][1] if "post" in costs else None,
            "repost": costs["repost"][1] if "repost" in costs else None,
        },
        "acceptance_rate": record.evidence.get("acceptance_rate") if record.evidence else None,
        "created_at": clock.parse(record.created_at),
        "updated_at": clock.parse(record.updated_at),
    }
    if viewer is STAFF or (record.owner is not None and viewer == record.owner):
        response["admission"] = _admission(record)
        response["ownership"] = _ownership(record)
        response["publishing"] = _publishing(record.publishing)
    return response


def response_to(caller: Caller, record: AccountRecord) -> response_types.Account:
    """Return the account as the caller sees it."""
    return account_response(record, STAFF if caller.has(*STAFF_ROLES) else caller.creator_id)


def account_in_queue_response(record: AccountRecord) -> response_types.AccountInQueue:
    """Return an account that waits for admission, for auditors."""
    return {**account_response(record, STAFF), "due_at": clock.parse(str(record.due_at))}


def price_change_response(change: Change) -> response_types.PriceChange:
    """Return a change of own prices (`prices`, null for a kind without one) or of advised ones (`advised_price`)."""
    at = clock.parse(price_history.moment(change))
    if isinstance(change, PriceChange):
        return {
            "at": at,
            "cause": change.cause,
            "what": "own",
            "prices": {
                "post": None if change.post is None else _money(change.post),
                "repost": None if change.repost is None else _money(change.repost),
            },
        }
    advised = change.advised_prices
    return {
        "at": at,
        "cause": change.cause,
        "what": "advised",
        "advised_price": {"post": _band(advised["post"]), "repost": _band(advised["repost"])},
        "methodology_version": change.methodology_version,
    }


def _metrics(evidence: AccountFigures | None) -> Metrics | None:
    """Return the measured or reported figures, without those that this market computes for the grade and the price. The followers
    are those of the profile, also where fewer count for the grade."""
    if evidence is None:
        return None
    shown = {**evidence, "followers": evidence.get("followers_shown", evidence["followers"])}
    return cast("Metrics", {name: figure for name, figure in shown.items() if name not in _NOT_METRICS})


def _admission(record: AccountRecord) -> response_types.Admission:
    return {
        "reason_code": record.reason_code,
        "note": record.note,
        "due_at": clock.parse(record.due_at) if record.due_at else None,
        "decided_at": clock.parse(record.decided_at) if record.decided_at else None,
        "category_declared": record.category_declared,
        "category_proposed": record.category_proposed,
    }


def _ownership(record: AccountRecord) -> response_types.Ownership:
    known = record.ownership or {}
    evidence = known.get("evidence")
    proof: response_types.OwnershipEvidence | None = None
    if evidence is not None:
        proof = {**evidence, "at": clock.parse(evidence["at"])}
    return {
        "status": "verified" if proof else "code_given" if known else "unverified",
        "verified_at": proof["at"] if proof else None,
        "evidence": proof,
        "required": is_proof_missing(record),
    }


def _publishing(permission: PublishingPermission | None) -> response_types.PublishingPermission:
    if permission is None:
        return {"allowed": False, "since": None, "until": None}
    since = clock.parse(permission["since"])
    until = clock.parse(permission["until"]) if "until" in permission else None
    allowed = permission["allowed"] and (until is None or until > clock.now())
    return {"allowed": allowed, "since": since, "until": until}


def _advice(record: AccountRecord, kind: Kind) -> PriceBand | None:
    advice = record.advice(kind)
    return None if advice is None else _band(advice)


def _band(band: StoredBand) -> PriceBand:
    return {"low": _money(band["low"]), "mid": _money(band["mid"]), "high": _money(band["high"])}


def _money(amount: float) -> Money:
    return Money(int(amount), rules().currency)
