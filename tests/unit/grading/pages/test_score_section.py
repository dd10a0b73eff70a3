"""The sections of the grade page about the score and the next grade."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.grading.assessment import assess
from chalicelib.grading.grade_responses import grade_response
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import Grade
from chalicelib.grading.model.methodology import published, versions
from chalicelib.grading.pages.score_section import contributions, next_grade, unknown
from chalicelib.grading.records import GradedAccount
from chalicelib.grading.response_types import AccountGrade, Needed

FIGURES: dict[str, Any] = {
    "as_of": "2026-11-26T00:00:00Z",
    "followers": 400_000,
    "reads_avg_30d": 50_000,
    "likes_avg_30d": 300,
    "posts_30d": 12,
}
REACH: Needed = {"name": "reach", "from": 50_000.0, "to": 61_234.5}
ACTIVITY: Needed = {"name": "activity", "from": 12.0, "to": 14.0}


def graded(version: str, **figures: Any) -> tuple[Grade, AccountGrade]:
    made = assess(Evidence.from_json({**FIGURES, **figures}), "美食", published(version))
    account = GradedAccount("acc_1", "account", category="美食", graded_at=FIGURES["as_of"])
    for name, value in made.attributes(None, None).items():
        setattr(account, name, value)
    return made.graded, grade_response(account, made.graded)


@pytest.mark.parametrize("version", versions())
def test_the_points_of_the_table_add_up_to_the_score(version: str) -> None:
    found, response = graded(version)
    points = [float(text) for text in re.findall(r"<b>([\d.]+)</b>", str(contributions(found, response)))]
    assert len(points) > 3
    assert sum(points) == pytest.approx(response["score"], abs=1e-6)


@pytest.mark.parametrize(("followers", "words"), [(1, "among the lowest of"), (10**9, "more than nearly all")])
def test_extreme_percentiles_are_given_in_words(followers: int, words: str) -> None:
    found, response = graded("2026-11-22", followers=followers)
    assert words in str(contributions(found, response))


def test_only_older_versions_share_the_maximum_of_a_missing_factor() -> None:
    older, newer = (str(contributions(*graded(version, posts_30d=None))) for version in ("2026-11-22", versions()[-1]))
    assert "Not known. It adds nothing, and its maximum goes to the other factors." in older
    assert "its maximum goes to the other factors" not in newer


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        ([], "No single figure is enough."),
        ([REACH], "This figure is enough if"),
        ([REACH, ACTIVITY], "One of these figures is enough if"),
    ],
)
def test_the_ways_to_the_next_grade_are_counted(needs: list[Needed], words: str) -> None:
    found, response = graded("2026-11-22")
    assert response["next"] is not None
    response["next"]["by_factor"] = needs
    text = str(next_grade(found, response))
    assert words in text
    assert text.count("<tr>") == len(needs)


def test_the_lowest_grade_has_no_loss_and_the_highest_no_next() -> None:
    lowest = str(next_grade(*graded("2026-11-22", followers=0, reads_avg_30d=0, likes_avg_30d=0, posts_30d=0)))
    highest = str(
        next_grade(*graded("2026-11-22", followers=10**9, reads_avg_30d=10**9, likes_avg_30d=10**9, posts_30d=300))
    )
    assert "loses its present grade" not in lowest
    assert "A diamond is the highest grade." in highest
    assert "loses its present grade" in highest


def test_unknown_figures_are_listed_and_known_ones_not() -> None:
    text = str(unknown(*graded("2026-11-22", posts_30d=None)))
    assert "<b>activity" in text
    assert "<b>reach" not in text
