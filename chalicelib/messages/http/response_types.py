"""Response types of messages."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.response_types import Count, Link, Moment, TypedDict

SenderName = Literal["advertiser", "creator", "auditor"]


class MessagePicture(TypedDict):
    """A picture of a message, with a link that is valid until `expires_at`."""

    id: str
    content_type: str
    bytes: Count
    url: Link
    expires_at: Moment


class MessageFinding(TypedDict):
    """Contact details in the text, from the character `start` up to `end`. A finding is a warning; the message was sent."""

    rule: Literal["contact_phone", "contact_email", "contact_messenger", "contact_payment", "contact_link"]
    start: Count
    end: Count
    message: str


class Message(TypedDict):
    """A message. `about`: the order, or the dispute. `read_by`: the other participants who have marked it as read."""

    id: str
    about: Literal["order", "dispute"]
    order_id: str
    sender: SenderName
    text: str
    pictures: list[MessagePicture]
    findings: list[MessageFinding]
    read_by: list[SenderName]
    sent_at: Moment


class ExportedMessage(TypedDict):
    """A message in an export: its pictures by their ids, and no read marks."""

    id: str
    about: Literal["order", "dispute"]
    order_id: str
    dispute_id: str | None
    sender: SenderName
    text: str
    picture_ids: list[str]
    findings: list[MessageFinding]
    sent_at: Moment


class ReadUntil(TypedDict):
    """The last message that the caller has read."""

    message_id: str
