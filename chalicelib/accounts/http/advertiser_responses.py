"""Build the responses about advertisers."""

from __future__ import annotations

from typing import cast

from chalicelib.accounts.http import response_types
from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.core import clock


def advertiser_response(record: AdvertiserRecord) -> response_types.Advertiser:
    """Return the advertiser. It contains contact data and is only for the advertiser and staff."""
    return {
        "id": record.pk,
        "revision": int(record.revision),
        "name": record.name,
        "licence_no": record.licence_no,
        "contact": {
            "name": record.contact_name,
            "phone": record.contact_phone,
            "email": record.contact_email,
        },
        "certification": {
            "status": cast("response_types.CertificationStatus", record.status),
            "reason_code": record.reason_code,
            "note": record.note,
            "due_at": clock.parse(record.due_at) if record.due_at and record.status == "pending" else None,
            "decided_at": clock.parse(record.decided_at) if record.decided_at else None,
        },
        "created_at": clock.parse(record.created_at),
        "updated_at": clock.parse(record.updated_at),
    }


def advertiser_in_queue_response(record: AdvertiserRecord) -> response_types.AdvertiserInQueue:
    """Return an advertiser that waits for certification, for auditors."""
    return {**advertiser_response(record), "due_at": clock.parse(str(record.due_at))}
