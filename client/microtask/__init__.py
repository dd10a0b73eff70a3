"""Client of a Micro-task market: `Market(url, token)` has a resource for each group of operations (client/README.md)."""

from microtask import webhooks
from microtask.errors import (
    Conflict,
    Forbidden,
    InsufficientFunds,
    Invalid,
    NotFound,
    RateLimited,
    Refused,
    Unauthenticated,
    Unavailable,
    Unreachable,
)
from microtask.market import Market
from microtask.paging import Pages
from microtask.tokens import CognitoUser, TokenSource
from microtask.values import OMITTED, Omitted, money

__all__ = [
    "OMITTED",
    "CognitoUser",
    "Conflict",
    "Forbidden",
    "InsufficientFunds",
    "Invalid",
    "Market",
    "NotFound",
    "Omitted",
    "Pages",
    "RateLimited",
    "Refused",
    "TokenSource",
    "Unauthenticated",
    "Unavailable",
    "Unreachable",
    "money",
    "webhooks",
]
