"""HTTP routes of tasks: submission, review, closing."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import STAFF_ROLES, ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.core import idempotency
from chalicelib.core.errors import Problem
from chalicelib.store import Page
from chalicelib.tasks import review
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.http import access, content_responses, task_responses
from chalicelib.tasks.http.orders import order_responses
from chalicelib.tasks.http.requests import (
    AccountsBody,
    CancelBody,
    NoteBody,
    NothingBody,
    OrderQuery,
    ReasonBody,
    ReviewBody,
    TaskBody,
    TaskQuery,
)
from chalicelib.tasks.lists import task_lists
from chalicelib.tasks.records import task_record
from chalicelib.tasks.records.order_record import read_looks
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.submission import create, edit, submit
from chalicelib.tasks.workflow import stuck_workflows

blueprint = Blueprint(__name__)
READERS = ("advertiser", *STAFF_ROLES)


@route(
    blueprint,
    "POST",
    "/v1/tasks",
    roles=("advertiser",),
    request=TaskBody,
    key_required=True,
    response=task_responses.Task,
    errors=create.REFUSALS,
    status=201,
    client="tasks.create",
)
def create_task(request: ApiRequest[TaskBody]) -> ApiResponse[task_responses.Task]:
    """Create a task; its total is held and it waits for review, unless it is a draft."""
    body, replayed = create.create(
        request.body.brief(), request.caller.advertiser_id, request.required_attempt, as_draft=request.body.draft
    )
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/tasks",
    roles=READERS,
    query=TaskQuery,
    response=Listed[task_responses.TaskSummary],
    errors=("forbidden",),
    client="tasks.list",
)
def list_tasks(request: ApiRequest[None, TaskQuery]) -> Listed[task_responses.TaskSummary]:
    """List the advertiser's tasks, newest first; staff list the tasks of all advertisers, and the stuck ones."""
    query: TaskQuery = request.query
    staff = request.caller.has(*STAFF_ROLES)
    if query.status == "stuck":
        if not staff:
            raise Problem("forbidden", "Only staff read the stuck tasks.")
        page = task_lists.stuck_tasks(query.limit, request.after)
    elif staff and query.advertiser_id is None:
        page = task_lists.all_tasks(query.status, query.limit, request.after)
    else:
        owner = request.owning_advertiser(query.advertiser_id, *STAFF_ROLES)
        page = task_lists.tasks_of(owner, query.status, query.limit, request.after)
    found = task_lists.with_tallies(page)
    return request.page_response(
        found.tasks, lambda task: task_responses.task_summary_response(task, found.tallies[task.pk])
    )


@route(blueprint, "GET", "/v1/tasks/{task_id}", roles=READERS, response=task_responses.Task, client="tasks.read")
def read_task(request: ApiRequest, task_id: str) -> task_responses.Task:
    """Read a task with its totals and the counts of its orders."""
    return _task(access.visible_task(task_id, request.caller))


@route(
    blueprint,
    "PUT",
    "/v1/tasks/{task_id}",
    roles=("advertiser",),
    request=TaskBody,
    response=task_responses.Task,
    errors=(*create.REFUSALS, "state_conflict"),
    client="tasks.edit",
)
def edit_task(request: ApiRequest[TaskBody], task_id: str) -> task_responses.Task:
    """Edit a rejected task and submit it again, or edit a draft."""
    fingerprint = idempotency.fingerprint("PUT", task_id, request.body.model_dump(mode="json"))
    return _task(edit.resubmit(task_id, request.body.brief(), request.caller.advertiser_id, fingerprint))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/accounts",
    roles=("advertiser",),
    request=AccountsBody,
    response=task_responses.Task,
    errors=("account_not_available", "price_unknown", "state_conflict", "task_full"),
    client="tasks.add_accounts",
)
def add_accounts(request: ApiRequest[AccountsBody], task_id: str) -> task_responses.Task:
    """Add a page of accounts to a draft."""
    return _task(edit.add_accounts(task_id, request.body.account_ids, request.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/submit",
    roles=("advertiser",),
    request=NothingBody,
    response=task_responses.Task,
    errors=(*create.REFUSALS, "state_conflict"),
    client="tasks.submit",
)
def submit_task(request: ApiRequest[NothingBody], task_id: str) -> task_responses.Task:
    """Submit a draft; its total is held and it waits for review."""
    return _task(submit.submit(task_id, request.caller.advertiser_id))


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/orders",
    roles=READERS,
    query=OrderQuery,
    response=Listed[order_responses.Order],
    client="tasks.orders",
)
def list_task_orders(request: ApiRequest[None, OrderQuery], task_id: str) -> Listed[order_responses.Order]:
    """List the orders of a task, in the order of its accounts."""
    task = access.visible_task(task_id, request.caller)
    page = task_lists.orders_of_task(task, request.query.status, request.query.limit, request.after)
    read_looks(standing.order for standing in page.items if standing.order)
    return request.page_response(page, lambda standing: order_responses.standing_response(task, standing))


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/pictures",
    roles=(*READERS, "creator"),
    query=Paging,
    response=Listed[content_responses.Picture],
    client="tasks.pictures",
)
def list_task_pictures(request: ApiRequest[None, Paging], task_id: str) -> Listed[content_responses.Picture]:
    """List the pictures of a task as they were submitted, each with a link; creators can list those of an open call."""
    task = access.visible_task(task_id, request.caller, in_calls=True)
    return request.slice_response(picture_uploads.links(task), content_responses.picture_response)


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/cancellation",
    roles=("advertiser",),
    response=task_responses.Cancellation,
    errors=("state_conflict",),
    client="tasks.preview_cancellation",
)
def preview_cancellation(request: ApiRequest, task_id: str) -> task_responses.Cancellation:
    """Preview a cancellation: the amounts that each order would pay or return now."""
    task = task_record.find_own_task(task_id, request.caller.advertiser_id)
    lines = cancellation.preview(task)
    return task_responses.cancellation_response(task, lines, cancellation.revision_of(task, lines))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/cancel",
    roles=("advertiser",),
    request=CancelBody,
    response=task_responses.Task,
    errors=("revision_changed", "state_conflict"),
    status=(200, 202),
    client="tasks.cancel",
)
def cancel_task(request: ApiRequest[CancelBody], task_id: str) -> ApiResponse[task_responses.Task]:
    """Cancel a task: unanswered orders are free, accepted ones are compensated, published ones go on."""
    task = cancellation.cancel(task_id, request.caller.advertiser_id, request.body.reason(), request.body.revision)
    return ApiResponse(_task(task), status=202 if task.winding_up else 200)


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/stop",
    roles=("auditor",),
    request=ReasonBody,
    response=task_responses.Task,
    errors=("conflict_of_interest", "state_conflict"),
    status=(200, 202),
    client="tasks.stop",
)
def stop_task(request: ApiRequest[ReasonBody], task_id: str) -> ApiResponse[task_responses.Task]:
    """The platform stops a task: unpublished orders are free, published ones are taken down and paid."""
    task = cancellation.stop(task_id, request.body.reason(), request.caller.decider())
    return ApiResponse(_task(task), status=202 if task.winding_up else 200)


@route(
    blueprint,
    "GET",
    "/v1/reviews",
    roles=("auditor",),
    query=Paging,
    response=Listed[task_responses.TaskInReview],
    client="tasks.waiting",
)
def list_reviews(request: ApiRequest[None, Paging]) -> Listed[task_responses.TaskInReview]:
    """List the review queue, due first, with the findings of the lint and the changes since the last submission."""
    found = task_lists.with_tallies(review.waiting(request.query.limit, request.after))
    return request.page_response(
        found.tasks, lambda task: task_responses.task_in_review_response(task, found.tallies[task.pk])
    )


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/review",
    roles=("auditor",),
    request=ReviewBody,
    response=task_responses.Task,
    errors=(
        "accept_by_passed",
        "already_decided",
        "conflict_of_interest",
        "revision_changed",
        "same_auditor",
        "state_conflict",
    ),
    client="tasks.review",
)
def review_task(request: ApiRequest[ReviewBody], task_id: str) -> task_responses.Task:
    """Approve a task, or reject it with reasons."""
    reasons = [reason.reason() for reason in request.body.reasons]
    by = request.caller.decider(request.body.revision)
    return _task(review.decide(task_id, request.body.decision, reasons, by))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/appeal",
    roles=("advertiser",),
    request=NoteBody,
    response=task_responses.Task,
    errors=(
        "accept_by_passed",
        "advertiser_missing",
        "advertiser_not_certified",
        "appeal_used",
        "insufficient_funds",
        "state_conflict",
    ),
    client="tasks.appeal",
)
def appeal_review(request: ApiRequest[NoteBody], task_id: str) -> task_responses.Task:
    """Appeal a rejection, once: another auditor reviews the task as it is."""
    return _task(review.appeal(task_id, request.caller.advertiser_id, request.body.note))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/retry",
    roles=STAFF_ROLES,
    request=NothingBody,
    response=task_responses.Task,
    client="tasks.retry",
)
def retry_task(request: ApiRequest[NothingBody], task_id: str) -> task_responses.Task:
    """Run the workflow of a stuck task again, from its present status."""
    stuck_workflows.retry(find_task(task_id))
    return _task(find_task(task_id))


def _task(task: TaskRecord) -> task_responses.Task:
    found = task_lists.with_orders(Page([task], None))
    return task_responses.task_response(task, found.lines[task.pk], found.orders)
