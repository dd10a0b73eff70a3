"""Routes of the ledger, for finance: its proof, and comparisons with settlement files."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Listed, route
from chalicelib.payments.providers import provider_named
from chalicelib.wallet import settlement_file_comparison
from chalicelib.wallet.http import ledger_responses
from chalicelib.wallet.http.requests import FINANCE, Comparison, Comparisons, Upload
from chalicelib.wallet.proof import reconciliation

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/ledger/proof", roles=FINANCE, response=ledger_responses.Proof, client="ledger.proof")
def proof(request: ApiRequest) -> ledger_responses.Proof:
    """The latest reconciliation; in a new market, the first one is made now."""
    return reconciliation.latest() or reconciliation.reconcile()


@route(blueprint, "POST", "/v1/ledger/proof", roles=FINANCE, response=ledger_responses.Proof, client="ledger.prove")
def prove(request: ApiRequest) -> ledger_responses.Proof:
    """Reconcile now."""
    return reconciliation.reconcile()


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}",
    roles=FINANCE,
    query=Comparison,
    request_media_type="text/csv",
    response=ledger_responses.Comparison,
    errors=("body_invalid",),
    client="ledger.compare",
)
def compare_settlement(request: ApiRequest[None, Comparison], provider: str) -> ledger_responses.Comparison:
    """Compare a provider's settlement file (CSV: transaction_id, amount; the body, or an upload) with the ledger, or the payments
    that the provider lists (`source=provider`)."""
    adapter, query = provider_named(provider), request.query
    if query.source == "provider":
        claimed = settlement_file_comparison.listed_by(adapter, query.period)
    elif query.upload:
        claimed = settlement_file_comparison.read(settlement_file_comparison.uploaded(adapter.name, query.upload))
    else:
        claimed = settlement_file_comparison.read([request.raw_body])
    return settlement_file_comparison.compare(adapter.name, query.period, claimed)


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}/uploads",
    roles=FINANCE,
    request=Upload,
    response=ledger_responses.SettlementUpload,
    status=201,
    client="ledger.announce_settlement",
)
def announce_settlement(request: ApiRequest[Upload], provider: str) -> ApiResponse[ledger_responses.SettlementUpload]:
    """A form that uploads a settlement file of up to 64 MiB; compare it with `?upload=` and its id."""
    upload_id, form = settlement_file_comparison.announce(provider_named(provider).name, request.body.bytes)
    return ApiResponse({"id": upload_id, "upload": form})


@route(
    blueprint,
    "GET",
    "/v1/ledger/settlements",
    roles=FINANCE,
    query=Comparisons,
    response=Listed[ledger_responses.ComparisonSummary],
    client="ledger.settlements",
)
def list_settlements(request: ApiRequest[None, Comparisons]) -> Listed[ledger_responses.ComparisonSummary]:
    """Comparisons with settlement files, newest first."""
    query = request.query
    return request.page_response(
        settlement_file_comparison.listed(query.provider, query.limit, request.after),
        ledger_responses.comparison_summary_response,
    )


@route(
    blueprint,
    "GET",
    "/v1/ledger/settlements/{provider}/{settlement_id}",
    roles=FINANCE,
    response=ledger_responses.Comparison,
    client="ledger.read_settlement",
)
def show_settlement(request: ApiRequest, provider: str, settlement_id: str) -> ledger_responses.Comparison:
    """One comparison with its differences, up to 1,000 of them."""
    return settlement_file_comparison.show(provider, settlement_id)
