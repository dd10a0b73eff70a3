"""Disputes (rule 20): opened by either side, from publication until the end of the retention, and ruled by an auditor.

Checks of the post go on during a dispute; without a ruling the last look at the post decides. The market opens a dispute itself
where checks cannot decide (rules 29, 30)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.store import Action, put
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.order_timers import ruling_due
from chalicelib.tasks.model.transition_write import Event, apply_event, commit, event_actions
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.orders.dispute_statements import (
    dispute_change,
    move_statements_out,
    require_open,
    statement_counts,
)
from chalicelib.tasks.posts.post_checks import loss_reason
from chalicelib.tasks.records.dispute_record import DisputeListing, DisputeRecord, find_dispute, side_of
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.stored_documents import Reason, Ruling

QUEUE, ENDED = "disputes", "disputes:ended"
Outcome = Literal["pay", "refund", "split"]
RULINGS: dict[Outcome, str] = {"pay": "ruled_pay", "refund": "ruled_refund", "split": "ruled_split"}
"""The event of each outcome of a ruling."""


def open_dispute(order_id: str, party_ids: frozenset[str], reason: Reason) -> OrderRecord:
    """Open a dispute of a published or reported order for one of its parties (by its advertiser or creator id).

    The same reason of the same party again changes nothing. Raises Problem `not_found` for users who are no party; `state_conflict`
    if the order is not published (any more), if it was disputed before, and from the end of the retention on, unless its check
    cannot be made or its workflow is stuck."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        side = side_of(party_ids, order.advertiser_id, str(order.owner), "order")
        if order.status == "disputed" and order.dispute_id:
            known = find_dispute(order.dispute_id)
            if (known.opened_by, known.reason) == (side, reason):
                return order
        at = clock.now()
        if order.status != "published" and not order.is_reported:
            raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
        if order.retained_at is not None and at >= order.retained_at and order.stuck is None and order.delay is None:
            message = f"The order could be disputed until {clock.rfc3339(order.retained_at)}."
            raise Problem("state_conflict", message, status_now=order.status)
        return _open(order, ids.derive("dsp", order.pk), side, reason, at)

    return retry_on_conflict(decide)


def refer(order_id: str) -> OrderRecord:
    """Open a dispute for the market where checks cannot decide: the network could not be read for `final_check` (rule 30), or the
    post was gone or changed and back again `absences_max` times (rule 29). Otherwise it does nothing."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at = clock.now()
        code = None
        if order.refer_at is not None and at >= order.refer_at:
            code = "check_impossible"
        elif order.status == "published" and order.absences >= rules().absences_max and order.dispute_id is None:
            code = "post_intermittent"
        if code is None:
            return order
        return _open(order, ids.derive("dsp", order.pk, code), "system", {"code": code}, at)

    return retry_on_conflict(decide)


def rule(dispute_id: str, outcome: Outcome, creator_share_bps: int | None, note: str, by: Decider) -> DisputeRecord:
    """Rule the dispute: `pay`, `refund`, or `split` with the creator's share of the price in basis points.

    A repetition changes nothing. Raises InvalidBody if `creator_share_bps` does not match the outcome; Problem
    `conflict_of_interest` for a party of the dispute, `dispute_closed`, `revision_changed`."""
    if (outcome == "split") != (creator_share_bps is not None):
        message = "A split needs creator_share_bps, from 1 to 9999; other outcomes have none."
        raise InvalidBody(Fault("/creator_share_bps", "creator_share_bps", message))

    def decide() -> DisputeRecord:
        dispute = find_dispute(dispute_id)
        by.require_other([dispute.advertiser_id, dispute.creator_id])
        known = dispute.ruling
        if known and (known["outcome"], known["creator_share_bps"], known["note"]) == (
            outcome,
            creator_share_bps,
            note,
        ):
            by.require_repeat(known.get("revision"), int(dispute.revision))
            return dispute
        require_open(dispute)
        by.require_read(int(dispute.revision))
        order = find_order(dispute.order_id)
        at = clock.now()
        ruling: Ruling = {
            "outcome": outcome,
            "creator_share_bps": creator_share_bps,
            "note": note,
            "by": by.sub,
            "revision": by.revision,
            "at": clock.stamp(at),
        }
        settled, money = _ruled_payout(order, outcome, creator_share_bps, at)
        logged = recorded("dispute", dispute_id, outcome, None, note, by, at)
        event = Event(RULINGS[outcome], "auditor", at, note=note, changes=settled)
        _end(dispute, order, event, [*money, logged], [DisputeRecord.ruling.set(ruling)])
        return find_dispute(dispute_id)

    return retry_on_conflict(decide)


def expire(order_id: str) -> OrderRecord:
    """End a dispute without a ruling in time: pay if the last look found the post and the retention is over, return the price if it
    did not find it, and otherwise let the order go on until the end of its retention.

    Before that time, or when the order is not disputed, it does nothing. Due looks are made before it
    (chalicelib.tasks.workflow.timeout_dispatch)."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at = clock.now()
        if order.status != "disputed" or order.default_at is None or at < order.default_at:
            return order
        _end(find_dispute(str(order.dispute_id)), order, *_default(order, at))
        return find_order(order_id)

    return retry_on_conflict(decide)


def _default(order: OrderRecord, at: datetime) -> tuple[Event, list[Action]]:
    """Return the event and the money of a dispute without a ruling."""
    if order.unruled_status == "published":
        return Event("dispute_expired", "system", at), []
    if order.unruled_status == "completed":
        changes, money = order_payouts.pay_price(order, at)
        return Event("ruling_missed", "system", at, changes=changes), money
    changes, money = order_payouts.return_price(order, at)
    if order.published_at is None:
        return Event("publication_missed", "system", at, changes=changes), money
    loss = order.lost or order.suspect
    reason = loss_reason(loss, ", ".join(loss["codes"])) if loss else None
    return Event("post_lost", "system", at, reason=reason, changes=changes), money


def _ruled_payout(
    order: OrderRecord, outcome: Outcome, creator_share_bps: int | None, at: datetime
) -> order_payouts.Payout:
    if outcome == "pay":
        return order_payouts.pay_price(order, at)
    if outcome == "refund":
        return order_payouts.return_price(order, at)
    return order_payouts.divide_price(order, creator_share_bps or 0, at)


def _open(order: OrderRecord, dispute_id: str, opened_by: str, reason: Reason, at: datetime) -> OrderRecord:
    """Open the dispute. Raises Problem `state_conflict` if there was this dispute before; WriteConflict, TaskClosed."""
    if order.dispute_id is not None and DisputeRecord.find(dispute_id, "dispute") is not None:
        raise Problem("state_conflict", "The order was disputed before.", status_now=order.status)
    due_at = ruling_due(at, rules())
    dispute = DisputeRecord(
        dispute_id,
        "dispute",
        task_id=order.task_id,
        queue=QUEUE,
        due_at=clock.stamp(due_at),
        status=DisputeRecord.machine.first,
        order_id=order.pk,
        advertiser_id=order.advertiser_id,
        creator_id=order.owner,
        opened_by=opened_by,
        reason=reason,
        opened_at=at,
        ruling_due_at=due_at,
    )
    changes = [OrderRecord.dispute_id.set(dispute.pk), OrderRecord.ruling_due_at.set(due_at)]
    event = Event("disputed", opened_by, at, note=reason["code"], changes=changes, ignores_gate=order.is_reported)
    new = DisputeRecord.pk.does_not_exist()
    listings = [
        put(f"listing:{side}", DisputeListing.of(dispute, side, party_id), new)
        for side, party_id in (("advertiser", order.advertiser_id), ("creator", str(order.owner)))
    ]
    return apply_event(order, event, [put("dispute", dispute, new), *listings])


def _end(
    dispute: DisputeRecord,
    order: OrderRecord,
    event: Event,
    actions: list[Action],
    ruling: list[UpdateAction] | None = None,
) -> None:
    """End the dispute in one transaction with the event of its order."""
    ended_by = event.name if dispute.machine.allows(dispute.status, event.name) else "ruling_missed"
    changes = [
        DisputeRecord.status.set(dispute.machine.then(dispute.status, ended_by)),
        DisputeRecord.ended_at.set(event.at),
        DisputeRecord.queue.set(ENDED),
        DisputeRecord.stated.set(statement_counts(dispute)),
        *(ruling or ()),
    ]
    moved, statements = move_statements_out(dispute)
    commit([*event_actions(order, event), dispute_change(dispute, [*changes, *moved]), *statements, *actions])
