"""The recipients of events that a caller is."""

from __future__ import annotations

from chalicelib.api import Caller


def partitions_of(caller: Caller) -> list[str]:
    """Return the recipients that the caller is: as advertiser, as creator, and as staff."""
    partitions = {
        "advertiser": caller.advertiser_id,
        "creator": caller.creator_id,
        "auditor": "auditors",
        "finance": "finance",
        "admin": "operator",
    }
    return [partition for role, partition in partitions.items() if role in _roles(caller)]


def _roles(caller: Caller) -> frozenset[str]:
    """Return the roles of the caller; an admin is also staff."""
    return caller.roles | {"auditor", "finance"} if "admin" in caller.roles else caller.roles
