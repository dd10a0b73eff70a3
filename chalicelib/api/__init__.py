"""The edge: from an HTTP request to a Call with a checked caller and body, and from an answer or Problem back to HTTP."""

from chalicelib.api.callers import Caller
from chalicelib.api.pagination import Paging, Query
from chalicelib.api.routing import ROUTES, Answer, Body, Call, DecisionBody, MoneyIn, route

__all__ = ["ROUTES", "Answer", "Body", "Call", "Caller", "DecisionBody", "MoneyIn", "Paging", "Query", "route"]
