"""An auditor reviews a task before it is offered (rule 8); the advertiser can appeal a rejection once."""

from __future__ import annotations

from typing import Literal

from chalicelib.accounts.advertisers import require_certified, require_not_revoked
from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.decision_log import recorded
from chalicelib.store import Action, Page, PageKey, Refused, read_queue
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.rejection_reasons import require_reasons
from chalicelib.tasks.model.task_schedule import review_due
from chalicelib.tasks.model.transition_write import Event, apply_event
from chalicelib.tasks.orders import orders_of_removed_account
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.stored_documents import Reason, ReviewAppeal, TaskReview
from chalicelib.tasks.records.task_lines import parties_of
from chalicelib.tasks.records.task_record import TaskRecord, find_own_task, find_task
from chalicelib.tasks.records.workflow_item import open_shard
from chalicelib.wallet import ledger, movements

REASONS_MAX_BYTES = 16_000
"""Size limit of the reasons of one decision, in UTF-8. A task stores them for the decision, and again for its appeal."""

QUEUE = "review"


def waiting(limit: int, after: PageKey | None) -> Page[TaskRecord]:
    """Return the tasks that wait for their review, the one that is due first at the head."""
    return read_queue(TaskRecord, QUEUE, index="in_queue", limit=limit, after=after)


def decide(task_id: str, decision: Literal["approved", "rejected"], reasons: list[Reason], by: Decider) -> TaskRecord:
    """Write the decision of an auditor. `approved`: the task runs and its orders are offered; `rejected`: its money is returned.

    A repetition changes nothing. Raises Problem `not_found`; `conflict_of_interest` for a party of the task; `already_decided` if
    another decision was made; `revision_changed`; `accept_by_passed` from accept_by on; `same_auditor` for the appeal of the
    auditor's own rejection; `state_conflict` if the task is not in review. Raises InvalidBody for a rejection
    without reasons, or reasons above REASONS_MAX_BYTES."""
    require_reasons(decision, reasons)
    _require_short(reasons)

    def write() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        by.require_other(parties_of(task))
        if task.status != "in_review":
            _require_same(task, decision, by)
            return task
        by.require_read(int(task.revision))
        if task.appeal is not None and task.has_open_appeal and task.appeal["rejected_by"] == by.sub:
            raise Problem("same_auditor", "You rejected this task; another auditor decides the appeal.")
        if at >= task.accept_by:
            raise Problem(
                "accept_by_passed", "accept_by has passed: the task is being cancelled and its money returned."
            )
        review: TaskReview = {"status": decision, "reasons": reasons, "by": by.sub, "revision": by.revision}
        changes = [TaskRecord.review.set(review)]
        first: Reason | None = reasons[0] if reasons else None
        code, note = (first["code"], first.get("note")) if first else (None, None)
        logged = recorded("task", task_id, decision, code, note, by, at)
        if decision == "approved":
            require_not_revoked(str(task.owner))
            return apply_event(task, Event("approved", "auditor", at, changes=changes), [logged])
        changes += [TaskRecord.unallocated.set(0), TaskRecord.open.remove()]
        codes = ", ".join(reason["code"] for reason in reasons)
        rejected = Event("rejected", "auditor", at, note=codes, changes=changes)
        return apply_event(task, rejected, [*_return_total(task), logged])

    task = retry_on_conflict(write)
    if decision == "approved":
        offer(task, clock.now())
        orders_of_removed_account.end_unavailable(task)
    return task


def expire(task_id: str) -> TaskRecord:
    """Cancel a task that was not reviewed by accept_by, and return its money. Before accept_by, or when the task is not in review,
    it does nothing."""

    def write() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        if task.status != "in_review" or at < task.accept_by:
            return task
        event = Event("review_missed", "system", at, changes=[TaskRecord.unallocated.set(0)])
        return apply_event(task, event, _return_total(task))

    return retry_on_conflict(write)


def appeal(task_id: str, advertiser_id: str, note: str) -> TaskRecord:
    """Appeal a rejection for the advertiser, once per task: the money is held again and another auditor reviews the task as it is.

    A repetition changes nothing. Raises Problem `not_found` for a task of another advertiser; `appeal_used`; `accept_by_passed`;
    `state_conflict` if the task is not rejected; `advertiser_not_certified`; InsufficientFunds."""

    def write() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        if task.appeal is not None:
            if task.status == "in_review" and task.appeal["note"] == note:
                return task
            raise Problem("appeal_used", "A task has one appeal; it can still be edited and submitted again.")
        if task.status != "rejected":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        require_certified(advertiser_id)
        at = clock.now()
        if at >= task.accept_by:
            raise Problem("accept_by_passed", "accept_by has passed: edit the task and submit it again.")
        due_at = review_due(at, task.accept_by, rules())
        round_ = int(task.round) + 1
        hold = movements.hold(task.pk, round_, advertiser_id, int(task.total))
        appeal: ReviewAppeal = {
            "status": "open",
            "note": note,
            "at": clock.stamp(at),
            "rejected_by": task.review["by"] if task.review else None,
            "reasons": task.review["reasons"] if task.review else [],
        }
        changes = [
            TaskRecord.appeal.set(appeal),
            TaskRecord.review.remove(),
            TaskRecord.round.set(round_),
            TaskRecord.unallocated.set(int(task.total) if task.call is not None else 0),
            TaskRecord.run.set(int(task.run) + 1),
            TaskRecord.open.set(open_shard(task.pk)),
            TaskRecord.review_due_at.set(due_at),
            TaskRecord.due_at.set(clock.stamp(due_at)),
        ]
        event = Event("appealed", "advertiser", at, note=note, changes=changes)
        try:
            return apply_event(task, event, ledger.actions(hold, at, holder=advertiser_id))
        except Refused as refused:
            ledger.raise_if_insufficient(hold, refused)
            raise

    return retry_on_conflict(write)


def _return_total(task: TaskRecord) -> list[Action]:
    movement = movements.return_hold(task.pk, int(task.round), str(task.owner), int(task.total))
    return ledger.actions(movement, clock.now())


def _require_short(reasons: list[Reason]) -> None:
    if len(json_format.dumps(reasons).encode()) > REASONS_MAX_BYTES:
        message = f"The reasons have at most {REASONS_MAX_BYTES:,} bytes, notes included."
        raise InvalidBody(Fault("/reasons", "too_large", message))


def _require_same(task: TaskRecord, decision: str, by: Decider) -> None:
    """Raise Problem `state_conflict`, `already_decided` or `revision_changed` unless this decision was made before."""
    review = task.review
    if review is None:
        raise Problem("state_conflict", f"The task is {task.status}, not in review.")
    if review["status"] != decision:
        raise Problem("already_decided", f"The task was {review['status']}.")
    by.require_repeat(review.get("revision"), int(task.revision))
