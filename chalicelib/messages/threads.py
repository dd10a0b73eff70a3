"""The threads of orders and disputes: send a message, list a thread, and mark it as read."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from chalicelib.core import clock, ids
from chalicelib.core.errors import InvalidBody, Problem, not_found
from chalicelib.core.idempotency import Attempt
from chalicelib.messages.contact_lint import contact_details
from chalicelib.messages.records import (
    MESSAGE,
    READ,
    RECEIPT,
    MessageRecord,
    ReadMark,
    Sender,
    SentRecord,
    StoredFinding,
)
from chalicelib.store import Page, PageKey, Refused, put, read_merged, transact
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.records.order_record import OrderRecord, find_order

SENDERS: tuple[Sender, ...] = ("advertiser", "creator", "auditor")


def send_about_order(
    order: OrderRecord, sender: Sender, text: str, picture_ids: Sequence[str], attempt: Attempt | None
) -> tuple[MessageRecord, bool]:
    """Send a message to the other side of the order. Return it, and whether an earlier attempt of the request has sent it.

    Raise InvalidBody for pictures that are not the sender's or were not uploaded."""
    return _send(order.pk, order, sender, text, picture_ids, attempt)


def send_about_dispute(
    dispute: DisputeRecord, sender: Sender, text: str, picture_ids: Sequence[str], attempt: Attempt | None
) -> tuple[MessageRecord, bool]:
    """Send a message to the parties and the auditor of an open dispute, as `send_about_order`.

    Raise Problem `dispute_closed` once it has ended."""
    if dispute.status != "open":
        raise Problem("dispute_closed", f"The dispute is {dispute.status}.")
    return _send(dispute.pk, find_order(dispute.order_id), sender, text, picture_ids, attempt)


def of_threads(threads: Sequence[str], limit: int, after: PageKey | None) -> Page[MessageRecord]:
    """Return a page of the messages of these threads, newest first."""
    return read_merged(MessageRecord, threads, limit=limit, before=_before, after=after)


def of_dispute(dispute: DisputeRecord, limit: int, after: PageKey | None) -> Page[MessageRecord]:
    """Return a page of the messages about a dispute, and of those about its order until the dispute was opened, newest first."""
    evidence = MessageRecord.sent_at <= clock.stamp(dispute.opened_at)
    where = evidence | (MessageRecord.about == "dispute")
    threads = [dispute.pk, dispute.order_id]
    return read_merged(MessageRecord, threads, limit=limit, before=_before, after=after, where=where)


def mark_read(thread: str, side: Sender, message_id: str) -> None:
    """Mark the thread as read by this side up to the message; an older mark changes nothing. Raise Problem `not_found`."""
    if MessageRecord.find(thread, MESSAGE + message_id) is None:
        raise not_found("message")
    known = ReadMark.find(thread, READ + side)
    if known is None or known.until < message_id:
        ReadMark(thread, READ + side, until=message_id).save()


def read_marks(thread: str) -> dict[Sender, str]:
    """Return the id of the last message that each side has read."""
    found = ReadMark.batch_get([(thread, READ + side) for side in SENDERS])
    marks = {str(mark.sk).removeprefix(READ): str(mark.until) for mark in found}
    return {side: marks[side] for side in SENDERS if side in marks}


def _send(
    thread: str,
    order: OrderRecord,
    sender: Sender,
    text: str,
    picture_ids: Sequence[str],
    attempt: Attempt | None,
) -> tuple[MessageRecord, bool]:
    owner = order.advertiser_id if sender == "advertiser" else str(order.owner)
    now = clock.now()
    sent = attempt.id("msg") if attempt else ids.new("msg")
    message_id = ids.derive_at("msg", now, sent)

    def write() -> MessageRecord:
        shown, faults = (
            picture_uploads.submitted(picture_ids, owner, "/picture_ids") if sender != "auditor" else ([], [])
        )
        if faults:
            raise InvalidBody(*faults)
        findings: list[StoredFinding] = [
            {"rule": one.rule, "start": one.start, "end": one.end, "message": one.message}
            for one in contact_details(text, [*order.urls, *order.content.urls, order.source_url or ""])
        ]
        message = MessageRecord(
            thread,
            MESSAGE + message_id,
            about="order" if thread == order.pk else "dispute",
            order_id=order.pk,
            advertiser_id=order.advertiser_id,
            creator_id=order.owner,
            sender=sender,
            text=text,
            pictures=shown,
            findings=findings,
            sent_at=clock.stamp(now),
        )
        actions = [put("message", message, MessageRecord.pk.does_not_exist())]
        if attempt is not None:
            receipt = SentRecord(sent, RECEIPT, thread=thread, key=message.sk, fingerprint=attempt.fingerprint)
            actions.append(put("sent", receipt, SentRecord.pk.does_not_exist()))
        transact(actions)
        return message

    if attempt is None:
        return write(), False
    receipt = SentRecord.find(sent, RECEIPT)
    if receipt is None:
        try:
            return write(), False
        except Refused:  # the same request was sent twice at once
            receipt = SentRecord.find(sent, RECEIPT)
            if receipt is None:
                raise
    attempt.require_same(receipt.fingerprint)
    return MessageRecord.get(receipt.thread, receipt.key), True


def _before(key: str | None) -> Condition:
    """Return the range of messages below a sort key."""
    last = MESSAGE + "~" if key is None else f"{key[:-1]}{chr(ord(key[-1]) - 1)}~"
    return MessageRecord.sk.between(MESSAGE, last)
