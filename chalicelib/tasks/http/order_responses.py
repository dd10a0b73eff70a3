"""Build the responses about orders (api.md)."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.social import anomalies
from chalicelib.tasks.http.response_parts import money, price_parts, timers_response, with_moments
from chalicelib.tasks.model.commission import split_price
from chalicelib.tasks.model.lifecycle import END_CODES, ORDER, EndReason
from chalicelib.tasks.model.standings import Standing
from chalicelib.tasks.model.timers import Progress, Timer, first_change, order_timers, review_timers
from chalicelib.tasks.records.order_record import OrderRecord, order_id
from chalicelib.tasks.records.task_record import TaskRecord


def order_response(order: OrderRecord) -> dict[str, Any]:
    """An order that was offered; `content` is exactly what is to be posted."""
    return {
        "id": order.pk,
        "task_id": order.task_id,
        "account_id": order.account_id,
        "handle": order.handle,
        "network": order.network,
        "creator_id": order.owner,
        "kind": order.kind,
        "title": order.title,
        "content": order.content.as_json(),
        "source_url": order.source_url,
        "status": order.status,
        "label": ORDER.labels[order.status],
        "payment": order.payment,
        **price_parts(order.split),
        "settled": None if order.settled is None else {name: money(int(n)) for name, n in order.settled.items()},
        "post_url": order.post_url,
        "window": {"start_at": order.start_at, "end_at": order.end_at},
        "accept_by": order.accept_by,
        "retention": order.schedule.retention,
        "publishing": {"mode": order.publishing, "at": order.publish_at},
        "reason": _end_reason(order),
        "counter": None if order.counter is None else _counter(order.counter),
        "draft_approval": order.draft_approval,
        "draft": None if order.draft is None else _draft(order.draft),
        "dispute_id": order.dispute_id,
        "report": None if order.report is None else {**order.report, "at": clock.parse(order.report["at"])},
        "check_delay": None if order.delay is None else _delay(order.delay),
        "evidence": with_moments(_evidence(order)),
        "snapshots": with_moments(order.snapshots),
        "anomalies": [
            one.as_json() for one in anomalies.find_anomalies(order.snapshots, order.forecast, bool(order.links))
        ],
        "timers": timers_response(order.timers),
        "deadline": order.next_timer_at,
        "events": with_moments(order.events),
        "stuck": order.stuck,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def standing_response(task: TaskRecord, standing: Standing) -> dict[str, Any]:
    """An order of a task, offered or not yet."""
    if standing.order is not None:
        return order_response(standing.order)
    line = standing.line
    return {
        "id": order_id(task.pk, line.account_id),
        "task_id": task.pk,
        "account_id": line.account_id,
        "handle": line.handle,
        "network": line.network,
        "creator_id": line.creator_id,
        "kind": task.kind,
        "title": task.title,
        "content": task.content.as_json(),
        "source_url": task.source_url,
        "status": standing.status,
        "label": ORDER.labels[standing.status],
        "payment": standing.payment,
        **price_parts(line.split),
        "settled": None,
        "post_url": None,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "publishing": {"mode": task.publishing, "at": task.publish_at},
        "reason": _unoffered_reason(standing.status),
        "counter": None,
        "draft_approval": task.draft_approval,
        "draft": None,
        "dispute_id": None,
        "report": None,
        "check_delay": None,
        "evidence": [],
        "snapshots": [],
        "anomalies": [],
        "timers": timers_response(_unoffered_timers(task)),
        "deadline": first_change(_unoffered_timers(task)),
        "events": [],
        "stuck": None,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
    }


def _end_reason(order: OrderRecord) -> EndReason | None:
    """Why the order ended; of an order that ended before reasons were stored, by its last event."""
    if order.reason is not None or not order.ended:
        stored: EndReason | None = order.reason
        return stored
    for event in reversed(order.events):
        codes = END_CODES.get((event["event"], order.status))
        if codes:
            changed = "post_changed" in codes and bool((order.evidence or [{}])[-1].get("found"))
            return {"code": "post_changed" if changed else codes[0]}
    return None


def _unoffered_reason(status: str) -> EndReason | None:
    """Why an order ended that was never offered: with its task."""
    codes = END_CODES.get((status, status))
    return {"code": codes[0]} if codes else None


def _unoffered_timers(task: TaskRecord) -> tuple[Timer, ...]:
    """The timers of an order that was not offered yet: those of the review, then those of an offer."""
    if task.status == "in_review" and task.review_due_at is not None:
        return review_timers(task.review_due_at, task.schedule)
    return order_timers(task.schedule, Progress()) if task.status == "running" else ()


def draft_in_review_response(order: OrderRecord) -> dict[str, Any]:
    """A draft that waits for an auditor, with what the brief says."""
    draft: dict[str, Any] = order.draft or {}
    due_at = clock.parse(draft["due_at"])
    return {
        "order_id": order.pk,
        "task_id": order.task_id,
        "account_id": order.account_id,
        "handle": order.handle,
        "title": order.title,
        "text": draft["text"],
        "brief": order.text,
        "urls": order.urls,
        "findings": draft["findings"],
        "findings_more": draft.get("findings_more", 0),
        "due_at": due_at,
        "overdue": clock.now() >= due_at,
        "revision": int(order.revision),
    }


def _draft(draft: dict[str, Any]) -> dict[str, Any]:
    """The draft as both sides see it: of an auditor's decision what it says, not who took it."""
    review = draft.get("review")
    said = {} if review is None else {"review": {name: review[name] for name in ("decision", "reasons")}}
    return {"findings_more": 0, **draft, "due_at": clock.parse(draft["due_at"]), **said}


def _counter(counter: dict[str, Any]) -> dict[str, Any]:
    parts = split_price(int(counter["price"]), rules().commission_bps)
    return {**counter, "at": clock.parse(counter["at"]), **price_parts(parts)}


def _evidence(order: OrderRecord) -> list[dict[str, Any]]:
    """What the checks found, in order. Unannounced checks that found the post in order are shown once the order has ended: before
    that, they would show how many are still to come (rule 29)."""
    hidden = (order.unannounced or {}).get("evidence", []) if order.ended else []
    return sorted([*(order.evidence or []), *hidden], key=lambda found: str(found["at"]))


def _delay(delay: dict[str, str]) -> dict[str, Any]:
    return {**delay, "since": clock.parse(delay["since"]), "retry_at": clock.parse(delay["retry_at"])}
