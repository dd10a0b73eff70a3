"""The figures that the next grade needs are stored with the grade and read from there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.grading import stored_needs
from chalicelib.grading.assessment import assess
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model import next_grade
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import published, versions
from chalicelib.grading.model.next_grade import needed_by_factor
from chalicelib.grading.records import GradedAccount

FIGURES: dict[str, Any] = {
    "as_of": "2026-11-26T00:00:00Z",
    "followers": 100_000,
    "reads_avg_30d": 20_000,
    "likes_avg_30d": 3,
    "posts_30d": 12,
}


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("followers", [10, 100_000, 80_000_000])
def test_the_stored_needs_are_those_that_are_found(version: str, followers: int) -> None:
    made = assess(Evidence.from_json({**FIGURES, "followers": followers}), "美食", published(version))
    account = GradedAccount("acc_1", "account", needed=made.attributes(None, None)["needed"])
    known = stored_needs.read(account, made.graded)
    assert known == needed_by_factor(made.graded)
    assert explain(made.graded, known) == explain(made.graded)


def test_stored_needs_are_not_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = assess(Evidence.from_json(FIGURES), "美食", published("2026-11-27"))
    account = GradedAccount("acc_1", "account", needed=stored_needs.stored(made.graded))
    monkeypatch.setattr(next_grade, "least_reaching", lambda *_: pytest.fail("found again"))
    shown = explain(made.graded, stored_needs.read(account, made.graded))["next"]
    assert shown is not None
    assert shown["by_factor"]


def test_needs_of_another_score_or_of_before_are_not_used() -> None:
    graded = assess(Evidence.from_json(FIGURES), "美食", published("2026-11-27")).graded
    account = GradedAccount("acc_1", "account", needed=stored_needs.stored(graded))
    assert stored_needs.read(account, graded._replace(score=graded.score + 1)) is None
    assert stored_needs.read(GradedAccount("acc_1", "account"), graded) is None


def test_the_stored_text_is_short() -> None:
    graded = assess(Evidence.from_json(FIGURES), "美食", published("2026-11-27")).graded
    text = stored_needs.stored(graded)
    assert len(json.loads(text)[2]) >= 2
    assert len(text) < 250
