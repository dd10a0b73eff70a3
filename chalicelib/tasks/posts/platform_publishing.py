"""The market publishes posts on behalf of creators, if the task and the creator permit it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from chalicelib.accounts import publishing_permission
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social import port as social
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.closing_gate import TaskClosed, require_open
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.posts.creator_publication import NotProven, accept_post
from chalicelib.tasks.posts.post_comparison import differences
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import find_task


def publish_for_creator(order: OrderRecord, at: datetime) -> OrderRecord:
    """Publish the post of the order on behalf of its creator.

    If the network or rule 13 refuses it, the creator can still publish until the window ends; while the network cannot be read it
    is tried again. If the task was closed meanwhile, the post is taken down. Raises WriteConflict, TaskClosed."""
    post = None
    try:
        creator_drafts.require_approved(order)
        require_open(str(order.task_id))
        if post_calendar.published(order, at, at)[1] is not None:
            return _leave_to_creator(order, at, "frequency_cap")
        content = order.content
        new_post = social.NewPost(content.text, content.urls, content.picture_ids, order.source_url, _loader(order))
        post = publishing_permission.publish_for(order.account_id, new_post, order.pk)
        faults = tuple(differences(post, post_checks.agreement(order)))
        if faults:
            raise NotProven(post, *faults)
        return accept_post(order, post, post.url, at, at, by="system")
    except NotProven as failure:
        return _leave_to_creator(order, at, str(failure))
    except TaskClosed:
        if post is not None:
            with suppress(Problem):  # if the network refuses it, the creator has to do it
                publishing_permission.take_down_for(order.account_id, post.url)
        raise
    except (social.RateLimited, social.Unavailable, social.Unreadable) as error:
        return _publish_later(order, at, error)
    except Problem as problem:
        return _leave_to_creator(find_order(order.pk), at, problem.code)


def _loader(order: OrderRecord) -> Callable[[str], social.PictureFile]:
    """Return the function that loads a picture of the task as it was submitted. Raises NetworkErrors."""
    return lambda picture_id: picture_uploads.file_of(find_task(str(order.task_id)), picture_id)


def _publish_later(order: OrderRecord, at: datetime, error: social.NetworkError) -> OrderRecord:
    """Schedule another try inside the window after a network error. Raises WriteConflict, TaskClosed."""
    delay = post_checks.next_delay(order, at, error)
    retry_at = min(clock.parse(delay["retry_at"]), order.end_at)
    changes = [OrderRecord.delay.set(delay), OrderRecord.publish_at.set(retry_at)]
    if order.delay is not None:
        return post_checks.save_changes(order, changes)
    return apply_event(order, Event("platform_delayed", "system", at, note=error.code, changes=changes))


def _leave_to_creator(order: OrderRecord, at: datetime, code: str) -> OrderRecord:
    """Let the creator publish the post, because the market cannot."""
    if order.status != "accepted":
        return order
    changes = [OrderRecord.publish_at.remove(), OrderRecord.delay.remove()]
    return apply_event(order, Event("platform_refused", "system", at, note=code, changes=changes))
