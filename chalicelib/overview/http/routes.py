"""HTTP route of the caller's overview."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

from chalicelib.accounts import advertisers
from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.accounts.search import account_card, account_search
from chalicelib.api import ApiRequest, Caller, route
from chalicelib.overview import counts
from chalicelib.overview.http import responses

blueprint = Blueprint(__name__)
ACCOUNTS_MAX = 100
_SHOWN = ("id", "network", "handle", "category", "status", "orderable", "paused", "grade")


@route(blueprint, "GET", "/v1/me", roles=(), response=responses.Me, client="me.read")
def me(request: ApiRequest) -> dict[str, Any]:
    """Return the caller, the caller's own advertiser and accounts, and the counts of pending work for each role."""
    caller = request.caller
    return {
        "user": {
            "id": caller.sub,
            "name": caller.name,
            "email": caller.email,
            "advertiser_id": caller.advertiser_id,
            "creator_id": caller.creator_id,
        },
        "roles": sorted(caller.roles),
        "advertiser": _advertiser(caller),
        "accounts": _accounts(caller),
        "organisations": [],
        "counts": _counts(caller),
    }


def _counts(caller: Caller) -> dict[str, Any]:
    """Return the counts of each role that the caller has; an admin has those of staff."""
    found: dict[str, Any] = {}
    if "advertiser" in caller.roles:
        found["advertiser"] = counts.of_advertiser(caller.advertiser_id)
    if "creator" in caller.roles:
        found["creator"] = counts.of_creator(caller.creator_id)
    if caller.has("auditor"):
        found["auditor"] = counts.of_queues(counts.AUDITOR)
    if caller.has("finance"):
        found["finance"] = counts.of_queues(counts.FINANCE)
    return found


def _advertiser(caller: Caller) -> dict[str, Any] | None:
    record = AdvertiserRecord.find(caller.advertiser_id, "advertiser") if "advertiser" in caller.roles else None
    return None if record is None else advertisers.document(record)


def _accounts(caller: Caller) -> list[dict[str, Any]]:
    if "creator" not in caller.roles:
        return []
    found = account_search.owned(caller.creator_id, ACCOUNTS_MAX).items
    shown = (account_card.card(record, caller.creator_id) for record in found)
    return [{name: card[name] for name in _SHOWN} for card in shown]
