"""The creator's draft, if the task asks for one (rule 13a): the advertiser approves it or asks for changes.

Without an answer in time a draft is approved. An auditor reads a draft first if the lint finds something in it, or if it has a link
that the brief does not have. A draft that no auditor has read is never approved by default: without a decision in time it goes back
to the creator."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from chalicelib import click_links
from chalicelib.core import clock
from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.store import Page, PageKey, read_queue
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.content import lint
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.post_content import Content, content_faults
from chalicelib.tasks.content.post_limit_faults import network_faults
from chalicelib.tasks.content.url_rules import foreign_links
from chalicelib.tasks.model.order_timers import draft_due, draft_review_due
from chalicelib.tasks.model.rejection_reasons import require_reasons
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.records.order_record import (
    OrderRecord,
    find_order,
    find_order_of_advertiser,
    find_order_of_creator,
)
from chalicelib.tasks.records.stored_documents import CreatorDraft, DraftReview, Reason

QUEUE = "draft-reviews"
"""The queue of the orders whose drafts wait for an auditor."""
UNREAD = "No auditor read the draft in time: submit another text, or the text of the brief."


def submit(order_id: str, creator_id: str, text: str) -> OrderRecord:
    """Submit the creator's text, with the ad mark appended if it is missing. The same text again changes nothing.

    Raises Problem `state_conflict` if the task asks for no draft, the order is not accepted or the draft was approved;
    `window_not_open` when the window is over; InvalidBody, Problem `content_forbidden` (rules 6, 9)."""

    def decide() -> OrderRecord:
        order = find_order_of_creator(order_id, creator_id)
        is_waiting = order.draft_status in ("submitted", "in_review")
        if order.draft and is_waiting and order.draft["text"] == marked(text):
            return order
        _require_drafting(order)
        if is_waiting:
            raise Problem("state_conflict", "The draft waits for an answer.")
        at = clock.now()
        draft = _checked_draft(order, text, at)
        queue = (QUEUE, draft["due_at"]) if draft["status"] == "in_review" else None
        changes = [OrderRecord.draft.set(draft)]
        return apply_event(order, Event("draft_submitted", "creator", at, changes=changes, queue=queue))

    return retry_on_conflict(decide)


def waiting(limit: int, after: PageKey | None) -> Page[OrderRecord]:
    """Return the orders whose drafts wait for an auditor, the one that is due first at the head."""
    return read_queue(OrderRecord, QUEUE, index="in_queue", limit=limit, after=after)


def review(order_id: str, decision: Literal["approved", "rejected"], reasons: list[Reason], by: Decider) -> OrderRecord:
    """Write an auditor's decision. `approved`: the draft goes on to the advertiser; `rejected`: back to the creator, with the
    reasons.

    A repetition changes nothing. Raises Problem `not_found`; `conflict_of_interest` for a party of the order; `revision_changed`;
    `draft_not_waiting`. Raises InvalidBody for a rejection without reasons."""
    require_reasons(decision, reasons)

    def decide() -> OrderRecord:
        order = find_order(order_id)
        by.require_other((order.owner, order.advertiser_id))
        if order.draft is None or order.draft["status"] != "in_review":
            _require_same(order, decision, by)
            return order
        by.require_read(int(order.revision))
        draft = _require_waiting(order, "in_review")
        at = clock.now()
        review: DraftReview = {"decision": decision, "reasons": reasons, "by": by.sub, "revision": by.revision}
        if decision == "rejected":
            note = "; ".join(reason.get("note") or reason["code"] for reason in reasons)
            rejected: CreatorDraft = {**draft, "status": "changes_requested", "note": note, "review": review}
            return _apply(order, "draft_rejected", rejected, "auditor", at, note)
        due_at = clock.stamp(draft_due(at, order.end_at, rules()))
        cleared: CreatorDraft = {**draft, "status": "submitted", "due_at": due_at, "review": review}
        return _apply(order, "draft_cleared", cleared, "auditor", at)

    return retry_on_conflict(decide)


def approve(order_id: str, advertiser_id: str) -> OrderRecord:
    """Approve the draft: its text becomes the text of the order. A repetition changes nothing. Raises Problem
    `draft_not_waiting`."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        if order.draft_status == "approved":
            return order
        return _approve(order, _require_waiting(order), "advertiser")

    return retry_on_conflict(decide)


def request_changes(order_id: str, advertiser_id: str, note: str) -> OrderRecord:
    """Send the draft back to the creator with the advertiser's wishes. A repetition changes nothing.

    Raises Problem `draft_not_waiting`; `draft_rounds_used` when changes were requested as often as the rules allow."""

    def decide() -> OrderRecord:
        order = find_order_of_advertiser(order_id, advertiser_id)
        known = order.draft
        if known and known["status"] == "changes_requested" and known.get("note") == note:
            return order
        draft = _require_waiting(order)
        rounds = int(draft["changes_requested"])
        if rounds >= rules().draft_rounds_max:
            raise Problem("draft_rounds_used", f"Changes can be requested {rules().draft_rounds_max} times.")
        changed: CreatorDraft = {**draft, "status": "changes_requested", "note": note, "changes_requested": rounds + 1}
        return _apply(order, "changes_requested", changed, "advertiser", clock.now(), note)

    return retry_on_conflict(decide)


def apply_default(order: OrderRecord) -> OrderRecord:
    """Approve a draft that the advertiser did not answer in time; return one that no auditor read to the creator.

    Raises WriteConflict."""
    assert order.draft is not None
    if order.draft["status"] == "in_review":
        returned: CreatorDraft = {**order.draft, "status": "changes_requested", "note": UNREAD}
        return _apply(order, "draft_rejected", returned, "system", clock.now(), UNREAD)
    return _approve(order, order.draft, "system")


def require_approved(order: OrderRecord) -> None:
    """Raise Problem `draft_not_approved` if the task asks for a draft and none is approved."""
    if order.draft_approval and order.draft_status != "approved":
        raise Problem(
            "draft_not_approved", "The task asks for a draft: it is published once the advertiser approved it."
        )


def _checked_draft(order: OrderRecord, text: str, at: datetime) -> CreatorDraft:
    """Return the draft with the findings of the lint. Raises InvalidBody, Problem `content_forbidden`."""
    content = Content(text, (), tuple(order.urls))
    link_length = click_links.link_length() if order.links else None
    faults = [
        *content_faults(Content(text), rules(), "/text"),
        *network_faults(content, [order.network], link_length, "/text"),
    ]
    if faults:
        raise InvalidBody(*faults)
    links = foreign_links(text, [*order.urls, *(order.links or ())])
    found = [*lint.findings("", text, "/text"), *lint.link_findings(text, links, "/text")]
    lint.require_allowed(found)
    findings, more = lint.stored(found)
    is_brief_text = marked(text) == order.text  # which was reviewed with the task
    needs_auditor = lint.needs_review(found) and not is_brief_text
    due_at = draft_review_due(at, order.end_at, rules()) if needs_auditor else draft_due(at, order.end_at, rules())
    return {
        "text": marked(text),
        "status": "in_review" if needs_auditor else "submitted",
        "changes_requested": int(order.draft["changes_requested"]) if order.draft else 0,
        "due_at": clock.stamp(due_at),
        "findings": findings,
        "findings_more": more,
    }


def _approve(order: OrderRecord, draft: CreatorDraft, by: str) -> OrderRecord:
    approved: CreatorDraft = {**draft, "status": "approved"}
    changes = [OrderRecord.draft.set(approved), OrderRecord.text.set(draft["text"])]
    return apply_event(order, Event("draft_approved", by, clock.now(), changes=changes))


def _apply(
    order: OrderRecord, event: str, draft: CreatorDraft, by: str, at: datetime, note: str | None = None
) -> OrderRecord:
    return apply_event(order, Event(event, by, at, note=note, changes=[OrderRecord.draft.set(draft)]))


def _require_same(order: OrderRecord, decision: str, by: Decider) -> None:
    """Raise Problem `draft_not_waiting` unless this decision about the draft was made before."""
    review = order.draft.get("review") if order.draft else None
    if review is None or review["decision"] != decision:
        raise Problem("draft_not_waiting", "There is no draft that waits for an auditor.")
    by.require_repeat(review.get("revision"), int(order.revision))


def _require_drafting(order: OrderRecord) -> None:
    if order.status != "accepted" or not order.draft_approval:
        raise Problem("state_conflict", "This order waits for no draft.", status_now=order.status)
    if order.draft_status == "approved":
        raise Problem("state_conflict", "The draft was approved.")
    if clock.now() >= order.end_at:
        raise Problem("window_not_open", f"The window ended at {clock.rfc3339(order.end_at)}.")


def _require_waiting(order: OrderRecord, status: str = "submitted") -> CreatorDraft:
    """Return the draft that waits for a decision in this status. Raises Problem `draft_not_waiting`."""
    if order.status != "accepted" or order.draft is None or order.draft["status"] != status:
        raise Problem("draft_not_waiting", "No draft is waiting for an answer.")
    due_at = clock.parse(order.draft["due_at"])
    if clock.now() >= due_at:
        raise Problem("draft_not_waiting", f"The draft could be answered until {clock.rfc3339(due_at)}.")
    return order.draft
