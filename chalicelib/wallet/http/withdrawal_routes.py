"""Routes of withdrawals: for their owners, and for finance, who pay them out."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, Listed, route
from chalicelib.payments.port import Payee
from chalicelib.payments.providers import provider_for, provider_named, require_payable
from chalicelib.wallet.http import withdrawal_responses
from chalicelib.wallet.http.requests import (
    FINANCE,
    OWNERS,
    AllWithdrawals,
    OfSide,
    Payout,
    WithdrawalRequest,
    Withdrawals,
    owner_of,
)
from chalicelib.wallet.withdrawals import manual_outcomes, payees, payouts, withdrawal_requests

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    request=WithdrawalRequest,
    query=OfSide,
    key_required=True,
    response=withdrawal_responses.Withdrawal,
    errors=(
        "insufficient_funds",
        "payee_missing",
        "provider_unknown",
        "record_altered",
        "withdrawal_open",
        "withdrawal_too_small",
    ),
    status=201,
    client="wallet.withdraw",
)
def request_withdrawal(request: ApiRequest[WithdrawalRequest, OfSide]) -> ApiResponse[withdrawal_responses.Withdrawal]:
    """Request a payout of earnings, or of an unspent balance."""
    amount = request.body.amount.money("/amount")
    named = Payee(request.body.payee.account, request.body.payee.name) if request.body.payee else None
    provider, owner_id = provider_for(request.body.provider), owner_of(request)
    require_payable(amount, provider)
    payee = payees.of_withdrawal(owner_id, provider, named)
    body, replayed = withdrawal_requests.request(owner_id, amount, provider.name, request.required_attempt, payee)
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    query=Withdrawals,
    response=Listed[withdrawal_responses.Withdrawal],
    client="wallet.withdrawals",
)
def list_withdrawals(request: ApiRequest[None, Withdrawals]) -> Listed[withdrawal_responses.Withdrawal]:
    """The caller's withdrawals, newest first."""
    return request.page_response(
        withdrawal_requests.of_owner(owner_of(request), request.query.status, request.query.limit, request.after),
        withdrawal_responses.withdrawal_response,
    )


@route(
    blueprint,
    "GET",
    "/v1/wallet/withdrawals/{withdrawal_id}",
    roles=OWNERS,
    response=withdrawal_responses.Withdrawal,
    client="wallet.read_withdrawal",
)
def show_withdrawal(request: ApiRequest, withdrawal_id: str) -> withdrawal_responses.Withdrawal:
    """One of the caller's withdrawals."""
    owner_ids = (request.caller.advertiser_id, request.caller.creator_id)
    return withdrawal_responses.withdrawal_response(withdrawal_requests.find_own(withdrawal_id, owner_ids))


@route(
    blueprint,
    "GET",
    "/v1/withdrawals",
    roles=(*OWNERS, *FINANCE),
    query=AllWithdrawals,
    response=Listed[withdrawal_responses.StaffWithdrawal],
    client="payouts.waiting",
)
def waiting_withdrawals(request: ApiRequest[None, AllWithdrawals]) -> Listed[withdrawal_responses.StaffWithdrawal]:
    """Withdrawals to be paid out, oldest first; with `status`, those that were paid or failed, newest first. Owners list theirs."""
    query = request.query
    if request.caller.has(*FINANCE) and query.side is None:
        page = withdrawal_requests.listed(query.status or "requested", query.limit, request.after)
        return request.page_response(page, withdrawal_responses.staff_withdrawal_response)
    page = withdrawal_requests.of_owner(owner_of(request), query.status, query.limit, request.after)
    return request.page_response(page, withdrawal_responses.own_withdrawal_response)


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/payout",
    roles=FINANCE,
    response=withdrawal_responses.StaffWithdrawal,
    errors=("conflict_of_interest", "payee_missing", "provider_not_funded", "record_altered"),
    client="payouts.pay",
)
def pay_out_withdrawal(request: ApiRequest, withdrawal_id: str) -> withdrawal_responses.StaffWithdrawal:
    """Ask the provider to pay the withdrawal, or for the state of its payout. It is paid once. Large amounts need two people."""
    item = payouts.pay_out(withdrawal_id, provider_named, request.caller.decider())
    return withdrawal_responses.staff_withdrawal_response(item)


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/outcome",
    roles=FINANCE,
    request=Payout,
    response=withdrawal_responses.StaffWithdrawal,
    errors=(
        "already_decided",
        "conflict_of_interest",
        "payout_unresolved",
        "provider_not_funded",
        "record_altered",
        "revision_changed",
    ),
    client="payouts.settle",
)
def settle_withdrawal(request: ApiRequest[Payout], withdrawal_id: str) -> withdrawal_responses.StaffWithdrawal:
    """Report the payout's outcome: paid, or failed and the money is available again. Large amounts need two people."""
    body, by = request.body, request.caller.decider(request.body.revision)
    item = manual_outcomes.report_outcome(withdrawal_id, body.outcome, body.note, by, provider_named)
    return withdrawal_responses.staff_withdrawal_response(item)
