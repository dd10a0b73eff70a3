"""The creator's draft, if the task asks for one: the advertiser approves it or asks for changes; silence approves."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.errors import InvalidBody, Problem
from chalicelib.settings import rules
from chalicelib.tasks import lint
from chalicelib.tasks.answering import find_offered, find_ordered
from chalicelib.tasks.content import Content, content_faults, marked
from chalicelib.tasks.records import OrderRecord
from chalicelib.tasks.timers import draft_due
from chalicelib.tasks.transitions import move_order, until_settled


def submit(order_id: str, creator_id: str, text: str) -> OrderRecord:
    """The creator's text, with the ad mark appended if it has none. The same text again changes nothing.

    Raises Problem `state_conflict` if the task asks for no draft, the order is not accepted or the draft was approved;
    `window_not_open` when the window is over; InvalidBody, Problem `content_forbidden` (rules 6, 9)."""

    def decide() -> OrderRecord:
        order = find_offered(order_id, creator_id)
        draft: dict[str, Any] = order.draft or {}
        if draft.get("status") == "submitted" and draft["text"] == marked(text):
            return order
        _require_drafting(order)
        if draft.get("status") == "submitted":
            raise Problem("state_conflict", "The draft waits for the advertiser's answer.")
        faults = list(content_faults(Content(text), rules(), "/text"))
        if faults:
            raise InvalidBody(*faults)
        found = lint.findings("", text, "/text")
        lint.require_allowed(found)
        findings, more = lint.stored(found)
        at = clock.now()
        new = {
            "text": marked(text),
            "status": "submitted",
            "changes_requested": int(draft.get("changes_requested", 0)),
            "due_at": clock.stamp(draft_due(at, order.end_at, rules())),
            "findings": findings,
            "findings_more": more,
        }
        changes = [OrderRecord.draft.set(new)]
        return move_order(order, "draft_submitted", at=at, by="creator", changes=changes)

    return until_settled(decide)


def approve(order_id: str, advertiser_id: str) -> OrderRecord:
    """The draft's text is what is to be posted. The same again changes nothing. Raises Problem `draft_not_waiting`."""

    def decide() -> OrderRecord:
        order = find_ordered(order_id, advertiser_id)
        if (order.draft or {}).get("status") == "approved":
            return order
        _require_waiting(order)
        return _approved(order, "advertiser")

    return until_settled(decide)


def request_changes(order_id: str, advertiser_id: str, note: str) -> OrderRecord:
    """The advertiser says what should be different. The same again changes nothing.

    Raises Problem `draft_not_waiting`; `draft_rounds_used` when changes were asked for as often as the rules allow."""

    def decide() -> OrderRecord:
        order = find_ordered(order_id, advertiser_id)
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

    return until_settled(decide)


def be_silent(order: OrderRecord) -> OrderRecord:
    """The default of a draft that the advertiser did not answer in time: approved. Raises Overtaken."""
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


def _require_drafting(order: OrderRecord) -> None:
    if order.status != "accepted" or not order.draft_approval:
        raise Problem("state_conflict", "This order waits for no draft.", status_now=order.status)
    if (order.draft or {}).get("status") == "approved":
        raise Problem("state_conflict", "The draft was approved.")
    if clock.now() >= order.end_at:
        raise Problem("window_not_open", f"The window ended at {clock.rfc3339(order.end_at)}.")


def _require_waiting(order: OrderRecord) -> None:
    if order.status != "accepted" or (order.draft or {}).get("status") != "submitted":
        raise Problem("draft_not_waiting", "There is no draft that waits for an answer.")
    due_at = order.progress.draft_due
    if due_at is not None and clock.now() >= due_at:
        raise Problem(
            "draft_not_waiting", f"The draft could be answered until {clock.rfc3339(due_at)}; it is approved."
        )
