"""HTTP routes of tasks: quotes, pictures, submission, review, closing. Orders and open calls have their own modules."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.api import Answer, Call, Paging, route
from chalicelib.core import idempotency
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.store import Page
from chalicelib.tasks import review
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.content import pictures
from chalicelib.tasks.http import access, order_responses, task_responses
from chalicelib.tasks.http.requests import (
    AccountsBody,
    CancelBody,
    NoteBody,
    NothingBody,
    OrderQuery,
    PictureBody,
    QuoteBody,
    ReasonBody,
    ReviewBody,
    TaskBody,
    TaskQuery,
)
from chalicelib.tasks.lists import task_lists
from chalicelib.tasks.records import task_record
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.submission import create, edit, quotes, submit
from chalicelib.tasks.workflow import stuck_workflows

blueprint = Blueprint(__name__)
READERS = ("advertiser", "auditor", "finance")


@route(
    blueprint,
    "POST",
    "/v1/quotes",
    roles=("advertiser",),
    body=QuoteBody,
    answer="Quote",
    refuses=("account_not_available", "price_unknown"),
)
def quote(call: Call[QuoteBody]) -> dict[str, Any]:
    """What orders of these accounts would cost now; nothing is stored."""
    return task_responses.quote_response(call.body.kind, quotes.quote(call.body.kind, call.body.account_ids))


@route(
    blueprint,
    "POST",
    "/v1/pictures",
    roles=("advertiser",),
    body=PictureBody,
    answer="PictureUpload",
    quota="pictures",
)
def announce_picture(call: Call[PictureBody]) -> Answer:
    """A picture's id and the form that uploads it."""
    sent = call.body
    picture_id, upload, replayed = pictures.announce(
        call.caller.advertiser_id, sent.content_type, sent.bytes, call.attempt
    )
    return Answer({"id": picture_id, "upload": upload}, 201, replayed)


@route(
    blueprint,
    "POST",
    "/v1/tasks",
    roles=("advertiser",),
    body=TaskBody,
    needs_key=True,
    answer="Task",
    refuses=create.REFUSALS,
)
def create_task(call: Call[TaskBody]) -> Answer:
    """Create a task; its total is held and it waits for review, unless it is a draft."""
    body, replayed = create.create(call.body.asked(), call.caller.advertiser_id, call.once, as_draft=call.body.draft)
    return Answer(body, 201, replayed=replayed)


@route(blueprint, "GET", "/v1/tasks", roles=READERS, query=TaskQuery, answer="TaskSummary", refuses=("forbidden",))
def list_tasks(call: Call[None]) -> dict[str, Any]:
    """The advertiser's tasks, newest first; staff see everybody's, and the stuck ones."""
    query: TaskQuery = call.query
    staff = call.caller.has(*access.STAFF)
    if query.status == "stuck":
        if not staff:
            raise Problem("forbidden", "Only staff read the stuck tasks.")
        page = task_lists.stuck_tasks(query.limit, call.after)
    elif staff and query.advertiser_id is None:
        page = task_lists.all_tasks(query.status, query.limit, call.after)
    else:
        owner = query.advertiser_id if staff and query.advertiser_id else call.caller.advertiser_id
        page = task_lists.tasks_of(owner, query.status, query.limit, call.after)
    found = task_lists.with_tallies(page)
    return call.listed(found.tasks, lambda task: task_responses.task_summary_response(task, found.tallies[task.pk]))


@route(blueprint, "GET", "/v1/tasks/{task_id}", roles=READERS, answer="Task")
def read_task(call: Call[None], task_id: str) -> dict[str, Any]:
    """A task with its totals and the counts of its orders."""
    return _task(access.visible_task(task_id, call.caller))


@route(
    blueprint,
    "PUT",
    "/v1/tasks/{task_id}",
    roles=("advertiser",),
    body=TaskBody,
    answer="Task",
    refuses=(*create.REFUSALS, "state_conflict"),
)
def edit_task(call: Call[TaskBody], task_id: str) -> dict[str, Any]:
    """Edit a rejected task and submit it again, or edit a draft."""
    fingerprint = idempotency.fingerprint("PUT", task_id, call.body.model_dump(mode="json"))
    return _task(edit.resubmit(task_id, call.body.asked(), call.caller.advertiser_id, fingerprint))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/accounts",
    roles=("advertiser",),
    body=AccountsBody,
    answer="Task",
    refuses=("account_not_available", "price_unknown", "state_conflict", "task_full"),
)
def add_accounts(call: Call[AccountsBody], task_id: str) -> dict[str, Any]:
    """Add a page of accounts to a draft."""
    return _task(edit.add_accounts(task_id, call.body.account_ids, call.caller.advertiser_id))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/submit",
    roles=("advertiser",),
    body=NothingBody,
    answer="Task",
    refuses=(*create.REFUSALS, "state_conflict"),
)
def submit_task(call: Call[NothingBody], task_id: str) -> dict[str, Any]:
    """Submit a draft; its total is held and it waits for review."""
    return _task(submit.submit(task_id, call.caller.advertiser_id))


@route(blueprint, "GET", "/v1/tasks/{task_id}/orders", roles=READERS, query=OrderQuery, answer="Order")
def list_task_orders(call: Call[None], task_id: str) -> dict[str, Any]:
    """The orders of a task, in the order of its accounts."""
    task = access.visible_task(task_id, call.caller)
    page = task_lists.orders_of_task(task, call.query.status, call.query.limit, call.after)
    return call.listed(page, lambda standing: order_responses.standing_response(task, standing))


@route(blueprint, "GET", "/v1/tasks/{task_id}/pictures", roles=(*READERS, "creator"), query=Paging, answer="Picture")
def list_task_pictures(call: Call[None], task_id: str) -> dict[str, Any]:
    """The pictures of a task as they were submitted, each with a link to fetch it; those of an open call for creators too."""
    task = access.visible_task(task_id, call.caller, in_calls=True)
    return call.sliced(pictures.shown(task), dict)


@route(
    blueprint,
    "GET",
    "/v1/tasks/{task_id}/cancellation",
    roles=("advertiser",),
    answer="Cancellation",
    refuses=("state_conflict",),
)
def preview_cancellation(call: Call[None], task_id: str) -> dict[str, Any]:
    """What cancelling would pay or return for each order, now."""
    task = task_record.find_own_task(task_id, call.caller.advertiser_id)
    lines = cancellation.preview(task)
    return task_responses.cancellation_response(task, lines, cancellation.revision_of(task, lines))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/cancel",
    roles=("advertiser",),
    body=CancelBody,
    answer="Task",
    refuses=("revision_changed", "state_conflict"),
)
def cancel_task(call: Call[CancelBody], task_id: str) -> Answer:
    """Cancel a task: unanswered orders are free, accepted ones are compensated, published ones go on."""
    task = cancellation.cancel(task_id, call.caller.advertiser_id, call.body.reason(), call.body.revision)
    return Answer(_task(task), 202 if task.winding_up else 200)


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/stop",
    roles=("auditor",),
    body=ReasonBody,
    answer="Task",
    refuses=("conflict_of_interest", "state_conflict"),
)
def stop_task(call: Call[ReasonBody], task_id: str) -> Answer:
    """The platform stops a task: unpublished orders are free, published ones are taken down and paid."""
    task = cancellation.stop(task_id, call.body.reason(), call.caller.decider())
    return Answer(_task(task), 202 if task.winding_up else 200)


@route(blueprint, "GET", "/v1/reviews", roles=("auditor",), query=Paging, answer="TaskInReview")
def list_reviews(call: Call[None]) -> dict[str, Any]:
    """The review queue: due first at the head, with lint findings and what was changed since the last submission."""
    found = task_lists.with_tallies(review.waiting(call.query.limit, call.after))
    return call.listed(found.tasks, lambda task: task_responses.task_in_review_response(task, found.tallies[task.pk]))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/review",
    roles=("auditor",),
    body=ReviewBody,
    answer="Task",
    refuses=(
        "accept_by_passed",
        "already_decided",
        "conflict_of_interest",
        "revision_changed",
        "same_auditor",
        "state_conflict",
    ),
)
def review_task(call: Call[ReviewBody], task_id: str) -> dict[str, Any]:
    """Approve a task, or reject it with reasons."""
    if call.body.decision == "rejected" and not call.body.reasons:
        raise InvalidBody(Fault("/reasons", "missing", "A rejection needs at least one reason."))
    reasons = [reason.model_dump(exclude_none=True) for reason in call.body.reasons]
    by = call.caller.decider(call.body.revision)
    return _task(review.decide(task_id, call.body.decision, reasons, by))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/appeal",
    roles=("advertiser",),
    body=NoteBody,
    answer="Task",
    refuses=(
        "accept_by_passed",
        "advertiser_missing",
        "advertiser_not_certified",
        "appeal_used",
        "insufficient_funds",
        "state_conflict",
    ),
)
def appeal_review(call: Call[NoteBody], task_id: str) -> dict[str, Any]:
    """Appeal a rejection, once: another auditor reviews the task as it is."""
    return _task(review.appeal(task_id, call.caller.advertiser_id, call.body.note))


@route(
    blueprint,
    "POST",
    "/v1/tasks/{task_id}/retry",
    roles=("auditor", "finance"),
    body=NothingBody,
    answer="Task",
)
def retry_task(call: Call[NothingBody], task_id: str) -> dict[str, Any]:
    """Run the workflow of a stuck task again, from where the task stands."""
    stuck_workflows.retry(find_task(task_id))
    return _task(find_task(task_id))


def _task(task: TaskRecord) -> dict[str, Any]:
    found = task_lists.with_orders(Page([task], None))
    return task_responses.task_response(task, found.lines[task.pk], found.orders)
