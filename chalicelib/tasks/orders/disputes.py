"""Disputes (rule 20): either side, from publication until the end of the retention; checks of the post go on; an auditor rules, or
the last look at the post decides. The market itself opens one where checks cannot decide (rules 29, 30)."""

from __future__ import annotations

from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.store import Action, put
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.lifecycle import EndReason
from chalicelib.tasks.model.timers import ruling_due
from chalicelib.tasks.model.transitions import commit, order_moved
from chalicelib.tasks.orders import order_payouts
from chalicelib.tasks.orders.dispute_statements import (
    change_dispute,
    move_statements_out,
    require_open,
    statement_counts,
)
from chalicelib.tasks.posts.post_checks import lost_because
from chalicelib.tasks.records.dispute_record import (
    DisputeListing,
    DisputeRecord,
    find_dispute,
    side_of,
)
from chalicelib.tasks.records.order_record import OrderRecord, find_order

QUEUE, ENDED = "disputes", "disputes:ended"
RULINGS = {"pay": "ruled_pay", "refund": "ruled_refund", "split": "ruled_split"}


def open_dispute(order_id: str, party_ids: frozenset[str], reason: dict[str, str]) -> OrderRecord:
    """One of the two parties (by its advertiser or creator id) disputes the published or reported order; the same party's same
    reason again changes nothing.

    Raises Problem `not_found` for anybody else; `state_conflict` if the order is not published (any more), if it was disputed
    before, and from the end of the retention on, unless its check cannot be made or its workflow is stuck."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        by = side_of(party_ids, order.advertiser_id, str(order.owner), "order")
        if order.status == "disputed" and order.dispute_id:
            known = find_dispute(order.dispute_id)
            if (known.opened_by, known.reason) == (by, reason):
                return order
        at = clock.now()
        if order.status != "published" and not order.is_reported:
            raise Problem("state_conflict", f"The order is {order.status}.", status_now=order.status)
        if order.retained_at is not None and at >= order.retained_at and order.stuck is None and order.delay is None:
            message = f"The order could be disputed until {clock.rfc3339(order.retained_at)}."
            raise Problem("state_conflict", message, status_now=order.status)
        return _open(order, ids.derive("dsp", order.pk), by, reason, at)

    return retry_on_conflict(decide)


def refer(order_id: str) -> OrderRecord:
    """The market opens a dispute, so that an auditor decides, where checks cannot: the network could not be read for `final_check`
    (rule 30), or the post was gone or changed and back again `absences_max` times (rule 29). Otherwise nothing happens."""

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


def _open(order: OrderRecord, dispute_id: str, by: str, reason: dict[str, str], at: datetime) -> OrderRecord:
    """Raises Problem `state_conflict` if there was this dispute before; WriteConflict, TaskClosed."""
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
        opened_by=by,
        reason=reason,
        opened_at=at,
        ruling_due_at=due_at,
    )
    changes = [OrderRecord.dispute_id.set(dispute.pk), OrderRecord.ruling_due_at.set(due_at)]
    moved = order_moved(
        order, "disputed", at=at, by=by, note=reason["code"], changes=changes, closing=order.is_reported
    )
    new = DisputeRecord.pk.does_not_exist()
    listings = [
        put(f"listing:{side}", DisputeListing.of(dispute, side, party_id), new)
        for side, party_id in (("advertiser", order.advertiser_id), ("creator", str(order.owner)))
    ]
    commit([*moved, put("dispute", dispute, new), *listings])
    return find_order(order.pk)


def rule(dispute_id: str, outcome: str, creator_share_bps: int | None, note: str, by: Decider) -> DisputeRecord:
    """The ruling: `pay`, `refund`, or `split` with the creator's share of the price in basis points. The same again changes
    nothing. Raises InvalidBody if `creator_share_bps` does not go with the outcome; Problem `conflict_of_interest` for a
    party of the dispute, `dispute_closed`, `revision_changed`."""
    if (outcome == "split") != (creator_share_bps is not None):
        message = "A split needs creator_share_bps, from 1 to 9999; other outcomes have none."
        raise InvalidBody(Fault("/creator_share_bps", "creator_share_bps", message))
    ruling = {"outcome": outcome, "creator_share_bps": creator_share_bps, "note": note}

    def decide() -> DisputeRecord:
        dispute = find_dispute(dispute_id)
        by.require_other([dispute.advertiser_id, dispute.creator_id])
        known = dispute.ruling or {}
        if known and {name: known.get(name) for name in ruling} == ruling:
            by.require_repeat(known.get("revision"), int(dispute.revision))
            return dispute
        require_open(dispute)
        by.require_read(int(dispute.revision))
        order = find_order(dispute.order_id)
        at = clock.now()
        changes, money = _settlement(order, outcome, creator_share_bps, at)
        said = DisputeRecord.ruling.set({**ruling, "by": by.sub, "revision": by.revision, "at": clock.stamp(at)})
        logged = recorded("dispute", dispute_id, outcome, None, note, by, at)
        _end(dispute, order, RULINGS[outcome], at, "auditor", note, changes, [*money, logged], [said])
        return find_dispute(dispute_id)

    return retry_on_conflict(decide)


def expire(order_id: str) -> OrderRecord:
    """The default of a dispute that was not ruled in time: paid if the last look found the post and the retention is over, returned
    if it did not find it, and otherwise the order goes on until the end of its retention. Before that, or when the order is not
    disputed, nothing happens. Due looks are made before: `chalicelib.tasks.workflow.steps`."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        at = clock.now()
        if order.status != "disputed" or order.default_at is None or at < order.default_at:
            return order
        dispute = find_dispute(str(order.dispute_id))
        changes: list[UpdateAction] = []
        money: list[Action] = []
        event, reason = "dispute_expired", None
        if order.unruled_status == "completed":
            event = "ruling_missed"
            changes, money = order_payouts.paid(order, at)
        elif order.unruled_status == "failed":
            event = "post_lost" if order.published_at else "publication_missed"
            changes, money = order_payouts.returned(order, at)
            seen = order.lost or order.suspect
            reason = lost_because(seen, ", ".join(seen["codes"])) if seen and order.published_at else None
        _end(dispute, order, event, at, "system", None, changes, money, [], reason)
        return find_order(order_id)

    return retry_on_conflict(decide)


def _settlement(order: OrderRecord, outcome: str, creator_share_bps: int | None, at: datetime) -> order_payouts.Ending:
    if outcome == "pay":
        return order_payouts.paid(order, at)
    if outcome == "refund":
        return order_payouts.returned(order, at)
    return order_payouts.divided(order, creator_share_bps or 0, at)


def _end(
    dispute: DisputeRecord,
    order: OrderRecord,
    what: str,
    at: datetime,
    by: str,
    note: str | None,
    changes: list[UpdateAction],
    money: list[Action],
    said: list[UpdateAction],
    reason: EndReason | None = None,
) -> None:
    ruled = what if dispute.machine.allows(dispute.status, what) else "ruling_missed"
    ended = [
        DisputeRecord.status.set(DisputeRecord.machine.then(dispute.status, ruled)),
        DisputeRecord.ended_at.set(at),
        DisputeRecord.queue.set(ENDED),
        DisputeRecord.stated.set(statement_counts(dispute)),
        *said,
    ]
    moved_out, actions = move_statements_out(dispute)
    moved = order_moved(order, what, at=at, by=by, note=note, reason=reason, changes=changes)
    commit([*moved, change_dispute(dispute, [*ended, *moved_out]), *actions, *money])
