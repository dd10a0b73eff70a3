"""Exceptions of the client: one class for each way in which a program handles a refusal, and Unreachable."""

from __future__ import annotations

from typing import Any, ClassVar


class Unreachable(Exception):
    """No response: no connection, or a timeout. The request may have been carried out; repeating it with its key is safe."""


class Refused(Exception):
    """The market refused the request. `code` is stable (docs/reference/errors.md), `detail` is a sentence, `errors` point to wrong
    fields, and `problem` is the whole document (RFC 9457) with further members. An operator finds the request by `request_id`."""

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
    """The request is malformed: `errors` has the places."""

    statuses = (400, 413, 415, 422)


class Unauthenticated(Refused):
    """The token is missing or no longer valid."""

    statuses = (401,)


class InsufficientFunds(Refused):
    """The wallet does not cover the amount: `available` and `needed` are in minor units."""

    statuses = (402,)

    @property
    def available(self) -> int:
        return int(self.problem["available"]["amount"])

    @property
    def needed(self) -> int:
        return int(self.problem["needed"]["amount"])


class Forbidden(Refused):
    """The caller lacks the required role."""

    statuses = (403,)


class NotFound(Refused):
    """The resource does not exist or belongs to another user."""

    statuses = (404, 405, 410)


class Conflict(Refused):
    """The state of the resource does not allow the operation: `code` is the reason."""

    statuses = (409,)


class RateLimited(Refused):
    """Too many requests, also after all tries."""

    statuses = (429,)


class Unavailable(Refused):
    """The market failed or is not available, also after all tries of a request that can be repeated."""

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
    """Return the exception for a problem document."""
    status = int(problem.get("status") or 0)
    kind = next((kind for kind in KINDS if status in kind.statuses), Refused)
    return kind(problem, request_id)
