"""Links to the page of a report for readers without an account: signed, with an expiry, and revocable by the advertiser."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired

from pynamodb.attributes import NumberAttribute

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.store import TasksRecord, transact, update


class ReportLinksRecord(TasksRecord):
    """pk is the task's id, sk is `report_links`: how often the advertiser has revoked the links. Absent: never."""

    revoked = NumberAttribute(default=0)


class LinkContent(TypedDict):
    """The signed content of a link's key: its expiry, and how often the links had been revoked when it was made."""

    until: str
    revoked: NotRequired[int]


def create(task_id: str) -> tuple[LinkContent, datetime]:
    """Return the content of the key of a new link, to be signed, and the expiry of the link."""
    until = clock.now() + rules().report_link
    return {"until": clock.stamp(until), "revoked": _times_revoked(task_id)}, until


def revoke(task_id: str) -> None:
    """Revoke every earlier link to the task's report."""
    record = ReportLinksRecord(task_id, "report_links")
    transact([update("report_links", record, [ReportLinksRecord.revoked.add(1)], None)])


def valid_until(content: LinkContent, task_id: str) -> datetime:
    """Return the expiry of the link with this verified content.

    Raise Problem `report_expired` for a link that has expired or was revoked."""
    until = clock.parse(content["until"])
    if clock.now() >= until or content.get("revoked", 0) != _times_revoked(task_id):
        raise Problem("report_expired", "Ask the advertiser for a new link.")
    return until


def _times_revoked(task_id: str) -> int:
    record = ReportLinksRecord.find(task_id, "report_links")
    return int(record.revoked) if record else 0
