"""Stored advertisers for tests of use cases that run without the HTTP routes."""

from __future__ import annotations

from datetime import datetime

from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.core import clock


def store_advertiser(advertiser_id: str, at: datetime) -> None:
    """Store a certified advertiser."""
    AdvertiserRecord(
        advertiser_id,
        "advertiser",
        name="茶",
        licence_no="91310000MA1K12345X",
        contact_name="王敏",
        contact_phone="13800138000",
        contact_email="min@example.com",
        status="approved",
        created_at=clock.stamp(at),
        updated_at=clock.stamp(at),
    ).save()
