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
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.store.batch_reads import read_together
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.model.lifecycle import ORDER, OrderStatus, Payment
from chalicelib.tasks.model.order_timers import Progress, Timer, first_change, order_timers
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.posts import post_metrics
from chalicelib.tasks.records.looks_record import LOOKS, LooksRecord
from chalicelib.tasks.records.stored_documents import (
    CheckDelay,
    CheckEvidence,
    CounterOffer,
    CreatorDraft,
    PostLoss,
    PostReport,
    Settlement,
    Snapshot,
    StoredForecast,
    SuspectedLoss,
    UnannouncedChecks,
)
from chalicelib.tasks.records.task_attributes import Choice, Document, Moment
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.workflow_item import WorkflowItem

FINAL = 2
"""The number of announced checks: at half of the retention and at its end (rule 16)."""


class CountedLinks(TypedDict):
    """What the keys of an order's click counters depend on besides its id: the number of its links, and the stamp of the
    publication. Both never change. A look that has them reads the counters with the order."""

    links: int
    since: str


class OrderRecord(WorkflowItem):
    """An order: pk is its id, sk is `order`, owner its creator. `urls` are the reviewed URLs, `links` the click links that replace
    them in the post.

    `answered` is the creator's answer to the offer, `counter` the counter-offer, `settled` the settlement after the end. `checks`
    counts the announced checks that the published post has passed (FINAL: the one at the end of the retention), `own_snapshots`
    are the figures of the post (chalicelib.tasks.posts.post_metrics) that were stored with a change of the order, `looks` has the
    others; `forecast` is the forecast at publication.

    Rule 29: `unannounced` is not shown to clients while the order is open. `suspect` is set after a look that found the post gone
    or changed, `lost` once a second look has confirmed that during a dispute; `absences` counts the times that the second look
    found the post again. `found_text` is the text of the post in the last failed check, if it was not the agreed one. Rule 30:
    `report` is set while the creator's report could not be checked, `delay` while the network cannot be read."""

    machine = ORDER

    status = Choice[OrderStatus]()
    advertiser_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    payment = Choice[Payment]()
    price = NumberAttribute()
    commission = NumberAttribute()
    answered = UnicodeAttribute(null=True)
    reason = Document[EndReason | None](null=True)
    counter = Document[CounterOffer | None](null=True)
    draft = Document[CreatorDraft | None](null=True)
    mend_by = Moment(null=True)
    post_url = UnicodeAttribute(null=True)
    published_at = Moment(null=True)
    checks = NumberAttribute(default=0)
    evidence = Document[list[CheckEvidence] | None](null=True)
    own_snapshots = Document[list[Snapshot]](default=list, attr_name="snapshots")
    forecast = Document[StoredForecast | None](null=True)
    links = Document[list[str] | None](null=True)
    unannounced = Document[UnannouncedChecks | None](null=True)
    suspect = Document[SuspectedLoss | None](null=True)
    lost = Document[PostLoss | None](null=True)
    found_text = UnicodeAttribute(null=True)
    absences = NumberAttribute(default=0)
    report = Document[PostReport | None](null=True)
    delay = Document[CheckDelay | None](null=True)
    dispute_id = UnicodeAttribute(null=True)
    ruling_due_at = Moment(null=True)
    settled = Document[Settlement | None](null=True)

    clicked: tuple[int, int] | None = None
    """The clicks on its links and their visitors, if they were read with it."""

    _looks: LooksRecord | None = None

    @property
    def looks(self) -> LooksRecord:
        """The looks that changed nothing of the order. They are read when they are first needed, unless they were read with it."""
        if self._looks is None:
            stored = None if self.published_at is None else LooksRecord.find(self.pk, LOOKS)
            self._looks = stored or LooksRecord(self.pk, LOOKS)
        return self._looks

    @looks.setter
    def looks(self, stored: LooksRecord | None) -> None:
        """Set the looks that were read; None if there are none."""
        self._looks = stored or LooksRecord(self.pk, LOOKS)

    @property
    def counted_links(self) -> CountedLinks | None:
        """The links whose clicks are counted; None without links or before the publication."""
        if not self.links or self.published_at is None:
            return None
        return {"links": len(self.urls), "since": clock.stamp(self.published_at)}

    @property
    def snapshots(self) -> list[Snapshot]:
        """All snapshots of the post's figures, in order of time."""
        return sorted([*self.own_snapshots, *self.looks.snapshots], key=lambda snapshot: snapshot["at"])

    @property
    def content(self) -> Content:
        """The content of the post: every URL is replaced by its click link, in the text too."""
        links = dict(zip(self.urls, self.links or self.urls, strict=True))
        text = self.text
        for url in sorted(links, key=len, reverse=True):
            text = text.replace(url, links[url])
        return Content(text, tuple(self.picture_ids), tuple(self.links or self.urls))

    @property
    def price_parts(self) -> PriceParts:
        return PriceParts(int(self.price), int(self.price) - int(self.commission), int(self.commission))

    @property
    def counter_status(self) -> str | None:
        """The status of the counter-offer, if there is one."""
        return self.counter["status"] if self.counter else None

    @property
    def draft_status(self) -> str | None:
        """The status of the creator's draft, if there is one."""
        return self.draft["status"] if self.draft else None

    @property
    def is_reported(self) -> bool:
        """True if the order waits for a check of a post that the creator has reported (rule 30)."""
        return self.status == "accepted" and self.report is not None

    @property
    def publish_by(self) -> datetime:
        """The end of the time to publish: the end of the window, or of the time to mend (rules 14, 15). It is after the window only
        if the network delayed the check (rule 30)."""
        return self.mend_by or self.end_at

    @property
    def retained_at(self) -> datetime | None:
        """The end of the retention of the published post; only its last check is possible from then on."""
        return None if self.published_at is None else self.published_at + self.schedule.retention

    @property
    def next_check_at(self) -> datetime | None:
        """The time of the next announced check: half of the retention, then its end, during a dispute too."""
        if self.status not in ("published", "disputed") or self.published_at is None:
            return None
        if self.lost is not None or self.checks >= FINAL:
            return None
        retention = self.schedule.retention
        return self.published_at + (retention if self.checks else retention / 2)

    @property
    def next_figures_at(self) -> datetime | None:
        """The time of the next snapshot of the post's figures, at or before its next announced check."""
        if self.published_at is None:
            return None
        return post_metrics.next_at(self.published_at, self.schedule.retention, self.snapshots, rules())

    @property
    def unannounced_due(self) -> list[datetime]:
        """The times of the unannounced checks that are still to be made, in order (rule 29)."""
        moments = [clock.parse(moment) for moment in self.unannounced["due"]] if self.unannounced else []
        made_until = self.looks.checked_until if moments else None
        return moments if made_until is None else [moment for moment in moments if moment > made_until]

    @property
    def next_look_at(self) -> datetime | None:
        """The time of the next look at the post, for any reason; None if no look is due any more. Clients never see it, because it
        includes unannounced checks; they see `timers`."""
        look_at = self.next_deciding_look_at
        if look_at is None or self.delay is not None or self.suspect is not None:
            return look_at
        return min(moment for moment in (look_at, self.next_figures_at, *self.unannounced_due[:1]) if moment)

    @property
    def next_deciding_look_at(self) -> datetime | None:
        """The time of the next look that changes the order whatever it finds: an announced check, a second look, or another try
        after a delay. It depends on the order alone, not on its `looks`."""
        check_at = self.next_check_at
        if check_at is None and not (self.is_reported or (self.status == "disputed" and self.published_at is None)):
            return None
        if self.lost is not None:
            return None
        if self.delay is not None:
            return clock.parse(self.delay["retry_at"])
        if self.suspect is not None:
            return clock.parse(self.suspect["second_look_at"])
        return check_at

    @property
    def refer_at(self) -> datetime | None:
        """Rule 30: the time at which an order whose post cannot be read is referred to an auditor; None while it can be read."""
        if self.delay is None:
            return None
        if self.report is not None and self.status == "accepted":
            return clock.parse(self.report["at"]) + rules().final_check
        return self.retained_at + rules().final_check if self.status == "published" and self.retained_at else None

    @property
    def default_at(self) -> datetime | None:
        """The time at which a dispute ends without a ruling: after the second look, if one is due."""
        if self.ruling_due_at is None or self.suspect is None:
            return self.ruling_due_at
        return max(self.ruling_due_at, clock.parse(self.suspect["second_look_at"]))

    @property
    def unruled_status(self) -> Literal["completed", "failed", "published"]:
        """The status of a disputed order after a dispute without a ruling (rule 20): failed if the last look did not find the post,
        published if its retention is not over, otherwise completed and paid."""
        if self.published_at is None or self.lost is not None or self.suspect is not None:
            return "failed"
        over = self.retained_at is not None and self.default_at is not None and self.retained_at <= self.default_at
        return "completed" if over or self.checks >= FINAL else "published"

    def ends_with(self, closing: str) -> bool:
        """Return True if the order ends when its task is closed by this event; a report that is still to be checked prevents it."""
        return self.payment == "held" and ORDER.allows(self.status, closing) and not self.is_reported

    @property
    def progress(self) -> Progress:
        """The part of the order's state that its timers depend on."""
        is_accepted = self.status == "accepted"
        draft_due_at = clock.parse(self.draft["due_at"]) if self.draft and is_accepted else None
        return Progress(
            counter_open=self.status == "offered" and self.counter_status == "open",
            draft_review_due=draft_due_at if self.draft_status == "in_review" else None,
            draft_due=draft_due_at if self.draft_status == "submitted" else None,
            publish_at=self.publish_at if is_accepted or self.status == "offered" else None,
            mend_by=self.mend_by if is_accepted else None,
            reported_at=clock.parse(self.report["at"]) if self.report else None,
            published_at=self.published_at,
            second_look_at=clock.parse(self.suspect["second_look_at"]) if self.suspect else None,
            refer_at=self.refer_at,
            ruling_due=self.ruling_due_at,
            unruled=self.unruled_status if self.status == "disputed" else "completed",
        )

    @property
    def timers(self) -> tuple[Timer, ...]:
        """The timers whose default outcome is still possible; an order that has ended has none."""
        return order_timers(self.schedule, self.progress, self.status)

    @property
    def next_timer_at(self) -> datetime | None:
        """The time of the first timer that changes something."""
        return first_change(self.timers)

    @property
    def deadline(self) -> datetime | None:
        """The time at which the present status changes by default; None in an end state."""
        if self.is_reported:
            return self.next_deciding_look_at
        if self.status == "accepted":
            progress = self.progress
            first = (progress.draft_review_due, progress.draft_due, progress.publish_at, self.publish_by)
            return min(moment for moment in first if moment is not None)
        return {"offered": self.accept_by, "disputed": self.default_at}.get(self.status, self.next_deciding_look_at)

    @property
    def next_action_at(self) -> datetime | None:
        """The time at which the order's workflow has something to do: the deadline, or a look at the post before it."""
        moments = [moment for moment in (self.deadline, self.next_look_at) if moment is not None]
        return min(moments, default=None)


def order_id(task_id: str, account_id: str) -> str:
    """Return the id of the order of this account in this task."""
    return ids.derive("ord", task_id, account_id)


def find_order(order_id: str) -> OrderRecord:
    """Return the order, read consistently. Raises Problem `not_found`."""
    return OrderRecord.existing(order_id, "order", prefix="ord")


def find_order_with_looks(order_id: str) -> OrderRecord:
    """Return the order with its `looks`, read consistently in one request. Raises Problem `not_found`."""
    if ids.is_id("ord", order_id):
        order, looks = read_together((OrderRecord, order_id, "order"), (LooksRecord, order_id, LOOKS))
        if order is not None:
            order.looks = looks
            return order
    raise not_found("order")


def read_looks(orders: Iterable[OrderRecord]) -> None:
    """Read the `looks` of all orders whose post is published, in one request for every 100 of them."""
    published = {order.pk: order for order in orders if order.published_at is not None}
    found = {
        looks.pk: looks for looks in LooksRecord.batch_get([(pk, LOOKS) for pk in published], consistent_read=True)
    }
    for pk, order in published.items():
        order.looks = found.get(pk)


def find_order_of_creator(order_id: str, creator_id: str) -> OrderRecord:
    """Return the order of this creator. Raises Problem `not_found`, also for an order of another creator."""
    order = find_order(order_id)
    if order.owner != creator_id:
        raise not_found("order")
    return order


def find_order_of_advertiser(order_id: str, advertiser_id: str) -> OrderRecord:
    """Return the order of this advertiser. Raises Problem `not_found`, also for an order of another advertiser."""
    order = find_order(order_id)
    if order.advertiser_id != advertiser_id:
        raise not_found("order")
    return order


def orders_of(lines: Mapping[str, Iterable[Line]]) -> dict[str, OrderRecord]:
    """Return the offered orders of these lines (by task id), by order id, read consistently."""
    keys = [(order_id(task_id, line.account_id), "order") for task_id, found in lines.items() for line in found]
    return {order.pk: order for order in OrderRecord.batch_get(keys, consistent_read=True)} if keys else {}
