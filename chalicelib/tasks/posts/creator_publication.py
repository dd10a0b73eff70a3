"""The creator reports the post of an order: it is compared with the agreement, and the order is published (rules 13-15, 30).

chalicelib.tasks.posts.platform_publishing publishes for creators, chalicelib.tasks.posts.post_checks looks at the post later."""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.forecast import Range, forecast
from chalicelib.grading.records import GradedAccount
from chalicelib.social import port as social
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.social.request_deadline import REQUEST_SECONDS, within
from chalicelib.store import Action, Refused, TasksRecord, put
from chalicelib.store.batch_reads import read_together
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.frequency.post_calendar import CALENDAR, CalendarRecord
from chalicelib.tasks.model.order_timers import mend_by
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import creator_drafts
from chalicelib.tasks.posts import post_checks, post_metrics
from chalicelib.tasks.posts.post_comparison import differences
from chalicelib.tasks.records.event_history import EVENTS_MAX
from chalicelib.tasks.records.order_record import OrderRecord, find_order, find_order_of_creator
from chalicelib.tasks.records.stored_documents import ForecastRange, PostReport, StoredForecast, UnannouncedChecks


class ClaimRecord(TasksRecord):
    """The claim of an order on a post: pk is derived from network and post, so that a post proves only one order."""

    order_id = UnicodeAttribute()


class NotProven(Exception):
    """The post does not prove the order, for the reasons in `faults`; `post` is None if there is no post."""

    def __init__(self, post: Post | None, *faults: Fault) -> None:
        super().__init__(", ".join(fault.code for fault in faults))
        self.post = post
        self.faults = faults


def publish(order_id: str, creator_id: str, post_url: str) -> OrderRecord:
    """Fetch the post that the creator reports, compare it with the agreement, and publish the order.

    While the network cannot be read the report is stored; it counts from its moment and is checked as soon as possible (rule 30).
    The same URL again changes nothing. Raises InvalidBody for a URL in a form that no post of the network has; that is no attempt,
    and starts no time to mend. Raises Problem `window_not_open` outside the window; `draft_not_approved`; `post_check_failed` with
    one Fault for each difference: the order stays accepted, and from the first failure on the creator has the time of rule 14 to
    mend it, inside the window (then `mend_by_passed`); `state_conflict` if the order is not accepted."""
    post_url = social.stripped_url(post_url)

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        at = clock.now()
        if order.published_at is not None and order.post_url == post_url:
            return order
        if order.status != "accepted":
            raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
        report = order.report if order.report and order.report["post_url"] == post_url else None
        if report is None:
            _require_window(order, at)
        creator_drafts.require_approved(order)
        reported_at = clock.parse(report["at"]) if report else at
        is_reported = report is not None
        try:
            if not network(order.network).has_form(post_url):
                message = (
                    "This form of URL is not known: send the address that the network's website shows for the post."
                )
                raise InvalidBody(Fault("/post_url", "url_form_unknown", message))
            post = _fetch_proof(order, post_url)
            return accept_post(order, post, post_url, reported_at, at, by="creator", is_reported=is_reported)
        except social.NetworkError as error:
            return _wait_for_network(order, post_url, at, error, is_reported=is_reported)
        except NotProven as failure:
            raise _save_failure(order, failure, at, is_reported=is_reported) from None

    with within(REQUEST_SECONDS):
        return retry_on_conflict(decide)


def accept_post(
    order: OrderRecord,
    post: Post,
    post_url: str,
    published_at: datetime,
    at: datetime,
    *,
    by: str,
    is_reported: bool = False,
) -> OrderRecord:
    """Accept the post as the proof of the order: the order is published, and its retention begins at `published_at`.

    `is_reported`: it is the post of a report that was stored while the network could not be read; then the retention does not begin
    before the post. Raises NotProven if the post was published too early, too late or too close to another one (rule 13), or proves
    another order; WriteConflict; TaskClosed, except for a report, which was made before the task was closed."""
    account, known = read_together(
        (GradedAccount, order.account_id, "account"), (CalendarRecord, order.account_id, CALENDAR)
    )
    known = known or post_calendar.empty(order.account_id)
    calendar, free_at = post_calendar.published(order, post.posted_at, at, known)
    if is_reported:
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
    moments = post_checks.draw_unannounced(published_at, order.schedule.retention, rules())
    unannounced: UnannouncedChecks = {"due": moments, "evidence": []}
    changes = [
        OrderRecord.post_url.set(post_url),
        OrderRecord.published_at.set(published_at),
        OrderRecord.mend_by.remove(),
        OrderRecord.report.remove(),
        OrderRecord.delay.remove(),
        OrderRecord.suspect.remove(),
        OrderRecord.found_text.remove(),
        OrderRecord.evidence.set([*(order.evidence or []), post_checks.evidence(post, at)]),
        OrderRecord.own_snapshots.set([post_metrics.snapshot(at, post.figures, 0, 0)]),
        OrderRecord.unannounced.set(unannounced),
        OrderRecord.forecast.set(_forecast(order, account)),
    ]
    event = Event("published", by, at, note=post_url, changes=changes, ignores_gate=is_reported)
    try:
        written = apply_event(order, event, [claim, calendar])
    except Refused as refused:
        if claim.label not in refused.labels:
            raise
        raise NotProven(
            post, Fault("/post_url", "post_already_used", "This post is the proof of another order.")
        ) from refused
    written.looks = None  # there were none yet, so they need not be read
    return written


def check_report(order: OrderRecord, at: datetime) -> OrderRecord:
    """Check the post that the creator reported while the network could not be read. Raises WriteConflict."""
    assert order.report is not None
    post_url, reported_at = order.report["post_url"], clock.parse(order.report["at"])
    try:
        post = _fetch_proof(order, post_url)
        return accept_post(order, post, post_url, reported_at, at, by="system", is_reported=True)
    except social.NetworkError as error:
        return post_checks.save_changes(order, [OrderRecord.delay.set(post_checks.next_delay(order, at, error))])
    except NotProven as failure:
        if order.status == "disputed":
            return post_checks.suspect_loss(order, failure.post, failure.faults, at)
        _save_failure(order, failure, at, is_reported=True)
        return find_order(order.pk)


def _require_window(order: OrderRecord, at: datetime) -> None:
    """Raise Problem `window_not_open` or `mend_by_passed` outside the time to publish."""
    if order.mend_by is not None and at >= order.mend_by:
        raise Problem("mend_by_passed", f"The post could be mended until {clock.rfc3339(order.mend_by)}.")
    if not order.start_at <= at < order.publish_by:
        raise Problem(
            "window_not_open",
            f"The window is from {clock.rfc3339(order.start_at)} to {clock.rfc3339(order.end_at)}.",
        )


def _fetch_proof(order: OrderRecord, post_url: str) -> Post:
    """Return the post if it fulfils the agreement. Raises NotProven, NetworkErrors."""
    post = post_checks.fetch(order, post_url)
    faults = tuple(differences(post, post_checks.agreement(order)))
    if faults or post is None:
        raise NotProven(post, *faults)
    return post


def _wait_for_network(
    order: OrderRecord, post_url: str, at: datetime, error: social.NetworkError, *, is_reported: bool
) -> OrderRecord:
    """Store the report of a post that cannot be read now (rule 30), unless it is stored already (`is_reported`). Raises
    WriteConflict, TaskClosed."""
    delay = OrderRecord.delay.set(post_checks.next_delay(order, at, error))
    if is_reported:
        return post_checks.save_changes(order, [delay])
    report: PostReport = {"post_url": post_url, "at": clock.stamp(at)}
    changes = [OrderRecord.report.set(report), delay]
    return apply_event(order, Event("reported", "creator", at, note=f"{post_url} ({error.code})", changes=changes))


def _save_failure(order: OrderRecord, failure: NotProven, at: datetime, *, is_reported: bool) -> Problem:
    """Store the failed attempt in the history of the order, unless that is full, and return the Problem that names the differences.

    The time to mend starts at the first attempt. For a report that could not be checked before (`is_reported`) it starts now, and
    can end after the window. Raises WriteConflict, TaskClosed."""
    changes = [post_checks.found_text(failure.post, failure.faults)]
    if is_reported:
        mend = OrderRecord.mend_by.set(at + rules().mend)
        changes += [OrderRecord.report.remove(), OrderRecord.delay.remove(), mend]
    elif order.mend_by is None:
        changes += [OrderRecord.mend_by.set(mend_by(at, order.end_at, rules()))]
    if is_reported or len(order.events) < EVENTS_MAX:
        event = Event("check_failed", "system", at, note=str(failure), changes=changes, ignores_gate=is_reported)
        order = apply_event(order, event)
    detail = " ".join(fault.message for fault in failure.faults)
    return Problem("post_check_failed", detail, faults=failure.faults, mend_by=order.mend_by)


def _forecast(order: OrderRecord, account: GradedAccount | None) -> StoredForecast | None:
    """Return the forecast for the post from the present evidence of the account, and the grade and category that it rests on."""
    if account is None or account.evidence is None:
        return None
    evidence = Evidence.from_json(account.evidence)
    expected = forecast(evidence, account.category, account.grade, "repost" if order.kind == "repost" else "post")
    return {
        "reads": _range(expected.reads),
        "interactions": _range(expected.interactions),
        "clicks": _range(expected.clicks),
        "as_of": evidence.as_of,
        "grade": account.grade,
        "category": account.category,
    }


def _range(outcome: Range) -> ForecastRange:
    return {"low": outcome.low, "expected": outcome.expected, "high": outcome.high, "basis": outcome.basis}


def _claim(order: OrderRecord, post: Post) -> Action:
    """Return the action that claims the post by the id that its network returned: one post proves one order, in any form of its
    URL."""
    key = network(order.network).post_key(post.url) or post.url
    claim = ClaimRecord(ids.derive("clm", order.network, key), "claim", order_id=order.pk)
    return put("claim", claim, ClaimRecord.pk.does_not_exist() | (ClaimRecord.order_id == order.pk))
