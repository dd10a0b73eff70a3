"""The steps of the order workflow when a time has run out: default outcomes, and looks at the post that are due."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import creator_drafts, disputes, order_payouts
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.posts.creator_publication import check_report
from chalicelib.tasks.posts.platform_publishing import publish_for_creator
from chalicelib.tasks.records.order_record import CountedLinks, OrderRecord, find_order


def apply_accepted_default(order_id: str) -> OrderRecord:
    """Apply the default that is due for an accepted order: check a reported post, decide a draft that was not answered, publish for
    the creator, or end the order as failed at the end of the window or of the time to mend, and return its price (rules 14, 15).

    Earlier, or when the order is not accepted, it does nothing. Raises TaskClosed."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at, due_at = clock.now(), order.deadline
        if order.status != "accepted" or due_at is None or at < due_at:
            return order
        if order.is_reported:
            return check_report(order, at)
        progress = order.progress
        draft_times = (progress.draft_review_due, progress.draft_due)
        if due_at < order.end_at <= at and due_at in (*draft_times, progress.publish_at) and clock.offset():
            with clock.at(due_at):  # a sandbox clock was moved over both moments: the first default applies at its own
                return decide()
        if due_at in draft_times and due_at < order.end_at:
            return creator_drafts.apply_default(order)
        if due_at == progress.publish_at and at < order.end_at:
            return publish_for_creator(order, at)
        changes, money = order_payouts.return_price(order, at)
        reason = order_payouts.not_published_reason(order)
        return apply_event(order, Event("publication_missed", "system", at, reason=reason, changes=changes), money)

    return retry_on_conflict(decide)


def make_due_look(order_id: str, counted: CountedLinks | None = None) -> OrderRecord:
    """Look at the post if a look is due; during a dispute also for the first time at a reported post. A repetition does nothing.

    `counted` are the links whose clicks the look counts, if its caller knows them."""

    def decide() -> OrderRecord:
        order = post_checks.find_order_for_look(order_id, counted)
        at, look_at = clock.now(), order.next_look_at
        if order.status not in ("published", "disputed") or look_at is None or at < look_at:
            return order
        return post_checks.look(order, at) if order.published_at else check_report(order, at)

    return retry_on_conflict(decide)


def check_step(order_id: str, counted: CountedLinks | None = None) -> OrderRecord:
    """Make the due look, with the `counted` links, and refer the order to an auditor if checks cannot decide it (rules 29, 30)."""
    order = make_due_look(order_id, counted)
    return disputes.refer(order_id) if order.status == "published" and (order.delay or order.absences) else order


def publication_step(order_id: str) -> OrderRecord:
    """Apply the due default of an accepted order, and refer it to an auditor if its report cannot be checked (rule 30)."""
    order = apply_accepted_default(order_id)
    return disputes.refer(order_id) if order.is_reported else order


def dispute_step(order_id: str) -> OrderRecord:
    """Make the due look at the post of a disputed order, the last one before its default too, and then apply the default if due."""
    make_due_look(order_id)
    return disputes.expire(order_id)
