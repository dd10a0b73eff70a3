"""The times of the attempts of a delivery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from chalicelib.webhooks.retry_schedule import DELAY_MAX, next_delay, pause, retry_after

FIRST = datetime(2026, 11, 27, tzinfo=UTC)


class Middle(Random):
    """Jitter of 0."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def test_attempts_follow_the_published_schedule() -> None:
    now, delays = FIRST, list[int]()
    while (delay := next_delay(len(delays) + 1, FIRST, now, None, Middle())) is not None:
        delays.append(delay)
        now += timedelta(seconds=delay)
    assert delays[:3] == [5, 300, 1_800]
    assert [delay / 3_600 for delay in delays[3:]] == [2, 5, 10, 11, 11, 11, 11]
    assert now - FIRST <= timedelta(days=3)


@pytest.mark.parametrize("attempts", range(1, 12))
def test_jitter_is_a_tenth_and_fits_into_the_queue(attempts: int) -> None:
    random = Random(7)
    planned = next_delay(attempts, FIRST, FIRST, None, Middle())
    assert planned is not None
    for _ in range(100):
        delay = next_delay(attempts, FIRST, FIRST, None, random)
        assert delay is not None
        assert planned * 0.9 - 1 <= delay <= min(planned * 1.1 + 1, DELAY_MAX)


def test_retry_after_can_only_lengthen_the_delay() -> None:
    assert next_delay(1, FIRST, FIRST, 120, Middle()) == 120
    assert next_delay(3, FIRST, FIRST, 120, Middle()) == 1_800
    assert next_delay(1, FIRST, FIRST, 10**6, Middle()) == DELAY_MAX


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Fri, 27 Nov 2026 00:02:00 GMT", 120),
        ("Friday, 27-Nov-26 00:02:00 GMT", 120),
        ("Fri Nov 27 00:02:00 2026", 120),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
        ("Thu, 27 Nov 2036 00:00:00 GMT", DELAY_MAX),
        (None, None),
        ("soon", None),
        ("Fri, 31 Feb 2026 00:02:00 GMT", None),
        ("Fri, 27 Nov 99999 00:02:00 GMT", None),
        ("-1", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_read(header: str | None, seconds: int | None) -> None:
    assert retry_after(header, FIRST) == seconds


def test_pauses_grow_to_fifteen_minutes() -> None:
    found = [pause(failures).total_seconds() for failures in (1, 2, 3, 9, 1_000)]
    assert found == [5, 10, 20, 900, 900]
