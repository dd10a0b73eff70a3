"""The item of a task."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.errors import not_found
from chalicelib.tasks.model.lifecycle import TASK, TaskStatus
from chalicelib.tasks.records.stored_documents import (
    CallConditions,
    LintFinding,
    Reason,
    ReviewAppeal,
    StoredLine,
    StoredTally,
    Submission,
    SubmissionChanges,
    SubmittedPicture,
    TaskReview,
)
from chalicelib.tasks.records.task_attributes import Choice, Document, Moment
from chalicelib.tasks.records.workflow_item import WorkflowItem

LINES_PER_PAGE = 100
LATER = "lines#+"
"""The name of a page with one order that was added after the review is this and the account id."""


class TaskRecord(WorkflowItem):
    """A task: pk is its id, sk is `task`, owner its advertiser.

    Orders: `lines` are the first ones, `pages` name the items with further ones, `accounts` counts the lines of named accounts in
    both (None in a task from before they were counted), `added` are digests of the latest additions to a draft. `reserved` counts
    the reserve accounts in the item `reserves`; `reserves` are the lines of those of older tasks that were not offered yet; `freed`
    is the money that became free for them.
    Money: `total` was held at submission, `raised` was added by counter-offers. `call` are the conditions of an open call,
    `unallocated` is held for orders that have no account yet.
    Review: `round` counts submissions; `queue` is `review` during a review and `task:{status}` later; `pictures` are the pictures
    of the content as they were submitted; `findings_more` counts the findings of the lint beyond those that are stored; `changes`
    are those of the last resubmission (chalicelib.tasks.submission.resubmission_changes); older tasks store the submission before
    it in `previous`.
    End: `winding_up` is the event that closed the task, while orders are still to be ended with it; `unoffered_returned` is set
    once the prices of orders that were never offered are returned; `tally` is set once none of its orders can change any more.
    Requests: `fingerprint` and, in older tasks, `answer` belong to the request that created the task, `edit` is the fingerprint of
    the last edit."""

    machine = TASK

    status = Choice[TaskStatus]()
    pictures = Document[list[SubmittedPicture] | None](null=True)
    lines = Document[list[StoredLine]]()
    pages = ListAttribute[str](default=list)
    accounts = NumberAttribute(null=True)
    added = Document[list[str] | None](null=True)
    reserve_account_ids = Document[list[str]]()
    reserved = NumberAttribute(null=True)
    reserves = Document[list[StoredLine]](default=list)
    freed = NumberAttribute(default=0)
    raised = NumberAttribute(default=0)
    call = Document[CallConditions | None](null=True)
    unallocated = NumberAttribute(default=0)
    max_total = NumberAttribute(null=True)
    total = NumberAttribute(default=0)
    round = NumberAttribute(default=1)
    findings = Document[list[LintFinding]]()
    findings_more = NumberAttribute(null=True)
    review_due_at = Moment(null=True)
    review = Document[TaskReview | None](null=True)
    appeal = Document[ReviewAppeal | None](null=True)
    changes = Document[SubmissionChanges | None](null=True)
    previous = Document[Submission | None](null=True)
    tally = Document[StoredTally | None](null=True)
    winding_up = UnicodeAttribute(null=True)
    unoffered_returned = BooleanAttribute(null=True)
    reason = Document[Reason | None](null=True)
    fingerprint = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    edit = UnicodeAttribute(null=True)

    @property
    def has_orders(self) -> bool:
        """True if orders of the task can have been offered: it was approved."""
        return self.review is not None and self.review["status"] == "approved"

    @property
    def has_open_appeal(self) -> bool:
        return self.appeal is not None and self.appeal["status"] == "open"

    @property
    def offered_later(self) -> frozenset[str]:
        """The accounts of orders that were added after the review: offered reserves and picked applicants."""
        return frozenset(page.removeprefix(LATER) for page in self.pages if page.startswith(LATER))

    @property
    def orders_count(self) -> int:
        """The number of orders, offered or not; an upper bound for older tasks."""
        if self.accounts is None:
            return len(self.lines) + LINES_PER_PAGE * len(self.pages)
        return int(self.accounts) + len(self.offered_later)


def find_task(task_id: str) -> TaskRecord:
    """Return the task, read consistently. Raises Problem `not_found`."""
    return TaskRecord.existing(task_id, "task", prefix="tsk")


def find_own_task(task_id: str, advertiser_id: str) -> TaskRecord:
    """Return the task of this advertiser. Raises Problem `not_found`, also for a task of another advertiser."""
    task = find_task(task_id)
    if task.owner != advertiser_id:
        raise not_found("task")
    return task
