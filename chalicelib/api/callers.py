"""Callers: the Cognito user of a token, with the roles that the user's groups give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chalicelib.core import ids
from chalicelib.core.errors import Problem
from chalicelib.decisions.decider import Decider

ROLES = frozenset({"advertiser", "creator", "auditor", "finance", "admin"})
_SEPARATORS = re.compile(r"[\s,\[\]]+")
STAFF_ROLES = ("auditor", "finance")
"""The roles of the market's staff who decide and read for all users."""


@dataclass(frozen=True)
class Caller:
    """The user who sent a request. `sub` is Cognito's immutable user id; one user is at most one advertiser and one creator.
    `name` and `email` are from the token and are shown only to the caller; `verified_email` is the address if Cognito has verified
    it."""

    sub: str
    roles: frozenset[str]
    name: str = field(default="", compare=False)
    email: str | None = field(default=None, compare=False)
    verified_email: str | None = field(default=None, compare=False)

    @cached_property
    def advertiser_id(self) -> str:
        return ids.derive("adv", self.sub)

    @cached_property
    def creator_id(self) -> str:
        return ids.derive("cre", self.sub)

    def decider(self, revision: int | None = None) -> Decider:
        """Return this user as a decider; `revision` is the revision of the subject that was read."""
        return Decider(self.sub, frozenset({self.advertiser_id, self.creator_id}), revision)

    def has(self, *roles: str) -> bool:
        """Return True if the caller has one of `roles`; an admin has all of them."""
        return "admin" in self.roles or not self.roles.isdisjoint(roles)


def caller_of(context: Mapping[str, Any]) -> Caller:
    """Return the caller from API Gateway's request context. Raise Problem `unauthenticated` without the verified claims of an id
    token: API Gateway has an authorizer, but a route must stay closed even if it is missing there or lets other tokens of the
    user pool through."""
    claims = (context.get("authorizer") or {}).get("claims") or {}
    if not claims.get("sub") or claims.get("token_use") != "id":
        raise Problem("unauthenticated", "Send `Authorization: Bearer <id token>`.")
    groups = claims.get("cognito:groups") or ""
    # The gateway flattens the list into a string, as `a,b` or `[a b]`.
    names = groups if isinstance(groups, list) else _SEPARATORS.split(str(groups))
    name, email = str(claims.get("cognito:username") or ""), claims.get("email")
    shown = str(email) if email else None
    verified = shown if str(claims.get("email_verified")).lower() == "true" else None
    return Caller(str(claims["sub"]), ROLES.intersection(names), name, shown, verified)
