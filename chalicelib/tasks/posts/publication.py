"""Items of the tasks table <-> tasks and orders.

An order is an item from the moment it is offered; until then it is a line of its task. All that its course depends on
is frozen in it, so that no order ever has to read its task.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import forecast
from chalicelib.grading.records import GradedAccount
from chalicelib.social import port as social
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.store import Action, Refused, TasksRecord, put
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.model.timers import mend_by
from chalicelib.tasks.model.transitions import move_order
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.posts import post_checks, post_metrics
from chalicelib.tasks.posts.post_comparison import differences
from chalicelib.tasks.records.history import EVENTS_MAX
from chalicelib.tasks.records.order_record import OrderRecord, find_order, find_order_of_creator


class ClaimRecord(TasksRecord):
    """A post that proves an order: pk is derived from network and post, so that it proves only one."""

    order_id = UnicodeAttribute()


class NotProven(Exception):
    """The post does not prove the order; `post` is None if there is none, `faults` say why."""

    def __init__(self, post: Post | None, *faults: Fault) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.post = post
        self.faults = faults


def publish(order_id: str, creator_id: str, post_url: str) -> OrderRecord:
    """The creator reports the post; it is fetched and compared with what was agreed. While the network cannot be read the report
    is kept, counts from its moment, and is checked as soon as that is possible (rule 30).

    The same URL again changes nothing. Raises InvalidBody for a URL in no form that the network's posts have: that is no
    attempt, and starts no time to mend. Raises Problem `window_not_open` outside the window; `draft_not_approved`;
    `post_check_failed` with one Fault per difference: the order stays accepted, and from the first failure on the creator has
    the time of rule 14 to mend it, inside the window (then `mend_by_passed`); `state_conflict` if the order is not
    accepted."""
    post_url = social.stripped_url(post_url)

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        at = clock.now()
        report = order.report or {}
        if order.published_at is not None and order.post_url == post_url:
            return order
        if order.status != "accepted":
            raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
        repeated = report.get("post_url") == post_url
        if not repeated:
            _require_window(order, at)
        creator_drafts.require_approved(order)
        reported_at = clock.parse(report["at"]) if repeated else at
        try:
            if network(order.network).post_key(post_url) is None:
                message = (
                    "This form of URL is not known: send the address that the network's website shows for the post."
                )
                raise InvalidBody(Fault("/post_url", "url_form_unknown", message))
            post = _proof(order, post_url)
            return enter(order, post, post_url, reported_at, at, by="creator", reported=repeated)
        except social.NetworkError as error:
            return _wait_for_network(order, post_url, at, error, reported=repeated)
        except NotProven as failed:
            raise _refused(order, failed.faults, at, reported=repeated) from None

    return retry_on_conflict(decide)


def enter(
    order: OrderRecord,
    post: Post,
    post_url: str,
    published_at: datetime,
    at: datetime,
    *,
    by: str,
    reported: bool = False,
) -> OrderRecord:
    """The post is the order's: it is published, and its retention begins at `published_at`. `reported`: it is the post of the
    order's report, which was kept while the network could not be read; then the retention does not begin before the post.

    Raises NotProven if the post went up too early, too late or too close to another one (rule 13), or proves another order;
    WriteConflict; TaskClosed, but not for a report, which was made before the task was closed."""
    entered, free_at = post_calendar.published(order, post.posted_at, at)
    if reported:
        published_at = max(published_at, post.posted_at)
    if post.posted_at < order.start_at - rules().post_early:
        raise NotProven(post, Fault("/post_url", "posted_too_early", "The post went up before the window."))
    if published_at >= order.publish_by:
        raise NotProven(post, Fault("/post_url", "posted_too_late", "The post went up after the window."))
    if free_at is not None:
        when = clock.rfc3339(free_at)
        message = f"The post is too close to other paid posts of the account: publish it again from {when} on."
        raise NotProven(post, Fault("/post_url", "frequency_cap", message))
    claim = _claim(order, post)
    unannounced = {"due": post_checks.drawn(published_at, order.schedule.retention, rules()), "evidence": []}
    try:
        return move_order(
            order,
            "published",
            at=at,
            by=by,
            note=post_url,
            changes=[
                OrderRecord.post_url.set(post_url),
                OrderRecord.published_at.set(published_at),
                OrderRecord.mend_by.remove(),
                OrderRecord.report.remove(),
                OrderRecord.delay.remove(),
                OrderRecord.suspect.remove(),
                OrderRecord.evidence.set([*(order.evidence or []), post_checks.evidence(post, at)]),
                OrderRecord.snapshots.set(post_metrics.added([], at, post.figures, 0, 0)),
                OrderRecord.unannounced.set(unannounced),
                OrderRecord.forecast.set(_forecast(order)),
            ],
            actions=[claim, entered],
            closing=reported,
        )
    except Refused as refused:
        if claim.label not in refused.labels:
            raise
        raise NotProven(
            post, Fault("/post_url", "post_already_used", "This post is the proof of another order.")
        ) from refused


def _require_window(order: OrderRecord, at: datetime) -> None:
    """Raises Problem `window_not_open`, `mend_by_passed`."""
    if order.mend_by is not None and at >= order.mend_by:
        raise Problem("mend_by_passed", f"The post could be mended until {clock.rfc3339(order.mend_by)}.")
    if not order.start_at <= at < order.publish_by:
        raise Problem(
            "window_not_open",
            f"The window is from {clock.rfc3339(order.start_at)} to {clock.rfc3339(order.end_at)}.",
        )


def _proof(order: OrderRecord, post_url: str) -> Post:
    """The post as agreed. Raises NotProven, NetworkErrors."""
    post = post_checks.fetch(order, post_url)
    faults = tuple(differences(post, post_checks.agreement(order)))
    if faults or post is None:
        raise NotProven(post, *faults)
    return post


def check_report(order: OrderRecord, at: datetime) -> OrderRecord:
    """Looks for the post that the creator reported while the network could not be read. Raises WriteConflict."""
    report: dict[str, str] = order.report or {}
    post_url, reported_at = report["post_url"], clock.parse(report["at"])
    try:
        post = _proof(order, post_url)
        return enter(order, post, post_url, reported_at, at, by="system", reported=True)
    except social.NetworkError as error:
        return post_checks.written(order, [OrderRecord.delay.set(post_checks.delayed(order, at, error))])
    except NotProven as failed:
        if order.status == "disputed":
            return post_checks.doubted(order, failed.post, failed.faults, at)
        _refused(order, failed.faults, at, reported=True)
        return find_order(order.pk)


def _wait_for_network(
    order: OrderRecord, post_url: str, at: datetime, error: social.NetworkError, *, reported: bool
) -> OrderRecord:
    """Stores the report of a post that cannot be read now (rule 30); `reported`: it was stored before. Raises WriteConflict,
    TaskClosed."""
    delay = OrderRecord.delay.set(post_checks.delayed(order, at, error))
    if reported:
        return post_checks.written(order, [delay])
    report = OrderRecord.report.set({"post_url": post_url, "at": clock.stamp(at)})
    note = f"{post_url} ({error.code})"
    return move_order(order, "reported", at=at, by="creator", note=note, changes=[report, delay])


def _forecast(order: OrderRecord) -> dict[str, Any] | None:
    """What the post is expected to bring, by what is known of the account now, and what it is comparable with."""
    account = GradedAccount.find(order.account_id, "account")
    if account is None or account.evidence is None:
        return None
    known = Evidence.from_json(account.evidence)
    expected = forecast(known, account.category, account.grade, "repost" if order.kind == "repost" else "post")
    return {
        **{name: getattr(expected, name).as_json() for name in ("reads", "interactions", "clicks")},
        "as_of": known.as_of,
        "grade": account.grade,
        "category": account.category,
    }


def _claim(order: OrderRecord, post: Post) -> Action:
    """The claim on the post, by the id that the network returned: one post proves one order, however its URL is written."""
    key = network(order.network).post_key(post.url) or post.url
    claim = ClaimRecord(ids.derive("clm", order.network, key), "claim", order_id=order.pk)
    return put("claim", claim, ClaimRecord.pk.does_not_exist() | (ClaimRecord.order_id == order.pk))


def _refused(order: OrderRecord, faults: Iterable[Fault], at: datetime, *, reported: bool) -> Problem:
    """Stores the attempt in the order's history, as long as that is not full, and returns the refusal, which names what is wrong.
    The time to mend it runs from the first attempt; for a report that could not be checked before (`reported`) it runs from now,
    also beyond the window. Raises WriteConflict, TaskClosed."""
    faults = tuple(faults)
    note = ", ".join(fault.code for fault in faults)
    changes: list[UpdateAction] = []
    if reported:
        mend = OrderRecord.mend_by.set(at + rules().mend)
        changes = [OrderRecord.report.remove(), OrderRecord.delay.remove(), mend]
    elif order.mend_by is None:
        changes = [OrderRecord.mend_by.set(mend_by(at, order.end_at, rules()))]
    if reported or len(order.events) < EVENTS_MAX:
        order = move_order(order, "check_failed", at=at, by="system", note=note, changes=changes, closing=reported)
    detail = " ".join(fault.message for fault in faults)
    return Problem("post_check_failed", detail, faults=faults, mend_by=order.mend_by)
