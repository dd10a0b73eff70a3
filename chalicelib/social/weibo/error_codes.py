"""What Weibo's error codes mean for us. Pure.

Source: the open platform's list of error codes (open.weibo.com/wiki/Error_code) and of its OAuth2 errors. A code that is not here
is a refusal: it is told with its number, and never read as "the post is gone"."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.social.port import Absent, NetworkError, NotPermitted, RateLimited, RefusedByNetwork, Unavailable

ABSENT = frozenset({20003, 20101})
UNAVAILABLE = frozenset({10001, 10002, 10003, 10009, 10010, 10011, 20032, 21331})
"""Its own failures, and 20032: published, but the server is slow to show it."""
HOURLY = frozenset({10022, 10023, 10024, 21303})
"""Requests of an address, a user, or of a user to one interface, beyond the hour's limit."""
TOO_FAST = frozenset({20016})
"""Posts too often; Weibo does not say for how long."""
NOT_PERMITTED = frozenset(
    {10004, 10005, 10006, 10007, 10012, 10013, 10014, 10020, 10021, 20015, 20022, 20031, 20102, 20104, 20112}
    | {20508, 21301, 21314, 21315, 21316, 21317, 21319, 21321, 21601}
    | set(range(21322, 21331))
    | {21332, 21335, 21337}
)
"""Application, address, user or token lacks the right; 20104 and 20112: the post is not shown to us, which is not gone."""

TOO_FAST_SECONDS = 600


def failure(code: int, said: str, now: datetime, retry_after: int | None = None) -> NetworkError:
    """The error for a Weibo error code; `said` is Weibo's own sentence, `retry_after` what its header says, in seconds."""
    told = f"Weibo says {code}: {said[:200]}"
    if code in ABSENT:
        return Absent(told)
    if code in HOURLY:
        return RateLimited(told, retry_after or seconds_to_next_hour(now))
    if code in TOO_FAST:
        return RateLimited(told, retry_after or TOO_FAST_SECONDS)
    if code in UNAVAILABLE:
        return Unavailable(told)
    return NotPermitted(told) if code in NOT_PERMITTED else RefusedByNetwork(told)


def seconds_to_next_hour(now: datetime) -> int:
    """Weibo's limits are counted by the clock's hour (account/rate_limit_status)."""
    begun = now.replace(minute=0, second=0, microsecond=0)
    return int((begun + timedelta(hours=1) - now).total_seconds()) + 1
