"""The sentences of the grade page: comparison groups, what is not known, and price against grade."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.comparison_groups import LISTED, LISTED_BY_CATEGORY, compared_with, size_words
from chalicelib.grading.grade_responses import grade_response
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import Grade
from chalicelib.grading.model.methodology import published, versions
from chalicelib.grading.pages.grade_page import PageContent, grade_page
from chalicelib.grading.pages.history_section import HistoryEntry
from chalicelib.grading.pages.prices_section import differences
from chalicelib.grading.pages.wording import truly_unknown
from chalicelib.grading.records import GradedAccount
from chalicelib.grading.response_types import AccountGrade

NOW = datetime(2026, 11, 27, tzinfo=UTC)
FIGURES: dict[str, Any] = {
    "as_of": "2026-11-26T00:00:00Z",
    "followers": 400_000,
    "reads_avg_30d": 50_000,
    "likes_avg_30d": 3,
    "reactions_variation": 0.4,
    "posts_30d": 12,
}


def graded(version: str, figures: dict[str, Any]) -> tuple[Grade, AccountGrade]:
    methodology = published(version)
    made = assess(Evidence.from_json(figures), "美食", methodology)
    account = GradedAccount("acc_1", "account", category="美食", graded_at="2026-11-26T00:00:00Z")
    for name, value in made.attributes(None, None).items():
        setattr(account, name, value)
    return made.graded, grade_response(account, made.graded)


def text_of(version: str, figures: dict[str, Any]) -> str:
    found, response = graded(version, figures)
    return grade_page(PageContent("acc_1", "weibo", "tea", "美食", found, response), [], 0, NOW)


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("figures", [FIGURES, {"as_of": FIGURES["as_of"], "followers": 10}])
def test_no_page_states_a_chance_of_being_honest(version: str, figures: dict[str, Any]) -> None:
    text = text_of(version, {**figures, "duplicates_share": 0.5, "posts_total": 10})
    assert not {word for word in ("chance", "log odds", "spammer") if word in text}


def test_little_evidence_of_quality_is_not_judged() -> None:
    assert "Not enough evidence to judge posts and profile." in text_of("2026-11-23", FIGURES)


def test_unconfirmed_reads_are_shown_beside_those_that_count() -> None:
    figures = {**FIGURES, "reads_avg_30d": 9_000_000, "unconfirmed_since": "2026-11-26T00:00:00Z"}
    assert "9,000,000 reads per post, not confirmed." in text_of(versions()[-1], figures)
    assert "the advice counts few reads" in text_of(versions()[-1], figures)
    assert "the advice counts few reads" not in text_of(versions()[-1], FIGURES)
    assert "confirmed reads per post" in text_of(versions()[-1], figures)
    text = text_of(versions()[-1], {**figures, "reads_confirmed": 50_000})
    assert "9,000,000 reads per post; 50,000 count" in text


def test_a_price_far_from_the_median_of_its_grade_is_explained() -> None:
    found, response = graded(versions()[-1], {**FIGURES, "organisation": True})
    [sentence] = differences(found, response, [])
    assert "advised much more" in sentence
    moved = differences(found, response, [change(18, 40_000), change(17, 50_000)])
    assert ["The price depends on" in words for words in moved] == [True, False]


def test_groups_of_percentiles_are_named() -> None:
    found, _ = graded("2026-11-23", FIGURES)
    groups = {factor.rule.name: compared_with(found, factor) for factor in found.factors}
    assert groups["reach"] == "9,505 accounts on Weibo's Micro-task in 2017"
    assert groups["engagement"] == "292 creators on Xingtu in 2025 with 100 k-1 M followers"
    assert (groups["quality"], groups["conduct"]) == (None, None)


def test_every_category_with_percentiles_has_its_number_of_accounts() -> None:
    for version in versions():
        methodology = published(version)
        assert methodology is not None
        assert {name for name in methodology.score_percentiles if name} <= set(LISTED_BY_CATEGORY)
    assert sum(LISTED_BY_CATEGORY.values()) < LISTED.accounts


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (0, 300, "fewer than 300 followers"),
        (300_000, 1_000_000, "300 k-1 M followers"),
        (1_000_000, None, "1 M followers or more"),
    ],
)
def test_ranges_of_followers_in_words(least: int, most: int | None, words: str) -> None:
    assert size_words(least, most) == words


def test_a_known_figure_without_a_sign_is_not_called_unknown() -> None:
    evidence = Evidence.from_json(FIGURES)
    assert truly_unknown(["smoothness", "links", "reactions_per_1000", "following_per_follower"], evidence) == [
        "links",
        "following_per_follower",
    ]


def change(score: float, repost: int, version: str = "2026-11-23", paid: int = 0) -> HistoryEntry:
    return HistoryEntry(NOW, "two_star", score, "metrics", version, repost, paid)


@pytest.mark.parametrize(
    ("now", "then", "reason"),
    [
        (change(18, 40_000), change(17, 50_000), "The price depends on"),
        (change(18, 40_000, paid=3), change(17, 50_000), "what orders paid"),
        (change(17, 60_000), change(50, 50_000, "2026-11-22"), "the change to methodology"),
        (change(18, 60_000), change(17, 50_000), None),
        (change(18, 50_000), change(17, 50_000), None),
    ],
)
def test_a_price_against_the_score_is_explained(now: HistoryEntry, then: HistoryEntry, reason: str | None) -> None:
    found, response = graded("2026-11-23", FIGURES)
    sentences = differences(found, response, [now, then])
    assert len(sentences) == (reason is not None)
    assert reason is None or reason in sentences[0]
