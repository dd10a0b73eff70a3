"""HTTP routes of grades, their history, the methodology and regrading."""

from __future__ import annotations

from typing import cast

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.accounts.records import get_account
from chalicelib.accounts.review.admission_rules import LISTED
from chalicelib.api import HTML, ApiRequest, ApiResponse, Listed, Paging, Query, TextResponse, route
from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.grading import grade_history, regrade, response_types
from chalicelib.grading.grade_responses import current_grade, grade_change_response, grade_response, ungraded_response
from chalicelib.grading.model.methodology import in_force, published, versions
from chalicelib.grading.records import GradedAccount

blueprint = Blueprint(__name__)
CHANGES_SHOWN = 24
PAGE_SECONDS = 300
"""The time that a browser may cache the page: a grade changes once a night, or when new figures arrive."""


class Version(Query):
    version: str | None = Field(default=None, max_length=40)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade",
    roles=(),
    response=response_types.AccountGrade,
    client="grades.read",
)
def show_grade(request: ApiRequest, account_id: str) -> response_types.AccountGrade:
    """Return the grade with every factor, what the next grade needs, and the advised prices."""
    account = GradedAccount.find(account_id, "account")
    if account is None:
        raise not_found("account")
    if account.grade is None:
        return ungraded_response(account_id)
    return grade_response(account, current_grade(account))


@route(blueprint, "GET", "/grades/{account_id}", roles=None, page=True, client="grades.page")
def grade_page(request: ApiRequest, account_id: str) -> TextResponse:
    """Return the grade as a page for people: its factors, unknown figures, the next grade, and how to recompute or appeal it."""
    from chalicelib.grading.pages import grade_page as pages
    from chalicelib.grading.pages.history_section import HistoryEntry

    account = get_account(account_id)
    headers = {"Cache-Control": f"public, max-age={PAGE_SECONDS}"}
    about = (account_id, account.network, account.handle, account.category)
    if account.grade is None:
        return TextResponse(pages.ungraded_page(*about), HTML, headers=headers)
    graded = current_grade(account)
    content = pages.PageContent(*about, graded, grade_response(account, graded), listed=account.status in LISTED)
    page = grade_history.changes(account_id, CHANGES_SHOWN, None)
    changes = [
        HistoryEntry(
            clock.parse(one.at),
            one.grade,
            float(one.score),
            one.cause,
            one.methodology_version,
            int(one.advised_prices["repost"]["mid"]),
            one.evidence.get("paid_orders", 0),
        )
        for one in page.items
    ]
    html = pages.grade_page(content, changes, int(account.grade_number) - len(changes), clock.now())
    return TextResponse(html, HTML, headers=headers)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade/history",
    roles=(),
    query=Paging,
    response=Listed[response_types.GradeChange],
    client="grades.history",
)
def show_history(request: ApiRequest[None, Paging], account_id: str) -> Listed[response_types.GradeChange]:
    """Return every change of the grade, newest first, each with its cause."""
    if GradedAccount.find(account_id, "account") is None:
        raise not_found("account")
    page = grade_history.changes(account_id, request.query.limit, request.after)
    return request.page_response(page, grade_change_response)


@route(
    blueprint,
    "GET",
    "/v1/grading/methodology",
    roles=None,
    query=Version,
    response=response_types.Methodology,
    errors=("not_found",),
    client="grades.methodology",
)
def show_methodology(request: ApiRequest[None, Version]) -> response_types.Methodology:
    """Return the methodology file in force, or of the requested version: every number of grades and prices."""
    version = request.query.version
    found = published(version) if version else in_force()
    if found is None:
        raise not_found("methodology version")
    document = {**found.document, "in_force": found.version == in_force().version, "versions": versions()}
    return cast("response_types.Methodology", document)


@route(
    blueprint,
    "POST",
    "/v1/grading/regrade",
    roles=("admin",),
    response=response_types.RegradeStarted,
    status=202,
    client="grades.regrade",
)
def start_regrade(request: ApiRequest) -> ApiResponse[response_types.RegradeStarted]:
    """Start regrading every account now."""
    name = request.attempt.id("rgr") if request.attempt else ids.new("rgr")
    run = regrade.start(name)
    return ApiResponse({"execution": run, "status_url": request.url(f"/v1/grading/regrade/{run}")})


@route(
    blueprint,
    "GET",
    "/v1/grading/regrades",
    roles=("admin", "auditor"),
    query=Paging,
    response=Listed[response_types.RegradeRunSummary],
    client="grades.regrades",
)
def list_regrades(request: ApiRequest[None, Paging]) -> Listed[response_types.RegradeRunSummary]:
    """List the regrades, newest first."""
    return request.page_response(regrade.runs(request.query.limit, request.after), regrade.run_response)


@route(
    blueprint,
    "GET",
    "/v1/grading/regrade/{run}",
    roles=("admin", "auditor"),
    response=response_types.Regrade,
    client="grades.regrade_progress",
)
def show_regrade(request: ApiRequest, run: str) -> response_types.Regrade:
    """Return the progress and the results of a regrade."""
    return regrade.progress(run)
