"""The responses about the drafts of creators."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, TypedDict
from chalicelib.tasks.http.response_parts import (
    Finding,
    Why,
)
from chalicelib.tasks.records import stored_documents as stored
from chalicelib.tasks.records.order_record import OrderRecord


class DraftReview(TypedDict):
    """An auditor's decision about a draft."""

    decision: Literal["approved", "rejected"]
    reasons: list[Why]


class CreatorsDraft(TypedDict):
    """The creator's text, before it is posted. `in_review`: an auditor reads it first, until `due_at`; `submitted`: the
    advertiser answers until `due_at`."""

    text: str
    status: Literal["in_review", "submitted", "changes_requested", "approved"]
    changes_requested: Count
    due_at: Moment
    findings: list[Finding]
    findings_more: Count
    note: NotRequired[str]
    review: NotRequired[DraftReview]


class DraftInReview(TypedDict):
    """A draft in the queue of the auditors: its text, the text and the reviewed URLs of the brief, and the findings of the lint."""

    order_id: str
    task_id: str
    account_id: str
    handle: str
    title: str
    text: str
    brief: str
    urls: list[str]
    findings: list[Finding]
    findings_more: Count
    due_at: Moment
    overdue: bool
    revision: Count


def draft_in_review_response(order: OrderRecord) -> DraftInReview:
    """Return a draft that waits for an auditor, with the brief."""
    draft = order.draft
    assert draft is not None
    due_at = clock.parse(draft["due_at"])
    return {
        "order_id": order.pk,
        "task_id": str(order.task_id),
        "account_id": order.account_id,
        "handle": order.handle,
        "title": order.title,
        "text": draft["text"],
        "brief": order.text,
        "urls": order.urls,
        "findings": draft["findings"],
        "findings_more": draft.get("findings_more", 0),
        "due_at": due_at,
        "overdue": clock.now() >= due_at,
        "revision": int(order.revision),
    }


def draft_response(draft: stored.CreatorDraft) -> CreatorsDraft:
    """Return the draft as both sides see it: the decision of an auditor without the auditor."""
    response: CreatorsDraft = {
        "text": draft["text"],
        "status": draft["status"],
        "changes_requested": draft["changes_requested"],
        "due_at": clock.parse(draft["due_at"]),
        "findings": draft["findings"],
        "findings_more": draft.get("findings_more", 0),
    }
    if "note" in draft:
        response["note"] = draft["note"]
    if "review" in draft:
        response["review"] = {"decision": draft["review"]["decision"], "reasons": draft["review"]["reasons"]}
    return response
