from __future__ import annotations

import pytest

from chalicelib.links import visitors
from chalicelib.links.bots import is_bot

KEY = b"key"


@pytest.mark.parametrize("people", [0, 1, 10, 300, 2_000, 5_000, 40_000])
def test_the_estimate_is_within_a_tenth(people: int) -> None:
    marks = {visitors.mark(KEY, "2026-11-22", f"10.0.{n // 256}.{n % 256}", "phone") for n in range(people)}
    assert visitors.estimate(marks) == pytest.approx(people, rel=0.1, abs=1)


def test_who_comes_again_leaves_the_same_mark_in_the_same_shard() -> None:
    first, again = (visitors.mark(KEY, "2026-11-22", "10.0.0.1", "phone") for _ in range(2))
    assert first == again
    assert visitors.shard_of(first) == visitors.shard_of(again)


def test_marks_change_with_the_day_and_the_key() -> None:
    def marks(key: bytes, day: str) -> list[int]:
        return [visitors.mark(key, day, f"10.0.0.{n}", "phone") for n in range(50)]

    assert marks(KEY, "2026-11-22") != marks(KEY, "2026-11-23")
    assert marks(KEY, "2026-11-22") != marks(b"other", "2026-11-22")


def test_visitors_spread_over_the_shards() -> None:
    shards = [visitors.shard_of(visitors.mark(KEY, "d", f"10.{n}", "phone")) for n in range(16_000)]
    assert set(shards) == set(range(visitors.SHARDS))
    assert max(shards.count(shard) for shard in range(visitors.SHARDS)) < 1_200


@pytest.mark.parametrize(
    ("agent", "bot"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Weibo", False),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT X30) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", True),
        ("curl/8.4.0", True),
        ("", True),
    ],
)
def test_bots_are_known_by_their_agent(agent: str, bot: bool) -> None:
    assert is_bot({"user-agent": agent}) is bot


def test_a_prefetch_is_no_visit() -> None:
    assert is_bot({"user-agent": "Mozilla/5.0 Chrome/120", "sec-purpose": "prefetch;prerender"})
