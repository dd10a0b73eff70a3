"""Items of the tasks table <-> tasks and orders.

An order is an item from the moment it is offered; until then it is a line of its task. All that its course depends on
is frozen in it, so that no order ever has to read its task.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pynamodb.attributes import Attribute, BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action as UpdateAction

from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.core.rules import rules
from chalicelib.store import JSONAttribute, TasksRecord, as_read
from chalicelib.tasks.model.lifecycle import DISPUTE, ORDER, TASK, Machine
from chalicelib.tasks.model.terms import Schedule, Split
from chalicelib.tasks.model.timers import Progress, Timer, first_change, order_timers
from chalicelib.tasks.orders import post_metrics as snapshots
from chalicelib.tasks.submission.content import Content

OPEN_SHARDS = 8
LINES_INLINE_MAX = 10
"""Up to so many lines are in the task's own item; more are in items of their own, so that lists of tasks need not read them."""
LINES_PER_PAGE = 100
LATER = "lines#+"
"""Before the account id, the name of the page with one order that was added after the review."""
RESERVES = "reserves"
"""The sort key of the item with the lines of a task's reserve accounts."""
EVENTS_MAX = 200
EVENTS_MAX_BYTES = 96_000
"""Of the history of one task or order; a part of `store.item_size.RESERVED_BYTES`."""
NOTE_MAX_BYTES = 4_000
"""Of one note in a history: 1,000 characters, however they are encoded."""
FINAL = 2
"""The number of announced checks: at half of the retention and at its end (rule 16)."""


class Moment(Attribute[datetime]):
    """A moment, stored as text that sorts in order of time, to the millisecond."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return clock.stamp(value)

    def deserialize(self, value: str) -> datetime:
        return clock.parse(value)


@dataclass(frozen=True)
class Line:
    """One order of a task before it is offered: account, its creator and names, and the frozen price."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    commission: int
    price_source: str

    @property
    def split(self) -> Split:
        return Split(self.price, self.price - self.commission, self.commission)


class _Kept(TasksRecord):
    """What tasks and orders have in common: a status in a Machine, a schedule, content, and the workflow that drives
    it.

    `revision` counts what happened to the item: a write that was decided on an older one is refused, and a workflow that waits
    in an older one is woken."""

    machine: Machine

    status = UnicodeAttribute()
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    picture_ids = JSONAttribute()
    urls = JSONAttribute()
    source_url = UnicodeAttribute(null=True)
    accept_by = Moment()
    start_at = Moment()
    end_at = Moment()
    retention = NumberAttribute()
    created_at = Moment()
    updated_at = Moment()
    events = ListAttribute[Any](default=list)
    draft_approval = BooleanAttribute(default=False)
    publishing = UnicodeAttribute(default="creator")
    publish_at = Moment(null=True)
    revision = NumberAttribute(default=0)
    run = NumberAttribute(default=0)
    waiting_token = UnicodeAttribute(null=True)
    waiting_revision = NumberAttribute(null=True)
    cause = UnicodeAttribute(null=True)
    stuck = JSONAttribute(null=True)

    @property
    def content(self) -> Content:
        return Content(self.text, tuple(self.picture_ids), tuple(self.urls))

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.accept_by, self.start_at, self.end_at, timedelta(seconds=int(self.retention)))

    @property
    def ended(self) -> bool:
        return self.status in self.machine.ends

    def copied(self) -> dict[str, Any]:
        """Content and schedule, for an item that takes them over."""
        names = ("kind", "title", "text", "picture_ids", "urls", "source_url", "accept_by", "start_at", "end_at")
        more = ("retention", "draft_approval", "publishing", "publish_at")
        return {name: getattr(self, name) for name in (*names, *more)}

    @property
    def as_read(self) -> Condition:
        """The condition that nothing has happened to the item since it was read."""
        return as_read(self)


class TaskRecord(_Kept):
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


class LinesRecord(TasksRecord):
    """Further orders of a task: pk is the task's id, sk begins with `lines#`; only those that the task names in `pages` count. And
    the lines of its reserve accounts, under the sk `reserves`."""

    lines = JSONAttribute()


class AnswerRecord(TasksRecord):
    """The response to the request that created a task, for its repetition: pk is the task's id, sk is `answer`."""

    fingerprint = UnicodeAttribute(null=True)
    answer = UnicodeAttribute(null=True)


class OrderRecord(_Kept):
    """An order: pk is its id, sk is `order`, owner its creator. `urls` are the audited ones, `links` the click links that stand for
    them in the post.

    `answered` is the creator's answer, `checks` counts the announced checks of the published post that it passed (FINAL: the one
    at the end of the retention), `snapshots` are the figures it had (chalicelib.tasks.orders.post_metrics), `forecast` what it
    was expected to bring, by the account's evidence, grade and category when it went up; `settled` says what its price became
    in the end.

    Rule 29: `unannounced` is `{due, evidence}`, the moments of the unannounced checks that are still to be made and what those made
    found; clients never see it while the order is open. `suspect` is `{at, codes, found, second_look_at}` after a look that found
    the post gone or changed, `lost` is `{at, codes, found}` once a second look has confirmed that during a dispute, `absences`
    counts how often the second look found the post again. Rule 30: `report` is `{post_url, at}` while the creator's report could
    not be checked, `delay` is `{since, retry_at, code}` while the network cannot be read. Moments are stored as text."""

    machine = ORDER

    advertiser_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    payment = UnicodeAttribute()
    price = NumberAttribute()
    commission = NumberAttribute()
    answered = UnicodeAttribute(null=True)
    reason = JSONAttribute(null=True)
    counter = JSONAttribute(null=True)
    draft = JSONAttribute(null=True)
    mend_by = Moment(null=True)
    post_url = UnicodeAttribute(null=True)
    published_at = Moment(null=True)
    checks = NumberAttribute(default=0)
    evidence = JSONAttribute(null=True)
    snapshots = JSONAttribute(default=list)
    forecast = JSONAttribute(null=True)
    links = JSONAttribute(null=True)
    unannounced = JSONAttribute(null=True)
    suspect = JSONAttribute(null=True)
    lost = JSONAttribute(null=True)
    absences = NumberAttribute(default=0)
    report = JSONAttribute(null=True)
    delay = JSONAttribute(null=True)
    dispute_id = UnicodeAttribute(null=True)
    ruling_due_at = Moment(null=True)
    settled = JSONAttribute(null=True)

    @property
    def content(self) -> Content:
        """What is to be posted: every URL by its click link, in the text too."""
        links = dict(zip(self.urls, self.links or self.urls, strict=True))
        text = self.text
        for url in sorted(links, key=len, reverse=True):
            text = text.replace(url, links[url])
        return Content(text, tuple(self.picture_ids), tuple(self.links or self.urls))

    @property
    def split(self) -> Split:
        return Split(int(self.price), int(self.price) - int(self.commission), int(self.commission))

    @property
    def is_reported(self) -> bool:
        """Whether the creator has reported a post that the network did not show yet (rule 30): the order waits for it."""
        return self.status == "accepted" and self.report is not None

    @property
    def next_check_at(self) -> datetime | None:
        """When the announced check of the post is due: at half of the retention, then at its end, during a dispute too."""
        if self.status not in ("published", "disputed") or self.published_at is None:
            return None
        if self.lost is not None or self.checks >= FINAL:
            return None
        retention = self.schedule.retention
        return self.published_at + (retention if self.checks else retention / 2)

    @property
    def next_figures_at(self) -> datetime | None:
        """When figures of the post are taken next, at or before its next announced check."""
        if self.published_at is None:
            return None
        return snapshots.next_at(self.published_at, self.schedule.retention, self.snapshots, rules())

    @property
    def unannounced_due(self) -> list[datetime]:
        """The unannounced checks that are still to be made, in order (rule 29)."""
        return [clock.parse(moment) for moment in (self.unannounced or {}).get("due", [])]

    @property
    def next_look_at(self) -> datetime | None:
        """When the post is looked at next, for whatever reason; None when no look is due any more. Unannounced checks are in it, so
        clients never see it: they see `deadline`."""
        return self._look_at(self.unannounced_due[:1])

    def _look_at(self, unannounced: list[datetime]) -> datetime | None:
        check_at = self.next_check_at
        if check_at is None and not (self.is_reported or (self.status == "disputed" and self.published_at is None)):
            return None
        if self.lost is not None:
            return None
        if self.delay is not None:
            return clock.parse(self.delay["retry_at"])
        if self.suspect is not None:
            return clock.parse(self.suspect["second_look_at"])
        return min([moment for moment in (check_at, self.next_figures_at, *unannounced) if moment], default=None)

    @property
    def refer_at(self) -> datetime | None:
        """Rule 30: when an order whose post cannot be read goes to an auditor; None while it can be read."""
        if self.delay is None:
            return None
        if self.is_reported:
            return clock.parse((self.report or {})["at"]) + rules().final_check
        return self.retained_at + rules().final_check if self.status == "published" and self.retained_at else None

    @property
    def default_at(self) -> datetime | None:
        """When a dispute ends without a ruling: after the second look, if one is due."""
        if self.ruling_due_at is None or self.suspect is None:
            return self.ruling_due_at
        return max(self.ruling_due_at, clock.parse(self.suspect["second_look_at"]))

    @property
    def unruled_status(self) -> Literal["completed", "failed", "published"]:
        """What a disputed order becomes if nobody rules (rule 20): it fails if the last look did not find the post, and goes on if
        its retention is not over; otherwise it is paid."""
        if self.published_at is None or self.lost is not None or self.suspect is not None:
            return "failed"
        over = self.retained_at is not None and self.default_at is not None and self.retained_at <= self.default_at
        return "completed" if over or self.checks >= FINAL else "published"

    def ends_with(self, closing: str) -> bool:
        """Whether the order ends when its task is closed by this event: not one whose report is still to be checked."""
        return self.payment == "held" and ORDER.allows(self.status, closing) and not self.is_reported

    @property
    def progress(self) -> Progress:
        """What the timers depend on."""
        draft = self.draft or {}
        waits = self.status == "accepted"
        return Progress(
            counter_open=self.status == "offered" and (self.counter or {}).get("status") == "open",
            draft_review_due=clock.parse(draft["due_at"]) if waits and draft.get("status") == "in_review" else None,
            draft_due=clock.parse(draft["due_at"]) if waits and draft.get("status") == "submitted" else None,
            publish_at=self.publish_at if waits or self.status == "offered" else None,
            mend_by=self.mend_by if waits else None,
            reported_at=clock.parse(self.report["at"]) if self.report else None,
            published_at=self.published_at,
            second_look_at=clock.parse(self.suspect["second_look_at"]) if self.suspect else None,
            refer_at=self.refer_at,
            ruling_due=self.ruling_due_at,
            unruled=self.unruled_status if self.status == "disputed" else "completed",
        )

    @property
    def timers(self) -> tuple[Timer, ...]:
        """The timers whose default can still happen; none of an order that has ended."""
        return order_timers(self.schedule, self.progress, self.status)

    @property
    def next_timer_at(self) -> datetime | None:
        """When the first of the timers that change something runs out."""
        return first_change(self.timers)

    @property
    def publish_by(self) -> datetime:
        """Until when the accepted order can be published: to the end of the window, or of the time to mend (rules 14, 15), which
        is after the window only where the network delayed the check (rule 30)."""
        return self.mend_by or self.end_at

    @property
    def retained_at(self) -> datetime | None:
        """When the retention of the published post is over: nothing but its last check is possible from then on."""
        return None if self.published_at is None else self.published_at + self.schedule.retention

    @property
    def deadline(self) -> datetime | None:
        """When something happens in the present status by itself, unannounced checks aside; None in an end state."""
        if self.is_reported:
            return self._look_at([])
        if self.status == "accepted":
            progress = self.progress
            first = (progress.draft_review_due, progress.draft_due, progress.publish_at, self.publish_by)
            return min(moment for moment in first if moment is not None)
        return {"offered": self.accept_by, "disputed": self.default_at}.get(self.status, self._look_at([]))

    @property
    def wakes_at(self) -> datetime | None:
        """When the order's workflow has something to do: the deadline, or a look at the post before it."""
        moments = [moment for moment in (self.deadline, self.next_look_at) if moment is not None]
        return min(moments, default=None)


class DisputeRecord(TasksRecord):
    """A dispute: pk is its id, sk is `dispute`, task_id the task of its order; it waits in the queue `disputes`, the one due
    first at the head. What the sides stated are items of their own (StatementRecord); `stated` counts them by side. `statements`
    are those of disputes from before there were such items."""

    machine = DISPUTE

    status = UnicodeAttribute()
    order_id = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    opened_by = UnicodeAttribute()
    reason = JSONAttribute()
    statements = JSONAttribute(default=list)
    stated = JSONAttribute(null=True)
    ruling = JSONAttribute(null=True)
    opened_at = Moment()
    ruling_due_at = Moment()
    ended_at = Moment(null=True)
    revision = NumberAttribute(default=0)


class DisputeListing(TasksRecord):
    """A dispute in the list of one of its sides: pk is the dispute's id, sk `listing#` and the side, owner `disputes#` and the
    side's id. Written once with the dispute, whose own item has no owner."""

    @classmethod
    def of(cls, dispute: DisputeRecord, side: str, party_id: str) -> DisputeListing:
        return cls(
            dispute.pk,
            f"listing#{side}",
            owner=cls.owned(party_id),
            listed_at=f"{clock.stamp(dispute.opened_at)}#{dispute.pk}",
        )

    @staticmethod
    def owned(party_id: str) -> str:
        return f"disputes#{party_id}"


class StatementRecord(TasksRecord):
    """What a side stated to a dispute: pk is the dispute's id, sk `statement#` and its number; `stated_by` is the side. Written
    once."""

    stated_by = UnicodeAttribute()
    note = UnicodeAttribute()
    urls = JSONAttribute()
    stated_at = Moment()


class ApplicationRecord(TasksRecord):
    """A creator applies to an open call: pk is its id, sk is `application`, task_id the call; owner is `applicant#` and the
    creator, whose orders are listed apart."""

    status = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    price = NumberAttribute()
    commission = NumberAttribute()
    note = UnicodeAttribute(null=True)
    order_id = UnicodeAttribute(null=True)
    accept_by = Moment()
    created_at = Moment()
    updated_at = Moment()


class PictureRecord(TasksRecord):
    """A picture of an advertiser: pk is its id, sk is `picture`; the bytes are in the bucket. `fixed` is the copy that tasks show:
    `{from, key, bytes, width, height}`, made from that version of the upload."""

    advertiser_id = UnicodeAttribute()
    content_type = UnicodeAttribute()
    bytes = NumberAttribute()
    fixed = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)


class ClaimRecord(TasksRecord):
    """A post that proves an order: pk is derived from network and post, so that it proves only one."""

    order_id = UnicodeAttribute()


def find_task(task_id: str) -> TaskRecord:
    """The task, read consistently. Raises Problem `not_found`."""
    task = TaskRecord.find(task_id, "task") if ids.is_id("tsk", task_id) else None
    if task is None:
        raise not_found("task")
    return task


def find_order(order_id: str) -> OrderRecord:
    """The order, read consistently. Raises Problem `not_found`."""
    order = OrderRecord.find(order_id, "order") if ids.is_id("ord", order_id) else None
    if order is None:
        raise not_found("order")
    return order


def order_id(task_id: str, account_id: str) -> str:
    """The id of the order of this account in this task."""
    return ids.derive("ord", task_id, account_id)


def lines_of(tasks: Iterable[TaskRecord]) -> dict[str, tuple[Line, ...]]:
    """All lines of these tasks by task id, in the order they were added; one more read for those that have pages."""
    tasks = list(tasks)
    keys = [(task.pk, page) for task in tasks for page in task.pages]
    pages = (
        {(page.pk, page.sk): page.lines for page in LinesRecord.batch_get(keys, consistent_read=True)} if keys else {}
    )
    return {
        task.pk: tuple(
            Line(**line)
            for lines in (task.lines, *(pages.get((task.pk, page), []) for page in task.pages))
            for line in lines
        )
        for task in tasks
    }


def packed(lines: Sequence[Line]) -> dict[str, tuple[Line, ...]]:
    """The lines by the item that holds them: `""` is the task's own, the others are pages of it in their order. All but the last
    page are full, so that adding lines changes the last page alone."""
    lines = tuple(lines)
    if len(lines) <= LINES_INLINE_MAX:
        return {"": lines}
    pages = range(0, len(lines), LINES_PER_PAGE)
    return {"": (), **{f"lines#{n:03d}": lines[begin : begin + LINES_PER_PAGE] for n, begin in enumerate(pages)}}


def page_of(task_id: str, name: str, lines: Iterable[Line]) -> LinesRecord:
    """The item of a page of lines."""
    return LinesRecord(task_id, name, lines=[asdict(line) for line in lines])


def waiting_reserves(task: TaskRecord) -> tuple[Line, ...]:
    """The lines of the reserve accounts that were not offered yet, in the order the advertiser gave them; read consistently."""
    if task.reserves:
        return tuple(Line(**line) for line in task.reserves)
    taken = task.offered_later
    if int(task.reserved or 0) <= len(taken):
        return ()
    page = LinesRecord.find(task.pk, RESERVES)
    return tuple(Line(**line) for line in (page.lines if page else ()) if line["account_id"] not in taken)


def orders_of(lines: Mapping[str, Iterable[Line]]) -> dict[str, OrderRecord]:
    """The orders that have been offered of these lines (by task id), by order id, read consistently."""
    keys = [(order_id(task_id, line.account_id), "order") for task_id, found in lines.items() for line in found]
    return {order.pk: order for order in OrderRecord.batch_get(keys, consistent_read=True)} if keys else {}


def parties_of(task: TaskRecord) -> frozenset[str]:
    """Return whom a decision about the task concerns: its advertiser and the creators of its accounts, reserves included."""
    creators = {line.creator_id for line in lines_of([task])[task.pk]}
    return frozenset({str(task.owner), *creators, *(str(line["creator_id"]) for line in task.reserves)})


def open_shard(pk: str) -> str:
    """The partition of the index of open items that this item belongs to."""
    return f"open#{zlib.crc32(pk.encode()) % OPEN_SHARDS}"


def event(name: str, at: datetime, by: str, note: str | None = None) -> dict[str, str]:
    """One line of the history of a task or an order; a long note is cut to NOTE_MAX_BYTES."""
    line = {"at": clock.stamp(at), "event": name, "by": by}
    return {**line, "note": clipped(note, NOTE_MAX_BYTES)} if note else line


def happened(item: TaskRecord | OrderRecord, line: dict[str, str]) -> UpdateAction:
    """Appends a line to the history of the item as it was read. A full history loses its oldest repeated lines (`shortened`)."""
    record: Any = type(item)
    if len(item.events) < EVENTS_MAX and sum(map(_bytes_of, [*item.events, line])) <= EVENTS_MAX_BYTES:
        change: UpdateAction = record.events.set(record.events.append([line]))
        return change
    written: UpdateAction = record.events.set(shortened([*item.events, line]))
    return written


def shortened(events: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """The history within EVENTS_MAX lines and EVENTS_MAX_BYTES: lines are left out from the oldest on, but the last line of each
    kind of event stays, for `deeds` reads from the history what has happened."""
    later = Counter(line["event"] for line in events)
    count, size = len(events), sum(map(_bytes_of, events))
    kept = []
    for line in events:
        name = line["event"]
        if (count > EVENTS_MAX or size > EVENTS_MAX_BYTES) and later[name] > 1:
            later[name] -= 1
            count -= 1
            size -= _bytes_of(line)
        else:
            kept.append(line)
    return kept


def clipped(text: str, most: int) -> str:
    """The text, cut to at most `most` bytes of UTF-8 between two characters."""
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[:most].decode(errors="ignore")


def _bytes_of(line: Mapping[str, str]) -> int:
    """The size in bytes of a line of a history, as DynamoDB counts a map in a list."""
    return 4 + sum(1 + len(name) + len(text.encode()) for name, text in line.items())
