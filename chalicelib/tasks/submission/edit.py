"""Edit a draft, or edit a rejected task and submit it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.rules import rules
from chalicelib.store import put, require_room
from chalicelib.store.retry import retry_on_conflict
from chalicelib.tasks.content.repost_source import SourceReader
from chalicelib.tasks.model.transition_write import commit, task_change
from chalicelib.tasks.records.task_lines import lines_of, packed, page_of
from chalicelib.tasks.records.task_record import TaskRecord, find_own_task, find_task
from chalicelib.tasks.submission.brief import TaskBrief
from chalicelib.tasks.submission.quotes import quote
from chalicelib.tasks.submission.submit import submit_brief
from chalicelib.tasks.submission.task_terms import (
    check_brief,
    line_attributes,
    quote_brief,
    require_fit,
    set_attributes,
)

ADDITIONS_MAX = 100
"""The number of the latest additions to a draft that are recognised when they are repeated."""


def add_accounts(task_id: str, account_ids: Sequence[str], advertiser_id: str) -> TaskRecord:
    """Add accounts to a task that is still a draft. A repetition changes nothing.

    Raises Problem `state_conflict` if it is no draft, `task_full` above the number of orders of a task, InvalidBody for accounts
    that it has already, and all errors of `quote`."""
    addition = hashlib.sha256(chr(31).join(account_ids).encode()).hexdigest()[:20]

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        added = task.added or [page.removeprefix("lines#") for page in task.pages]
        if addition in added:
            return task
        if task.status != "draft" or task.call is not None:
            raise Problem(
                "state_conflict", "Accounts are added to a draft that is no open call.", status_now=task.status
            )
        known = lines_of([task])[task.pk]
        if len(known) + len(account_ids) > rules().task_orders_max:
            raise Problem("task_full", f"A task has at most {rules().task_orders_max} accounts.")
        named = {line.account_id for line in known} | set(task.reserve_account_ids)
        repeated = [
            Fault(f"/account_ids/{place}", "duplicate", f"{account} is in the task already.")
            for place, account in enumerate(account_ids)
            if account in named
        ]
        if repeated:
            raise InvalidBody(*repeated)
        new_lines = quote(task.kind, account_ids)
        require_fit(task.content, task.source_url, new_lines)
        lines = (*known, *new_lines)
        at = clock.now()
        changes = [
            *set_attributes(line_attributes(lines)),
            TaskRecord.added.set([*added, addition][-ADDITIONS_MAX:]),
            TaskRecord.total.set(sum(line.price for line in lines)),
        ]
        before = {} if task.accounts is None else packed(known)
        new = {name: page for name, page in packed(lines).items() if name and page != before.get(name)}
        pages = [put(f"page:{name}", page_of(task.pk, name, page), None) for name, page in new.items()]
        commit([task_change(task, changes, at), *pages])
        return find_task(task_id)

    return retry_on_conflict(decide)


def resubmit(task_id: str, brief: TaskBrief, advertiser_id: str, fingerprint: str) -> TaskRecord:
    """Replace the brief of a rejected task, hold the new total and put it into review again (rule 8). A draft is replaced and stays
    a draft.

    A repetition changes nothing. Raises Problem `state_conflict` if the task is neither, and all errors of `create`."""
    sources = SourceReader()

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        if task.status in ("in_review", "draft") and task.edit == fingerprint:
            return task
        if task.status == "draft":
            return _edit(task, brief, fingerprint)
        if task.status != "rejected":
            raise Problem("state_conflict", f"Only a rejected task can be edited; this one is {task.status}.")
        return submit_brief(task, brief, "resubmitted", fingerprint, sources)

    return retry_on_conflict(decide)


def _edit(task: TaskRecord, brief: TaskBrief, fingerprint: str) -> TaskRecord:
    at = clock.now()
    terms = check_brief(brief, str(task.owner), at, quote_brief(task, brief), None)
    changes = [*set_attributes(terms.attributes), TaskRecord.edit.set(fingerprint)]
    require_room(task, "/content", changes)
    commit([task_change(task, changes, at), *terms.pages(task.pk)])
    return find_task(task.pk)
