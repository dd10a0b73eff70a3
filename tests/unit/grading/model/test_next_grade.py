"""What the next grade needs, under the first version of the methodology (2026-11-22)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.grading import response_types
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import Grade, grade
from chalicelib.grading.model.methodology import FOLDER, GRADES, parse
from chalicelib.grading.model.next_grade import needed_by_factor, needed_for_next

METHODOLOGY = parse(json.loads((FOLDER / "2026-11-22.json").read_text("utf-8")))
FULL = Evidence(
    as_of="2026-11-20T00:00:00Z",
    followers=400_000,
    active_followers=300_000,
    reads_avg_30d=50_000,
    posts_30d=12,
    reposts_avg_30d=300,
    comments_avg_30d=250,
    likes_avg_30d=450,
    originals_share=0.6,
)
SMALL = replace(FULL, followers=5_000, active_followers=2_000, reads_avg_30d=300)
BIG = replace(FULL, followers=9_000_000, active_followers=8_000_000, reads_avg_30d=900_000)


def graded(evidence: Evidence) -> Grade:
    return grade(evidence, METHODOLOGY)


def with_factor(evidence: Evidence, name: str, value: float) -> Evidence:
    """The evidence with one factor at the value, all else equal."""
    match name:
        case "followers":
            return replace(evidence, active_followers=value)  # type: ignore[arg-type]
        case "reach":
            return replace(evidence, reads_avg_30d=value)
        case "activity":
            return replace(evidence, posts_30d=value)  # type: ignore[arg-type]
        case "originality":
            return replace(evidence, originals_share=value / 100)
        case _:
            reactions = value * evidence.followers / 1_000
            return replace(evidence, reposts_avg_30d=reactions, comments_avg_30d=0, likes_avg_30d=0)


@pytest.mark.parametrize(
    "evidence", [SMALL, FULL, BIG, replace(FULL, originals_share=None), replace(SMALL, reads_avg_30d=12_000)]
)
def test_the_figures_for_the_next_grade_are_exact(evidence: Evidence) -> None:
    found = graded(evidence)
    needed = needed_for_next(found)
    assert needed is not None
    assert needed["grade"] == GRADES[found.rank]
    assert round(needed["missing_points"] * 1_000) == METHODOLOGY.thresholds[found.rank - 1] - found.score > 0
    assert needed["by_factor"]
    for line in needed["by_factor"]:
        assert (line["from"] or 0) < line["to"]
        assert graded(with_factor(evidence, line["name"], line["to"])).rank > found.rank
        assert graded(with_factor(evidence, line["name"], line["to"] - 0.001)).rank == found.rank


def test_factors_that_cannot_reach_the_next_grade_are_omitted() -> None:
    needed = needed_for_next(graded(SMALL))
    assert needed is not None
    assert needed["missing_points"] > 5
    assert "originality" not in {line["name"] for line in needed["by_factor"]}


def test_a_diamond_needs_nothing() -> None:
    best = graded(Evidence(FULL.as_of, followers=10**9, reads_avg_30d=10**9))
    assert best.grade == GRADES[-1]
    assert needed_for_next(best) is None
    assert needed_by_factor(best) == []


def test_given_lines_are_used_and_not_found_again() -> None:
    lines: list[response_types.Needed] = [{"name": "reach", "from": 1.0, "to": 2.0}]
    needed = needed_for_next(graded(FULL), lines)
    assert needed is not None
    assert needed["by_factor"] is lines
