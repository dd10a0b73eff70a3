"""HTTP: from a request to an ApiRequest with a checked caller and body, and from a response or Problem back to HTTP."""

from chalicelib.api.callers import STAFF_ROLES, Caller
from chalicelib.api.pagination import Paging, Query, QueryNumber
from chalicelib.api.problems import HTML
from chalicelib.api.request_body_bases import Body, DecisionBody, Flag, MoneyIn
from chalicelib.api.request_parsing import ApiRequest
from chalicelib.api.response import ApiResponse, Listed, ListedBothWays, TextResponse
from chalicelib.api.routing import ROUTES, route

__all__ = [
    "HTML",
    "ROUTES",
    "STAFF_ROLES",
    "ApiRequest",
    "ApiResponse",
    "Body",
    "Caller",
    "DecisionBody",
    "Flag",
    "Listed",
    "ListedBothWays",
    "MoneyIn",
    "Paging",
    "Query",
    "QueryNumber",
    "TextResponse",
    "route",
]
