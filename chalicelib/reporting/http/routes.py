"""HTTP routes of a campaign's report."""

from __future__ import annotations

from typing import Any, cast

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.api import HTML, STAFF_ROLES, ApiRequest, ApiResponse, Query, TextResponse, pagination, route
from chalicelib.api.period_parameters import CsvTimes
from chalicelib.core import clock, csv_text
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.reporting import outcomes, report_csv, report_links
from chalicelib.reporting import report as reports
from chalicelib.reporting.http import response_types
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task

blueprint = Blueprint(__name__)
READERS = ("advertiser", *STAFF_ROLES)


class LinkQuery(Query):
    key: str = Field(min_length=1, max_length=500)


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/report",
    roles=READERS,
    query=CsvTimes,
    response=response_types.Report,
    media_types=("text/csv",),
    client="tasks.report",
)
def show_report(request: ApiRequest[None, CsvTimes], task_id: str) -> response_types.Report | TextResponse:
    """Return costs and results of each order and in all, with the forecast and comparable orders; CSV with `Accept: text/csv`."""
    found = reports.report(_readable(request, task_id))
    if not request.prefers("text/csv"):
        return found
    text = report_csv.as_csv(found["orders"], request.query.csv_zone)
    return TextResponse(text, csv_text.MEDIA_TYPE, headers=csv_text.headers(f"{task_id}.csv"))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/report/link",
    roles=("advertiser",),
    response=response_types.ReportLink,
    status=201,
    client="tasks.make_report_link",
)
def make_link(request: ApiRequest, task_id: str) -> ApiResponse[response_types.ReportLink]:
    """Create a link to the report as a page, for people without an account; it expires."""
    task = _own(request, task_id)
    content, until = report_links.create(task.pk)
    key = pagination.seal(content, _scope(task.pk))
    return ApiResponse({"url": request.url(f"/tasks/{task.pk}/report?key={key}"), "expires_at": until})


@route(
    blueprint,
    "DELETE",
    "/v1/tasks/{task_id}/report/link",
    roles=("advertiser",),
    response=response_types.ReportLinksRevoked,
    client="tasks.revoke_report_links",
)
def revoke_links(request: ApiRequest, task_id: str) -> response_types.ReportLinksRevoked:
    """Revoke every link to the report that was made so far."""
    task = _own(request, task_id)
    report_links.revoke(task.pk)
    return {"task_id": task.pk, "revoked_at": clock.now()}


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/outcomes",
    roles=("advertiser",),
    request_media_type="text/csv",
    response=response_types.OutcomesTaken,
    errors=("body_invalid",),
    client="tasks.upload_outcomes",
)
def upload_outcomes(request: ApiRequest, task_id: str) -> response_types.OutcomesTaken:
    """Upload outcomes by link (CSV: code, outcomes, and optionally value in minor units), in place of earlier ones."""
    task = _own(request, task_id)
    order_ids = orders_of(lines_of([task])).keys()
    saved = outcomes.save(task.pk, outcomes.read(request.raw_body, order_ids))
    return {
        "task_id": task.pk,
        "outcomes": sum(saved.counts.values()),
        "value": Money(sum(saved.values.values()), rules().currency),
        "orders": len(saved.counts),
        "uploaded_at": clock.parse(str(saved.uploaded_at)),
    }


@route(
    blueprint,
    "GET",
    "/tasks/{task_id}/report",
    roles=None,
    page=True,
    query=LinkQuery,
    errors=("report_expired",),
    client="tasks.report_page",
)
def report_page(request: ApiRequest[None, LinkQuery], task_id: str) -> TextResponse:
    """Return the report as a page, by a link of the advertiser."""
    from chalicelib.reporting import report_page as pages

    try:
        content = cast("report_links.LinkContent", pagination.unseal(request.query.key, _scope(task_id)))
    except Problem:
        raise not_found("report") from None
    until = report_links.valid_until(content, task_id)
    html = pages.report_page(reports.report(find_task(task_id)), until)
    return TextResponse(html, HTML, headers={"Cache-Control": "private, max-age=60"})


def _readable(request: ApiRequest[Any, Any], task_id: str) -> TaskRecord:
    return find_task(task_id) if request.caller.has(*STAFF_ROLES) else _own(request, task_id)


def _own(request: ApiRequest[Any, Any], task_id: str) -> TaskRecord:
    task = find_task(task_id)
    if task.owner != request.caller.advertiser_id:
        raise not_found("task")
    return task


def _scope(task_id: str) -> str:
    return f"report {task_id}"
