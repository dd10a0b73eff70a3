"""A person reviews a task before it is offered (rule 8); a rejection can be appealed once."""

from __future__ import annotations

from typing import Any

from chalicelib.accounts.advertisers import require_certified, require_not_revoked
from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.rules import rules
from chalicelib.decisions.decider import Decider
from chalicelib.decisions.log import recorded
from chalicelib.store import Page, Refused, read_page
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.model.schedule import review_due
from chalicelib.tasks.model.transitions import move_task
from chalicelib.tasks.orders import account_removal
from chalicelib.tasks.orders.offers import offer
from chalicelib.tasks.records.task_lines import parties_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.records.workflow_item import open_shard
from chalicelib.wallet import ledger, movements

REASONS_MAX_BYTES = 16_000
"""Of the reasons of one decision, in UTF-8. A task stores them once for the decision and once for its appeal."""

QUEUE = "review"


def waiting(limit: int, after: dict[str, Any] | None) -> Page[TaskRecord]:
    """The tasks that wait for their review, the one due first at the head."""
    return read_page(TaskRecord, QUEUE, index="by_queue", limit=limit, after=after, newest_first=False)


def decide(task_id: str, decision: str, reasons: list[dict[str, str]], by: Decider) -> TaskRecord:
    """`approved`: the task runs and its orders are offered. `rejected`: the money is returned at once, with the
    reasons.

    The same decision again changes nothing. Raises Problem `not_found`; `conflict_of_interest` for a party of the task;
    `already_decided` if it was decided otherwise; `revision_changed`; `accept_by_passed` from accept_by on;
    `same_auditor` for the appeal of one's own rejection; `state_conflict` if the task is not in review. Raises
    InvalidBody for reasons above REASONS_MAX_BYTES."""

    _require_short(reasons)

    def settle() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        by.require_other(parties_of(task))
        if task.status != "in_review":
            _require_same(task, decision, by)
            return task
        by.require_read(int(task.revision))
        appeal = task.appeal or {}
        if appeal.get("status") == "open" and appeal["rejected_by"] == by.sub:
            raise Problem("same_auditor", "You rejected this task; another auditor decides the appeal.")
        if at >= task.accept_by:
            raise Problem("accept_by_passed", "accept_by is over: the task is being cancelled and its money returned.")
        review = {"status": decision, "reasons": reasons, "by": by.sub, "revision": by.revision}
        code = reasons[0]["code"] if reasons else None
        logged = recorded("task", task_id, decision, code, reasons[0].get("note") if reasons else None, by, at)
        if decision == "rejected":
            return move_task(
                task,
                "rejected",
                at=at,
                by="auditor",
                note=", ".join(reason["code"] for reason in reasons),
                changes=[TaskRecord.review.set(review), TaskRecord.unallocated.set(0), TaskRecord.open.remove()],
                actions=[*_returned(task), logged],
            )
        require_not_revoked(str(task.owner))
        changes = [TaskRecord.review.set(review)]
        return move_task(task, "approved", at=at, by="auditor", changes=changes, actions=[logged])

    task = retry_on_conflict(settle)
    if decision == "approved":
        offer(task, clock.now())
        account_removal.end_unavailable(task)
    return task


def miss(task_id: str) -> TaskRecord:
    """The default of a review that nobody did by accept_by: cancelled, everything returned. Before accept_by, or when
    the task is not in review, nothing happens."""

    def settle() -> TaskRecord:
        task = find_task(task_id)
        at = clock.now()
        if task.status != "in_review" or at < task.accept_by:
            return task
        changes = [TaskRecord.unallocated.set(0)]
        return move_task(task, "review_missed", at=at, by="system", changes=changes, actions=_returned(task))

    return retry_on_conflict(settle)


def appeal(task_id: str, advertiser_id: str, note: str) -> TaskRecord:
    """The advertiser appeals a rejection, once per task: the money is held again and another auditor reviews the task as it is.
    The same again changes nothing.

    Raises Problem `not_found` if it is another's; `appeal_used`; `accept_by_passed`; `state_conflict` if the task is not
    rejected; `advertiser_not_certified`; InsufficientFunds."""

    def settle() -> TaskRecord:
        task = find_task(task_id)
        if task.owner != advertiser_id:
            raise not_found("task")
        if task.appeal is not None:
            if task.status == "in_review" and task.appeal["note"] == note:
                return task
            raise Problem("appeal_used", "A task has one appeal; it can still be edited and submitted again.")
        if task.status != "rejected":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        require_certified(advertiser_id)
        at = clock.now()
        if at >= task.accept_by:
            raise Problem("accept_by_passed", "accept_by is over: edit the task and submit it again.")
        due_at = review_due(at, task.accept_by, rules())
        round_ = int(task.round) + 1
        hold = movements.hold(task.pk, round_, advertiser_id, int(task.total))
        rejected_by = (task.review or {}).get("by")
        lodged = {"status": "open", "note": note, "at": clock.stamp(at), "rejected_by": rejected_by}
        changes = [
            TaskRecord.appeal.set({**lodged, "reasons": (task.review or {}).get("reasons", [])}),
            TaskRecord.review.remove(),
            TaskRecord.round.set(round_),
            TaskRecord.unallocated.set(int(task.total) if task.call is not None else 0),
            TaskRecord.run.set(int(task.run) + 1),
            TaskRecord.open.set(open_shard(task.pk)),
            TaskRecord.review_due_at.set(due_at),
            TaskRecord.due_at.set(clock.stamp(due_at)),
        ]
        held = ledger.actions(hold, at, holder=advertiser_id)
        try:
            return move_task(task, "appealed", at=at, by="advertiser", note=note, changes=changes, actions=held)
        except Refused as refused:
            ledger.raise_if_insufficient(hold, refused)
            raise

    return retry_on_conflict(settle)


def _returned(task: TaskRecord) -> list[Any]:
    back = movements.return_hold(task.pk, int(task.round), str(task.owner), int(task.total))
    return ledger.actions(back, clock.now())


def _require_short(reasons: list[dict[str, str]]) -> None:
    if len(json_format.dumps(reasons).encode()) > REASONS_MAX_BYTES:
        message = f"The reasons have at most {REASONS_MAX_BYTES:,} bytes, notes included."
        raise InvalidBody(Fault("/reasons", "too_large", message))


def _require_same(task: TaskRecord, decision: str, by: Decider) -> None:
    decided = (task.review or {}).get("status")
    if decided is None:
        raise Problem("state_conflict", f"The task is {task.status}, not in review.")
    if decided != decision:
        raise Problem("already_decided", f"The task was {decided}.")
    by.require_repeat((task.review or {}).get("revision"), int(task.revision))
