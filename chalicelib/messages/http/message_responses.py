"""Responses of messages, from stored ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from chalicelib.core import clock
from chalicelib.messages import threads
from chalicelib.messages.http import response_types
from chalicelib.messages.records import MessageRecord
from chalicelib.tasks.content import picture_uploads

Present = Callable[[MessageRecord], response_types.Message]


def presenter() -> Present:
    """Return a function that presents messages; it reads the read marks of each thread once."""
    marks: dict[str, Mapping[str, str]] = {}

    def present(message: MessageRecord) -> response_types.Message:
        if message.pk not in marks:
            marks[message.pk] = cast(Mapping[str, str], threads.read_marks(message.pk))
        return message_response(message, marks[message.pk])

    return present


def message_response(message: MessageRecord, read_until: Mapping[str, str]) -> response_types.Message:
    """Return the message; `read_until` has the id of the last message that each participant has read."""
    read_by = [side for side, until in read_until.items() if side != message.sender and until >= message.id]
    return {
        "id": message.id,
        "about": "dispute" if message.about == "dispute" else "order",
        "order_id": message.order_id,
        "sender": cast(response_types.SenderName, message.sender),
        "text": message.text,
        "pictures": [
            {
                "id": link.picture["id"],
                "content_type": link.picture["content_type"],
                "bytes": link.picture["bytes"],
                "url": link.url,
                "expires_at": link.expires_at,
            }
            for link in (picture_uploads.links_of(message.pictures) if message.pictures else ())
        ],
        "findings": cast(list[response_types.MessageFinding], message.findings),
        "read_by": cast(list[response_types.SenderName], read_by),
        "sent_at": clock.parse(message.sent_at),
    }


def message_line(message: MessageRecord) -> response_types.ExportedMessage:
    """Return the message for an export: pictures by their ids, without read marks."""
    return {
        "id": message.id,
        "about": "dispute" if message.about == "dispute" else "order",
        "order_id": message.order_id,
        "dispute_id": message.pk if message.about == "dispute" else None,
        "sender": cast(response_types.SenderName, message.sender),
        "text": message.text,
        "picture_ids": [picture["id"] for picture in message.pictures],
        "findings": cast(list[response_types.MessageFinding], message.findings),
        "sent_at": clock.parse(message.sent_at),
    }
