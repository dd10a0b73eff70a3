"""Figures from the latest posts of an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.grading.model.post_evidence import FEWEST, Post, evidence_of, is_tool

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
    assert found["likes_avg_30d"] == 5
    assert found["posts_30d"] == 11
    assert found["active_days_30d"] == 11
    assert found["burst_share"] == round(1 / 11, 4)
    assert (found["originals_share"], found["links_share"], found["automated_share"], found["duplicates_share"]) == (
        1,
        0,
        0,
        0,
    )
    assert 0.3 < found["reactions_variation"] < 0.5
    assert "reads_avg_30d" not in found


def test_signs_of_spam() -> None:
    post = Post(DAY, "buy", 0, 0, 5, is_repost=True, has_link=True, by_tool=True)
    found = evidence_of([post] * 8 + [Post(DAY, "hello", 0, 0, 5, is_repost=True)])
    assert found["duplicates_share"] == round(7 / 9, 4)
    assert (found["links_share"], found["automated_share"], found["originals_share"]) == (1, 1, 0)
    assert found["burst_share"] == 1
    assert found["reactions_variation"] == 0


def test_few_posts_give_counts_only_and_none_give_nothing() -> None:
    assert set(evidence_of(written(FEWEST - 1))) == {"reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"}
    assert evidence_of([]) == {}


def test_figures_that_posts_do_not_show_are_unknown() -> None:
    assert evidence_of([Post(None)] * 9) == {}
    silent = evidence_of([Post(DAY + timedelta(hours=n), likes=0, comments=0, reposts=0) for n in range(9)])
    assert silent["likes_avg_30d"] == 0
    assert "reactions_variation" not in silent
    assert "originals_share" not in silent


def test_programs_that_post_for_people() -> None:
    assert is_tool("皮皮时光机")
    assert is_tool("百度分享按钮")
    assert not is_tool("iPhone 7 Plus")
    assert not is_tool("微博 weibo.com")
