"""The list of a recipient's events, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.events.records import END, EventRecord
from chalicelib.store import Page, PageKey, read_merged


def events_of(
    partitions: Sequence[str],
    limit: int,
    after: PageKey | None,
    *,
    where: Condition | None = None,
    examined_max: int = 2_000,
) -> Page[EventRecord]:
    """Return a page of the events of several recipients, who are one user, newest first; an event of two of them once.

    Events older than `events_listed` are left out: DynamoDB deletes an expired item some days late. `where` filters after reading,
    so a page can be short although there is a next one."""
    page = read_merged(
        EventRecord,
        partitions,
        limit=limit,
        before=lambda key: EventRecord.sk < (key or END),
        after=after,
        where=where,
        examined_max=examined_max,
    )
    oldest = clock.stamp(clock.now() - rules().events_listed)
    listed = [event for event in page.items if event.at >= oldest]
    return page if len(listed) == len(page.items) else Page(listed, None, keys=page.keys[: len(listed)])


def about(object_id: str) -> Condition:
    """Return the condition for events of this object, such as an order, or of its parts, such as the orders of a task."""
    found: Condition = (EventRecord.object_id == object_id) | (EventRecord.related == object_id)
    return found
