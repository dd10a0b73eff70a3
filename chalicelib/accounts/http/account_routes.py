"""HTTP routes of accounts: binding, prices, ownership, admission, figures."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts import binding, own_prices_and_pause, ownership, publishing_permission
from chalicelib.accounts.http import response_types
from chalicelib.accounts.http.account_responses import (
    STAFF,
    account_in_queue_response,
    account_response,
    price_change_response,
    response_to,
)
from chalicelib.accounts.http.decision_requests import AccountRevocationIn, AdmissionIn, CategoryIn, DecisionsQuery
from chalicelib.accounts.http.requests import AccountIn, AccountPatch, PublishingPermissionIn
from chalicelib.accounts.http.snapshot_requests import SnapshotIn
from chalicelib.accounts.records import get_account
from chalicelib.accounts.review import admission, review_queues
from chalicelib.accounts.valuation import metric_snapshots, network_metrics, price_history
from chalicelib.api import ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.decisions import decision_log

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/accounts",
    roles=("creator",),
    request=AccountIn,
    response=response_types.Account,
    errors=("already_exists",),
    quota="accounts",
    status=201,
    client="accounts.bind",
)
def bind_account(request: ApiRequest[AccountIn]) -> ApiResponse[response_types.Account]:
    """Bind a social account to the caller; it waits for admission."""
    sent, creator_id = request.body, request.caller.creator_id
    wanted = binding.Binding(
        sent.network, sent.handle, sent.category, {"post": None, "repost": None, **sent.prices.amounts()}
    )
    body, replayed = binding.bind(
        creator_id, wanted, request.attempt, lambda record: account_response(record, creator_id)
    )
    return ApiResponse(body, replayed=replayed)


@route(blueprint, "GET", "/v1/accounts/{account_id}", roles=(), response=response_types.Account, client="accounts.read")
def account(request: ApiRequest, account_id: str) -> response_types.Account:
    """Return an account."""
    return response_to(request.caller, get_account(account_id))


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/prices",
    roles=(),
    query=Paging,
    response=Listed[response_types.PriceChange],
    client="accounts.price_history",
)
def account_prices(request: ApiRequest[None, Paging], account_id: str) -> Listed[response_types.PriceChange]:
    """List every change of the account's own and advised prices, newest first."""
    get_account(account_id)
    return request.page_response(
        price_history.changes(account_id, request.query.limit, request.after), price_change_response
    )


@route(
    blueprint,
    "PATCH",
    "/v1/accounts/{account_id}",
    roles=("creator",),
    request=AccountPatch,
    response=response_types.Account,
    errors=("state_conflict",),
    client="accounts.revise",
)
def revise_account(request: ApiRequest[AccountPatch], account_id: str) -> response_types.Account:
    """Set own prices, pause or resume; for the owner."""
    creator_id = request.caller.creator_id
    record = own_prices_and_pause.revise(account_id, creator_id, request.body.prices.amounts(), request.body.paused)
    return account_response(record, creator_id)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/ownership",
    roles=("creator",),
    response=response_types.OwnershipCode,
    errors=("state_conflict",),
    status=201,
    client="accounts.ownership_code",
)
def give_ownership_code(request: ApiRequest, account_id: str) -> ApiResponse[response_types.OwnershipCode]:
    """Get the code that proves the account once its profile or a new post shows it; for the owner or a claiming creator."""
    code, expires_at = ownership.code(account_id, request.caller.creator_id)
    return ApiResponse({"code": code, "expires_at": expires_at, "status": "code_given"})


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/ownership/check",
    roles=("creator",),
    response=response_types.Account,
    errors=(
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "already_exists",
        "ownership_code_missing",
        "ownership_not_proven",
    ),
    client="accounts.check_ownership",
)
def check_ownership(request: ApiRequest, account_id: str) -> response_types.Account:
    """Look for the code on the network; if it is there the account is verified as the caller's."""
    creator_id = request.caller.creator_id
    return account_response(ownership.check(account_id, creator_id), creator_id)


@route(
    blueprint,
    "PUT",
    "/v1/accounts/{account_id}/publishing",
    roles=("creator",),
    request=PublishingPermissionIn,
    response=response_types.Account,
    errors=(
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "publishing_not_authorised",
        "state_conflict",
    ),
    client="accounts.permit_publishing",
)
def permit_publishing(request: ApiRequest[PublishingPermissionIn], account_id: str) -> response_types.Account:
    """Permit the market to publish as the account, or revoke the permission; for the owner."""
    creator_id = request.caller.creator_id
    return account_response(
        publishing_permission.permit(account_id, creator_id, request.body.allowed, request.body.code), creator_id
    )


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/admission",
    roles=("auditor",),
    request=AdmissionIn,
    response=response_types.Account,
    errors=("already_decided", "conflict_of_interest", "revision_changed", "state_conflict"),
    client="accounts.admit",
)
def admit_account(request: ApiRequest[AdmissionIn], account_id: str) -> response_types.Account:
    """Admit or reject an account."""
    decision = request.body.decided(request.caller.decider(request.body.revision))
    return account_response(admission.admit(account_id, decision, request.body.category), STAFF)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/revocation",
    roles=("auditor",),
    request=AccountRevocationIn,
    response=response_types.Account,
    errors=("conflict_of_interest", "revision_changed", "state_conflict"),
    client="accounts.revoke",
)
def revoke_admission(request: ApiRequest[AccountRevocationIn], account_id: str) -> response_types.Account:
    """Revoke an admission: unanswered orders end free of charge, accepted ones go on unless they are stopped too."""
    revocation = request.body.revocation(request.caller.decider(request.body.revision))
    return account_response(admission.revoke(account_id, revocation, request.body.stop_accepted), STAFF)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/category",
    roles=("auditor",),
    request=CategoryIn,
    response=response_types.Account,
    errors=("conflict_of_interest", "revision_changed"),
    client="accounts.correct_category",
)
def correct_category(request: ApiRequest[CategoryIn], account_id: str) -> response_types.Account:
    """Confirm or correct an account's category; the account is graded again."""
    body, by = request.body, request.caller.decider(request.body.revision)
    return account_response(admission.correct_category(account_id, body.category, body.note, by), STAFF)


@route(
    blueprint,
    "DELETE",
    "/v1/accounts/{account_id}",
    roles=("creator",),
    response=response_types.Account,
    client="accounts.unbind",
)
def unbind_account(request: ApiRequest, account_id: str) -> response_types.Account:
    """Unbind an account from its owner: unanswered orders end free of charge, accepted ones go on; for the owner."""
    return account_response(binding.unbind(account_id, request.caller.creator_id))


@route(
    blueprint,
    "GET",
    "/v1/decisions",
    roles=("admin",),
    query=DecisionsQuery,
    response=Listed[decision_log.Decision],
    client="decisions.list",
)
def list_decisions(request: ApiRequest[None, DecisionsQuery]) -> Listed[decision_log.Decision]:
    """List decisions of staff with the decider and the revision, newest first; for admins."""
    page = decision_log.listed(request.query.subject_id, request.query.limit, request.after)
    return request.page_response(page, decision_log.decision_response)


@route(
    blueprint,
    "GET",
    "/v1/admissions",
    roles=("auditor",),
    query=Paging,
    response=Listed[response_types.AccountInQueue],
    client="accounts.waiting",
)
def admissions(request: ApiRequest[None, Paging]) -> Listed[response_types.AccountInQueue]:
    """List accounts that wait for admission, oldest deadline first."""
    return request.page_response(
        review_queues.pending("admission", request.query.limit, request.after), account_in_queue_response
    )


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/metrics",
    roles=("admin",),
    request=SnapshotIn,
    response=response_types.Account,
    errors=("already_exists", "conflict_of_interest"),
    status=201,
    client="accounts.record_metrics",
)
def record_metrics(request: ApiRequest[SnapshotIn], account_id: str) -> ApiResponse[response_types.Account]:
    """Record one snapshot of an account's metrics and grade the account again."""
    record = metric_snapshots.record(account_id, request.body.figures(), request.caller.decider())
    return ApiResponse(account_response(record, STAFF))


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/metrics/fetch",
    roles=("admin",),
    response=response_types.Account,
    errors=("already_exists", "conflict_of_interest", "network_absent", "network_not_permitted", "network_refused"),
    status=201,
    client="accounts.fetch_metrics",
)
def fetch_metrics(request: ApiRequest, account_id: str) -> ApiResponse[response_types.Account]:
    """Read an account's metrics from its network now and grade the account again."""
    return ApiResponse(account_response(network_metrics.measure(account_id, request.caller.decider()), STAFF))
