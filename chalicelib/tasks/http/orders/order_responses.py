"""The responses about orders (api.md): their types, and functions that build them."""

from __future__ import annotations

from typing import Literal, NotRequired

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.core.rules import rules
from chalicelib.social.anomalies import find_anomalies
from chalicelib.tasks.http.orders.draft_responses import CreatorsDraft, draft_response
from chalicelib.tasks.http.response_parts import (
    HistoryEvent,
    PostTerms,
    PriceSplit,
    Stuck,
    TextPiece,
    Timer,
    events_response,
    money,
    price_response,
    stuck_response,
    terms_response,
    timers_response,
    with_moment,
)
from chalicelib.tasks.model import order_timers
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.lifecycle import END_CODES, ORDER, OrderStatus, Payment
from chalicelib.tasks.model.order_standings import Standing
from chalicelib.tasks.model.reason_codes import EndReason
from chalicelib.tasks.posts.post_comparison import text_difference
from chalicelib.tasks.records import stored_documents as stored
from chalicelib.tasks.records.order_record import OrderRecord, order_id
from chalicelib.tasks.records.task_record import TaskRecord


class Settled(TypedDict):
    """The final owners of the price: the creator (`net`), the platform, the advertiser (`returned`)."""

    net: Money
    commission: Money
    returned: Money


class Counter(PriceSplit):
    """A counter-offer: another price that the creator named."""

    status: Literal["open", "accepted", "declined", "lapsed", "withdrawn"]
    at: Moment
    note: NotRequired[str]


class PostReport(TypedDict):
    """A post that the creator reported while the network could not be read; it counts from `at`."""

    post_url: Link
    at: Moment


class CheckDelay(TypedDict):
    """A check that cannot be made: since when, when it is tried again, and the code of the problem."""

    since: Moment
    retry_at: Moment
    code: str


class CheckEvidence(TypedDict):
    """The evidence of a check; the text is stored as a hash. `version`: the network's id of this version of the post."""

    at: Moment
    found: bool
    text_sha256: NotRequired[str]
    author: NotRequired[str | None]
    version: NotRequired[str]


class Snapshot(TypedDict):
    """Figures of the post at a moment. Figures that the network does not show are missing."""

    at: Moment
    found: bool
    reads: NotRequired[Count]
    reposts: NotRequired[Count]
    comments: NotRequired[Count]
    likes: NotRequired[Count]
    comments_read: NotRequired[Count]
    comments_copied: NotRequired[Count]
    clicks: NotRequired[Count]
    visitors: NotRequired[Count]


class Anomaly(TypedDict):
    """An anomaly of the figures, in words, and the figures that it rests on."""

    kind: str
    says: str
    rests_on: dict[str, str | int | float]


class Order(PostTerms, PriceSplit):
    """An order; `content` is the exact content of the post, ad mark and click links included. `timers` can still end a state, each
    with its default outcome; `deadline` is the next one that changes the order; `reason` is set when an order has ended. `revision`
    is null while the post is up: there it would show the unannounced checks (rule 29), and no decision names it. `text_difference`
    has the pieces of the agreed text and of the text that the last failed check found, if they differ."""

    id: str
    revision: Count | None
    task_id: str
    account_id: str
    handle: str
    network: str
    creator_id: str
    status: OrderStatus
    label: str
    payment: Payment | None
    settled: Settled | None
    post_url: str | None
    reason: EndReason | None
    counter: Counter | None
    draft: CreatorsDraft | None
    dispute_id: str | None
    report: PostReport | None
    check_delay: CheckDelay | None
    evidence: list[CheckEvidence]
    text_difference: list[TextPiece] | None
    snapshots: list[Snapshot]
    anomalies: list[Anomaly]
    timers: list[Timer]
    deadline: Moment | None
    events: list[HistoryEvent]
    stuck: Stuck | None
    created_at: Moment
    updated_at: Moment


_POSTED = ("published", "disputed")


def order_response(order: OrderRecord) -> Order:
    """Return an order that was offered."""
    return {
        "id": order.pk,
        "revision": None if order.status in _POSTED else int(order.revision),
        "task_id": str(order.task_id),
        "account_id": order.account_id,
        "handle": order.handle,
        "network": order.network,
        "creator_id": str(order.owner),
        **terms_response(order),
        "status": order.status,
        "label": ORDER.labels[order.status],
        "payment": order.payment,
        **price_response(order.price_parts),
        "settled": _settled(order.settled),
        "post_url": order.post_url,
        "reason": _end_reason(order),
        "counter": None if order.counter is None else _counter(order.counter),
        "draft": None if order.draft is None else draft_response(order.draft),
        "dispute_id": order.dispute_id,
        "report": None if order.report is None else with_moment(order.report),
        "check_delay": None if order.delay is None else _delay(order.delay),
        "evidence": [with_moment(found) for found in _evidence(order)],
        "text_difference": _text_difference(order),
        "snapshots": [with_moment(snapshot) for snapshot in order.snapshots],
        "anomalies": _anomalies(order),
        "timers": timers_response(order.timers),
        "deadline": order.next_timer_at,
        "events": events_response(order.events),
        "stuck": stuck_response(order.stuck),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def standing_response(task: TaskRecord, standing: Standing) -> Order:
    """Return an order of a task, offered or not yet."""
    if standing.order is not None:
        return order_response(standing.order)
    line, due = standing.line, _unoffered_timers(task)
    codes = END_CODES.get((standing.status, standing.status))  # it has ended with its task
    unoffered = OrderRecord(
        order_id(task.pk, line.account_id),
        "order",
        owner=line.creator_id,
        task_id=task.pk,
        status=standing.status,
        payment=standing.payment,
        account_id=line.account_id,
        network=line.network,
        handle=line.handle,
        price=line.price,
        commission=line.commission,
        reason={"code": codes[0]} if codes else None,
        created_at=task.created_at,
        updated_at=task.updated_at,
        **task.copied_terms(),
    )
    return {**order_response(unoffered), "timers": timers_response(due), "deadline": order_timers.first_change(due)}


def _end_reason(order: OrderRecord) -> EndReason | None:
    """Return the reason of an order that has ended; of one from before reasons were stored, by its last event."""
    if order.reason is not None or not order.ended:
        return order.reason
    for line in reversed(order.events):
        codes = END_CODES.get((line["event"], order.status))
        if codes:
            last_check = order.evidence[-1] if order.evidence else None
            is_changed = "post_changed" in codes and last_check is not None and last_check["found"]
            return {"code": "post_changed" if is_changed else codes[0]}
    return None


def _unoffered_timers(task: TaskRecord) -> tuple[order_timers.Timer, ...]:
    """Return the timers of an order that was not offered yet: those of the review, then those of an offer."""
    if task.status == "in_review" and task.review_due_at is not None:
        return order_timers.review_timers(task.review_due_at, task.schedule)
    return order_timers.order_timers(task.schedule, order_timers.Progress()) if task.status == "running" else ()


def _settled(settlement: stored.Settlement | None) -> Settled | None:
    if settlement is None:
        return None
    return {
        "net": money(int(settlement["net"])),
        "commission": money(int(settlement["commission"])),
        "returned": money(int(settlement["returned"])),
    }


def _counter(counter: stored.CounterOffer) -> Counter:
    parts = split_price(int(counter["price"]), rules().commission_bps)
    response: Counter = {
        "price": money(parts.price),
        "commission": money(parts.commission),
        "net": money(parts.net),
        "status": counter["status"],
        "at": clock.parse(counter["at"]),
    }
    if "note" in counter:
        response["note"] = counter["note"]
    return response


def _evidence(order: OrderRecord) -> list[stored.CheckEvidence]:
    """Return the evidence of all checks, in order of time. Evidence of unannounced checks that found the post in order is shown
    once the order has ended; before that it would show how many are still to come (rule 29)."""
    hidden: list[stored.CheckEvidence] = []
    if order.unannounced and order.ended:
        hidden = [*order.unannounced.get("evidence", []), *order.looks.evidence]
    return sorted([*(order.evidence or []), *hidden], key=lambda found: found["at"])


def _delay(delay: stored.CheckDelay) -> CheckDelay:
    return {"since": clock.parse(delay["since"]), "retry_at": clock.parse(delay["retry_at"]), "code": delay["code"]}


def _text_difference(order: OrderRecord) -> list[TextPiece] | None:
    if order.found_text is None:
        return None
    return [{"change": change, "text": text} for change, text in text_difference(order.content, order.found_text)]


def _anomalies(order: OrderRecord) -> list[Anomaly]:
    found = find_anomalies(order.snapshots, order.forecast, bool(order.links))
    return [{"kind": anomaly.kind, "says": anomaly.says, "rests_on": anomaly.rests_on} for anomaly in found]
