"""HTTP routes of the search for accounts: search, facets, similar accounts, categories."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts.http import response_types
from chalicelib.accounts.http.account_responses import response_to
from chalicelib.accounts.http.search_requests import FacetsQuery, SearchQuery, SimilarQuery
from chalicelib.accounts.records import get_account
from chalicelib.accounts.search import account_search, categories
from chalicelib.accounts.search.similar_accounts import MOST_SIMILAR, find_similar
from chalicelib.api import ApiRequest, Listed, route
from chalicelib.core.errors import Problem
from chalicelib.grading.model.methodology import GRADES

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/accounts",
    roles=(),
    query=SearchQuery,
    response=Listed[response_types.Account],
    errors=("forbidden",),
    quota="searches",
    client="accounts.search",
)
def accounts(request: ApiRequest[None, SearchQuery]) -> Listed[response_types.Account]:
    """Search the listed accounts, or with owner=me the caller's own in every status."""
    query: SearchQuery = request.query
    if query.owner is None:
        page = account_search.find(query.wanted(), query.limit, request.after)
    elif request.caller.has("creator"):
        page = account_search.owned(request.caller.creator_id, query.limit, request.after)
    else:
        raise Problem("forbidden", "Only creators have accounts of their own.")
    return request.page_response(page, lambda record: response_to(request.caller, record))


@route(
    blueprint,
    "GET",
    "/v1/accounts/facets",
    roles=(),
    query=FacetsQuery,
    response=response_types.Facets,
    quota="searches",
    client="accounts.facets",
)
def account_facets(request: ApiRequest[None, FacetsQuery]) -> response_types.Facets:
    """Count the listed accounts that match the filters, per category (ignoring its own filter), grade and network."""
    found = account_search.count(request.query.wanted())
    return {
        "total": found.total,
        "categories": [
            {"category": category, "accounts": number}
            for category, number in sorted(found.categories.items(), key=lambda one: (-one[1], one[0] or ""))
        ],
        "grades": [
            {"grade": grade, "accounts": found.grades[grade]}
            for grade in (*reversed(GRADES), None)
            if found.grades[grade]
        ],
        "networks": [
            {"network": str(network), "accounts": number}
            for network, number in sorted(found.networks.items(), key=lambda one: (-one[1], str(one[0])))
        ],
        "examined": found.examined,
        "complete": found.complete,
    }


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/similar",
    roles=(),
    query=SimilarQuery,
    response=Listed[response_types.Account],
    quota="searches",
    client="accounts.similar",
)
def similar_accounts(request: ApiRequest[None, SimilarQuery], account_id: str) -> Listed[response_types.Account]:
    """List accounts similar to this one in category, score, followers and price, the most similar first."""
    found = find_similar(get_account(account_id), MOST_SIMILAR)
    return request.slice_response(found, lambda record: response_to(request.caller, record))


@route(
    blueprint,
    "GET",
    "/v1/categories",
    roles=None,
    response=Listed[response_types.Category],
    client="accounts.categories",
)
def list_categories(request: ApiRequest) -> Listed[response_types.Category]:
    """List the categories that an account can have."""
    found: list[response_types.Category] = [
        {"category": value, "name": names.english} for value, names in categories.listed().items()
    ]
    return {"data": found, "next_cursor": None}
