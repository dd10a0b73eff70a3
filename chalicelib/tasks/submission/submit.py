"""Submit a draft, and hold its total in the transaction that puts it into review."""

from __future__ import annotations

from chalicelib.accounts.advertisers import require_certified
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.store import Refused, require_room
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.content.repost_source import SourceReader
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.records.stored_documents import SubmissionChanges
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_own_task
from chalicelib.tasks.records.workflow_item import open_shard
from chalicelib.tasks.submission import resubmission_changes
from chalicelib.tasks.submission.brief import TaskBrief, brief_of
from chalicelib.tasks.submission.task_terms import TaskTerms, check_brief, quote_brief, set_attributes
from chalicelib.wallet import ledger, movements


def submit(task_id: str, advertiser_id: str) -> TaskRecord:
    """Submit a draft: its prices are frozen now, its total is held, and it waits for review.

    A repetition changes nothing. Raises Problem `state_conflict` if it is no draft, and all errors of `create`."""
    sources = SourceReader()

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        if task.status == "in_review" and task.edit is None:
            return task
        if task.status != "draft":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        brief = brief_of(task)
        return submit_brief(task, brief, "submitted", None, sources)

    return retry_on_conflict(decide)


def submit_brief(
    task: TaskRecord, brief: TaskBrief, event: str, fingerprint: str | None, sources: SourceReader
) -> TaskRecord:
    """Put the task into review with this brief (`event`: submitted, resubmitted), at the prices of this moment."""
    advertiser_id = str(task.owner)
    require_certified(advertiser_id)
    at = clock.now()
    terms = check_brief(brief, advertiser_id, at, quote_brief(task, brief), sources)
    if not terms.lines and brief.call is None:
        raise InvalidBody(Fault("/account_ids", "missing", "The task has no accounts."))
    round_ = int(task.round) + (event == "resubmitted")
    hold = movements.hold(task.pk, round_, advertiser_id, terms.total)
    changes = [
        *set_attributes(terms.attributes),
        TaskRecord.round.set(round_),
        TaskRecord.run.set(int(task.run) + 1),
        TaskRecord.open.set(open_shard(task.pk)),
        TaskRecord.due_at.set(clock.stamp(terms.attributes["review_due_at"])),
        TaskRecord.unallocated.set(brief.budget),
        TaskRecord.review.remove(),
    ]
    if event == "resubmitted":
        changes += [TaskRecord.changes.set(_resubmission_changes(task, terms)), TaskRecord.previous.remove()]
    changes.append(TaskRecord.edit.set(fingerprint) if fingerprint else TaskRecord.edit.remove())
    require_room(task, "/content", changes)
    actions = [*terms.pages(task.pk), *ledger.actions(hold, at, holder=advertiser_id)]
    try:
        return apply_event(task, Event(event, "advertiser", at, changes=changes), actions)
    except Refused as refused:
        ledger.raise_if_insufficient(hold, refused)
        raise


def _resubmission_changes(task: TaskRecord, terms: TaskTerms) -> SubmissionChanges:
    """Return the changes of the resubmission, for the reviewer."""
    before = [line.account_id for line in lines_of([task])[task.pk]]
    after = [line.account_id for line in terms.lines]
    return resubmission_changes.changed(
        resubmission_changes.of_task(task), resubmission_changes.comparable(terms.attributes), before, after
    )
