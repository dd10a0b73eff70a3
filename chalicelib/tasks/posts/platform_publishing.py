"""The market publishes on the creator's behalf, where task and creator agreed to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.accounts import publishing_permission
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social import port as social
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.closing_gate import TaskClosed, require_open
from chalicelib.tasks.model.transitions import move_order
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.posts.post_comparison import differences
from chalicelib.tasks.posts.publication import NotProven, enter
from chalicelib.tasks.records.order_record import OrderRecord, find_order


def publish_for_creator(order: OrderRecord, at: datetime) -> OrderRecord:
    """The market publishes on the creator's behalf. What the network or rule 13 refuses is left to the creator, who can still
    publish until the window ends; while the network cannot be read it is tried again. A post that a closing of the task overtook is
    taken down again.

    Raises WriteConflict, TaskClosed."""
    post = None
    try:
        creator_drafts.require_approved(order)
        require_open(str(order.task_id))
        if post_calendar.published(order, at, at)[1] is not None:
            return _leave_to_creator(order, at, "frequency_cap")
        asked = order.content
        draft = social.NewPost(asked.text, asked.urls, asked.picture_ids, order.source_url)
        post = publishing_permission.publish_for(order.account_id, draft, order.pk)
        faults = tuple(differences(post, post_checks.agreement(order)))
        if faults:
            raise NotProven(post, *faults)
        return enter(order, post, post.url, at, at, by="system")
    except NotProven as failed:
        return _leave_to_creator(order, at, str(failed))
    except TaskClosed:
        if post is not None:
            with suppress(Problem):  # a network that does not answer leaves it to the creator
                publishing_permission.take_down_for(order.account_id, post.url)
        raise
    except (social.RateLimited, social.Unavailable, social.Unreadable) as error:
        return _publish_later(order, at, error)
    except Problem as problem:
        return _leave_to_creator(find_order(order.pk), at, problem.code)


def _publish_later(order: OrderRecord, at: datetime, error: social.NetworkError) -> OrderRecord:
    """The network did not answer: the market tries again later in the window. Raises WriteConflict, TaskClosed."""
    delay = post_checks.delayed(order, at, error)
    again = min(clock.parse(delay["retry_at"]), order.end_at)
    changes = [OrderRecord.delay.set(delay), OrderRecord.publish_at.set(again)]
    if order.delay is not None:
        return post_checks.written(order, changes)
    return move_order(order, "platform_delayed", at=at, by="system", note=error.code, changes=changes)


def _leave_to_creator(order: OrderRecord, at: datetime, why: str) -> OrderRecord:
    if order.status != "accepted":
        return order
    return move_order(
        order,
        "platform_refused",
        at=at,
        by="system",
        note=why,
        changes=[OrderRecord.publish_at.remove(), OrderRecord.delay.remove()],
    )
