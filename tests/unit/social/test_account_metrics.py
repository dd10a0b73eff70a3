"""Metrics from a profile and posts: only known figures of the last 30 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.social.account_metrics import snapshot_figures
from chalicelib.social.copied_comments import Copies
from chalicelib.social.port import LATEST, Post, PostFigures, Profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNKNOWN = PostFigures()
PROFILE = Profile("tea", "", 1_000)


def post(days: float, figures: PostFigures = UNKNOWN, source: str | None = None) -> Post:
    return Post("https://x.example/1", "tea", "x", (), (), source, NOW - timedelta(days=days), figures)


def test_averages_cover_posts_that_show_the_figure() -> None:
    posts = [
        post(1, PostFigures(10, 1)),
        post(2, PostFigures(5, 1)),
        post(29, PostFigures(likes=0), "https://x.example/2"),
        post(91),
    ]
    found = snapshot_figures(PROFILE, posts, NOW)
    assert (found["posts_30d"], found["active_days_30d"]) == (3, 3)
    assert (found["reads_avg_30d"], found["likes_avg_30d"]) == (0, 0)  # of fewer than three posts nothing counts
    assert "comments_avg_30d" not in found
    assert "posts_seen" not in found
    ten = snapshot_figures(PROFILE, [post(8 * number, PostFigures(10, 1)) for number in range(10)], NOW)
    assert (ten["reads_avg_30d"], ten["posts_seen"], ten["posts_30d"]) == (10, 10, 4)


def test_without_posts_there_is_a_count_but_no_average() -> None:
    assert snapshot_figures(PROFILE, [], NOW) == {
        "as_of": "2026-11-22T12:00:00Z",
        "followers": 1_000,
        "posts_30d": 0,
        "active_days_30d": 0,
    }
    assert "posts_30d" not in snapshot_figures(PROFILE, None, NOW)


def test_posts_are_counted_and_never_extrapolated() -> None:
    burst = snapshot_figures(PROFILE, [post(0.01)] * LATEST, NOW)
    assert (burst["posts_30d"], burst["active_days_30d"]) == (LATEST, 1)
    assert snapshot_figures(PROFILE, [*[post(1)] * (LATEST - 1), post(40)], NOW)["posts_30d"] == LATEST - 1


def test_signs_are_computed_from_five_posts_on() -> None:
    posts = [
        Post("u", "tea", text, urls, (), None, NOW - timedelta(days=days), PostFigures(likes=likes), program=program)
        for days, text, urls, likes, program in (
            (1, "one", (), 10, "iPhone"),
            (2, "two", ("https://x.example",), 20, "皮皮时光机"),
            (3, "one", (), 30, None),
            (4, "four", (), 40, "iPhone"),
            (5, "five", (), 50, "iPhone"),
        )
    ]
    known = snapshot_figures(PROFILE, posts, NOW)
    assert (known["duplicates_share"], known["links_share"], known["automated_share"]) == (0.2, 0.2, 0.4)
    assert known["originals_share"] == 1
    assert "duplicates_share" not in snapshot_figures(PROFILE, posts[:4], NOW)


def test_copied_comments_need_twenty_comments() -> None:
    assert snapshot_figures(PROFILE, [], NOW, Copies(40, 10))["copied_comments_share"] == 0.25
    assert "copied_comments_share" not in snapshot_figures(PROFILE, [], NOW, Copies(19, 10))


def test_figures_of_the_profile_are_stored() -> None:
    profile = Profile("tea", "", 1_000, 300, datetime(2009, 8, 28, tzinfo=UTC), False, posts_total=70)
    known = snapshot_figures(profile, None, NOW)
    assert (known["following"], known["registered_at"], known["verified"]) == (300, "2009-08-28T00:00:00Z", False)
    assert known["posts_total"] == 70
