"""HTTP route of the caller's overview."""

from __future__ import annotations

from typing import Annotated, cast

from chalice.app import Blueprint
from pydantic import StringConstraints

from chalicelib.accounts.http.account_responses import account_response
from chalicelib.accounts.http.advertiser_responses import advertiser_response
from chalicelib.accounts.http.response_types import Advertiser
from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.accounts.search import account_search
from chalicelib.api import ApiRequest, Caller, Listed, Query, route
from chalicelib.overview import pending_work_counts
from chalicelib.overview.http import response_types
from chalicelib.overview.http.lookup import look_up

blueprint = Blueprint(__name__)
ACCOUNTS_MAX = 100
_SHOWN = ("id", "network", "handle", "category", "status", "orderable", "paused", "grade")


@route(blueprint, "GET", "/v1/me", roles=(), response=response_types.Me, client="me.read")
def me(request: ApiRequest) -> response_types.Me:
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
        "roles": cast(list[response_types.Role], sorted(caller.roles)),
        "advertiser": _advertiser(caller),
        "accounts": _accounts(caller),
        "organisations": [],
        "counts": _counts(caller),
    }


class LookupQuery(Query):
    """The query of GET /v1/lookup. `q`: an id, or the handle of an account, or a part of it."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


@route(
    blueprint,
    "GET",
    "/v1/lookup",
    roles=(),
    query=LookupQuery,
    response=Listed[response_types.Found],
    quota="searches",
    client="me.look_up",
)
def lookup(request: ApiRequest[None, LookupQuery]) -> Listed[response_types.Found]:
    """Find something by its id, or at most ten accounts by their handle; the list is empty for what the caller may not read."""
    return {"data": look_up(request.query.q, request.caller), "next_cursor": None}


def _counts(caller: Caller) -> response_types.Counts:
    """Return the counts of each role that the caller has; an admin has those of staff."""
    found: response_types.Counts = {}
    if "advertiser" in caller.roles:
        found["advertiser"] = pending_work_counts.advertiser_counts(caller.advertiser_id)
    if "creator" in caller.roles:
        found["creator"] = pending_work_counts.creator_counts(caller.creator_id)
    if caller.has("auditor"):
        found["auditor"] = pending_work_counts.auditor_counts()
    if caller.has("finance"):
        found["finance"] = pending_work_counts.finance_counts()
    return found


def _advertiser(caller: Caller) -> Advertiser | None:
    record = AdvertiserRecord.find(caller.advertiser_id, "advertiser") if "advertiser" in caller.roles else None
    return None if record is None else advertiser_response(record)


def _accounts(caller: Caller) -> list[response_types.OwnAccount]:
    if "creator" not in caller.roles:
        return []
    found = account_search.owned(caller.creator_id, ACCOUNTS_MAX).items
    shown = (account_response(record, caller.creator_id) for record in found)
    return [cast(response_types.OwnAccount, {name: card[name] for name in _SHOWN}) for card in shown]  # type: ignore[literal-required]
