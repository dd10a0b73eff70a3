"""The item of an order.

An order is an item from the moment it is offered; until then it is a line of its task. All terms that an order depends on are
frozen in it, so that no order ever has to read its task.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.core.rules import rules
from chalicelib.store import JSONAttribute
from chalicelib.tasks.content.content_limits import Content
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.model.lifecycle import ORDER
from chalicelib.tasks.model.timers import Progress, Timer, first_change, order_timers
from chalicelib.tasks.posts import post_metrics as snapshots
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.workflow_item import Moment, WorkflowItem

FINAL = 2
"""The number of announced checks: at half of the retention and at its end (rule 16)."""


class OrderRecord(WorkflowItem):
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
    def split(self) -> PriceParts:
        return PriceParts(int(self.price), int(self.price) - int(self.commission), int(self.commission))

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


def find_order(order_id: str) -> OrderRecord:
    """The order, read consistently. Raises Problem `not_found`."""
    order = OrderRecord.find(order_id, "order") if ids.is_id("ord", order_id) else None
    if order is None:
        raise not_found("order")
    return order


def order_id(task_id: str, account_id: str) -> str:
    """The id of the order of this account in this task."""
    return ids.derive("ord", task_id, account_id)


def orders_of(lines: Mapping[str, Iterable[Line]]) -> dict[str, OrderRecord]:
    """The orders that have been offered of these lines (by task id), by order id, read consistently."""
    keys = [(order_id(task_id, line.account_id), "order") for task_id, found in lines.items() for line in found]
    return {order.pk: order for order in OrderRecord.batch_get(keys, consistent_read=True)} if keys else {}


def find_order_of_creator(order_id: str, creator_id: str) -> OrderRecord:
    """The order of this creator. Raises Problem `not_found` also if it is another's."""
    order = find_order(order_id)
    if order.owner != creator_id:
        raise not_found("order")
    return order


def find_order_of_advertiser(order_id: str, advertiser_id: str) -> OrderRecord:
    """The order of this advertiser. Raises Problem `not_found` also if it is another's."""
    order = find_order(order_id)
    if order.advertiser_id != advertiser_id:
        raise not_found("order")
    return order
