"""An advertiser quotes, creates, edits and resubmits a task; the money is held in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from chalicelib import clock, ids, wire
from chalicelib.accounts.advertisers import require_certified
from chalicelib.accounts.ordering import orderable
from chalicelib.accounts.prices import Kind
from chalicelib.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.idempotency import Attempt
from chalicelib.money import Money
from chalicelib.settings import rules
from chalicelib.store import Refused, put, transact
from chalicelib.tasks import lint, views
from chalicelib.tasks.content import Content, content_faults, marked, url_faults
from chalicelib.tasks.records import (
    Line,
    PictureRecord,
    TaskRecord,
    event,
    find_task,
    open_shard,
)
from chalicelib.tasks.terms import Schedule, review_due, schedule_faults, split
from chalicelib.tasks.transitions import Overtaken, move_task
from chalicelib.wallet import ledger, movements


@dataclass(frozen=True)
class Draft:
    """What an advertiser asks for; `max_total` in minor units."""

    kind: Kind
    title: str
    content: Content
    source_url: str | None
    schedule: Schedule
    account_ids: tuple[str, ...]
    reserve_account_ids: tuple[str, ...]
    max_total: int | None


def quote(kind: Kind, account_ids: Sequence[str]) -> tuple[Line, ...]:
    """Rule 10: the lines of an order of these accounts, at the prices of this moment.

    Raises InvalidBody if an account is named twice, Problem `account_not_available` or `price_unknown`."""
    lines = []
    for account in orderable(list(account_ids), kind):
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


def create(draft: Draft, advertiser_id: str, attempt: Attempt) -> tuple[dict[str, Any], bool]:
    """Rules 1, 5-7, 9, 10: checks the draft, holds its total and puts it into review; the answer for the client, and
    whether it is a replay of an earlier one.

    Raises Problem `advertiser_not_certified`, `content_forbidden`, `total_above_max`, those of `quote`, InvalidBody,
    InsufficientFunds; then nothing is stored and nothing held."""
    task_id = attempt.id("tsk")
    earlier = TaskRecord.find(task_id, "task")
    if earlier is not None:
        return attempt.replay(earlier.fingerprint, earlier.answer or "{}"), True
    require_certified(advertiser_id)
    at = clock.now()
    terms = _checked(draft, advertiser_id, at)
    task = TaskRecord(
        task_id,
        "task",
        owner=advertiser_id,
        listed_at=f"{clock.stamp(at)}#{task_id}",
        status=TaskRecord.machine.first,
        queue="review",
        open=open_shard(task_id),
        created_at=at,
        updated_at=at,
        events=[event("submitted", at, "advertiser")],
        fingerprint=attempt.fingerprint,
        **terms,
    )
    answer = wire.dumps(views.task_view(task, {}))
    task.answer = answer
    hold = movements.hold(task_id, 1, advertiser_id, task.total)
    try:
        transact([put("task", task, TaskRecord.pk.does_not_exist()), *ledger.actions(hold, at, holder=advertiser_id)])
    except Refused as refused:
        earlier = TaskRecord.find(task_id, "task")
        if earlier is not None:
            return attempt.replay(earlier.fingerprint, earlier.answer or "{}"), True
        ledger.raise_if_insufficient(hold, refused)
        raise
    return attempt.replay(attempt.fingerprint, answer), False


def resubmit(task_id: str, draft: Draft, advertiser_id: str, fingerprint: str) -> TaskRecord:
    """Rule 8: replaces what a rejected task asks for, holds the new total and puts it into review again.

    The same edit twice is done once. Raises Problem `state_conflict` if the task is not rejected, and all that `create`
    raises."""
    task = find_own_task(task_id, advertiser_id)
    if task.status == "in_review" and task.edit == fingerprint:
        return task
    if task.status != "rejected":
        raise Problem("state_conflict", f"Only a rejected task can be edited; this one is {task.status}.")
    require_certified(advertiser_id)
    at = clock.now()
    terms = _checked(draft, advertiser_id, at)
    round_ = int(task.round) + 1
    hold = movements.hold(task_id, round_, advertiser_id, sum(line["price"] for line in terms["lines"]))
    terms.update(round=round_, run=int(task.run) + 1, open=open_shard(task_id), edit=fingerprint)
    task.due_at = terms.pop("due_at")
    changes = [
        getattr(TaskRecord, name).remove() if value is None else getattr(TaskRecord, name).set(value)
        for name, value in terms.items()
    ]
    try:
        return move_task(
            task,
            "resubmitted",
            at=at,
            by="advertiser",
            changes=[*changes, TaskRecord.review.remove()],
            actions=ledger.actions(hold, at, holder=advertiser_id),
        )
    except Overtaken:
        return resubmit(task_id, draft, advertiser_id, fingerprint)
    except Refused as refused:
        ledger.raise_if_insufficient(hold, refused)
        raise


def find_own_task(task_id: str, advertiser_id: str) -> TaskRecord:
    """The task of this advertiser. Raises Problem `not_found` also if it is another's."""
    task = find_task(task_id)
    if task.owner != advertiser_id:
        raise not_found("task")
    return task


def _checked(draft: Draft, advertiser_id: str, at: datetime) -> dict[str, Any]:
    """The attributes of a task that the draft gives, once everything about it is in order."""
    faults = [
        *content_faults(draft.content, rules()),
        *schedule_faults(draft.schedule, at, rules()),
        *_source_faults(draft),
        *_reserve_faults(draft),
        *_picture_faults(draft.content.picture_ids, advertiser_id),
    ]
    if faults:
        raise InvalidBody(*faults)
    found = lint.findings(draft.title, draft.content.text)
    forbidden = [Fault(f.pointer, f.rule, f"{f.text}: {f.message}") for f in found if f.severity == "block"]
    if forbidden:
        blocking = [finding.as_json() for finding in found if finding.severity == "block"]
        raise Problem(
            "content_forbidden",
            "; ".join(fault.message for fault in forbidden[:3]),
            faults=forbidden,
            findings=blocking,
        )
    lines = quote(draft.kind, draft.account_ids)
    total = sum(line.price for line in lines)
    if draft.max_total is not None and total > draft.max_total:
        raise Problem(
            "total_above_max",
            "The prices sum to more than max_total.",
            faults=[Fault("/max_total", "total_above_max", f"The total is {Money(total, rules().currency)}.")],
            total=Money(total, rules().currency),
        )
    due_at = review_due(at, draft.schedule.accept_by, rules())
    return {
        "kind": draft.kind,
        "title": draft.title,
        "text": marked(draft.content.text),
        "picture_ids": list(draft.content.picture_ids),
        "urls": list(draft.content.urls),
        "source_url": draft.source_url,
        "accept_by": draft.schedule.accept_by,
        "start_at": draft.schedule.start_at,
        "end_at": draft.schedule.end_at,
        "retention": int(draft.schedule.retention.total_seconds()),
        "lines": [asdict(line) for line in lines],
        "reserve_account_ids": list(draft.reserve_account_ids),
        "max_total": draft.max_total,
        "findings": [finding.as_json() for finding in found],
        "review_due_at": due_at,
        "due_at": clock.stamp(due_at),
    }


def _source_faults(draft: Draft) -> list[Fault]:
    if draft.kind == "post":
        if draft.source_url is None:
            return []
        return [Fault("/source_url", "not_for_posts", "Only a repost has a source_url.")]
    if draft.source_url is None:
        return [Fault("/source_url", "missing", "A repost needs source_url, the post to be reposted.")]
    return list(url_faults("/source_url", draft.source_url, rules()))


def _reserve_faults(draft: Draft) -> list[Fault]:
    named = [*draft.account_ids, *draft.reserve_account_ids]
    begin = len(draft.account_ids)
    return [
        Fault(f"/reserve_account_ids/{place - begin}", "duplicate", f"{named[place]} is named twice.")
        for place in range(begin, len(named))
        if named[place] in named[:place]
    ]


def _picture_faults(picture_ids: Sequence[str], advertiser_id: str) -> list[Fault]:
    faults = []
    for place, picture_id in enumerate(picture_ids[: rules().pictures_max]):
        picture = PictureRecord.find(picture_id, "picture") if ids.is_id("pic", picture_id) else None
        if picture is None or picture.advertiser_id != advertiser_id:
            faults.append(
                Fault(f"/content/picture_ids/{place}", "picture_unknown", "There is no such picture of yours.")
            )
    return faults
