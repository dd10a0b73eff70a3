"""Who is calling: the Cognito user behind the token, and the roles that the user's groups give."""

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


@dataclass(frozen=True)
class Caller:
    """`sub` is Cognito's immutable user id; one user is at most one advertiser and one creator. `name` and `email` are those
    of the token, shown to the caller alone."""

    sub: str
    roles: frozenset[str]
    name: str = field(default="", compare=False)
    email: str | None = field(default=None, compare=False)

    @cached_property
    def advertiser_id(self) -> str:
        return ids.derive("adv", self.sub)

    @cached_property
    def creator_id(self) -> str:
        return ids.derive("cre", self.sub)

    def decider(self, revision: int | None = None) -> Decider:
        """This user as the one who decides; `revision` is that of the subject, as it was read."""
        return Decider(self.sub, frozenset({self.advertiser_id, self.creator_id}), revision)

    def has(self, *roles: str) -> bool:
        """Whether the caller has one of `roles`; an admin has all of them."""
        return "admin" in self.roles or not self.roles.isdisjoint(roles)


def caller_of(context: Mapping[str, Any]) -> Caller:
    """The caller from API Gateway's request context. Raises Problem `unauthenticated` without verified claims: the
    authorizer is in front, but a route must not be open because somebody forgot it."""
    claims = (context.get("authorizer") or {}).get("claims") or {}
    if not claims.get("sub"):
        raise Problem("unauthenticated", "Send `Authorization: Bearer <id token>`.")
    groups = claims.get("cognito:groups") or ""
    # The gateway flattens the list into a string, as `a,b` or `[a b]`.
    names = groups if isinstance(groups, list) else re.split(r"[\s,\[\]]+", str(groups))
    name, email = str(claims.get("cognito:username") or ""), claims.get("email")
    return Caller(str(claims["sub"]), ROLES.intersection(names), name, str(email) if email else None)
