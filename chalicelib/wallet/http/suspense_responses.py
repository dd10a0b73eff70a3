"""Responses of suspense."""

from __future__ import annotations

from typing import cast

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, Money, TypedDict
from chalicelib.wallet import records
from chalicelib.wallet.http.responses import Confirmation, confirmation_response, money


class SuspenseItem(TypedDict):
    """Money that fits no open payment (rule 4)."""

    id: str
    revision: Count
    status: records.SuspenseStatus
    provider: str
    transaction_id: str
    payment_id: str | None
    amount: Money
    reason: str
    at: Moment
    advertiser_id: str | None
    note: str | None
    resolved_at: Moment | None
    confirmation: Confirmation | None
    decided_by: str | None


def suspense_response(item: records.SuspenseItem) -> SuspenseItem:
    """Return the suspense item, with the user ids of those who decided."""
    return {
        "id": item.pk,
        "revision": int(item.revision),
        "status": cast(records.SuspenseStatus, item.status),
        "provider": item.provider,
        "transaction_id": item.transaction_id,
        "payment_id": item.payment_id,
        "amount": money(item.amount),
        "reason": item.reason,
        "at": clock.parse(item.at),
        "advertiser_id": item.advertiser_id,
        "note": item.note,
        "resolved_at": clock.parse(item.resolved_at) if item.resolved_at else None,
        "confirmation": confirmation_response(item.confirmation),
        "decided_by": item.resolved_by,
    }
