"""Check a brief, and turn it into the terms of a task: attributes, lines, total (rules 5-7, 9, 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib import click_links
from chalicelib.accounts.publishing_permission import allowed
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.social.networks import networks_of
from chalicelib.store import Action, put
from chalicelib.tasks.content import lint, picture_uploads
from chalicelib.tasks.content.ad_mark import marked
from chalicelib.tasks.content.post_content import Content, content_faults
from chalicelib.tasks.content.post_limit_faults import network_faults
from chalicelib.tasks.content.repost_source import SourceReader, source_form_faults
from chalicelib.tasks.model.task_schedule import review_due, schedule_faults
from chalicelib.tasks.records.stored_documents import CallConditions, LintFinding, StoredLine, SubmittedPicture
from chalicelib.tasks.records.task_lines import RESERVES, Line, lines_of, packed, page_of
from chalicelib.tasks.records.task_record import LINES_PER_PAGE, TaskRecord
from chalicelib.tasks.records.workflow_item import Publisher
from chalicelib.tasks.submission.brief import TaskBrief, publish_at, publishing_faults, source_faults
from chalicelib.tasks.submission.quotes import quote


class LineAttributes(TypedDict):
    """The attributes of a task that depend on its lines."""

    lines: list[StoredLine]
    pages: list[str]
    accounts: int


class TaskAttributes(LineAttributes):
    """The attributes of a task that its brief determines."""

    kind: Kind
    title: str
    text: str
    picture_ids: list[str]
    pictures: list[SubmittedPicture]
    urls: list[str]
    source_url: str | None
    accept_by: datetime
    start_at: datetime
    end_at: datetime
    retention: int
    draft_approval: bool
    publishing: Publisher
    publish_at: datetime | None
    reserve_account_ids: list[str]
    reserved: int
    reserves: list[StoredLine]
    call: CallConditions | None
    max_total: int | None
    total: int
    findings: list[LintFinding]
    findings_more: int
    review_due_at: datetime


@dataclass(frozen=True)
class TaskTerms:
    """A checked brief: attributes of the task, its lines, and the lines of its reserve accounts."""

    attributes: TaskAttributes
    lines: tuple[Line, ...]
    reserves: tuple[Line, ...]

    def pages(self, task_id: str) -> list[Action]:
        """Return the actions that write the pages of lines beside the task's own item."""
        pages = {name: lines for name, lines in packed(self.lines).items() if name}
        if self.reserves:
            pages[RESERVES] = self.reserves
        return [put(f"page:{name}", page_of(task_id, name, lines), None) for name, lines in pages.items()]

    @property
    def total(self) -> int:
        return self.attributes["total"]


def quote_brief(task: TaskRecord, brief: TaskBrief) -> tuple[Line, ...]:
    """Return the lines of the accounts of the brief, or of the present accounts of the task, at the prices of this moment."""
    if brief.account_ids is not None:
        return quote(brief.kind, brief.account_ids)
    account_ids = [line.account_id for line in lines_of([task])[task.pk]]
    batches = (account_ids[begin : begin + LINES_PER_PAGE] for begin in range(0, len(account_ids), LINES_PER_PAGE))
    return tuple(line for batch in batches for line in quote(brief.kind, batch))


def line_attributes(lines: Sequence[Line]) -> LineAttributes:
    """Return the attributes of a task with these lines."""
    pages = packed(lines)
    return {
        "lines": [line.as_stored() for line in pages[""]],
        "pages": [name for name in pages if name],
        "accounts": len(lines),
    }


def check_brief(
    brief: TaskBrief, advertiser_id: str, at: datetime, lines: tuple[Line, ...], sources: SourceReader | None
) -> TaskTerms:
    """Return the terms of a task for the brief with these lines. `sources` reads the source of a repost; it is None for a draft,
    whose source is read when it is submitted.

    Raises InvalidBody, Problem `content_forbidden`, `account_not_available`, `price_unknown`, `total_above_max`."""
    submitted, not_submitted = picture_uploads.submitted(brief.content.picture_ids, advertiser_id)
    faults = [
        *content_faults(brief.content, rules()),
        *schedule_faults(brief.schedule, at, rules()),
        *source_faults(brief),
        *publishing_faults(brief),
        *not_submitted,
    ]
    if faults:
        raise InvalidBody(*faults)
    found = lint.findings(brief.title, brief.content.text)
    lint.require_allowed(found)
    reserves = _reserves(brief, {line.account_id for line in lines})
    require_fit(brief.content, brief.source_url, [*lines, *reserves])
    networks = {line.network for line in [*lines, *reserves]} | _networks_of_call(brief)
    unread = sources.findings(brief.source_url, networks) if sources else []
    findings, more = lint.stored([*unread, *found])
    if brief.publishing == "platform":
        _require_permission([line.account_id for line in lines], "/account_ids")
        _require_permission([line.account_id for line in reserves], "/reserve_account_ids")
    total = brief.budget if brief.call is not None else sum(line.price for line in lines)
    if brief.max_total is not None and total > brief.max_total:
        raise Problem(
            "total_above_max",
            "The prices sum to more than max_total.",
            faults=[Fault("/max_total", "total_above_max", f"The total is {Money(total, rules().currency)}.")],
            total=Money(total, rules().currency),
        )
    return TaskTerms(
        {
            "kind": brief.kind,
            "title": brief.title,
            "text": marked(brief.content.text),
            "picture_ids": list(brief.content.picture_ids),
            "pictures": submitted,
            "urls": list(brief.content.urls),
            "source_url": brief.source_url,
            "accept_by": brief.schedule.accept_by,
            "start_at": brief.schedule.start_at,
            "end_at": brief.schedule.end_at,
            "retention": int(brief.schedule.retention.total_seconds()),
            "draft_approval": brief.draft_approval,
            "publishing": brief.publishing,
            "publish_at": publish_at(brief),
            **line_attributes(lines),
            "reserve_account_ids": list(brief.reserve_account_ids),
            "reserved": len(reserves),
            "reserves": [],
            "call": brief.call,
            "max_total": brief.max_total,
            "total": total,
            "findings": findings,
            "findings_more": more,
            "review_due_at": review_due(at, brief.schedule.accept_by, rules()),
        },
        lines,
        reserves,
    )


def require_fit(content: Content, source_url: str | None, lines: Sequence[Line]) -> None:
    """Raise InvalidBody if the content breaks a limit of a network of these lines, or cannot be reposted from there."""
    networks = {line.network for line in lines}
    faults = [
        *network_faults(content, networks, click_links.link_length()),
        *source_form_faults(source_url, networks),
    ]
    if faults:
        raise InvalidBody(*faults)


def _networks_of_call(brief: TaskBrief) -> set[str]:
    """Return the networks of the source of an open call, whose accounts are not known yet. Raise InvalidBody if the URL is of none
    of this stage: then no account could repost it."""
    if brief.call is None or brief.source_url is None:
        return set()
    networks = set(networks_of(brief.source_url))
    if not networks:
        message = "source_url is not the URL of a post on a network of this market."
        raise InvalidBody(Fault("/source_url", "url_form_unknown", message))
    return networks


def set_attributes(attributes: Mapping[str, object]) -> list[UpdateAction]:
    """Return the changes that set these attributes of a task, and remove those that are None."""
    return [
        getattr(TaskRecord, name).remove() if value is None else getattr(TaskRecord, name).set(value)
        for name, value in attributes.items()
    ]


def _require_permission(account_ids: Sequence[str], pointer: str) -> None:
    """Raise Problem `account_not_available` with a Fault for each account whose owner does not let the market publish."""
    permitted = [
        account for begin in range(0, len(account_ids), 100) for account in allowed(account_ids[begin : begin + 100])
    ]
    faults = [
        Fault(f"{pointer}/{place}", "no_publishing_permission", f"The owner of {account} publishes personally.")
        for place, account in enumerate(account_ids)
        if account not in permitted
    ]
    if faults:
        raise Problem("account_not_available", "; ".join(fault.message for fault in faults[:3]), faults=faults)


def _reserves(brief: TaskBrief, named: set[str]) -> tuple[Line, ...]:
    """Return the lines of the reserve accounts. Raises InvalidBody for one that is named twice, and all errors of `quote`."""
    repeated = [
        Fault(f"/reserve_account_ids/{place}", "duplicate", f"{account} is named twice.")
        for place, account in enumerate(brief.reserve_account_ids)
        if account in named
    ]
    if repeated:
        raise InvalidBody(*repeated)
    return quote(brief.kind, brief.reserve_account_ids, "/reserve_account_ids") if brief.reserve_account_ids else ()
