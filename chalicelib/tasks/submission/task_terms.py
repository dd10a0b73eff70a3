"""Check a brief, and turn it into the terms of a task: attributes, lines, total (rules 5-7, 9, 10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts.publishing_permission import allowed
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.store import Action, put, update
from chalicelib.tasks.content import lint, pictures
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.content_limits import content_faults
from chalicelib.tasks.model.schedule import review_due, schedule_faults
from chalicelib.tasks.records.task_lines import RESERVES, Line, lines_of, packed, page_of
from chalicelib.tasks.records.task_record import LINES_PER_PAGE, TaskRecord
from chalicelib.tasks.submission.brief import TaskBrief, publish_at, publishing_faults, source_faults
from chalicelib.tasks.submission.quotes import quote


@dataclass(frozen=True)
class TaskTerms:
    """A draft once everything about it is in order: attributes of the task, its lines, and those of its reserve accounts."""

    attributes: dict[str, Any]
    lines: tuple[Line, ...]
    reserves: tuple[Line, ...]

    def pages(self, task_id: str) -> list[Action]:
        """The items with lines beside the task's own."""
        pages = {name: lines for name, lines in packed(self.lines).items() if name}
        if self.reserves:
            pages[RESERVES] = self.reserves
        return [put(f"page:{name}", page_of(task_id, name, lines), None) for name, lines in pages.items()]

    @property
    def total(self) -> int:
        return int(self.attributes["total"])


def quote_brief(task: TaskRecord, draft: TaskBrief) -> tuple[Line, ...]:
    """The lines of the accounts that the draft names, or of those that the task has, at the prices of this moment."""
    if draft.account_ids is not None:
        return quote(draft.kind, draft.account_ids)
    account_ids = [line.account_id for line in lines_of([task])[task.pk]]
    batches = (account_ids[begin : begin + LINES_PER_PAGE] for begin in range(0, len(account_ids), LINES_PER_PAGE))
    return tuple(line for batch in batches for line in quote(draft.kind, batch))


def line_attributes(lines: Sequence[Line]) -> dict[str, Any]:
    """The attributes of a task with these lines."""
    pages = packed(lines)
    return {
        "lines": [asdict(line) for line in pages[""]],
        "pages": [name for name in pages if name],
        "accounts": len(lines),
    }


def check_brief(draft: TaskBrief, advertiser_id: str, at: datetime, lines: tuple[Line, ...]) -> TaskTerms:
    """The terms of the draft, once everything about it is in order."""
    uploaded, not_uploaded = pictures.uploaded(draft.content.picture_ids, advertiser_id)
    faults = [
        *content_faults(draft.content, rules()),
        *schedule_faults(draft.schedule, at, rules()),
        *source_faults(draft),
        *publishing_faults(draft),
        *not_uploaded,
    ]
    if faults:
        raise InvalidBody(*faults)
    found = lint.findings(draft.title, draft.content.text)
    lint.require_allowed(found)
    findings, more = lint.stored(found)
    reserves = _reserves(draft, {line.account_id for line in lines})
    if draft.publishing == "platform":
        _require_permission([line.account_id for line in lines], "/account_ids")
        _require_permission([line.account_id for line in reserves], "/reserve_account_ids")
    total = draft.budget if draft.call is not None else sum(line.price for line in lines)
    if draft.max_total is not None and total > draft.max_total:
        raise Problem(
            "total_above_max",
            "The prices sum to more than max_total.",
            faults=[Fault("/max_total", "total_above_max", f"The total is {Money(total, rules().currency)}.")],
            total=Money(total, rules().currency),
        )
    return TaskTerms(
        {
            "kind": draft.kind,
            "title": draft.title,
            "text": marked(draft.content.text),
            "picture_ids": list(draft.content.picture_ids),
            "pictures": uploaded,
            "urls": list(draft.content.urls),
            "source_url": draft.source_url,
            "accept_by": draft.schedule.accept_by,
            "start_at": draft.schedule.start_at,
            "end_at": draft.schedule.end_at,
            "retention": int(draft.schedule.retention.total_seconds()),
            "draft_approval": draft.draft_approval,
            "publishing": draft.publishing,
            "publish_at": publish_at(draft),
            **line_attributes(lines),
            "reserve_account_ids": list(draft.reserve_account_ids),
            "reserved": len(reserves),
            "reserves": [],
            "call": draft.call,
            "max_total": draft.max_total,
            "total": total,
            "findings": findings,
            "findings_more": more,
            "review_due_at": review_due(at, draft.schedule.accept_by, rules()),
        },
        lines,
        reserves,
    )


def set_attributes(attributes: dict[str, Any]) -> list[UpdateAction]:
    return [
        getattr(TaskRecord, name).remove() if value is None else getattr(TaskRecord, name).set(value)
        for name, value in attributes.items()
    ]


def changed_task(task: TaskRecord, changes: Iterable[UpdateAction], at: datetime) -> Action:
    revision = TaskRecord.revision.set(int(task.revision) + 1)
    return update("task", task, [*changes, revision, TaskRecord.updated_at.set(at)], task.as_read)


def _require_permission(account_ids: Sequence[str], pointer: str) -> None:
    """Raises Problem `account_not_available` with a Fault for each account whose owner does not let the market publish."""
    given = [
        account for begin in range(0, len(account_ids), 100) for account in allowed(account_ids[begin : begin + 100])
    ]
    faults = [
        Fault(f"{pointer}/{place}", "no_publishing_permission", f"The owner of {account} publishes personally.")
        for place, account in enumerate(account_ids)
        if account not in given
    ]
    if faults:
        raise Problem("account_not_available", "; ".join(fault.message for fault in faults[:3]), faults=faults)


def _reserves(draft: TaskBrief, named: set[str]) -> tuple[Line, ...]:
    """The lines of the reserve accounts. Raises InvalidBody for one that is named twice, and what `quote` raises."""
    twice = [
        Fault(f"/reserve_account_ids/{place}", "duplicate", f"{account} is named twice.")
        for place, account in enumerate(draft.reserve_account_ids)
        if account in named
    ]
    if twice:
        raise InvalidBody(*twice)
    return quote(draft.kind, draft.reserve_account_ids, "/reserve_account_ids") if draft.reserve_account_ids else ()
