"""Request types of queues and claims."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.api import Body, Paging
from chalicelib.queues.queue_table import QueueName

Id = Annotated[str, Field(min_length=1, max_length=40)]


class ClaimIn(Body):
    """The item to be claimed, and its queue."""

    queue: QueueName
    subject_id: Id


class NextIn(Body):
    """Items that are skipped."""

    skip: Annotated[list[Id], Field(max_length=100)] = Field(default_factory=list)


class ClaimsQuery(Paging):
    """The query of GET /v1/claims. `queue` filters."""

    queue: QueueName | None = None
