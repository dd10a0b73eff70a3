"""A person reviews a task before it is offered (rule 8)."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.errors import Problem
from chalicelib.store import Page, read_page
from chalicelib.tasks.offers import offer
from chalicelib.tasks.records import TaskRecord, find_task
from chalicelib.tasks.transitions import Overtaken, move_task
from chalicelib.wallet import ledger, movements


def waiting(limit: int, after: dict[str, Any] | None) -> Page[TaskRecord]:
    """The tasks that wait for their review, the one due first at the head."""
    return read_page(TaskRecord, "review", index="by_queue", limit=limit, after=after, newest_first=False)


def decide(task_id: str, decision: str, reasons: list[dict[str, str]]) -> TaskRecord:
    """`approved`: the task runs and its orders are offered. `rejected`: the money is returned at once, with the
    reasons.

    The same decision again changes nothing. Raises Problem `not_found`; `already_decided` if it was decided otherwise;
    `accept_by_passed` when nobody could answer an offer any more; `state_conflict` if the task is not in review."""
    task = find_task(task_id)
    at = clock.now()
    if task.status != "in_review":
        _require_same(task, decision)
        return task
    review = {"status": decision, "reasons": reasons}
    try:
        if decision == "rejected":
            back = movements.return_hold(task.pk, int(task.round), str(task.owner), task.total)
            return move_task(
                task,
                "rejected",
                at=at,
                by="auditor",
                note=", ".join(reason["code"] for reason in reasons),
                changes=[TaskRecord.review.set(review), TaskRecord.open.remove()],
                actions=ledger.actions(back, at),
            )
        if at >= task.accept_by:
            raise Problem("accept_by_passed", "accept_by is over: the task is being cancelled and its money returned.")
        task = move_task(task, "approved", at=at, by="auditor", changes=[TaskRecord.review.set(review)])
    except Overtaken:
        return decide(task_id, decision, reasons)
    offer(task, at)
    return task


def miss(task_id: str) -> TaskRecord:
    """The default of a review that nobody did by accept_by: cancelled, everything returned. Before accept_by, or when
    the task is not in review, nothing happens."""
    task = find_task(task_id)
    at = clock.now()
    if task.status != "in_review" or at < task.accept_by:
        return task
    back = movements.return_hold(task.pk, int(task.round), str(task.owner), task.total)
    try:
        return move_task(task, "review_missed", at=at, by="system", actions=ledger.actions(back, at))
    except Overtaken:
        return find_task(task_id)


def _require_same(task: TaskRecord, decision: str) -> None:
    decided = (task.review or {}).get("status")
    if decided is None:
        raise Problem("state_conflict", f"The task is {task.status}, not in review.")
    if decided != decision:
        raise Problem("already_decided", f"The task was {decided}.")
