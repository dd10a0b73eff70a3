"""Figures from the latest posts of an account."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.grading.model.post_evidence import FEWEST, READS_UNSUPPORTED, Post, evidence_of, is_tool

DAY = datetime(2026, 11, 1, 9, tzinfo=UTC)


def written(count: int) -> list[Post]:
    days = [DAY + timedelta(days=3 * number) for number in range(count)]
    return [
        Post(
            at=at,
            text=f"post {number}",
            reposts=1,
            comments=2,
            likes=number,
            is_repost=False,
            has_link=False,
            by_tool=False,
        )
        for number, at in enumerate(days)
    ]


def test_averages_regularity_and_shares() -> None:
    found = evidence_of(written(11))
    assert found["reposts_avg_30d"] == 1
    assert found["likes_avg_30d"] == 4.5  # the third to the tenth of 10, 9, ..., 0
    assert found["posts_seen"] == 11
    assert found["posts_30d"] == found["active_days_30d"] == 10  # the eleventh is 30 days after the first
    assert found["burst_share"] == round(1 / 11, 4)
    assert (found["originals_share"], found["links_share"], found["automated_share"], found["duplicates_share"]) == (
        1,
        0,
        0,
        0,
    )
    assert "reads_avg_30d" not in found


def test_plain_reposts_are_by_hand_and_without_link() -> None:
    plain = Post(DAY, "seen", is_repost=True, has_link=False, by_tool=False)
    others = [
        replace(plain, **other)
        for other in ({"is_repost": False}, {"has_link": True}, {"by_tool": None}, {"by_tool": True})
    ]
    assert evidence_of([plain, *others])["plain_reposts_share"] == 0.2


def test_signs_of_spam() -> None:
    post = Post(DAY, "buy", 0, 0, 5, is_repost=True, has_link=True, by_tool=True)
    found = evidence_of([post] * 8 + [Post(DAY, "hello", 0, 0, 5, is_repost=True)])
    assert found["duplicates_share"] == round(7 / 9, 4)
    assert (found["links_share"], found["automated_share"], found["originals_share"]) == (1, 1, 0)
    assert found["burst_share"] == 1


def test_few_posts_give_counts_only_and_none_give_nothing() -> None:
    found = evidence_of(written(FEWEST - 1))
    assert set(found) == {
        "reposts_avg_30d",
        "comments_avg_30d",
        "likes_avg_30d",
        "reactions_median",
        "reactions_spread",
    }
    assert evidence_of([]) == {}


def test_twenty_posts_at_one_moment_are_twenty() -> None:
    found = evidence_of([Post(DAY, str(number)) for number in range(20)])
    assert (found["posts_30d"], found["active_days_30d"], found["burst_share"]) == (20, 1, 1)


def test_five_posts_on_five_days_are_no_burst() -> None:
    found = evidence_of([Post(DAY + timedelta(days=number), str(number)) for number in range(5)])
    assert found["burst_share"] == 0.2


def test_one_bought_post_does_not_move_an_average() -> None:
    plain = [Post(DAY + timedelta(days=n), str(n), likes=200, reads=8_000) for n in range(10)]
    bought = [*plain[:-1], replace(plain[-1], reads=400_000, likes=40_000)]
    assert evidence_of(bought)["reads_avg_30d"] == evidence_of(plain)["reads_avg_30d"] == 8_000
    assert evidence_of(bought[-1:])["reads_avg_30d"] == 0


def test_reads_without_reactions_do_not_count() -> None:
    posts = [Post(DAY, str(n), likes=n % 2 * 100, reads=40_000) for n in range(10)]
    assert evidence_of(posts)["reads_avg_30d"] == (3 * 40_000 + 5 * READS_UNSUPPORTED) / 8
    assert evidence_of([replace(post, likes=None) for post in posts])["reads_avg_30d"] == READS_UNSUPPORTED


def test_posts_of_more_than_ninety_days_ago_are_ignored() -> None:
    old = Post(DAY - timedelta(days=91), "old", likes=9)
    assert evidence_of([old] * 10, DAY) == {}
    assert "likes_avg_30d" in evidence_of([replace(old, at=DAY)] * 10, DAY)


def test_figures_that_posts_do_not_show_are_unknown() -> None:
    assert evidence_of([Post(None)] * 9) == {"posts_seen": 9}
    silent = evidence_of([Post(DAY + timedelta(hours=n), likes=0, comments=0, reposts=0) for n in range(9)])
    assert silent["likes_avg_30d"] == 0
    assert "originals_share" not in silent


def test_programs_that_post_for_people() -> None:
    assert is_tool("皮皮时光机")
    assert is_tool("百度分享按钮")
    assert not is_tool("iPhone 7 Plus")
    assert not is_tool("微博 weibo.com")


def test_reads_without_reactions_count_no_further_in_forecasts() -> None:
    bought, real = (evidence_of([Post(None, likes=likes, reads=900_000)] * 5) for likes in (10, 9_000))
    assert bought["reads_median"] == pytest.approx(math.log1p(7_000), abs=1e-4)
    assert real["reads_median"] == pytest.approx(math.log1p(900_000), abs=1e-4)
