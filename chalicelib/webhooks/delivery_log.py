"""The delivery log of an endpoint."""

from __future__ import annotations

from chalicelib.store import Page, PageKey, read_page
from chalicelib.webhooks.records import DeliveryRecord, DeliveryStatus


def of_endpoint(
    endpoint_id: str, status: DeliveryStatus | None, limit: int, after: PageKey | None
) -> Page[DeliveryRecord]:
    """Return a page of the deliveries of the last 30 days, newest first, in one status or all."""
    where = None if status is None else DeliveryRecord.status == status
    return read_page(DeliveryRecord, endpoint_id, limit=limit, after=after, where=where)
