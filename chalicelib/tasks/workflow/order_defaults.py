"""What happens to an order by itself when a time runs out, and the checks of its post that are due."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.transitions import move_order
from chalicelib.tasks.orders import creator_drafts, disputes, order_payouts
from chalicelib.tasks.posts import post_checks
from chalicelib.tasks.posts.platform_publishing import publish_for_creator
from chalicelib.tasks.posts.publication import check_report
from chalicelib.tasks.records.order_record import OrderRecord, find_order


def become_due(order_id: str) -> OrderRecord:
    """What is due for an accepted order that nobody did anything about: a reported post is looked for again; a draft that was not
    answered is approved; the market publishes where that was agreed; the end of the time to mend or of the window (rules 14, 15)
    ends it as failed and returns the price. Earlier, or when the order is not accepted, nothing happens. Raises TaskClosed."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at, due_at = clock.now(), order.deadline
        if order.status != "accepted" or due_at is None or at < due_at:
            return order
        if order.is_reported:
            return check_report(order, at)
        progress = order.progress
        silent = (progress.draft_review_due, progress.draft_due)
        if due_at < order.end_at <= at and due_at in (*silent, progress.publish_at) and clock.offset():
            with clock.at(due_at):  # a sandbox clock was moved over both moments: the first default applies at its own
                return decide()
        if due_at in silent and due_at < order.end_at:
            return creator_drafts.be_silent(order)
        if due_at == progress.publish_at and at < order.end_at:
            return publish_for_creator(order, at)
        changes, money = order_payouts.returned(order, at)
        reason = order_payouts.not_published(order)
        return move_order(
            order, "publication_missed", at=at, by="system", reason=reason, changes=changes, actions=money
        )

    return retry_on_conflict(decide)


def recheck(order_id: str) -> OrderRecord:
    """The look at the post that is due, if one is: during a dispute too, and then also the first one at a reported post. Run twice
    it does nothing."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at, look_at = clock.now(), order.next_look_at
        if order.status not in ("published", "disputed") or look_at is None or at < look_at:
            return order
        return post_checks.look(order, at) if order.published_at else check_report(order, at)

    return retry_on_conflict(decide)


def check_due(order_id: str) -> None:
    """The look that is due; then the order goes to an auditor if checks cannot decide it (rules 29, 30)."""
    order = recheck(order_id)
    if order.status == "published" and (order.delay or order.absences):
        disputes.refer(order_id)


def publication_due(order_id: str) -> None:
    """What is due for an accepted order; then it goes to an auditor if its report cannot be checked (rule 30)."""
    if become_due(order_id).is_reported:
        disputes.refer(order_id)


def dispute_due(order_id: str) -> None:
    """The look that is due during a dispute, so also the last one before its default; then the default, if that is due."""
    recheck(order_id)
    disputes.expire(order_id)
