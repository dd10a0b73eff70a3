"""The times of the attempts of a delivery, and the pauses of an endpoint that fails. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from random import Random

DELAYS = (5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600)
"""Seconds from the first, second, … attempt to the next one."""
LATER = 11 * 3_600
"""Seconds between further attempts."""
GIVE_UP = timedelta(days=3)
"""The time from the first attempt after which there is no further one, and after which a failing endpoint is disabled."""
DELAY_MAX = 43_000
"""The longest delay: a message of SQS can be hidden for 12 hours."""
JITTER = 0.1
PAUSE_FIRST, PAUSE_MAX = 5, 15 * 60


def next_delay(attempts: int, first_at: datetime, now: datetime, retry_after: int | None, random: Random) -> int | None:
    """Return the seconds until the next attempt after `attempts` failed ones; None if the delivery is given up.

    `retry_after`: the seconds that the endpoint asked for. A delay differs by up to a tenth from the schedule, so that deliveries
    that failed together do not come back together."""
    planned = DELAYS[attempts - 1] if attempts <= len(DELAYS) else LATER
    delay = planned * random.uniform(1 - JITTER, 1 + JITTER)
    if retry_after is not None:
        delay = max(delay, retry_after)
    delay = min(delay, DELAY_MAX)
    return None if now + timedelta(seconds=delay) > first_at + GIVE_UP else max(1, round(delay))


def pause(failures: int) -> timedelta:
    """Return the time in which no delivery is sent to an endpoint after `failures` failed attempts in a row."""
    return timedelta(seconds=min(PAUSE_FIRST * 2 ** min(failures - 1, 16), PAUSE_MAX))


def retry_after(header: str | None, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header names, or that are left until its date (RFC 9110); None without a valid one."""
    text = (header or "").strip()
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return min(int(text), DELAY_MAX)
    try:
        moment = parsedate_to_datetime(text)
        seconds = math.ceil((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0), DELAY_MAX)
