"""Metrics from a profile and posts: only known figures of the last 30 days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.social.account_metrics import snapshot_figures
from chalicelib.social.port import LATEST, Figures, Post, Profile

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNKNOWN = Figures()
PROFILE = Profile("tea", "", 1_000)


def post(days: float, figures: Figures = UNKNOWN, source: str | None = None) -> Post:
    return Post("https://x.example/1", "tea", "x", (), (), source, NOW - timedelta(days=days), figures)


def test_averages_cover_posts_that_show_the_figure() -> None:
    posts = [
        post(1, Figures(10, 1)),
        post(2, Figures(5, 1)),
        post(29, Figures(likes=0), "https://x.example/2"),
        post(31),
    ]
    assert snapshot_figures(PROFILE, posts, NOW) == {
        "as_of": "2026-11-22T12:00:00Z",
        "followers": 1_000,
        "posts_30d": 3,
        "originals_share": 0.67,
        "reads_avg_30d": 7.5,
        "likes_avg_30d": 0.67,
    }


def test_without_posts_there_is_a_count_but_no_average() -> None:
    assert snapshot_figures(PROFILE, [], NOW) == {"as_of": "2026-11-22T12:00:00Z", "followers": 1_000, "posts_30d": 0}
    assert "posts_30d" not in snapshot_figures(PROFILE, None, NOW)


def test_as_many_posts_as_are_shown_may_not_be_all() -> None:
    assert "posts_30d" not in snapshot_figures(PROFILE, [post(1)] * LATEST, NOW)
    assert snapshot_figures(PROFILE, [*[post(1)] * (LATEST - 1), post(40)], NOW)["posts_30d"] == LATEST - 1


def test_figures_of_the_profile_are_stored() -> None:
    profile = Profile("tea", "", 1_000, 300, datetime(2009, 8, 28, tzinfo=UTC), False)
    known = snapshot_figures(profile, None, NOW)
    assert (known["following"], known["registered_at"], known["verified"]) == (300, "2009-08-28T00:00:00Z", False)
