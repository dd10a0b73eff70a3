"""The account card: what api.md shows of an account."""

from __future__ import annotations

from typing import Any

from chalicelib.accounts.records import AccountRecord, PriceChange
from chalicelib.accounts.review import admission_rules
from chalicelib.accounts.valuation import price_history
from chalicelib.accounts.valuation.effective_prices import effective
from chalicelib.accounts.valuation.price_history import Change
from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import KINDS, Kind
from chalicelib.core.rules import rules
from chalicelib.grading.model.evidence import COUNTED_FIGURES, PAID_FIGURES

STAFF = object()
"""The viewer who may see what only the owner sees."""
_OURS = frozenset((*PAID_FIGURES, *COUNTED_FIGURES))


def is_orderable(record: AccountRecord) -> bool:
    """Whether the account takes orders now: admitted by review, bound, not paused, and proved where rule 25 asks for it."""
    available = record.status == "admitted" and record.owner is not None and not record.paused
    return available and not is_proof_missing(record)


def is_proof_missing(record: AccountRecord) -> bool:
    """Whether the account's owner still has to prove it before it can be ordered (rule 25)."""
    strict = bool(rules().proof_of_graded)
    return admission_rules.is_proof_missing(record.evidence, record.ownership, record.known_at_binding, strict)


def card(record: AccountRecord, viewer: object = None) -> dict[str, Any]:
    """The card; `viewer` is the caller's creator id, or STAFF. Owner and staff also see `admission`, `ownership` and
    `publishing`.

    `prices` are the creator's own, a kind without one is left out; `effective_prices` are what an order costs, and
    `price_sources` say where they come from."""
    graded = record.grade is not None
    costs = {kind: effective(record.own_price(kind), record.advice(kind)) for kind in KINDS}
    shown: dict[str, Any] = {
        "id": record.pk,
        "revision": int(record.revision),
        "network": record.network,
        "handle": record.handle,
        "category": record.category,
        "status": record.status,
        "orderable": is_orderable(record),
        "paused": record.paused,
        "metrics": _metrics(record.evidence),
        "grade": record.grade,
        "score": _number(record.score) if graded else None,
        "confidence": record.confidence,
        "methodology_version": record.methodology_version,
        "graded_at": _moment(record.graded_at),
        "value": _number(record.value) if record.value else None,
        "advised_price": {kind: _advice(record, kind) for kind in KINDS} if record.advised else None,
        "prices": {kind: _money(own) for kind in KINDS if (own := record.own_price(kind)) is not None},
        "effective_prices": {kind: _money(cost[0]) if cost else None for kind, cost in costs.items()},
        "price_sources": {kind: cost[1] if cost else None for kind, cost in costs.items()},
        "acceptance_rate": (record.evidence or {}).get("acceptance_rate"),
        "created_at": _moment(record.created_at),
        "updated_at": _moment(record.updated_at),
    }
    if viewer is STAFF or (record.owner is not None and viewer == record.owner):
        shown["admission"] = {
            "reason_code": record.reason_code,
            "note": record.note,
            "due_at": _moment(record.due_at),
            "decided_at": _moment(record.decided_at),
        }
        shown["ownership"] = {**_ownership(record.ownership or {}), "required": is_proof_missing(record)}
        shown["publishing"] = _publishing(record.publishing or {})
    return shown


def price_change(change: Change) -> dict[str, Any]:
    """One line of the price history: own prices (`prices`, null for a kind without one) or advised ones (`advised_price`)."""
    told: dict[str, Any] = {"at": _moment(price_history.moment(change)), "cause": change.cause}
    if isinstance(change, PriceChange):
        own = {kind: getattr(change, kind) for kind in KINDS}
        return {**told, "what": "own", "prices": {k: None if p is None else _money(int(p)) for k, p in own.items()}}
    advised = {
        kind: {part: _money(int(change.advised_prices[kind][part])) for part in ("low", "mid", "high")}
        for kind in KINDS
    }
    return {**told, "what": "advised", "advised_price": advised, "methodology_version": change.methodology_version}


def _metrics(evidence: dict[str, Any] | None) -> dict[str, Any] | None:
    """The figures as they were measured or told, without what this market added to them for the grade and the price."""
    if evidence is None:
        return None
    return {name: figure for name, figure in evidence.items() if name not in _OURS}


def _ownership(known: dict[str, Any]) -> dict[str, Any]:
    """`status`: `unverified`, `code_given` or `verified`; `evidence`: where the code was found and when."""
    evidence = known.get("evidence")
    return {
        "status": "verified" if evidence else "code_given" if known else "unverified",
        "verified_at": _moment(evidence["at"]) if evidence else None,
        "evidence": {**evidence, "at": _moment(evidence["at"])} if evidence else None,
    }


def _publishing(known: dict[str, Any]) -> dict[str, Any]:
    """`allowed`: whether the market may publish as this account, since when, and until when if that ends."""
    until = known.get("until")
    still = bool(known.get("allowed")) and (until is None or clock.parse(until) > clock.now())
    return {"allowed": still, "since": _moment(known.get("since")), "until": _moment(until)}


def _money(amount: int) -> Money:
    return Money(amount, rules().currency)


def _advice(record: AccountRecord, kind: Kind) -> dict[str, Money] | None:
    advice = record.advice(kind)
    return None if advice is None else {part: _money(int(advice[part])) for part in ("low", "mid", "high")}


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _moment(stamp: str | None) -> str | None:
    return None if stamp is None else clock.rfc3339(clock.parse(stamp))
