"""The item of an application to an open call."""

from __future__ import annotations

from typing import Literal

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import ids
from chalicelib.store import TasksRecord
from chalicelib.tasks.records.task_attributes import Choice, Moment


class ApplicationRecord(TasksRecord):
    """An application: pk is its id, sk is `application`, task_id the open call; owner is `applicant#` and the creator's id, so that
    applications are not listed among the creator's orders."""

    status = Choice[Literal["open", "accepted", "declined", "withdrawn"]]()
    creator_id = UnicodeAttribute()
    account_id = UnicodeAttribute()
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    price = NumberAttribute()
    commission = NumberAttribute()
    note = UnicodeAttribute(null=True)
    order_id = UnicodeAttribute(null=True)
    accept_by = Moment()
    created_at = Moment()
    updated_at = Moment()


def application_id(task_id: str, account_id: str) -> str:
    """Return the id of this account's application to this call."""
    return ids.derive("app", task_id, account_id)


def find_application(application_id: str) -> ApplicationRecord:
    """Return the application, read consistently. Raises Problem `not_found`."""
    return ApplicationRecord.existing(application_id, "application", prefix="app")
