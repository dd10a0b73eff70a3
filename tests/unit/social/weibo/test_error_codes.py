"""Weibo's error codes as errors of the port."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.social.port import Absent, NetworkError, NotPermitted, RateLimited, RefusedByNetwork, Unavailable
from chalicelib.social.weibo.error_codes import TOO_FAST_SECONDS, failure, seconds_to_next_hour

NOW = datetime(2026, 11, 27, 12, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (20101, Absent),
        (10001, Unavailable),
        (20032, Unavailable),
        (10023, RateLimited),
        (20016, RateLimited),
        (20112, NotPermitted),
        (21327, NotPermitted),
        (20019, RefusedByNetwork),
        (99999, RefusedByNetwork),
    ],
)
def test_each_code_has_its_error(code: int, error: type[NetworkError]) -> None:
    assert type(failure(code, "message", NOW)) is error


def test_an_hourly_limit_ends_with_the_hour_unless_weibo_names_a_time() -> None:
    for retry_after, seconds in ((None, 31), (5, 5)):
        limited = failure(10022, "", NOW, retry_after)
        assert isinstance(limited, RateLimited)
        assert limited.retry_after == seconds


def test_posting_too_often_waits_ten_minutes() -> None:
    limited = failure(20016, "", NOW)
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == TOO_FAST_SECONDS


def test_a_full_hour_waits_for_the_next_one() -> None:
    assert seconds_to_next_hour(NOW.replace(minute=0, second=0)) == 3_601


def test_long_messages_are_cut() -> None:
    assert len(failure(1, "x" * 1_000, NOW).detail) < 300
