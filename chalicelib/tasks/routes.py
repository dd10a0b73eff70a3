"""HTTP routes of tasks and orders."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib import idempotency
from chalicelib.api import Answer, Call, Paging, route
from chalicelib.errors import Fault, InvalidBody
from chalicelib.tasks import answering, inbox, pictures, publication, review, submission, views
from chalicelib.tasks.records import TaskRecord, offered_orders
from chalicelib.tasks.schemas import (
    AcceptBody,
    DeclineBody,
    OrderQuery,
    PictureBody,
    PublishBody,
    QuoteBody,
    ReviewBody,
    TaskBody,
    TaskQuery,
)

blueprint = Blueprint(__name__)


@route(blueprint, "POST", "/v1/quotes", roles=("advertiser",), body=QuoteBody)
def quote(call: Call[QuoteBody]) -> dict[str, Any]:
    """What orders of these accounts would cost now; nothing is stored."""
    return views.quote_view(call.body.kind, submission.quote(call.body.kind, call.body.account_ids))


@route(blueprint, "POST", "/v1/pictures", roles=("advertiser",), body=PictureBody)
def announce_picture(call: Call[PictureBody]) -> Answer:
    """A picture's id and the form that uploads it."""
    picture_id, upload = pictures.announce(
        call.caller.advertiser_id, call.body.content_type, call.body.bytes, call.attempt
    )
    return Answer({"id": picture_id, "upload": upload}, 201)


@route(blueprint, "POST", "/v1/tasks", roles=("advertiser",), body=TaskBody, needs_key=True)
def create_task(call: Call[TaskBody]) -> Answer:
    """Create a task; its total is held and it waits for review."""
    body, replayed = submission.create(call.body.draft(), call.caller.advertiser_id, call.once)
    return Answer(body, 201, replayed=replayed)


@route(blueprint, "GET", "/v1/tasks", roles=("advertiser", "auditor", "finance"), query=TaskQuery)
def list_tasks(call: Call[None]) -> dict[str, Any]:
    """The advertiser's tasks, newest first; staff see everybody's."""
    query: TaskQuery = call.query
    if call.caller.has(*inbox.STAFF) and query.advertiser_id is None:
        page, orders = inbox.all_tasks(query.status, query.limit, call.after)
    else:
        staff = call.caller.has(*inbox.STAFF)
        owner = query.advertiser_id if staff and query.advertiser_id else call.caller.advertiser_id
        page, orders = inbox.tasks_of(owner, query.status, query.limit, call.after)
    return call.listed(page, lambda task: views.task_view(task, orders))


@route(blueprint, "GET", "/v1/tasks/{task_id}", roles=("advertiser", "auditor", "finance"))
def read_task(call: Call[None], task_id: str) -> dict[str, Any]:
    """A task with its totals and the counts of its orders."""
    return _task(inbox.visible_task(task_id, call.caller))


@route(blueprint, "PUT", "/v1/tasks/{task_id}", roles=("advertiser",), body=TaskBody)
def edit_task(call: Call[TaskBody], task_id: str) -> dict[str, Any]:
    """Edit a rejected task and submit it again."""
    fingerprint = idempotency.fingerprint("PUT", task_id, call.body.model_dump(mode="json"))
    return _task(submission.resubmit(task_id, call.body.draft(), call.caller.advertiser_id, fingerprint))


@route(blueprint, "GET", "/v1/tasks/{task_id}/orders", roles=("advertiser", "auditor", "finance"), query=OrderQuery)
def list_task_orders(call: Call[None], task_id: str) -> dict[str, Any]:
    """The orders of a task, in the order of its accounts."""
    task = inbox.visible_task(task_id, call.caller)
    page = inbox.orders_of_task(task, call.query.status, call.query.limit, call.after)
    return call.listed(page, lambda standing: views.standing_view(task, standing))


@route(blueprint, "GET", "/v1/reviews", roles=("auditor",), query=Paging)
def list_reviews(call: Call[None]) -> dict[str, Any]:
    """The review queue: due first at the head, with lint findings."""
    return call.listed(review.waiting(call.query.limit, call.after), views.review_view)


@route(blueprint, "POST", "/v1/tasks/{task_id}/review", roles=("auditor",), body=ReviewBody)
def review_task(call: Call[ReviewBody], task_id: str) -> dict[str, Any]:
    """Approve a task, or reject it with reasons."""
    if call.body.decision == "rejected" and not call.body.reasons:
        raise InvalidBody(Fault("/reasons", "missing", "A rejection needs at least one reason."))
    reasons = [reason.model_dump(exclude_none=True) for reason in call.body.reasons]
    return _task(review.decide(task_id, call.body.decision, reasons))


@route(blueprint, "GET", "/v1/orders", roles=("creator", "auditor", "finance"), query=OrderQuery)
def list_orders(call: Call[None]) -> dict[str, Any]:
    """The creator's inbox, newest first; staff read the stuck orders."""
    query: OrderQuery = call.query
    if query.status == "stuck" and call.caller.has(*inbox.STAFF):
        return call.listed(inbox.stuck_orders(query.limit, call.after), views.order_view)
    if "creator" not in call.caller.roles:
        inbox.require_status(query.status, "stuck")
    page = inbox.orders_of_creator(call.caller.creator_id, query.status, query.limit, call.after)
    return call.listed(page, views.order_view)


@route(blueprint, "GET", "/v1/orders/{order_id}", roles=("creator", "advertiser", "auditor", "finance"))
def read_order(call: Call[None], order_id: str) -> dict[str, Any]:
    """An order with every timer and its history."""
    return views.order_view(inbox.visible_order(order_id, call.caller))


@route(blueprint, "POST", "/v1/orders/{order_id}/accept", roles=("creator",), body=AcceptBody)
def accept_order(call: Call[AcceptBody], order_id: str) -> dict[str, Any]:
    """Take an offered order."""
    return views.order_view(answering.accept(order_id, call.caller.creator_id))


@route(blueprint, "POST", "/v1/orders/{order_id}/decline", roles=("creator",), body=DeclineBody)
def decline_order(call: Call[DeclineBody], order_id: str) -> dict[str, Any]:
    """Decline an offered order, with a reason."""
    reason = {"code": call.body.reason_code, **({"note": call.body.note} if call.body.note else {})}
    return views.order_view(answering.decline(order_id, call.caller.creator_id, reason))


@route(blueprint, "POST", "/v1/orders/{order_id}/publish", roles=("creator",), body=PublishBody)
def publish_order(call: Call[PublishBody], order_id: str) -> dict[str, Any]:
    """Name the post; it is checked at once."""
    return views.order_view(publication.publish(order_id, call.caller.creator_id, call.body.post_url))


def _task(task: TaskRecord) -> dict[str, Any]:
    return views.task_view(task, offered_orders([task]))
