"""Responses of the proof of the ledger and of comparisons with settlement files."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Day, Moment, Money, TypedDict, UploadForm
from chalicelib.wallet import records
from chalicelib.wallet.http.responses import money
from chalicelib.wallet.proof.difference_list import LedgerDifference


class ProofTotals(TypedDict):
    """Sums of all ledger accounts by class; debits equal credits."""

    debits: Money
    credits: Money
    advertisers: Money
    held: Money
    creators: Money
    withdrawing: Money
    commission: Money
    suspense: Money
    providers: Money


class ComparisonSummary(TypedDict):
    """A comparison with a provider's settlement file."""

    id: str
    provider: str
    compared_at: Moment
    since: Moment | None
    until: Moment | None
    status: Literal["clean", "differences"]
    matched: Count
    ledger_total: Money
    file_total: Money
    differences_found: Count


def comparison_summary_response(item: records.SettlementFigures) -> ComparisonSummary:
    """Return the comparison without its differences."""
    return {
        "id": item.settlement_id,
        "provider": item.provider,
        "compared_at": clock.parse(item.at),
        "since": clock.parse(item.since) if item.since else None,
        "until": clock.parse(item.until) if item.until else None,
        "status": "differences" if item.differences_found else "clean",
        "matched": int(item.matched),
        "ledger_total": money(item.ledger_total),
        "file_total": money(item.file_total),
        "differences_found": int(item.differences_found),
    }


class SettlementDifference(TypedDict):
    """A transaction that differs between ledger and file; amounts in minor units, null where it is missing."""

    transaction_id: str
    kind: str
    ledger: int | None
    file: int | None


class Comparison(ComparisonSummary):
    """A comparison with its differences."""

    differences: list[SettlementDifference]


def comparison_response(item: records.SettlementFigures, differences: list[records.SettlementDifference]) -> Comparison:
    """Return the comparison with its differences."""
    return {**comparison_summary_response(item), "differences": [{**difference} for difference in differences]}


class Proof(TypedDict):
    """A reconciliation: balances against entries, seals, held money against open orders, open withdrawals and suspense, settlement
    files. Entries after `settled_until` are compared between accounts by the next one."""

    status: Literal["clean", "differences"]
    as_of: Moment
    settled_until: NotRequired[Moment]
    accounts_checked: Count
    entries_checked: Count
    entries_unsettled: NotRequired[Count]
    sealed_through: Day | None
    totals: ProofTotals
    differences: list[LedgerDifference]
    differences_found: Count
    unverified: list[str]
    unverified_found: Count
    settlements: NotRequired[list[ComparisonSummary]]


def proof_response(document: records.ProofDocument, settlements: list[ComparisonSummary]) -> Proof:
    """Return a stored reconciliation, with the last comparison with a settlement file of each provider."""
    totals = {name: money(total) for name, total in document["totals"].items()}
    response: Proof = {
        "status": document["status"],
        "as_of": clock.parse(document["as_of"]),
        "accounts_checked": document["accounts_checked"],
        "entries_checked": document["entries_checked"],
        "sealed_through": document["sealed_through"],
        "totals": {
            "debits": totals["debits"],
            "credits": totals["credits"],
            "advertisers": totals["advertisers"],
            "held": totals["held"],
            "creators": totals["creators"],
            "withdrawing": totals["withdrawing"],
            "commission": totals["commission"],
            "suspense": totals["suspense"],
            "providers": totals["providers"],
        },
        "differences": [{**difference} for difference in document["differences"]],
        "differences_found": document["differences_found"],
        "unverified": document["unverified"],
        "unverified_found": document["unverified_found"],
        "settlements": settlements,
    }
    if "settled_until" in document:
        response["settled_until"] = clock.parse(document["settled_until"])
    if "entries_unsettled" in document:
        response["entries_unsettled"] = document["entries_unsettled"]
    return response


class SettlementUpload(TypedDict):
    """A settlement file that waits for its upload."""

    id: str
    upload: UploadForm
