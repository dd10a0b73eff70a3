"""docs/reference/grading.md agrees with the methodology in force: its example, weights, thresholds and figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.advised_price import advised
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import GRADES, in_force

TEXT = (Path(__file__).parents[3] / "docs" / "reference" / "grading.md").read_text("utf-8")
METHODOLOGY = in_force()
EXAMPLE = Evidence(
    as_of="2026-11-20T00:00:00Z",
    followers=400_000,
    reads_avg_30d=50_000,
    posts_30d=12,
    reposts_avg_30d=300,
    comments_avg_30d=250,
    likes_avg_30d=450,
    originals_share=0.6,
    following=500,
    posts_total=4_000,
    posts_seen=30,
    duplicates_share=0.1,
)


def test_the_example_is_right() -> None:
    graded = grade(EXAMPLE, METHODOLOGY, "美食")
    found = explain(graded)
    for line in found["factors"]:
        if line["value"] is None:
            assert f"| {line['name']} | not known |" in TEXT
        else:
            percentile = "" if line["percentile"] is None else f"{line['percentile']:.1f}"
            numbers = f"{line['value']:,g} | {percentile} | {line['weight']:.4f} | {line['contribution']:.3f} |"
            assert f"| {line['name']} | {numbers}".replace("|  |", "| |") in TEXT
    assert f"**{found['score']:.3f}**" in TEXT
    assert f"confidence {found['confidence']}" in TEXT
    assert found["next"] is not None
    assert f"{found['next']['missing_points']:.3f} points more" in TEXT
    for need in found["next"]["by_factor"]:
        assert f"{need['to']:,.10g}" in TEXT
    hidden = replace(EXAMPLE, reads_avg_30d=None)
    assert f"{grade(hidden, METHODOLOGY, '美食').score / 1_000} points" in TEXT
    for kind, band in advised(graded, "美食").items():
        low, mid, high = (f"{fen // 100:,}" for fen in band)
        assert f"{kind} {low} / {mid} / {high}" in TEXT


def test_weights_and_thresholds_are_those_of_the_file() -> None:
    for rule in METHODOLOGY.factors:
        assert f"| {rule.name} {rule.label} |" in TEXT
        assert f"| {rule.weight} |" in TEXT
    for name, threshold in zip(GRADES[1:], METHODOLOGY.thresholds, strict=True):
        assert f"{threshold / 1_000:.3f}" in TEXT, name


def test_the_figures_are_those_of_the_file() -> None:
    for name, value in METHODOLOGY.document["measures"].items():
        assert f"| `{name}` | {value:,} |" in TEXT
