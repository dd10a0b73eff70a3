"""Items of messages and of read marks. They are in the tasks table, which has no expiry (rule 22)."""

from __future__ import annotations

from typing import Literal

from pynamodb.attributes import UnicodeAttribute

from chalicelib.core.response_types import TypedDict
from chalicelib.store import JSONAttribute, TasksRecord
from chalicelib.tasks.records.stored_documents import SubmittedPicture

Sender = Literal["advertiser", "creator", "auditor"]
MESSAGE, READ, RECEIPT = "message#", "read#", "sent"


class StoredFinding(TypedDict):
    """A finding of the lint, as stored."""

    rule: str
    start: int
    end: int
    message: str


class MessageRecord(TasksRecord):
    """A message: pk is its thread (an order or a dispute, as `about` says), sk `message#` and its id, which sorts by time. It is
    written once and never changed or deleted, so a dispute finds the messages of its order as they were sent."""

    about = UnicodeAttribute()
    order_id = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    creator_id = UnicodeAttribute()
    sender = UnicodeAttribute()
    text = UnicodeAttribute()
    pictures = JSONAttribute[list[SubmittedPicture]](default=list)
    findings = JSONAttribute[list[StoredFinding]](default=list)
    sent_at = UnicodeAttribute()

    @property
    def id(self) -> str:
        return str(self.sk).removeprefix(MESSAGE)


class ReadMark(TasksRecord):
    """The read mark of one side in a thread: pk is the thread, sk `read#` and the side; `until` is the id of the last message."""

    until = UnicodeAttribute()


class SentRecord(TasksRecord):
    """The message that a request with an Idempotency-Key has sent: pk is derived from caller and key, sk `sent`."""

    thread = UnicodeAttribute()
    key = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
