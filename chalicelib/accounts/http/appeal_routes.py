"""HTTP routes of appeals against grades."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts.http import response_types
from chalicelib.accounts.http.appeal_responses import appeal_response
from chalicelib.accounts.http.decision_requests import AppealRulingIn
from chalicelib.accounts.http.requests import AppealIn
from chalicelib.accounts.http.snapshot_requests import corrected
from chalicelib.accounts.records import get_owned_account
from chalicelib.accounts.review import grade_appeals
from chalicelib.api import ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.core.errors import not_found

blueprint = Blueprint(__name__)


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
