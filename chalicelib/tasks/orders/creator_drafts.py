"""The creator's draft, if the task asks for one (rule 13a): the advertiser approves it or asks for changes; silence approves.

A draft in which the lint finds something, or with a link that the brief does not have, is read by an auditor first. Silence never
approves what no auditor read: without a decision in time the draft goes back to the creator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core import clock
from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.store import Page, read_page
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.content import lint
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.content_limits import Content, content_faults
from chalicelib.tasks.content.url_rules import foreign_links
from chalicelib.tasks.model.timers import draft_due, draft_review_due
from chalicelib.tasks.model.transitions import move_order
from chalicelib.tasks.records.order_record import (
    OrderRecord,
    find_order,
    find_order_of_advertiser,
    find_order_of_creator,
)

QUEUE = "draft-reviews"
"""The queue of the orders whose drafts wait for an auditor."""
UNREAD = "No auditor read the draft in time: submit another text, or the text of the brief."


def submit(order_id: str, creator_id: str, text: str) -> OrderRecord:
    """The creator's text, with the ad mark appended if it has none. The same text again changes nothing.

    Raises Problem `state_conflict` if the task asks for no draft, the order is not accepted or the draft was approved;
    `window_not_open` when the window is over; InvalidBody, Problem `content_forbidden` (rules 6, 9)."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        draft: dict[str, Any] = order.draft or {}
        waits = draft.get("status") in ("submitted", "in_review")
        if waits and draft["text"] == marked(text):
            return order
        _require_drafting(order)
        if waits:
            raise Problem("state_conflict", "The draft waits for an answer.")
        faults = list(content_faults(Content(text), rules(), "/text"))
        if faults:
            raise InvalidBody(*faults)
        links = foreign_links(text, [*order.urls, *(order.links or ())])
        found = [*lint.findings("", text, "/text"), *lint.link_findings(text, links, "/text")]
        lint.require_allowed(found)
        audited = lint.needs_review(found) and marked(text) != order.text  # the brief's own text was audited
        findings, more = lint.stored(found)
        at = clock.now()
        due_at = draft_review_due(at, order.end_at, rules()) if audited else draft_due(at, order.end_at, rules())
        new = {
            "text": marked(text),
            "status": "in_review" if audited else "submitted",
            "changes_requested": int(draft.get("changes_requested", 0)),
            "due_at": clock.stamp(due_at),
            "findings": findings,
            "findings_more": more,
        }
        changes = [OrderRecord.draft.set(new)]
        queue = (QUEUE, clock.stamp(due_at)) if audited else None
        return move_order(order, "draft_submitted", at=at, by="creator", changes=changes, queue=queue)

    return retry_on_conflict(decide)


def waiting(limit: int, after: dict[str, Any] | None) -> Page[OrderRecord]:
    """The orders whose drafts wait for an auditor, the one due first at the head."""
    return read_page(OrderRecord, QUEUE, index="by_queue", limit=limit, after=after, newest_first=False)


def review(order_id: str, decision: str, reasons: list[dict[str, str]], by: Decider) -> OrderRecord:
    """The auditor's decision about a draft. `approved`: it goes on to the advertiser. `rejected`: back to the creator, with the
    reasons. The same decision again changes nothing.

    Raises Problem `not_found`; `conflict_of_interest` for a party of the order; `revision_changed`; `draft_not_waiting`."""

    def decide() -> OrderRecord:
        order = find_order(order_id)
        by.require_other((order.owner, order.advertiser_id))
        draft: dict[str, Any] = order.draft or {}
        if draft.get("status") != "in_review":
            decided = draft.get("review") or {}
            if decided.get("decision") != decision:
                raise Problem("draft_not_waiting", "There is no draft that waits for an auditor.")
            by.require_repeat(decided.get("revision"), int(order.revision))
            return order
        by.require_read(int(order.revision))
        _require_waiting(order, "in_review")
        at = clock.now()
        decided = {"decision": decision, "reasons": reasons, "by": by.sub, "revision": by.revision}
        if decision == "rejected":
            note = "; ".join(reason.get("note") or reason["code"] for reason in reasons)
            changed = {**draft, "status": "changes_requested", "note": note, "review": decided}
            return _draft_moved(order, "draft_rejected", changed, at, by="auditor", note=note)
        due_at = clock.stamp(draft_due(at, order.end_at, rules()))
        changed = {**draft, "status": "submitted", "due_at": due_at, "review": decided}
        return _draft_moved(order, "draft_cleared", changed, at, by="auditor")

    return retry_on_conflict(decide)


def approve(order_id: str, advertiser_id: str) -> OrderRecord:
    """The draft's text is what is to be posted. The same again changes nothing. Raises Problem `draft_not_waiting`."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        if (order.draft or {}).get("status") == "approved":
            return order
        _require_waiting(order)
        return _approved(order, "advertiser")

    return retry_on_conflict(decide)


def request_changes(order_id: str, advertiser_id: str, note: str) -> OrderRecord:
    """The advertiser says what should be different. The same again changes nothing.

    Raises Problem `draft_not_waiting`; `draft_rounds_used` when changes were asked for as often as the rules allow."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        draft: dict[str, Any] = order.draft or {}
        if draft.get("status") == "changes_requested" and draft.get("note") == note:
            return order
        _require_waiting(order)
        asked = int(draft["changes_requested"])
        if asked >= rules().draft_rounds_max:
            raise Problem("draft_rounds_used", f"Changes can be asked for {rules().draft_rounds_max} times.")
        changed = {**draft, "status": "changes_requested", "note": note, "changes_requested": asked + 1}
        changes = [OrderRecord.draft.set(changed)]
        return move_order(order, "changes_requested", at=clock.now(), by="advertiser", note=note, changes=changes)

    return retry_on_conflict(decide)


def be_silent(order: OrderRecord) -> OrderRecord:
    """The default of a draft that was not answered in time: approved, if the advertiser did not answer; back to the creator, if no
    auditor read it. Raises WriteConflict."""
    draft: dict[str, Any] = order.draft or {}
    if draft["status"] == "in_review":
        changed = {**draft, "status": "changes_requested", "note": UNREAD}
        return _draft_moved(order, "draft_rejected", changed, clock.now(), by="system", note=UNREAD)
    return _approved(order, "system")


def require_approved(order: OrderRecord) -> None:
    """Raises Problem `draft_not_approved` if the task asks for a draft and none is approved."""
    if order.draft_approval and (order.draft or {}).get("status") != "approved":
        raise Problem(
            "draft_not_approved", "The task asks for a draft: it is published once the advertiser approved it."
        )


def _approved(order: OrderRecord, by: str) -> OrderRecord:
    draft: dict[str, Any] = order.draft or {}
    changes = [OrderRecord.draft.set({**draft, "status": "approved"}), OrderRecord.text.set(draft["text"])]
    return move_order(order, "draft_approved", at=clock.now(), by=by, changes=changes)


def _draft_moved(
    order: OrderRecord, event: str, draft: dict[str, Any], at: datetime, *, by: str, note: str | None = None
) -> OrderRecord:
    return move_order(order, event, at=at, by=by, note=note, changes=[OrderRecord.draft.set(draft)])


def _require_drafting(order: OrderRecord) -> None:
    if order.status != "accepted" or not order.draft_approval:
        raise Problem("state_conflict", "This order waits for no draft.", status_now=order.status)
    if (order.draft or {}).get("status") == "approved":
        raise Problem("state_conflict", "The draft was approved.")
    if clock.now() >= order.end_at:
        raise Problem("window_not_open", f"The window ended at {clock.rfc3339(order.end_at)}.")


def _require_waiting(order: OrderRecord, status: str = "submitted") -> None:
    if order.status != "accepted" or (order.draft or {}).get("status") != status:
        raise Problem("draft_not_waiting", "There is no draft that waits for an answer.")
    due_at = order.progress.draft_due or order.progress.draft_review_due
    if due_at is not None and clock.now() >= due_at:
        raise Problem("draft_not_waiting", f"The draft could be answered until {clock.rfc3339(due_at)}.")
