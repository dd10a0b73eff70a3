"""HTTP routes of shortlists and saved searches."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts.http.account_responses import account_response
from chalicelib.accounts.records import AccountRecord
from chalicelib.api import ApiRequest, ApiResponse, Listed, Paging, route
from chalicelib.core import clock
from chalicelib.shortlists import saved_searches, shortlists
from chalicelib.shortlists.http import responses
from chalicelib.shortlists.http.requests import (
    SavedSearchIn,
    SavedSearchPatch,
    ShortlistAccountsIn,
    ShortlistIn,
    ShortlistPatch,
    ShortlistsQuery,
)
from chalicelib.shortlists.http.responses import saved_search_response, shortlist_response
from chalicelib.shortlists.records import Entry

blueprint = Blueprint(__name__)
ADVERTISER = ("advertiser",)


@route(
    blueprint,
    "POST",
    "/v1/shortlists",
    roles=ADVERTISER,
    request=ShortlistIn,
    response=responses.Shortlist,
    errors=("list_full",),
    status=201,
    client="shortlists.create",
)
def create_shortlist(request: ApiRequest[ShortlistIn]) -> ApiResponse[responses.Shortlist]:
    """Create a shortlist: a folder of accounts."""
    sent = request.body
    record, replayed = shortlists.create(
        request.caller.advertiser_id, sent.name, sent.note, sent.account_ids, request.attempt
    )
    return ApiResponse(shortlist_response(record), replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/shortlists",
    roles=ADVERTISER,
    query=ShortlistsQuery,
    response=Listed[responses.Shortlist],
    client="shortlists.list",
)
def list_shortlists(request: ApiRequest[None, ShortlistsQuery]) -> Listed[responses.Shortlist]:
    """List the caller's shortlists, newest first; with `account_id`, those that have this account."""
    query = request.query
    page = shortlists.of_advertiser(request.caller.advertiser_id, query.account_id, query.limit, request.after)
    return request.page_response(page, shortlist_response)


@route(
    blueprint,
    "GET",
    "/v1/shortlists/{shortlist_id}",
    roles=ADVERTISER,
    response=responses.Shortlist,
    client="shortlists.read",
)
def read_shortlist(request: ApiRequest, shortlist_id: str) -> responses.Shortlist:
    """Return a shortlist without its accounts."""
    return shortlist_response(shortlists.find(shortlist_id, request.caller.advertiser_id))


@route(
    blueprint,
    "PATCH",
    "/v1/shortlists/{shortlist_id}",
    roles=ADVERTISER,
    request=ShortlistPatch,
    response=responses.Shortlist,
    client="shortlists.revise",
)
def revise_shortlist(request: ApiRequest[ShortlistPatch], shortlist_id: str) -> responses.Shortlist:
    """Change the name or the note of a shortlist."""
    return shortlist_response(shortlists.revise(shortlist_id, request.caller.advertiser_id, request.body.changes()))


@route(
    blueprint,
    "DELETE",
    "/v1/shortlists/{shortlist_id}",
    roles=ADVERTISER,
    response=responses.Shortlist,
    client="shortlists.delete",
)
def delete_shortlist(request: ApiRequest, shortlist_id: str) -> responses.Shortlist:
    """Delete a shortlist, and return it as it was; its accounts are not changed."""
    return shortlist_response(shortlists.remove(shortlist_id, request.caller.advertiser_id))


@route(
    blueprint,
    "GET",
    "/v1/shortlists/{shortlist_id}/accounts",
    roles=ADVERTISER,
    query=Paging,
    response=Listed[responses.ShortlistedAccount],
    client="shortlists.accounts",
)
def list_shortlist_accounts(
    request: ApiRequest[None, Paging], shortlist_id: str
) -> Listed[responses.ShortlistedAccount]:
    """List the accounts of a shortlist with their cards, the one that was added last first."""
    record = shortlists.find(shortlist_id, request.caller.advertiser_id)

    def present(pair: tuple[Entry, AccountRecord]) -> responses.ShortlistedAccount:
        entry, account = pair
        return {**account_response(account, request.caller.creator_id), "added_at": clock.parse(entry["at"])}

    return request.page_response(shortlists.accounts_of(record, request.query.limit, request.after), present)


@route(
    blueprint,
    "POST",
    "/v1/shortlists/{shortlist_id}/accounts",
    roles=ADVERTISER,
    request=ShortlistAccountsIn,
    response=responses.Shortlist,
    errors=("list_full",),
    client="shortlists.add_accounts",
)
def add_shortlist_accounts(request: ApiRequest[ShortlistAccountsIn], shortlist_id: str) -> responses.Shortlist:
    """Add accounts to a shortlist; those that it has already are not added again."""
    return shortlist_response(
        shortlists.add_accounts(shortlist_id, request.caller.advertiser_id, request.body.account_ids)
    )


@route(
    blueprint,
    "DELETE",
    "/v1/shortlists/{shortlist_id}/accounts/{account_id}",
    roles=ADVERTISER,
    response=responses.Shortlist,
    client="shortlists.remove_account",
)
def remove_shortlist_account(request: ApiRequest, shortlist_id: str, account_id: str) -> responses.Shortlist:
    """Remove an account from a shortlist."""
    return shortlist_response(shortlists.remove_account(shortlist_id, request.caller.advertiser_id, account_id))


@route(
    blueprint,
    "POST",
    "/v1/searches",
    roles=ADVERTISER,
    request=SavedSearchIn,
    response=responses.SavedSearch,
    errors=("list_full",),
    quota="searches",
    status=201,
    client="searches.save",
)
def save_search(request: ApiRequest[SavedSearchIn]) -> ApiResponse[responses.SavedSearch]:
    """Save a search for accounts; its present results count as viewed."""
    sent = request.body
    record, replayed = saved_searches.create(
        request.caller.advertiser_id, sent.name, sent.stored_filters(), sent.sort, sent.alerts, request.attempt
    )
    return ApiResponse(saved_search_response(record), replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/searches",
    roles=ADVERTISER,
    query=Paging,
    response=Listed[responses.SavedSearch],
    client="searches.list",
)
def list_searches(request: ApiRequest[None, Paging]) -> Listed[responses.SavedSearch]:
    """List the caller's saved searches as they were checked last, newest first."""
    page = saved_searches.of_advertiser(request.caller.advertiser_id, request.query.limit, request.after)
    return request.page_response(page, saved_search_response)


@route(
    blueprint,
    "GET",
    "/v1/searches/{search_id}",
    roles=ADVERTISER,
    response=responses.SavedSearch,
    quota="searches",
    client="searches.read",
)
def read_search(request: ApiRequest, search_id: str) -> responses.SavedSearch:
    """Return a saved search with the results that are new at this moment."""
    return saved_search_response(saved_searches.checked(search_id, request.caller.advertiser_id))


@route(
    blueprint,
    "PATCH",
    "/v1/searches/{search_id}",
    roles=ADVERTISER,
    request=SavedSearchPatch,
    response=responses.SavedSearch,
    quota="searches",
    client="searches.revise",
)
def revise_search(request: ApiRequest[SavedSearchPatch], search_id: str) -> responses.SavedSearch:
    """Change the name, filters, sort or alerts of a saved search; results of changed filters count as viewed."""
    return saved_search_response(saved_searches.revise(search_id, request.caller.advertiser_id, request.body.changes()))


@route(
    blueprint,
    "POST",
    "/v1/searches/{search_id}/view",
    roles=ADVERTISER,
    response=responses.SavedSearch,
    quota="searches",
    client="searches.view",
)
def view_search(request: ApiRequest, search_id: str) -> responses.SavedSearch:
    """Note that the results of a saved search were viewed: what matches now is no longer new."""
    return saved_search_response(saved_searches.view(search_id, request.caller.advertiser_id))


@route(
    blueprint,
    "DELETE",
    "/v1/searches/{search_id}",
    roles=ADVERTISER,
    response=responses.SavedSearch,
    client="searches.delete",
)
def delete_search(request: ApiRequest, search_id: str) -> responses.SavedSearch:
    """Delete a saved search, and return it as it was."""
    return saved_search_response(saved_searches.remove(search_id, request.caller.advertiser_id))
