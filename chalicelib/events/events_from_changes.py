"""Derive the events of a change from the stream record of an item: of the tasks, wallet and accounts tables.

The id of an event is derived from the item, its revision and the type, so every delivery of a record gives the same events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.accounts.records import AccountRecord, AdvertiserRecord
from chalicelib.accounts.review.grade_appeals import AppealRecord
from chalicelib.core import clock, ids
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.events.event import Event
from chalicelib.events.event_types import EVENT_TYPES, OPERATOR, STAFF, Side, type_of
from chalicelib.messages.records import MessageRecord
from chalicelib.planning.records import PlanRecord
from chalicelib.shortlists.records import SavedSearchRecord
from chalicelib.store.tables import Record
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.wallet.records import Payment, SuspenseItem, Withdrawal

R = TypeVar("R", bound=Record)

STAFF_QUEUES: Mapping[str, Side] = {
    "review": "auditors",
    "draft-reviews": "auditors",
    "disputes": "auditors",
    "admission": "auditors",
    "certification": "auditors",
    "appeal": "auditors",
    "withdrawal": "finance",
    "suspense": "finance",
}
"""The staff who work on each queue: they receive the events by which an item enters it."""


def events_of(record: Mapping[str, Any]) -> list[Event]:
    """Return the events of a stream record that have a recipient. A removed item has none."""
    change = record["dynamodb"]
    image, before = change.get("NewImage"), change.get("OldImage")
    if image is None:
        return []
    kind = image["sk"]["S"]
    read = _READERS.get(kind.partition("#")[0])
    return [] if read is None else [event for event in read(image, before) if event.recipients]


def is_read(record: Mapping[str, Any]) -> bool:
    """Return True for a stream record of a kind of item that has events."""
    return str(record["dynamodb"]["Keys"]["sk"]["S"]).partition("#")[0] in _READERS


def _event(
    type_name: str,
    item: Record,
    at: datetime,
    data: Mapping[str, Any],
    parties: Mapping[Side, str | None],
    *,
    revision: int = 0,
    related: str | None = None,
) -> Event:
    """Return the event for those of its recipients who are known, for staff whose queue the item is in, and for the operator."""
    known = {side: id_ for side, id_ in parties.items() if id_ and id_.startswith(("adv_", "cre_"))}
    staff = STAFF_QUEUES.get(getattr(item, "queue", None) or "")
    wanted = EVENT_TYPES[type_name].recipients
    recipients: dict[Side, str] = {side: known[side] for side in wanted if side in known}
    recipients |= {side: side for side in STAFF if side == staff and side in wanted}
    recipients |= {OPERATOR: OPERATOR} if OPERATOR in wanted else {}
    event_id = ids.derive("evt", item.pk, type_name, clock.stamp(at), str(revision))
    return Event(event_id, type_name, at, revision, item.pk, data, recipients, related)


def _both(record: type[R], image: dict[str, Any], before: dict[str, Any] | None) -> tuple[R, R | None]:
    return record.from_raw_data(image), None if before is None else record.from_raw_data(before)


def _statuses(new: Any, old: Any) -> dict[str, Any]:
    return {"status": new.status, "previous_status": old.status if old else None}


def _money(amount: Any) -> Money:
    return Money(int(amount), rules().currency)


def _last_event(new: TaskRecord | OrderRecord, old: TaskRecord | OrderRecord | None) -> str | None:
    """Return the name of the event that the write has appended to the history; None if it has appended none."""
    line, known = new.events[-1:], old.events[-1:] if old else []
    return None if line == known else str(line[0]["event"])


def _task(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(TaskRecord, image, before)
    parties: dict[Side, str | None] = {"advertiser": new.owner}
    shared = {"revision": int(new.revision), "url": f"/v1/tasks/{new.pk}"}
    previous, name = old.status if old else None, _last_event(new, old)
    if new.status != "draft" and (name or new.status != previous):
        event = name or new.status
        data = {"task_id": new.pk, **_statuses(new, old), "event": event, **shared}
        yield _event(
            type_of("task", new.status, previous, event), new, new.updated_at, data, parties, revision=int(new.revision)
        )
    appeal, appeal_before = (item.appeal["status"] if item and item.appeal else None for item in (new, old))
    if appeal and appeal != appeal_before:
        data = {"task_id": new.pk, "status": appeal, "previous_status": appeal_before, **shared}
        yield _event(f"review.appeal_{appeal}", new, new.updated_at, data, parties, revision=int(new.revision))


def _order(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(OrderRecord, image, before)
    previous, name = old.status if old else None, _last_event(new, old)
    if not name and new.status == previous:
        return
    event = name or new.status
    data = {
        "order_id": new.pk,
        "task_id": new.task_id,
        "account_id": new.account_id,
        **_statuses(new, old),
        "event": event,
        "payment": new.payment,
        "price": _money(new.price),
        "commission": _money(new.commission),
        "reason": new.reason if new.ended else None,
        "revision": int(new.revision),
        "url": f"/v1/orders/{new.pk}",
    }
    yield _event(
        type_of("order", new.status, previous, event),
        new,
        new.updated_at,
        data,
        {"advertiser": new.advertiser_id, "creator": new.owner},
        revision=int(new.revision),
        related=new.task_id,
    )


def _dispute(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(DisputeRecord, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "dispute_id": new.pk,
        "order_id": new.order_id,
        "task_id": new.task_id,
        **_statuses(new, old),
        "ruling_due_at": new.ruling_due_at,
        "revision": int(new.revision),
        "url": f"/v1/disputes/{new.pk}",
    }
    parties: dict[Side, str | None] = {"advertiser": new.advertiser_id, "creator": new.creator_id}
    at = new.ended_at or new.opened_at
    yield _event(f"dispute.{new.status}", new, at, data, parties, related=new.order_id)


def _application(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(ApplicationRecord, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "application_id": new.pk,
        "task_id": new.task_id,
        "account_id": new.account_id,
        **_statuses(new, old),
        "price": _money(new.price),
        "order_id": new.order_id,
        "url": f"/v1/tasks/{new.task_id}/applications",
    }
    advertiser = find_task(str(new.task_id)).owner
    parties: dict[Side, str | None] = {"advertiser": advertiser, "creator": new.creator_id}
    yield _event(f"application.{new.status}", new, new.updated_at, data, parties, related=new.task_id)


def _account(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(AccountRecord, image, before)
    parties: dict[Side, str | None] = {"creator": new.owner or (old.owner if old else None)}
    revision, url = int(new.revision), f"/v1/accounts/{new.pk}"
    if old is None or old.status != new.status or old.owner != new.owner:
        reason = new.reason_code if new.status in ("rejected", "revoked") else None
        data = {"account_id": new.pk, **_statuses(new, old), "reason_code": reason, "revision": revision, "url": url}
        yield _event(f"account.{new.status}", new, clock.parse(new.updated_at), data, parties, revision=revision)
    if new.grade and new.graded_at and (old is None or old.grade != new.grade):
        data = {
            "account_id": new.pk,
            "grade": new.grade,
            "previous_grade": old.grade if old else None,
            "methodology_version": new.methodology_version,
            "url": f"/v1/accounts/{new.pk}/grade",
        }
        yield _event("account.graded", new, clock.parse(new.graded_at), data, parties, revision=revision)


def _advertiser(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(AdvertiserRecord, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "advertiser_id": new.pk,
        **_statuses(new, old),
        "reason_code": new.reason_code if new.status in ("rejected", "revoked") else None,
        "revision": int(new.revision),
        "url": f"/v1/advertisers/{new.pk}",
    }
    parties: dict[Side, str | None] = {"advertiser": new.pk}
    at = clock.parse(new.updated_at)
    yield _event(f"certification.{new.status}", new, at, data, parties, revision=int(new.revision))


def _appeal(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(AppealRecord, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "appeal_id": new.pk,
        "account_id": new.account_id,
        **_statuses(new, old),
        "url": f"/v1/accounts/{new.account_id}/grade/appeals",
    }
    at = clock.parse(new.ruling["at"] if new.ruling else new.created_at)
    yield _event(f"appeal.{new.status}", new, at, data, {"creator": new.creator_id}, related=new.account_id)


def _payment(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(Payment, image, before)
    if new.status != "paid" or (old is not None and old.status == "paid"):
        return
    data = {
        "topup_id": new.pk,
        **_statuses(new, old),
        "amount": _money(new.amount),
        "url": f"/v1/wallet/topups/{new.pk}",
    }
    yield _event("wallet.topup_paid", new, clock.parse(str(new.paid_at)), data, {"advertiser": new.owner})


def _suspense(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(SuspenseItem, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "suspense_id": new.pk,
        **_statuses(new, old),
        "amount": _money(new.amount),
        "reason": new.reason,
        "url": "/v1/suspense",
    }
    at = clock.parse(new.resolved_at or new.at)
    claimed = new.is_claim and new.status == "open"
    yield _event(
        "wallet.claimed" if claimed else f"wallet.suspense_{new.status}",
        new,
        at,
        data,
        {"advertiser": new.advertiser_id},
    )


def _withdrawal(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(Withdrawal, image, before)
    if old is not None and old.status == new.status:
        return
    data = {
        "withdrawal_id": new.pk,
        **_statuses(new, old),
        "amount": _money(new.amount),
        "url": f"/v1/wallet/withdrawals/{new.pk}",
    }
    owner = str(new.owner)
    side: Side = "creator" if owner.startswith("cre_") else "advertiser"
    at = clock.parse(new.decided_at if new.decided_at and new.status != "requested" else new.requested_at)
    yield _event(f"withdrawal.{new.status}", new, at, data, {side: owner})


def _plan(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(PlanRecord, image, before)
    if not new.ordered_at or (old is not None and old.task_id):
        return
    data = {"plan_id": new.pk, "task_id": new.task_id, "url": f"/v1/plans/{new.pk}"}
    at = clock.parse(str(new.ordered_at))
    yield _event("plan.ordered", new, at, data, {"advertiser": new.advertiser_id}, related=new.task_id)


def _search(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(SavedSearchRecord, image, before)
    if old is None or not set(new.new) - set(old.new):
        return
    data = {"search_id": new.pk, "new": len(new.new), "url": f"/v1/searches/{new.pk}"}
    yield _event("search.new_results", new, clock.parse(new.checked_at), data, {"advertiser": new.advertiser_id})


def _message(image: dict[str, Any], before: dict[str, Any] | None) -> Iterator[Event]:
    new, old = _both(MessageRecord, image, before)
    if old is not None:
        return
    in_dispute = new.about == "dispute"
    data = {
        "message_id": new.id,
        "order_id": new.order_id,
        "dispute_id": new.pk if in_dispute else None,
        "sender": new.sender,
        "url": f"/v1/{'disputes' if in_dispute else 'orders'}/{new.pk}/messages",
    }
    sides: dict[Side, str | None] = {"advertiser": new.advertiser_id, "creator": new.creator_id}
    parties: dict[Side, str | None] = {side: id_ for side, id_ in sides.items() if side != new.sender}
    at = clock.parse(new.sent_at)
    event = _event("message.sent", new, at, data, parties, related=new.order_id)
    yield replace(event, id=ids.derive("evt", new.id, "message.sent"))


_READERS: Mapping[str, Callable[[dict[str, Any], dict[str, Any] | None], Iterable[Event]]] = {
    "task": _task,
    "order": _order,
    "dispute": _dispute,
    "application": _application,
    "account": _account,
    "advertiser": _advertiser,
    "appeal": _appeal,
    "payment": _payment,
    "suspense": _suspense,
    "withdrawal": _withdrawal,
    "plan": _plan,
    "search": _search,
    "message": _message,
}
"""The reader of each kind of item, by sort key up to its first `#`. The filters of the streams in infra/resources.yaml name the
same sort keys."""
