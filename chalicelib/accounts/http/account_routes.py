"""HTTP routes of advertisers, accounts, decisions and appeals."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts import advertisers, binding, own_prices_and_pause, ownership, publishing_permission
from chalicelib.accounts.http import response_types
from chalicelib.accounts.http.account_responses import (
    STAFF,
    account_in_queue_response,
    account_response,
    price_change_response,
)
from chalicelib.accounts.http.advertiser_responses import advertiser_in_queue_response, advertiser_response
from chalicelib.accounts.http.appeal_responses import appeal_response
from chalicelib.accounts.http.requests import (
    AccountIn,
    AccountPatch,
    AccountRevocationIn,
    AdmissionIn,
    AdvertiserIn,
    AdvertisersQuery,
    AppealIn,
    AppealRulingIn,
    CategoryIn,
    CertificationIn,
    DecisionsQuery,
    FacetsQuery,
    PublishingPermissionIn,
    RevocationIn,
    SearchQuery,
    SimilarQuery,
    SnapshotIn,
    corrected,
)
from chalicelib.accounts.records import AccountRecord, get_account, get_owned_account
from chalicelib.accounts.review import admission, certification, grade_appeals, review_queues
from chalicelib.accounts.review.auditor_decisions import Decision
from chalicelib.accounts.search import account_search, categories
from chalicelib.accounts.search.similar_accounts import MOST_SIMILAR, find_similar
from chalicelib.accounts.valuation import metric_snapshots, network_metrics, price_history
from chalicelib.api import ApiRequest, ApiResponse, Caller, Listed, Paging, route
from chalicelib.core.errors import Problem, not_found
from chalicelib.decisions import decision_log
from chalicelib.grading.model.methodology import GRADES

blueprint = Blueprint(__name__)
STAFF_ROLES = ("auditor", "finance")


@route(
    blueprint,
    "POST",
    "/v1/advertisers",
    roles=("advertiser",),
    request=AdvertiserIn,
    response=response_types.Advertiser,
    errors=("already_exists",),
    status=201,
    client="advertisers.register",
)
def register_advertiser(request: ApiRequest[AdvertiserIn]) -> ApiResponse[response_types.Advertiser]:
    """Register the caller's enterprise; it waits for certification."""
    body, replayed = advertisers.register(
        request.caller.advertiser_id, request.body.particulars(), request.attempt, advertiser_response
    )
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/advertisers/me",
    roles=("advertiser",),
    response=response_types.Advertiser,
    errors=("not_found",),
    client="advertisers.me",
)
def own_advertiser(request: ApiRequest) -> response_types.Advertiser:
    """Return the caller's enterprise."""
    return advertiser_response(advertisers.find(request.caller.advertiser_id))


@route(
    blueprint,
    "PUT",
    "/v1/advertisers/me",
    roles=("advertiser",),
    request=AdvertiserIn,
    response=response_types.Advertiser,
    errors=("not_found", "state_conflict"),
    client="advertisers.resubmit",
)
def resubmit_advertiser(request: ApiRequest[AdvertiserIn]) -> response_types.Advertiser:
    """Correct a rejected registration and submit it again."""
    return advertiser_response(advertisers.resubmit(request.caller.advertiser_id, request.body.particulars()))


@route(
    blueprint,
    "GET",
    "/v1/advertisers/{advertiser_id}",
    roles=("advertiser", *STAFF_ROLES),
    response=response_types.Advertiser,
    client="advertisers.read",
)
def advertiser(request: ApiRequest, advertiser_id: str) -> response_types.Advertiser:
    """Return an enterprise, for itself and staff."""
    if advertiser_id != request.caller.advertiser_id and not request.caller.has(*STAFF_ROLES):
        raise not_found("advertiser")
    return advertiser_response(advertisers.find(advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/certification",
    roles=("auditor",),
    request=CertificationIn,
    response=response_types.Advertiser,
    errors=("already_decided", "conflict_of_interest", "revision_changed"),
    client="advertisers.certify",
)
def certify_advertiser(request: ApiRequest[CertificationIn], advertiser_id: str) -> response_types.Advertiser:
    """Approve or reject an enterprise."""
    return advertiser_response(certification.certify(advertiser_id, _decision(request)))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/revocation",
    roles=("auditor",),
    request=RevocationIn,
    response=response_types.Advertiser,
    errors=("conflict_of_interest", "revision_changed", "state_conflict"),
    client="advertisers.revoke",
)
def revoke_certification(request: ApiRequest[RevocationIn], advertiser_id: str) -> response_types.Advertiser:
    """Revoke a certification: unanswered orders end free of charge, accepted ones go on."""
    revocation = request.body.revocation(request.caller.decider(request.body.revision))
    return advertiser_response(certification.revoke(advertiser_id, revocation))


@route(
    blueprint,
    "GET",
    "/v1/advertisers",
    roles=("advertiser", *STAFF_ROLES),
    query=AdvertisersQuery,
    response=Listed[response_types.Advertiser],
    client="advertisers.list",
)
def list_advertisers(request: ApiRequest[None, AdvertisersQuery]) -> Listed[response_types.Advertiser]:
    """List enterprises, optionally by the status of their certification; for staff. Advertisers list only their own."""
    status, caller = request.query.status, request.caller
    if caller.has(*STAFF_ROLES):
        page = advertisers.listed(status, request.query.limit, request.after)
    else:
        page = advertisers.own(caller.advertiser_id, status)
    return request.page_response(page, advertiser_response)


@route(
    blueprint,
    "GET",
    "/v1/certifications",
    roles=("auditor",),
    query=Paging,
    response=Listed[response_types.AdvertiserInQueue],
    client="advertisers.waiting",
)
def certifications(request: ApiRequest[None, Paging]) -> Listed[response_types.AdvertiserInQueue]:
    """List enterprises that wait for certification, oldest deadline first."""
    return request.page_response(
        review_queues.pending("certification", request.query.limit, request.after), advertiser_in_queue_response
    )


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
        sent.network, sent.handle, sent.category, {"post": None, "repost": None, **sent.prices.fen()}
    )
    body, replayed = binding.bind(
        creator_id, wanted, request.attempt, lambda record: account_response(record, creator_id)
    )
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/accounts",
    roles=(),
    query=SearchQuery,
    response=Listed[response_types.Account],
    errors=("forbidden",),
    quota="searches",
    client="accounts.search",
)
def accounts(request: ApiRequest[None, SearchQuery]) -> Listed[response_types.Account]:
    """Search the listed accounts, or with owner=me the caller's own in every status."""
    query: SearchQuery = request.query
    if query.owner is None:
        page = account_search.find(query.wanted(), query.limit, request.after)
    elif request.caller.has("creator"):
        page = account_search.owned(request.caller.creator_id, query.limit, request.after)
    else:
        raise Problem("forbidden", "Only creators have accounts of their own.")
    return request.page_response(page, lambda record: _account_response(record, request.caller))


@route(
    blueprint,
    "GET",
    "/v1/accounts/facets",
    roles=(),
    query=FacetsQuery,
    response=response_types.Facets,
    quota="searches",
    client="accounts.facets",
)
def account_facets(request: ApiRequest[None, FacetsQuery]) -> response_types.Facets:
    """Count the listed accounts that match the filters, per category (ignoring its own filter), grade and network."""
    found = account_search.count(request.query.wanted())
    return {
        "total": found.total,
        "categories": [
            {"category": category, "accounts": number}
            for category, number in sorted(found.categories.items(), key=lambda one: (-one[1], one[0] or ""))
        ],
        "grades": [
            {"grade": grade, "accounts": found.grades[grade]}
            for grade in (*reversed(GRADES), None)
            if found.grades[grade]
        ],
        "networks": [
            {"network": str(network), "accounts": number}
            for network, number in sorted(found.networks.items(), key=lambda one: (-one[1], str(one[0])))
        ],
        "examined": found.examined,
        "complete": found.complete,
    }


@route(blueprint, "GET", "/v1/accounts/{account_id}", roles=(), response=response_types.Account, client="accounts.read")
def account(request: ApiRequest, account_id: str) -> response_types.Account:
    """Return an account."""
    return _account_response(get_account(account_id), request.caller)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/similar",
    roles=(),
    query=SimilarQuery,
    response=Listed[response_types.Account],
    quota="searches",
    client="accounts.similar",
)
def similar_accounts(request: ApiRequest[None, SimilarQuery], account_id: str) -> Listed[response_types.Account]:
    """List accounts similar to this one in category, score, followers and price, the most similar first."""
    found = find_similar(get_account(account_id), MOST_SIMILAR)
    return request.slice_response(found, lambda record: _account_response(record, request.caller))


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
    record = own_prices_and_pause.revise(account_id, creator_id, request.body.prices.fen(), request.body.paused)
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
    return account_response(admission.admit(account_id, _decision(request), request.body.category), STAFF)


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
    "/v1/categories",
    roles=None,
    response=Listed[response_types.Category],
    client="accounts.categories",
)
def list_categories(request: ApiRequest) -> Listed[response_types.Category]:
    """List the categories that an account can have."""
    found: list[response_types.Category] = [
        {"category": value, "name": names.english} for value, names in categories.listed().items()
    ]
    return {"data": found, "next_cursor": None}


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


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/grade/appeals",
    roles=("creator",),
    request=AppealIn,
    response=response_types.GradeAppeal,
    errors=("already_exists", "state_conflict"),
    status=201,
    client="grades.appeal",
)
def appeal_grade(request: ApiRequest[AppealIn], account_id: str) -> ApiResponse[response_types.GradeAppeal]:
    """Appeal the account's grade with corrected figures, once per grade; for the owner."""
    body = request.body
    made = grade_appeals.lodge(account_id, request.caller.creator_id, body.reason, body.evidence, corrected)
    return ApiResponse(appeal_response(made, staff=False))


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade/appeals",
    roles=("creator", "auditor"),
    query=Paging,
    response=Listed[response_types.GradeAppeal],
    client="grades.appeals",
)
def list_grade_appeals(request: ApiRequest[None, Paging], account_id: str) -> Listed[response_types.GradeAppeal]:
    """List the appeals of an account's grades, newest first; for the owner and auditors."""
    staff = request.caller.has("auditor")
    if not staff:
        get_owned_account(account_id, request.caller.creator_id)
    page = grade_appeals.of_account(account_id, request.query.limit, request.after)
    return request.page_response(page, lambda appeal: appeal_response(appeal, staff=staff))


@route(
    blueprint,
    "GET",
    "/v1/appeals",
    roles=("auditor",),
    query=Paging,
    response=Listed[response_types.GradeAppeal],
    client="appeals.waiting",
)
def list_appeals(request: ApiRequest[None, Paging]) -> Listed[response_types.GradeAppeal]:
    """List the appeals that wait for a ruling, oldest deadline first."""
    page = grade_appeals.waiting(request.query.limit, request.after)
    return request.page_response(page, lambda appeal: appeal_response(appeal, staff=True))


@route(
    blueprint,
    "GET",
    "/v1/appeals/{appeal_id}",
    roles=("creator", "auditor"),
    response=response_types.GradeAppeal,
    client="appeals.read",
)
def read_appeal(request: ApiRequest, appeal_id: str) -> response_types.GradeAppeal:
    """Return an appeal; for its owner and auditors."""
    found = grade_appeals.find(appeal_id)
    staff = request.caller.has("auditor")
    if found.creator_id != request.caller.creator_id and not staff:
        raise not_found("appeal")
    return appeal_response(found, staff=staff)


@route(
    blueprint,
    "POST",
    "/v1/appeals/{appeal_id}/ruling",
    roles=("auditor",),
    request=AppealRulingIn,
    response=response_types.GradeAppeal,
    errors=("already_decided", "already_exists", "conflict_of_interest", "revision_changed", "state_conflict"),
    client="appeals.rule",
)
def rule_appeal(request: ApiRequest[AppealRulingIn], appeal_id: str) -> response_types.GradeAppeal:
    """Rule an appeal: the grade is computed again from the corrected figures, or nothing changes."""
    body, by = request.body, request.caller.decider(request.body.revision)
    ruled = grade_appeals.rule(appeal_id, body.outcome, body.evidence, body.note, by, corrected)
    return appeal_response(ruled, staff=True)


def _account_response(record: AccountRecord, caller: Caller) -> response_types.Account:
    return account_response(record, STAFF if caller.has(*STAFF_ROLES) else caller.creator_id)


def _decision(request: ApiRequest[CertificationIn, Any] | ApiRequest[AdmissionIn, Any]) -> Decision:
    sent = request.body
    reason = None if sent.reason_code is None else str(sent.reason_code)
    return Decision(sent.decision, reason, sent.note, request.caller.decider(sent.revision))
