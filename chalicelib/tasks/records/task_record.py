"""The item of a task."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core import ids
from chalicelib.core.errors import not_found
from chalicelib.core.order_kinds import Kind
from chalicelib.store import JSONAttribute
from chalicelib.tasks.model.lifecycle import TASK
from chalicelib.tasks.records.workflow_item import Moment, WorkflowItem

LINES_PER_PAGE = 100
LATER = "lines#+"
"""Before the account id, the name of the page with one order that was added after the review."""


class TaskRecord(WorkflowItem):
    """A task: pk is its id, sk is `task`, owner its advertiser.

    `pictures` are those of the content in the versions that were submitted. `lines` are its first orders, `pages` name the items
    with further ones, `accounts` counts the lines of named accounts in both (None: a task from before they were counted), `added`
    are digests of the latest additions to a draft. `reserved` counts the reserve accounts in the item `reserves`; `reserves` are
    the lines of those of older tasks that were not offered yet; `freed` is what came free for them. `total` was held at
    submission and `raised` is what counter-offers added to it. `call` are the filters of an open call and `unallocated` what is
    held for orders that have no account yet. `round` counts submissions; `queue` is `review` while it waits for one and
    `task:{status}` later; `winding_up` is the event that closed the task while orders are still to be ended with it, and
    `unoffered_returned` says that the prices of its orders that were never offered went back meanwhile. `findings_more` counts
    the findings of the lint beyond those that are stored. `changes` is what the last resubmission changed
    (chalicelib.tasks.submission.changes); older tasks have in `previous` what was submitted before. `tally` are the counts and
    totals of its orders once none of them can change any more. `fingerprint` and, in older tasks, `answer` belong to the
    request that created it, `edit` is the fingerprint of the last edit."""

    machine = TASK

    pictures = JSONAttribute(null=True)
    lines = JSONAttribute()
    pages = ListAttribute[Any](default=list)
    accounts = NumberAttribute(null=True)
    added = JSONAttribute(null=True)
    reserve_account_ids = JSONAttribute()
    reserved = NumberAttribute(null=True)
    reserves = JSONAttribute(default=list)
    freed = NumberAttribute(default=0)
    raised = NumberAttribute(default=0)
    call = JSONAttribute(null=True)
    unallocated = NumberAttribute(default=0)
    max_total = NumberAttribute(null=True)
    total = NumberAttribute(default=0)
    round = NumberAttribute(default=1)
    findings = JSONAttribute()
    findings_more = NumberAttribute(null=True)
    review_due_at = Moment(null=True)
    review = JSONAttribute(null=True)
    appeal = JSONAttribute(null=True)
    changes = JSONAttribute(null=True)
    previous = JSONAttribute(null=True)
    tally = JSONAttribute(null=True)
    winding_up = UnicodeAttribute(null=True)
    unoffered_returned = BooleanAttribute(null=True)
    reason = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    edit = UnicodeAttribute(null=True)

    @property
    def has_orders(self) -> bool:
        """Whether orders of the task can have been offered: it was approved."""
        return bool(self.review) and self.review["status"] == "approved"

    @property
    def offered_later(self) -> frozenset[str]:
        """The accounts of orders that were added after the review: reserves that were offered, applicants that were picked."""
        return frozenset(page.removeprefix(LATER) for page in self.pages if page.startswith(LATER))

    @property
    def orders_count(self) -> int:
        """How many orders the task has, offered or not; of older tasks at most so many."""
        if self.accounts is None:
            return len(self.lines) + LINES_PER_PAGE * len(self.pages)
        return int(self.accounts) + len(self.offered_later)


def find_task(task_id: str) -> TaskRecord:
    """The task, read consistently. Raises Problem `not_found`."""
    task = TaskRecord.find(task_id, "task") if ids.is_id("tsk", task_id) else None
    if task is None:
        raise not_found("task")
    return task


def kind_of(task: TaskRecord) -> Kind:
    """The kind of the task's orders."""
    return "repost" if task.kind == "repost" else "post"


def find_own_task(task_id: str, advertiser_id: str) -> TaskRecord:
    """The task of this advertiser. Raises Problem `not_found` also if it is another's."""
    task = find_task(task_id)
    if task.owner != advertiser_id:
        raise not_found("task")
    return task
