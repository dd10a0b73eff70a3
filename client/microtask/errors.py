"""What a call raises: a refusal of the market, by what a caller does about it, or that the market cannot be reached."""

from __future__ import annotations

from typing import Any, ClassVar


class Unreachable(Exception):
    """No answer: no connection, or none in time. Whether the request was carried out is not known; a repeat is safe."""


class Refused(Exception):
    """The market refused. `code` is stable (docs/reference/errors.md), `detail` a sentence, `errors` point to wrong fields,
    `problem` is the whole document (RFC 9457) with further members. Tell `request_id` to the operator."""

    statuses: ClassVar[tuple[int, ...]] = ()

    def __init__(self, problem: dict[str, Any], request_id: str | None = None) -> None:
        self.problem = problem
        self.status = int(problem.get("status") or 0)
        self.code = str(problem.get("code") or "")
        self.detail = str(problem.get("detail") or problem.get("title") or "")
        self.errors: list[dict[str, str]] = list(problem.get("errors") or ())
        self.request_id = str(problem.get("request_id") or request_id or "")
        super().__init__(f"{self.status} {self.code}: {self.detail} (request {self.request_id or 'unknown'})")


class Invalid(Refused):
    """What was sent is wrong: `errors` says where."""

    statuses = (400, 413, 415, 422)


class Unauthenticated(Refused):
    """No token, or one that is not valid any more."""

    statuses = (401,)


class InsufficientFunds(Refused):
    """The wallet does not cover it: `available` and `needed` say by how much, in minor units."""

    statuses = (402,)

    @property
    def available(self) -> int:
        return int(self.problem["available"]["amount"])

    @property
    def needed(self) -> int:
        return int(self.problem["needed"]["amount"])


class Forbidden(Refused):
    """The caller's role may not do this."""

    statuses = (403,)


class NotFound(Refused):
    """There is nothing here, or it is somebody else's."""

    statuses = (404, 405, 410)


class Conflict(Refused):
    """Not possible as things stand: `code` says why."""

    statuses = (409,)


class RateLimited(Refused):
    """Too many requests; the call was repeated as often as it may be."""

    statuses = (429,)


class Unavailable(Refused):
    """The market could not do it now; a call that may be repeated has been."""

    statuses = (500, 502, 503, 504)


KINDS: tuple[type[Refused], ...] = (
    Invalid,
    Unauthenticated,
    InsufficientFunds,
    Forbidden,
    NotFound,
    Conflict,
    RateLimited,
    Unavailable,
)


def refusal(problem: dict[str, Any], request_id: str | None) -> Refused:
    """The exception for a problem document."""
    status = int(problem.get("status") or 0)
    kind = next((kind for kind in KINDS if status in kind.statuses), Refused)
    return kind(problem, request_id)
