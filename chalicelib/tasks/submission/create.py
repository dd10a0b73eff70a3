"""Create a task: an advertiser submits a brief, or saves it as a draft; the money is held in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.accounts.advertisers import refuse_uncertified
from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.core.observability import cause
from chalicelib.core.rules import rules
from chalicelib.store import (
    Action,
    Refused,
    TasksRecord,
    put,
    read_page,
    require_room,
    transact,
)
from chalicelib.store.batch_reads import read_together
from chalicelib.store.create_once import create_once, stored_response
from chalicelib.tasks.content.repost_source import SourceReader
from chalicelib.tasks.http import task_responses
from chalicelib.tasks.model.transition_write import task_queues
from chalicelib.tasks.records.event_history import event_line
from chalicelib.tasks.records.task_record import TaskRecord
from chalicelib.tasks.records.workflow_item import open_shard
from chalicelib.tasks.submission.brief import TaskBrief
from chalicelib.tasks.submission.quotes import quote
from chalicelib.tasks.submission.task_terms import check_brief
from chalicelib.wallet import ledger, movements


class CreationResponseRecord(TasksRecord):
    """The stored response to the request that created a task: pk is the task's id, sk is `answer`."""

    fingerprint = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)


REFUSALS = (
    "account_not_available",
    "advertiser_missing",
    "advertiser_not_certified",
    "content_forbidden",
    "insufficient_funds",
    "price_unknown",
    "total_above_max",
)
"""The error codes of a submission."""


def create(brief: TaskBrief, advertiser_id: str, attempt: Attempt, *, as_draft: bool = False) -> tuple[Any, bool]:
    """Check the brief, hold its total and put the task into review (rules 1, 5-7, 9, 10). With `as_draft` no money is held, and the
    task is not reviewed yet.

    Return the response, and whether an earlier attempt has created the task. Raises Problem `advertiser_not_certified`,
    `content_forbidden`, `total_above_max`, the errors of `quote`, InvalidBody, InsufficientFunds; then nothing is stored or
    held."""
    return create_task_once(
        attempt, advertiser_id, lambda advertiser: create_task(brief, advertiser, attempt, as_draft=as_draft)
    )


def create_task_once(
    attempt: Attempt, advertiser_id: str, create: Callable[[AdvertiserRecord | None], CreationResponseRecord]
) -> tuple[Any, bool]:
    """Return the response to the request that creates a task, and whether an earlier attempt has created it. `create` gets the
    advertiser, which is read in one request with the stored response; None if it does not exist.

    Raises Problem `idempotency_key_reused`, and what `create` raises."""
    task_id = attempt.id("tsk")
    advertiser: AdvertiserRecord | None = None

    def find() -> CreationResponseRecord | None:
        nonlocal advertiser
        response, task, advertiser = read_together(
            (CreationResponseRecord, task_id, "answer"),
            (CreationResponseRecord, task_id, "task"),  # older tasks hold the response themselves
            (AdvertiserRecord, advertiser_id, "advertiser"),
        )
        return response or task

    record, repeated = create_once(attempt, find, lambda: create(advertiser))
    return stored_response(record), repeated


def create_task(
    brief: TaskBrief,
    advertiser: AdvertiserRecord | None,
    attempt: Attempt,
    *,
    as_draft: bool = False,
    also: Sequence[Action] = (),
) -> CreationResponseRecord:
    """Create the advertiser's task, and write `also` in the same transaction. Return the item with the response.

    Raises what `create` raises, and Refused if a condition of `also` failed."""
    task_id = attempt.id("tsk")
    advertiser_id = refuse_uncertified(advertiser).pk
    at = clock.now()
    if as_draft:
        _require_room_for_a_draft(advertiser_id)
    if not as_draft and not brief.account_ids and brief.call is None:
        raise InvalidBody(Fault("/account_ids", "missing", "Name at least one account, or ask for applications."))
    sources = None if as_draft else SourceReader()
    terms = check_brief(brief, advertiser_id, at, quote(brief.kind, brief.account_ids or ()), sources)
    status = "draft" if as_draft else TaskRecord.machine.first
    task = TaskRecord(
        task_id,
        "task",
        owner=advertiser_id,
        listed_at=f"{clock.stamp(at)}#{task_id}",
        status=status,
        queue=f"task:{status}" if as_draft else "review",
        due_at=f"{clock.stamp(at)}#{task_id}" if as_draft else clock.stamp(terms.attributes["review_due_at"]),
        open=None if as_draft else open_shard(task_id),
        unallocated=0 if as_draft else brief.budget,
        created_at=at,
        updated_at=at,
        events=[event_line("drafted" if as_draft else "submitted", at, "advertiser")],
        fingerprint=attempt.fingerprint,
        cause=cause(),
        **terms.attributes,
    )
    require_room(task, "/content")
    response = json_format.dumps(task_responses.task_response(task, terms.lines, {}))
    stored = CreationResponseRecord(task_id, "answer", fingerprint=attempt.fingerprint, answer=response)
    new = [put("task", task, TaskRecord.pk.does_not_exist()), put("answer", stored, None), *terms.pages(task_id)]
    hold = None if as_draft else movements.hold(task_id, 1, advertiser_id, terms.total)
    held = ledger.actions(hold, at, holder=advertiser_id) if hold else []
    try:
        transact([*new, *held, *also])
    except Refused as refused:
        if hold:
            ledger.raise_if_insufficient(hold, refused)
        raise
    return stored


def _require_room_for_a_draft(advertiser_id: str) -> None:
    """Raise Problem `rate_limited` if the advertiser has the maximum number of open drafts (rule 31)."""
    drafts_max = rules().drafts_max
    if not drafts_max:
        return
    is_draft = TaskRecord.queue.is_in(*task_queues("draft"))
    page = read_page(TaskRecord, advertiser_id, index="items_of_owner", limit=drafts_max, where=is_draft)
    if len(page.items) >= drafts_max:
        raise Problem("rate_limited", f"{drafts_max} drafts may be open; submit or cancel one, then it works again.")
