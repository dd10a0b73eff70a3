"""The creator publishes, or the market does on the creator's behalf; the post is checked at once, at half of its retention and at
its end (rules 13-17)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib import clock, ids
from chalicelib.accounts import publishing
from chalicelib.discovery.forecast import forecast
from chalicelib.errors import Fault, InvalidBody, Problem
from chalicelib.grading.evidence import Evidence
from chalicelib.grading.records import GradedAccount
from chalicelib.links import clicks
from chalicelib.settings import rules
from chalicelib.social import comments
from chalicelib.social import port as social
from chalicelib.social.networks import network
from chalicelib.social.port import Post
from chalicelib.store import Action, Refused, put
from chalicelib.tasks import calendar, drafting, endings, snapshots
from chalicelib.tasks.answering import find_offered
from chalicelib.tasks.checks import Agreement, differences, digest
from chalicelib.tasks.gate import TaskClosed, require_open
from chalicelib.tasks.lifecycle import EndReason
from chalicelib.tasks.records import EVENTS_MAX, ClaimRecord, OrderRecord, find_order
from chalicelib.tasks.timers import mend_by
from chalicelib.tasks.transitions import Overtaken, change, move_order, until_settled


def publish(order_id: str, creator_id: str, post_url: str) -> OrderRecord:
    """The creator reports the post; it is fetched and compared with what was agreed.

    The same URL again changes nothing. Raises InvalidBody for a URL in no form that the network's posts have: that is no
    attempt, and starts no time to mend. Raises Problem `window_not_open` outside the window; `draft_not_approved`;
    `post_check_failed` with one Fault per difference: the order stays accepted, and from the first failure on the creator has
    the time of rule 14 to mend it, inside the window (then `mend_by_passed`); `state_conflict` if the order is not
    accepted."""
    post_url = social.bare(post_url)

    def decide() -> OrderRecord:
        order = find_offered(order_id, creator_id)
        at = clock.now()
        if order.published_at is not None and order.post_url == post_url:
            return order
        if order.status != "accepted":
            raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
        if not order.start_at <= at < order.end_at:
            raise Problem(
                "window_not_open",
                f"The window is from {clock.rfc3339(order.start_at)} to {clock.rfc3339(order.end_at)}.",
            )
        if order.mend_by is not None and at >= order.mend_by:
            raise Problem("mend_by_passed", f"The post could be mended until {clock.rfc3339(order.mend_by)}.")
        drafting.require_approved(order)
        if network(order.network).post_key(post_url) is None:
            message = "This form of URL is not known: send the address that the network's website shows for the post."
            raise InvalidBody(Fault("/post_url", "url_form_unknown", message))
        post = network(order.network).fetch_post(post_url, _account(order))
        faults = tuple(differences(post, agreement(order)))
        if faults or post is None:
            raise _refused(order, faults, at)
        return enter(order, post, post_url, at, by="creator")

    return until_settled(decide)


def enter(order: OrderRecord, post: Post, post_url: str, at: datetime, *, by: str) -> OrderRecord:
    """The post is the order's: it is published, and its retention begins.

    Raises Problem `post_check_failed` if the post went up too early or too close to another one (rule 13), or proves another
    order; Overtaken."""
    entered, free_at = calendar.published(order, post.posted_at, at)
    if post.posted_at < order.start_at - rules().post_early:
        raise _refused(order, (Fault("/post_url", "posted_too_early", "The post went up before the window."),), at)
    if free_at is not None:
        when = clock.rfc3339(free_at)
        message = f"The post is too close to other paid posts of the account: publish it again from {when} on."
        raise _refused(order, (Fault("/post_url", "frequency_cap", message),), at)
    claim = _claim(order, post)
    try:
        return move_order(
            order,
            "published",
            at=at,
            by=by,
            note=post_url,
            changes=[
                OrderRecord.post_url.set(post_url),
                OrderRecord.published_at.set(at),
                OrderRecord.mend_by.remove(),
                OrderRecord.evidence.set([evidence(post, at)]),
                OrderRecord.snapshots.set(snapshots.added([], at, post.figures, 0, 0)),
                OrderRecord.forecast.set(_forecast(order)),
            ],
            actions=[claim, entered],
        )
    except Refused as refused:
        if claim.label not in refused.labels:
            raise
        used = Fault("/post_url", "post_already_used", "This post is the proof of another order.")
        raise _refused(order, (used,), at) from refused


def become_due(order_id: str) -> OrderRecord:
    """What is due for an accepted order that nobody did anything about: a draft that was not answered is approved; the market
    publishes where that was agreed; the end of the time to mend or of the window (rules 14, 15) ends it as failed and returns the
    price. Earlier, or when the order is not accepted, nothing happens.

    Raises NetworkErrors while the network cannot say whether it published."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at, due_at = clock.now(), order.deadline
        if order.status != "accepted" or due_at is None or at < due_at:
            return order
        progress = order.progress
        silent = (progress.draft_review_due, progress.draft_due)
        if due_at < order.end_at <= at and due_at in (*silent, progress.publish_at) and clock.offset():
            with clock.at(due_at):  # a sandbox clock was moved over both moments: the first default applies at its own
                return decide()
        if due_at in silent and due_at < order.end_at:
            return drafting.be_silent(order)
        if due_at == progress.publish_at and at < order.end_at:
            return _publish_for(order, at)
        changes, money = endings.returned(order, at)
        reason = endings.not_published(order)
        return move_order(
            order, "publication_missed", at=at, by="system", reason=reason, changes=changes, actions=money
        )

    return until_settled(decide)


def _publish_for(order: OrderRecord, at: datetime) -> OrderRecord:
    """The market publishes on the creator's behalf. What the network or rule 13 refuses is left to the creator, who can still
    publish until the window ends. A post that a closing of the task overtook is taken down again.

    Raises Overtaken, TaskClosed, and NetworkErrors that may pass."""
    post = None
    try:
        drafting.require_approved(order)
        require_open(str(order.task_id))
        if calendar.published(order, at, at)[1] is not None:
            return _left_to_creator(order, at, "frequency_cap")
        asked = order.content
        draft = social.Draft(asked.text, asked.urls, asked.picture_ids, order.source_url)
        post = publishing.publish_for(order.account_id, draft, order.pk)
        faults = tuple(differences(post, agreement(order)))
        if faults:
            return _left_to_creator(order, at, ", ".join(fault.code for fault in faults))
        return enter(order, post, post.url, at, by="system")
    except TaskClosed:
        if post is not None:
            with suppress(Problem):  # a network that does not answer leaves it to the creator
                publishing.take_down_for(order.account_id, post.url)
        raise
    except (social.RateLimited, social.Unavailable, social.Unreadable):
        raise
    except Problem as problem:
        return _left_to_creator(find_order(order.pk), at, problem.code)


def _left_to_creator(order: OrderRecord, at: datetime, why: str) -> OrderRecord:
    if order.status != "accepted":
        return order
    return move_order(
        order, "platform_refused", at=at, by="system", note=why, changes=[OrderRecord.publish_at.remove()]
    )


def recheck(order_id: str) -> OrderRecord:
    """The look at the post that is due, if one is. To check it (rule 16): gone or changed ends the order as failed and returns the
    price; in order at the end of the retention completes it and pays (rule 17). Or only to take its figures. Run twice it does
    nothing.

    Raises Problem `upstream_unavailable` if the network does not answer to a check."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at = clock.now()
        look_at, check_at = order.next_look_at, order.next_check_at
        if look_at is None or check_at is None or at < look_at or order.post_url is None:
            return order
        if at < check_at:
            return _look(order, at)
        post = network(order.network).fetch_post(order.post_url, _account(order))
        faults = tuple(differences(post, agreement(order)))
        kept = [
            OrderRecord.evidence.set([*(order.evidence or []), evidence(post, at)]),
            _with_figures(order, post.figures if post else None, at),
        ]
        if faults:
            changes, money = endings.returned(order, at)
            note = "; ".join(fault.message for fault in faults)
            reason: EndReason = {"code": "post_changed" if post else "post_gone", "note": note}
            return move_order(
                order,
                "post_lost",
                at=at,
                by="system",
                note=note,
                reason=reason,
                changes=[*kept, *changes],
                actions=money,
            )
        passed = OrderRecord.checks.set(int(order.checks) + 1)
        if not order.checks:
            return move_order(order, "checked", at=at, by="system", changes=[*kept, passed])
        changes, money = endings.paid(order, at)
        return move_order(order, "retained", at=at, by="system", changes=[*kept, passed, *changes], actions=money)

    return until_settled(decide)


def _look(order: OrderRecord, at: datetime) -> OrderRecord:
    """Takes the figures of the post. A network that does not show them now fails no order and is not asked again for this moment.
    Raises Overtaken."""
    try:
        post = network(order.network).fetch_post(str(order.post_url), _account(order))
    except social.NetworkError:
        post = None
    changes = [
        _with_figures(order, post.figures if post else None, at),
        OrderRecord.revision.set(int(order.revision) + 1),
    ]
    if not change(order, changes, order.as_read):
        raise Overtaken
    return find_order(order.pk)


def _with_figures(order: OrderRecord, figures: social.Figures | None, at: datetime) -> UpdateAction:
    """The post's figures and the clicks on its links at this moment, added to those before."""
    counted = clicks.totals(order.pk, len(order.urls), patient=True) if order.links else []
    clicked, visited = sum(one.clicks for one in counted), sum(one.visitors for one in counted)
    taken = snapshots.added(order.snapshots, at, figures, clicked, visited, _copies(order, figures))
    return OrderRecord.snapshots.set(taken)


def _copies(order: OrderRecord, figures: social.Figures | None) -> comments.Copies | None:
    """How alike the latest comments are; None where there are few, or the network does not show them now."""
    if figures is None or (figures.comments or 0) < comments.FEWEST:
        return None
    try:
        return comments.copies(network(order.network).fetch_comments(str(order.post_url), _account(order)))
    except social.NetworkError:
        return None


def agreement(order: OrderRecord) -> Agreement:
    """What the post of this order has to be."""
    authors = frozenset({order.account_id, order.handle})
    return Agreement(order.content, authors, order.source_url, network(order.network).post_key)


def evidence(post: Post | None, at: datetime) -> dict[str, Any]:
    """What was fetched, when: the text by its hash."""
    found = {"text_sha256": digest(post.text), "author": post.author} if post else {}
    return {"at": clock.stamp(at), "found": post is not None, **found}


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


def _account(order: OrderRecord) -> social.Account:
    return social.Account(order.account_id, order.handle)


def _claim(order: OrderRecord, post: Post) -> Action:
    """The claim on the post, by the id that the network returned: one post proves one order, however its URL is written."""
    key = network(order.network).post_key(post.url) or post.url
    claim = ClaimRecord(ids.derive("clm", order.network, key), "claim", order_id=order.pk)
    return put("claim", claim, ClaimRecord.pk.does_not_exist() | (ClaimRecord.order_id == order.pk))


def _refused(order: OrderRecord, faults: Iterable[Fault], at: datetime) -> Problem:
    """Keeps the attempt in the order's history, as long as that is not full, and says what is wrong; the time to mend it runs
    from the first attempt. Raises Overtaken."""
    faults = tuple(faults)
    if len(order.events) < EVENTS_MAX:
        changes = [] if order.mend_by else [OrderRecord.mend_by.set(mend_by(at, order.end_at, rules()))]
        note = ", ".join(fault.code for fault in faults)
        order = move_order(order, "check_failed", at=at, by="system", note=note, changes=changes)
    detail = " ".join(fault.message for fault in faults)
    return Problem("post_check_failed", detail, faults=faults, mend_by=order.mend_by)
