"""Build the responses about open calls and applications (api.md)."""

from __future__ import annotations

from typing import Any

from chalicelib.core import clock
from chalicelib.tasks.http.response_parts import price_parts
from chalicelib.tasks.http.task_responses import call_terms
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.task_record import TaskRecord


def open_call_response(task: TaskRecord) -> dict[str, Any]:
    """An open call as creators see it."""
    return {
        "task_id": task.pk,
        "kind": task.kind,
        "title": task.title,
        "content": task.content.as_json(),
        "source_url": task.source_url,
        "window": {"start_at": task.start_at, "end_at": task.end_at},
        "accept_by": task.accept_by,
        "retention": task.schedule.retention,
        "draft_approval": task.draft_approval,
        "publishing": {"mode": task.publishing, "at": task.publish_at},
        **call_terms(task),
    }


def application_response(application: ApplicationRecord) -> dict[str, Any]:
    """An application to an open call; an open one expires with the call."""
    price, commission = int(application.price), int(application.commission)
    expired = application.status == "open" and clock.now() >= application.accept_by
    return {
        "id": application.pk,
        "task_id": application.task_id,
        "account_id": application.account_id,
        "handle": application.handle,
        "network": application.network,
        "creator_id": application.creator_id,
        "status": "expired" if expired else application.status,
        **price_parts(PriceParts(price, price - commission, commission)),
        "note": application.note,
        "order_id": application.order_id,
        "accept_by": application.accept_by,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
    }
