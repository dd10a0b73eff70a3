"""HTTP routes of accounts."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts import advertisers, binding, ownership, prices_and_pause, publishing_permission
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
from chalicelib.accounts.search import account_card, account_search
from chalicelib.accounts.search.categories import CATEGORIES
from chalicelib.accounts.search.similar_accounts import MOST_SIMILAR, find_similar
from chalicelib.accounts.valuation import metric_snapshots, network_metrics, price_history
from chalicelib.api import Answer, Call, Caller, Paging, route
from chalicelib.core.errors import Problem, not_found
from chalicelib.decisions import log
from chalicelib.grading.model.methodology import GRADES

blueprint = Blueprint(__name__)
STAFF = ("auditor", "finance")


@route(
    blueprint,
    "POST",
    "/v1/advertisers",
    roles=("advertiser",),
    body=AdvertiserIn,
    answer="Advertiser",
    refuses=("already_exists",),
)
def register_advertiser(call: Call[AdvertiserIn]) -> Answer:
    """Register the caller's enterprise; it waits for certification."""
    body, replayed = advertisers.register(call.caller.advertiser_id, call.body.particulars(), call.attempt)
    return Answer(body, 201, replayed=replayed)


@route(blueprint, "GET", "/v1/advertisers/me", roles=("advertiser",), answer="Advertiser", refuses=("not_found",))
def own_advertiser(call: Call[None]) -> dict[str, Any]:
    """The caller's enterprise."""
    return advertisers.document(advertisers.find(call.caller.advertiser_id))


@route(
    blueprint,
    "PUT",
    "/v1/advertisers/me",
    roles=("advertiser",),
    body=AdvertiserIn,
    answer="Advertiser",
    refuses=("not_found", "state_conflict"),
)
def resubmit_advertiser(call: Call[AdvertiserIn]) -> dict[str, Any]:
    """Correct a rejected registration and submit it again."""
    return advertisers.document(advertisers.resubmit(call.caller.advertiser_id, call.body.particulars()))


@route(blueprint, "GET", "/v1/advertisers/{advertiser_id}", roles=STAFF, answer="Advertiser")
def advertiser(call: Call[None], advertiser_id: str) -> dict[str, Any]:
    """An enterprise, for staff."""
    return advertisers.document(advertisers.find(advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/certification",
    roles=("auditor",),
    body=CertificationIn,
    answer="Advertiser",
    refuses=("already_decided", "conflict_of_interest", "revision_changed"),
)
def certify_advertiser(call: Call[CertificationIn], advertiser_id: str) -> dict[str, Any]:
    """Approve or reject an enterprise."""
    return advertisers.document(certification.certify(advertiser_id, _decision(call)))


@route(
    blueprint,
    "POST",
    "/v1/advertisers/{advertiser_id}/revocation",
    roles=("auditor",),
    body=RevocationIn,
    answer="Advertiser",
    refuses=("conflict_of_interest", "revision_changed", "state_conflict"),
)
def revoke_certification(call: Call[RevocationIn], advertiser_id: str) -> dict[str, Any]:
    """Revoke a certification: unanswered orders end free of charge, accepted ones go on."""
    revocation = call.body.revocation(call.caller.decider(call.body.revision))
    return advertisers.document(certification.revoke(advertiser_id, revocation))


@route(blueprint, "GET", "/v1/advertisers", roles=STAFF, query=AdvertisersQuery, answer="Advertiser")
def list_advertisers(call: Call[None]) -> dict[str, Any]:
    """Enterprises, also by the status of their certification; for staff."""
    page = advertisers.listed(call.query.status, call.query.limit, call.after)
    return call.listed(page, advertisers.document)


@route(blueprint, "GET", "/v1/certifications", roles=("auditor",), query=Paging, answer="AdvertiserInQueue")
def certifications(call: Call[None]) -> dict[str, Any]:
    """Enterprises that wait for certification, oldest due first."""
    return call.listed(review_queues.pending("certification", call.query.limit, call.after), review_queues.document)


@route(
    blueprint,
    "POST",
    "/v1/accounts",
    roles=("creator",),
    body=AccountIn,
    answer="Account",
    refuses=("already_exists",),
    quota="accounts",
)
def bind_account(call: Call[AccountIn]) -> Answer:
    """Bind a social account to the caller; it waits for admission."""
    sent = call.body
    wanted = binding.Binding(
        sent.network, sent.handle, sent.category, {"post": None, "repost": None, **sent.prices.fen()}
    )
    body, replayed = binding.bind(call.caller.creator_id, wanted, call.attempt)
    return Answer(body, 201, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/accounts",
    roles=(),
    query=SearchQuery,
    answer="Account",
    refuses=("forbidden",),
    quota="searches",
)
def accounts(call: Call[None]) -> dict[str, Any]:
    """Search the listed accounts, or with owner=me the caller's own in every status."""
    query: SearchQuery = call.query
    if query.owner is None:
        page = account_search.find(query.wanted(), query.limit, call.after)
    elif call.caller.has("creator"):
        page = account_search.owned(call.caller.creator_id, query.limit, call.after)
    else:
        raise Problem("forbidden", "Only creators have accounts of their own.")
    return call.listed(page, lambda record: _card(record, call.caller))


@route(blueprint, "GET", "/v1/accounts/facets", roles=(), query=FacetsQuery, answer="Facets", quota="searches")
def account_facets(call: Call[None]) -> dict[str, Any]:
    """How many listed accounts fit the filters, per category (whatever its own filter says) and per grade (likewise)."""
    found = account_search.count(call.query.wanted())
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
        "examined": found.examined,
        "complete": found.complete,
    }


@route(blueprint, "GET", "/v1/accounts/{account_id}", roles=(), answer="Account")
def account(call: Call[None], account_id: str) -> dict[str, Any]:
    """The card of an account."""
    return _card(get_account(account_id), call.caller)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/similar",
    roles=(),
    query=SimilarQuery,
    answer="Account",
    quota="searches",
)
def similar_accounts(call: Call[None], account_id: str) -> dict[str, Any]:
    """Listed accounts like this one in category, score, followers and price, the most similar first."""
    found = find_similar(get_account(account_id), MOST_SIMILAR)
    return call.sliced(found, lambda record: _card(record, call.caller))


@route(blueprint, "GET", "/v1/accounts/{account_id}/prices", roles=(), query=Paging, answer="PriceChange")
def account_prices(call: Call[None], account_id: str) -> dict[str, Any]:
    """What the account asked and what was advised for it, every change, newest first."""
    get_account(account_id)
    return call.listed(price_history.changes(account_id, call.query.limit, call.after), account_card.price_change)


@route(
    blueprint,
    "PATCH",
    "/v1/accounts/{account_id}",
    roles=("creator",),
    body=AccountPatch,
    answer="Account",
    refuses=("state_conflict",),
)
def revise_account(call: Call[AccountPatch], account_id: str) -> dict[str, Any]:
    """Set own prices, pause or resume; for the owner."""
    creator_id = call.caller.creator_id
    record = prices_and_pause.revise(account_id, creator_id, call.body.prices.fen(), call.body.paused)
    return account_card.card(record, creator_id)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/ownership",
    roles=("creator",),
    answer="OwnershipCode",
    refuses=("state_conflict",),
)
def give_ownership_code(call: Call[None], account_id: str) -> Answer:
    """Get the code that proves the account once its profile or a new post shows it; for the owner."""
    return Answer(ownership.code(account_id, call.caller.creator_id), 201)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/ownership/check",
    roles=("creator",),
    answer="Account",
    refuses=(
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "already_exists",
        "ownership_code_missing",
        "ownership_not_proven",
    ),
)
def check_ownership(call: Call[None], account_id: str) -> dict[str, Any]:
    """Look for the code on the network; if it is there the account is verified as the caller's."""
    creator_id = call.caller.creator_id
    return account_card.card(ownership.check(account_id, creator_id), creator_id)


@route(
    blueprint,
    "PUT",
    "/v1/accounts/{account_id}/publishing",
    roles=("creator",),
    body=PublishingPermissionIn,
    answer="Account",
    refuses=(
        "network_absent",
        "network_not_permitted",
        "network_refused",
        "publishing_not_authorised",
        "state_conflict",
    ),
)
def permit_publishing(call: Call[PublishingPermissionIn], account_id: str) -> dict[str, Any]:
    """Let the market publish as the account, or no longer; for the owner."""
    creator_id = call.caller.creator_id
    return account_card.card(
        publishing_permission.permit(account_id, creator_id, call.body.allowed, call.body.code), creator_id
    )


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/admission",
    roles=("auditor",),
    body=AdmissionIn,
    answer="Account",
    refuses=("already_decided", "conflict_of_interest", "revision_changed", "state_conflict"),
)
def admit_account(call: Call[AdmissionIn], account_id: str) -> dict[str, Any]:
    """Admit or reject an account."""
    return account_card.card(admission.admit(account_id, _decision(call), call.body.category), account_card.STAFF)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/revocation",
    roles=("auditor",),
    body=AccountRevocationIn,
    answer="Account",
    refuses=("conflict_of_interest", "revision_changed", "state_conflict"),
)
def revoke_admission(call: Call[AccountRevocationIn], account_id: str) -> dict[str, Any]:
    """Revoke an admission: unanswered orders end free of charge, accepted ones go on unless they are stopped too."""
    revocation = call.body.revocation(call.caller.decider(call.body.revision))
    return account_card.card(admission.revoke(account_id, revocation, call.body.stop_accepted), account_card.STAFF)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/category",
    roles=("auditor",),
    body=CategoryIn,
    answer="Account",
    refuses=("conflict_of_interest", "revision_changed"),
)
def correct_category(call: Call[CategoryIn], account_id: str) -> dict[str, Any]:
    """Correct an account's category; it is graded by it anew."""
    body, by = call.body, call.caller.decider(call.body.revision)
    return account_card.card(admission.correct_category(account_id, body.category, body.note, by), account_card.STAFF)


@route(blueprint, "DELETE", "/v1/accounts/{account_id}", roles=("creator",), answer="Account")
def unbind_account(call: Call[None], account_id: str) -> dict[str, Any]:
    """Unbind an account from its owner: unanswered orders end free of charge, accepted ones go on; for the owner."""
    return account_card.card(binding.unbind(account_id, call.caller.creator_id))


@route(blueprint, "GET", "/v1/categories", roles=None, answer="Category")
def list_categories(call: Call[None]) -> dict[str, Any]:
    """The categories that an account can have."""
    found = [{"category": value, "name": english} for value, english in CATEGORIES.items()]
    return {"data": found, "next_cursor": None}


@route(blueprint, "GET", "/v1/decisions", roles=("admin",), query=DecisionsQuery, answer="Decision")
def list_decisions(call: Call[None]) -> dict[str, Any]:
    """What staff decided, who did, and on which revision, newest first; for admins."""
    page = log.listed(call.query.subject_id, call.query.limit, call.after)
    return call.listed(page, log.present)


@route(blueprint, "GET", "/v1/admissions", roles=("auditor",), query=Paging, answer="AccountInQueue")
def admissions(call: Call[None]) -> dict[str, Any]:
    """Accounts that wait for admission, oldest due first."""
    return call.listed(review_queues.pending("admission", call.query.limit, call.after), review_queues.document)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/metrics",
    roles=("admin",),
    body=SnapshotIn,
    answer="Account",
    refuses=("already_exists", "conflict_of_interest"),
)
def record_metrics(call: Call[SnapshotIn], account_id: str) -> Answer:
    """Record one snapshot of an account's metrics and grade the account anew."""
    record = metric_snapshots.record(account_id, call.body.figures(), call.caller.decider())
    return Answer(account_card.card(record, account_card.STAFF), 201)


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/metrics/fetch",
    roles=("admin",),
    answer="Account",
    refuses=("already_exists", "conflict_of_interest", "network_absent", "network_not_permitted", "network_refused"),
)
def fetch_metrics(call: Call[None], account_id: str) -> Answer:
    """Read an account's metrics from its network now and grade the account anew."""
    return Answer(
        account_card.card(network_metrics.measure(account_id, call.caller.decider()), account_card.STAFF), 201
    )


@route(
    blueprint,
    "POST",
    "/v1/accounts/{account_id}/grade/appeals",
    roles=("creator",),
    body=AppealIn,
    answer="GradeAppeal",
    refuses=("already_exists", "state_conflict"),
)
def appeal_grade(call: Call[AppealIn], account_id: str) -> Answer:
    """Appeal the account's grade with corrected figures, once per grade; for the owner."""
    body = call.body
    made = grade_appeals.lodge(account_id, call.caller.creator_id, body.reason, body.evidence, corrected)
    return Answer(grade_appeals.present(made, staff=False), 201)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade/appeals",
    roles=("creator", "auditor"),
    query=Paging,
    answer="GradeAppeal",
)
def list_grade_appeals(call: Call[None], account_id: str) -> dict[str, Any]:
    """The appeals of an account's grades, newest first; for the owner and auditors."""
    staff = call.caller.has("auditor")
    if not staff:
        get_owned_account(account_id, call.caller.creator_id)
    page = grade_appeals.of_account(account_id, call.query.limit, call.after)
    return call.listed(page, lambda appeal: grade_appeals.present(appeal, staff=staff))


@route(blueprint, "GET", "/v1/appeals", roles=("auditor",), query=Paging, answer="GradeAppeal")
def list_appeals(call: Call[None]) -> dict[str, Any]:
    """The appeals that wait for a ruling: due first at the head."""
    page = grade_appeals.waiting(call.query.limit, call.after)
    return call.listed(page, lambda appeal: grade_appeals.present(appeal, staff=True))


@route(blueprint, "GET", "/v1/appeals/{appeal_id}", roles=("creator", "auditor"), answer="GradeAppeal")
def read_appeal(call: Call[None], appeal_id: str) -> dict[str, Any]:
    """An appeal; for its owner and auditors."""
    found = grade_appeals.find(appeal_id)
    staff = call.caller.has("auditor")
    if found.creator_id != call.caller.creator_id and not staff:
        raise not_found("appeal")
    return grade_appeals.present(found, staff=staff)


@route(
    blueprint,
    "POST",
    "/v1/appeals/{appeal_id}/ruling",
    roles=("auditor",),
    body=AppealRulingIn,
    answer="GradeAppeal",
    refuses=("already_decided", "already_exists", "conflict_of_interest", "revision_changed", "state_conflict"),
)
def rule_appeal(call: Call[AppealRulingIn], appeal_id: str) -> dict[str, Any]:
    """Rule an appeal: the grade is computed anew from the corrected figures, or everything stays."""
    body, by = call.body, call.caller.decider(call.body.revision)
    ruled = grade_appeals.rule(appeal_id, body.outcome, body.evidence, body.note, by, corrected)
    return grade_appeals.present(ruled, staff=True)


def _card(record: AccountRecord, caller: Caller) -> dict[str, Any]:
    return account_card.card(record, account_card.STAFF if caller.has(*STAFF) else caller.creator_id)


def _decision(call: Call[CertificationIn] | Call[AdmissionIn]) -> Decision:
    sent = call.body
    reason = None if sent.reason_code is None else str(sent.reason_code)
    return Decision(sent.decision, reason, sent.note, call.caller.decider(sent.revision))
