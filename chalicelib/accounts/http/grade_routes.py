"""Grades, their history, the methodology and regrading over HTTP."""

from __future__ import annotations

from itertools import islice
from typing import Any

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.accounts.http import grade_responses
from chalicelib.accounts.records import get_account
from chalicelib.accounts.review.admission_rules import LISTED
from chalicelib.api import HTML, ApiRequest, ApiResponse, Listed, Paging, Query, TextResponse, route
from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.grading import grade_history, regrade, saved_track_records
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import PPM, Grade, explain, percentile_among, percentile_in_category
from chalicelib.grading.model.methodology import FittedPrice, Methodology, in_force, published, versions
from chalicelib.grading.model.price import Paid, per_thousand_reads
from chalicelib.grading.records import GradeChange, GradedAccount
from chalicelib.store import read_page

blueprint = Blueprint(__name__)
CHANGES_SHOWN = 24
PAGE_SECONDS = 300
"""How long anybody may keep the page: a grade changes once a night, or when figures come."""

SHOWN, EXAMINED = 20, 200
"""Settled orders in an answer, and how many of the newest orders are looked at for them."""


class Version(Query):
    version: str | None = Field(default=None, max_length=40)


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade",
    roles=(),
    response=grade_responses.AccountGrade,
    client="grades.read",
)
def show_grade(request: ApiRequest, account_id: str) -> dict[str, Any]:
    """The grade with every factor, what the next grade needs, and the advised prices."""
    account = GradedAccount.find(account_id, "account")
    if account is None:
        raise not_found("account")
    if account.grade is None:
        return {
            "account_id": account_id,
            "grade": None,
            "score": None,
            "percentile_in_category": None,
            "percentile_among": None,
            "factors": [],
            "next": None,
            "advised_price": None,
        }
    return _told(account, _graded(account))


def _graded(account: GradedAccount) -> Grade:
    """The grade the account has, with all it rests on, computed from what is stored."""
    methodology = published(account.methodology_version)
    return assess(Evidence.from_json(account.evidence), account.category, methodology, account.grade).graded


def _told(account: GradedAccount, graded: Grade) -> dict[str, Any]:
    evidence, methodology = graded.evidence, graded.methodology
    return {
        "account_id": account.pk,
        **explain(graded, evidence),
        "percentile_in_category": _percent(percentile_in_category(graded)),
        "percentile_among": percentile_among(graded),
        "graded_at": clock.parse(account.graded_at),
        "evidence": evidence.as_json(),
        "advised_price": grade_history.priced(account.advised, evidence.paid_orders or 0),
        "price_per_1000_reads": _per_thousand_reads(account.advised, evidence),
        "price_model": _price_model(methodology, evidence),
        "settled_orders": _settled_orders(account) if account.traded_on else [],
    }


def _price_model(methodology: Methodology, evidence: Evidence) -> dict[str, Any]:
    """How far the model's repost prices were from asked ones where it was measured, and what orders paid here against it: the
    ratio, and its weight against the model."""
    measures = methodology.document.get("measures", {})
    prior = methodology.price.prior_orders if isinstance(methodology.price, FittedPrice) else None
    paid = Paid.of(evidence)
    return {
        "median_error": measures.get("repost_price_median_absolute_error"),
        "within_factor_2": measures.get("repost_price_within_factor_2"),
        "paid": None
        if not paid.orders or prior is None
        else {
            "ratio": paid.ratio_bps / 10_000,
            "orders": paid.orders,
            "advertisers": paid.advertisers,
            "weight": round(paid.advertisers / (paid.advertisers + prior), 4),
        },
    }


def _settled_orders(account: GradedAccount) -> list[dict[str, Any]]:
    """The newest orders that were paid in full, without names: what was paid and what the model advised then."""
    currency = rules().currency
    paid = (entry for entry in saved_track_records.newest(account.pk, clock.now(), EXAMINED) if entry.paid)
    return [
        {
            "kind": entry.kind,
            "price": Money(int(entry.paid), currency),
            "modelled": Money(int(entry.advised), currency) if entry.advised else None,
            "ended_at": clock.parse(entry.sk.split("#")[1]),
        }
        for entry in islice(paid, SHOWN)
    ]


def _percent(parts: int | None) -> float | None:
    return None if parts is None else parts * 100 / PPM


@route(blueprint, "GET", "/grades/{account_id}", roles=None, page=True, client="grades.page")
def grade_page(request: ApiRequest, account_id: str) -> TextResponse:
    """The grade as a page for people: what it is made of, what is missing, what the next one needs, how to check or appeal it."""
    from chalicelib.grading.pages.grade_page import Shown, ungraded_page
    from chalicelib.grading.pages.grade_page import grade_page as written
    from chalicelib.grading.pages.history_section import Moved

    account = get_account(account_id)
    headers = {"Cache-Control": f"public, max-age={PAGE_SECONDS}"}
    about = (account_id, account.network, account.handle, account.category)
    if account.grade is None:
        return TextResponse(ungraded_page(*about), HTML, headers=headers)
    graded = _graded(account)
    shown = Shown(*about, graded, _told(account, graded), listed=account.status in LISTED)
    listed = GradeChange.sk.startswith("grade#")
    page = read_page(GradeChange, account_id, limit=CHANGES_SHOWN, range_condition=listed, consistent=True)
    changes = [
        Moved(clock.parse(one.at), one.grade, float(one.score), one.cause, one.methodology_version)
        for one in page.items
    ]
    html = written(shown, changes, int(account.grade_number) - len(changes), clock.now())
    return TextResponse(html, HTML, headers=headers)


def _per_thousand_reads(advised: dict[str, dict[str, int]], evidence: Evidence) -> dict[str, Money | None]:
    """At the advised mid prices; None where no reads are known."""
    prices = {kind: per_thousand_reads(int(band["mid"]), evidence) for kind, band in advised.items()}
    return {kind: None if price is None else Money(price, rules().currency) for kind, price in prices.items()}


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/grade/history",
    roles=(),
    query=Paging,
    response=Listed[grade_responses.GradeChange],
    client="grades.history",
)
def show_history(request: ApiRequest[None, Paging], account_id: str) -> Listed[Any]:
    """Every change of the grade, newest first, each with its cause."""
    if GradedAccount.find(account_id, "account") is None:
        raise not_found("account")
    page = grade_history.changes(account_id, request.query.limit, request.after)
    return request.page_response(page, grade_history.present)


@route(
    blueprint,
    "GET",
    "/v1/grading/methodology",
    roles=None,
    query=Version,
    response=grade_responses.Methodology,
    errors=("not_found",),
    client="grades.methodology",
)
def show_methodology(request: ApiRequest[None, Version]) -> dict[str, Any]:
    """The methodology file in force, or the version asked for: every number a grade is made of."""
    wanted = request.query.version
    found = published(wanted) if wanted else in_force()
    if found is None:
        raise not_found("methodology version")
    return {**found.document, "in_force": found.version == in_force().version, "versions": versions()}


@route(
    blueprint,
    "POST",
    "/v1/grading/regrade",
    roles=("admin",),
    response=grade_responses.RegradeStarted,
    status=202,
    client="grades.regrade",
)
def start_regrade(request: ApiRequest) -> ApiResponse[grade_responses.RegradeStarted]:
    """Starts regrading every account now."""
    name = request.attempt.id("rgr") if request.attempt else ids.new("rgr")
    run = regrade.start(name)
    return ApiResponse({"execution": run, "status_url": request.url(f"/v1/grading/regrade/{run}")})


@route(
    blueprint,
    "GET",
    "/v1/grading/regrade/{run}",
    roles=("admin", "auditor"),
    response=grade_responses.Regrade,
    client="grades.regrade_progress",
)
def show_regrade(request: ApiRequest, run: str) -> dict[str, Any]:
    """How far a regrade is and what it changed."""
    return regrade.progress(run)
