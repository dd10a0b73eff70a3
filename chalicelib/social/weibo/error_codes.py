"""Map Weibo's error codes to the errors of the port. Pure.

Source: the open platform's list of error codes (open.weibo.com/wiki/Error_code) and of its OAuth2 errors. A code that is not
listed here is a refusal; its number is in the message, and it never means that a post is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.social.port import Absent, NetworkError, NotPermitted, RateLimited, RefusedByNetwork, Unavailable

ABSENT = frozenset({20003, 20101})
UNAVAILABLE = frozenset({10001, 10002, 10003, 10009, 10010, 10011, 20032, 21331})
"""Weibo's own failures, and 20032: published, but not visible yet."""
HOURLY = frozenset({10022, 10023, 10024, 21303})
"""Over the hourly limit of an address, of a user, or of a user for one interface."""
TOO_FAST = frozenset({20016})
"""Posting too often; Weibo does not document for how long."""
NOT_PERMITTED = frozenset(
    {10004, 10005, 10006, 10007, 10012, 10013, 10014, 10020, 10021, 20015, 20022, 20031, 20102, 20104, 20112}
    | {20508, 21301, 21314, 21315, 21316, 21317, 21319, 21321, 21601}
    | set(range(21322, 21331))
    | {21332, 21335, 21337}
)
"""The application, address, user or token lacks the right. 20104 and 20112: the post is hidden from the market, which is not
gone."""

TOO_FAST_SECONDS = 600


def failure(code: int, message: str, now: datetime, retry_after: int | None = None) -> NetworkError:
    """Return the error for a Weibo error code. `message` is Weibo's own text, `retry_after` the seconds in its header."""
    detail = f"Weibo error {code}: {message[:200]}"
    if code in ABSENT:
        return Absent(detail)
    if code in HOURLY:
        return RateLimited(detail, retry_after or seconds_to_next_hour(now))
    if code in TOO_FAST:
        return RateLimited(detail, retry_after or TOO_FAST_SECONDS)
    if code in UNAVAILABLE:
        return Unavailable(detail)
    return NotPermitted(detail) if code in NOT_PERMITTED else RefusedByNetwork(detail)


def seconds_to_next_hour(now: datetime) -> int:
    """Return the seconds until the next full hour: Weibo counts requests per clock hour (account/rate_limit_status)."""
    begun = now.replace(minute=0, second=0, microsecond=0)
    return int((begun + timedelta(hours=1) - now).total_seconds()) + 1
