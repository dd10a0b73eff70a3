"""An advertiser quotes, creates, edits and resubmits a task; the money is held in the transaction that submits it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.accounts.advertisers import require_certified
from chalicelib.accounts.orderable_accounts import orderable
from chalicelib.accounts.publishing_permission import allowed
from chalicelib.core import clock, json_format
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.core.observability import cause
from chalicelib.core.order_kinds import Kind
from chalicelib.core.rules import rules
from chalicelib.store import Action, Refused, put, read_page, require_room, transact, update
from chalicelib.tasks.http import order_views
from chalicelib.tasks.model.records import (
    LINES_PER_PAGE,
    RESERVES,
    AnswerRecord,
    Line,
    TaskRecord,
    event,
    find_task,
    lines_of,
    open_shard,
    packed,
    page_of,
)
from chalicelib.tasks.model.terms import Schedule, review_due, schedule_faults, split
from chalicelib.tasks.model.transitions import commit, move_task, until_settled
from chalicelib.tasks.submission import changes as edits
from chalicelib.tasks.submission import lint, pictures
from chalicelib.tasks.submission.content import Content, content_faults, marked, url_faults
from chalicelib.wallet import ledger, movements

REFUSALS = (
    "account_not_available",
    "advertiser_missing",
    "advertiser_not_certified",
    "content_forbidden",
    "insufficient_funds",
    "price_unknown",
    "total_above_max",
)
"""The codes that a submission can be refused with."""

ADDITIONS_KEPT = 100
"""How many of the latest additions to a draft are recognised when they come again."""


@dataclass(frozen=True)
class Draft:
    """What an advertiser asks for; amounts in minor units. `account_ids` None keeps the accounts that the task has. A `call`
    names no accounts but conditions, and its `budget`. `publish_at` is for a task that the market publishes itself."""

    kind: Kind
    title: str
    content: Content
    source_url: str | None
    schedule: Schedule
    account_ids: tuple[str, ...] | None
    reserve_account_ids: tuple[str, ...] = ()
    max_total: int | None = None
    draft_approval: bool = False
    call: dict[str, Any] | None = None
    budget: int = 0
    publishing: str = "creator"
    publish_at: datetime | None = None


@dataclass(frozen=True)
class _Terms:
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


def quote(kind: Kind, account_ids: Sequence[str], pointer: str = "/account_ids") -> tuple[Line, ...]:
    """Rule 10: the lines of an order of these accounts, at the prices of this moment.

    Raises InvalidBody if an account is named twice, Problem `account_not_available` or `price_unknown`."""
    lines = []
    for account in orderable(list(account_ids), kind, pointer):
        parts = split(account.price, rules().commission_bps)
        lines.append(
            Line(
                account_id=account.account_id,
                creator_id=account.creator_id,
                network=account.network,
                handle=account.handle,
                price=parts.price,
                commission=parts.commission,
                price_source=account.price_source,
            )
        )
    return tuple(lines)


def create(
    draft: Draft, advertiser_id: str, attempt: Attempt, *, as_draft: bool = False
) -> tuple[dict[str, Any], bool]:
    """Rules 1, 5-7, 9, 10: checks the draft, holds its total and puts it into review; the answer for the client, and
    whether it is a replay of an earlier one. `as_draft`: nothing is held and nobody reviews it yet.

    Raises Problem `advertiser_not_certified`, `content_forbidden`, `total_above_max`, those of `quote`, InvalidBody,
    InsufficientFunds; then nothing is stored and nothing held."""
    earlier = replayed(attempt)
    if earlier is not None:
        return earlier, True
    return created(draft, advertiser_id, attempt, as_draft=as_draft)


def replayed(attempt: Attempt) -> dict[str, Any] | None:
    """The answer that this request had before, if it made a task. Raises Problem `idempotency_key_reused`."""
    task_id = attempt.id("tsk")
    keys = [(task_id, "answer"), (task_id, "task")]  # older tasks hold the response themselves
    stored = {item.sk: item for item in AnswerRecord.batch_get(keys, consistent_read=True)}
    earlier = stored.get("answer") or stored.get("task")
    return None if earlier is None else attempt.replay(earlier.fingerprint, earlier.answer or "{}")


def created(
    draft: Draft, advertiser_id: str, attempt: Attempt, *, as_draft: bool = False, also: Sequence[Action] = ()
) -> tuple[dict[str, Any], bool]:
    """`create` for a request that `replayed` does not know; `also` is written in the same transaction. Raises what `create` raises,
    and Refused if what stands in the way is a condition of `also`."""
    task_id = attempt.id("tsk")
    require_certified(advertiser_id)
    at = clock.now()
    if as_draft:
        _require_room_for_a_draft(advertiser_id)
    if not as_draft and not draft.account_ids and draft.call is None:
        raise InvalidBody(Fault("/account_ids", "missing", "Name at least one account, or ask for applications."))
    terms = _checked(draft, advertiser_id, at, quote(draft.kind, draft.account_ids or ()))
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
        unallocated=0 if as_draft else draft.budget,
        created_at=at,
        updated_at=at,
        events=[event("drafted" if as_draft else "submitted", at, "advertiser")],
        fingerprint=attempt.fingerprint,
        cause=cause(),
        **terms.attributes,
    )
    require_room(task, "/content")
    answer = json_format.dumps(order_views.task_view(task, terms.lines, {}))
    stored = AnswerRecord(task_id, "answer", fingerprint=attempt.fingerprint, answer=answer)
    new = [put("task", task, TaskRecord.pk.does_not_exist()), put("answer", stored, None), *terms.pages(task_id)]
    hold = None if as_draft else movements.hold(task_id, 1, advertiser_id, terms.total)
    held = ledger.actions(hold, at, holder=advertiser_id) if hold else []
    try:
        transact([*new, *held, *also])
    except Refused as refused:
        earlier = replayed(attempt)  # a twin of this request may have been faster
        if earlier is not None:
            return earlier, True
        if hold:
            ledger.raise_if_insufficient(hold, refused)
        raise
    return attempt.replay(attempt.fingerprint, answer), False


def add_accounts(task_id: str, account_ids: Sequence[str], advertiser_id: str) -> TaskRecord:
    """Adds accounts to a task that is still a draft; the same addition again changes nothing.

    Raises Problem `state_conflict` if it is no draft, `task_full` beyond the most orders of a task, InvalidBody for accounts
    that it has already, and what `quote` raises."""
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
        twice = [
            Fault(f"/account_ids/{place}", "duplicate", f"{account} is in the task already.")
            for place, account in enumerate(account_ids)
            if account in named
        ]
        if twice:
            raise InvalidBody(*twice)
        lines = (*known, *quote(kind_of(task), account_ids))
        at = clock.now()
        changes = [
            *_set(_placed(lines)),
            TaskRecord.added.set([*added, addition][-ADDITIONS_KEPT:]),
            TaskRecord.total.set(sum(line.price for line in lines)),
        ]
        before = {} if task.accounts is None else packed(known)
        new = {name: page for name, page in packed(lines).items() if name and page != before.get(name)}
        pages = [put(f"page:{name}", page_of(task.pk, name, page), None) for name, page in new.items()]
        commit([_changed(task, changes, at), *pages])
        return find_task(task_id)

    return until_settled(decide)


def submit(task_id: str, advertiser_id: str) -> TaskRecord:
    """Submits a draft as it stands: prices are frozen now, the total is held, and it waits for review. The same again changes
    nothing. Raises Problem `state_conflict` if it is no draft, and all that `create` raises."""

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        if task.status == "in_review" and task.edit is None:
            return task
        if task.status != "draft":
            raise Problem("state_conflict", f"The task is {task.status}.", status_now=task.status)
        draft = _as_draft(task)
        return _submit(task, draft, "submitted", None)

    return until_settled(decide)


def resubmit(task_id: str, draft: Draft, advertiser_id: str, fingerprint: str) -> TaskRecord:
    """Rule 8: replaces what a rejected task asks for, holds the new total and puts it into review again. A draft is replaced
    and stays a draft.

    The same edit twice is done once. Raises Problem `state_conflict` if the task is neither, and all that `create`
    raises."""

    def decide() -> TaskRecord:
        task = find_own_task(task_id, advertiser_id)
        if task.status in ("in_review", "draft") and task.edit == fingerprint:
            return task
        if task.status == "draft":
            return _edit(task, draft, fingerprint)
        if task.status != "rejected":
            raise Problem("state_conflict", f"Only a rejected task can be edited; this one is {task.status}.")
        return _submit(task, draft, "resubmitted", fingerprint)

    return until_settled(decide)


def kind_of(task: TaskRecord) -> Kind:
    """The kind of the task's orders."""
    return "repost" if task.kind == "repost" else "post"


def find_own_task(task_id: str, advertiser_id: str) -> TaskRecord:
    """The task of this advertiser. Raises Problem `not_found` also if it is another's."""
    task = find_task(task_id)
    if task.owner != advertiser_id:
        raise not_found("task")
    return task


def _require_room_for_a_draft(advertiser_id: str) -> None:
    """Rule 31: raises Problem `rate_limited` if the advertiser has as many open drafts as it may have."""
    most = rules().drafts_max
    if not most:
        return
    is_draft = TaskRecord.status == "draft"
    found = read_page(TaskRecord, advertiser_id, index="by_owner", limit=most, where=is_draft)
    if len(found.items) >= most:
        raise Problem("rate_limited", f"{most} drafts may be open; submit or cancel one, then it works again.")


def _submit(task: TaskRecord, draft: Draft, what: str, fingerprint: str | None) -> TaskRecord:
    """Puts the task into review with what the draft asks for, at the prices of this moment."""
    advertiser_id = str(task.owner)
    require_certified(advertiser_id)
    at = clock.now()
    terms = _checked(draft, advertiser_id, at, _quoted(task, draft))
    if not terms.lines and draft.call is None:
        raise InvalidBody(Fault("/account_ids", "missing", "The task has no accounts."))
    round_ = int(task.round) + (what == "resubmitted")
    hold = movements.hold(task.pk, round_, advertiser_id, terms.total)
    changes = [
        *_set(terms.attributes),
        TaskRecord.round.set(round_),
        TaskRecord.run.set(int(task.run) + 1),
        TaskRecord.open.set(open_shard(task.pk)),
        TaskRecord.due_at.set(clock.stamp(terms.attributes["review_due_at"])),
        TaskRecord.unallocated.set(draft.budget),
        TaskRecord.review.remove(),
    ]
    if what == "resubmitted":
        changes += [TaskRecord.changes.set(_edits(task, terms)), TaskRecord.previous.remove()]
    changes.append(TaskRecord.edit.set(fingerprint) if fingerprint else TaskRecord.edit.remove())
    require_room(task, "/content", changes)
    pages = terms.pages(task.pk)
    held = ledger.actions(hold, at, holder=advertiser_id)
    try:
        return move_task(task, what, at=at, by="advertiser", changes=changes, actions=[*pages, *held])
    except Refused as refused:
        ledger.raise_if_insufficient(hold, refused)
        raise


def _edit(task: TaskRecord, draft: Draft, fingerprint: str) -> TaskRecord:
    at = clock.now()
    terms = _checked(draft, str(task.owner), at, _quoted(task, draft))
    changes = [*_set(terms.attributes), TaskRecord.edit.set(fingerprint)]
    require_room(task, "/content", changes)
    commit([_changed(task, changes, at), *terms.pages(task.pk)])
    return find_task(task.pk)


def _quoted(task: TaskRecord, draft: Draft) -> tuple[Line, ...]:
    """The lines of the accounts that the draft names, or of those that the task has, at the prices of this moment."""
    if draft.account_ids is not None:
        return quote(draft.kind, draft.account_ids)
    account_ids = [line.account_id for line in lines_of([task])[task.pk]]
    batches = (account_ids[begin : begin + LINES_PER_PAGE] for begin in range(0, len(account_ids), LINES_PER_PAGE))
    return tuple(line for batch in batches for line in quote(draft.kind, batch))


def _edits(task: TaskRecord, terms: _Terms) -> dict[str, Any]:
    """What the resubmission changes, for the reviewer."""
    before = [line.account_id for line in lines_of([task])[task.pk]]
    after = [line.account_id for line in terms.lines]
    return edits.changed(edits.of_task(task), edits.asked(terms.attributes), before, after)


def _placed(lines: Sequence[Line]) -> dict[str, Any]:
    """The attributes of a task with these lines."""
    pages = packed(lines)
    return {
        "lines": [asdict(line) for line in pages[""]],
        "pages": [name for name in pages if name],
        "accounts": len(lines),
    }


def _checked(draft: Draft, advertiser_id: str, at: datetime, lines: tuple[Line, ...]) -> _Terms:
    """The terms of the draft, once everything about it is in order."""
    uploaded, not_uploaded = pictures.uploaded(draft.content.picture_ids, advertiser_id)
    faults = [
        *content_faults(draft.content, rules()),
        *schedule_faults(draft.schedule, at, rules()),
        *_source_faults(draft),
        *_publishing_faults(draft),
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
    return _Terms(
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
            "publish_at": _publish_at(draft),
            **_placed(lines),
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


def _as_draft(task: TaskRecord) -> Draft:
    """What a stored draft asks for."""
    return Draft(
        kind=kind_of(task),
        title=task.title,
        content=task.content,
        source_url=task.source_url,
        schedule=task.schedule,
        account_ids=None,
        reserve_account_ids=tuple(task.reserve_account_ids),
        max_total=None if task.max_total is None else int(task.max_total),
        draft_approval=task.draft_approval,
        call=task.call,
        budget=int(task.total) if task.call is not None else 0,
        publishing=task.publishing,
        publish_at=task.publish_at,
    )


def _set(attributes: dict[str, Any]) -> list[UpdateAction]:
    return [
        getattr(TaskRecord, name).remove() if value is None else getattr(TaskRecord, name).set(value)
        for name, value in attributes.items()
    ]


def _changed(task: TaskRecord, changes: Iterable[UpdateAction], at: datetime) -> Action:
    revision = TaskRecord.revision.set(int(task.revision) + 1)
    return update("task", task, [*changes, revision, TaskRecord.updated_at.set(at)], task.as_read)


def _publish_at(draft: Draft) -> datetime | None:
    return (draft.publish_at or draft.schedule.start_at) if draft.publishing == "platform" else None


def _publishing_faults(draft: Draft) -> list[Fault]:
    at = draft.publish_at
    if at is None:
        return []
    if draft.publishing != "platform":
        return [
            Fault("/publishing/at", "not_for_creators", "Only a task that the platform publishes has a time for it.")
        ]
    if not draft.schedule.start_at <= at < draft.schedule.end_at:
        return [Fault("/publishing/at", "outside_window", "The time is inside the window.")]
    return []


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


def _source_faults(draft: Draft) -> list[Fault]:
    if draft.kind == "post":
        if draft.source_url is None:
            return []
        return [Fault("/source_url", "not_for_posts", "Only a repost has a source_url.")]
    if draft.source_url is None:
        return [Fault("/source_url", "missing", "A repost needs source_url, the post to be reposted.")]
    return list(url_faults("/source_url", draft.source_url, rules()))


def _reserves(draft: Draft, named: set[str]) -> tuple[Line, ...]:
    """The lines of the reserve accounts. Raises InvalidBody for one that is named twice, and what `quote` raises."""
    twice = [
        Fault(f"/reserve_account_ids/{place}", "duplicate", f"{account} is named twice.")
        for place, account in enumerate(draft.reserve_account_ids)
        if account in named
    ]
    if twice:
        raise InvalidBody(*twice)
    return quote(draft.kind, draft.reserve_account_ids, "/reserve_account_ids") if draft.reserve_account_ids else ()
