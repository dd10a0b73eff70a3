"""Attacks on a grade or a price, each with its gain and the evidence that shows it (table in docs/reference/grading.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.advised_price import advised
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import POINT, Grade, grade
from chalicelib.grading.model.methodology import Methodology, published
from chalicelib.grading.model.track_record_figures import TrackRecordEntry, track_record_figures
from testing.methodologies import FITTED

HONEST: dict[str, Any] = {
    "as_of": "2026-11-23T00:00:00Z",
    "followers": 200_000,
    "following": 400,
    "posts_total": 4_000,
    "reads_avg_30d": 40_000,
    "posts_30d": 60,
    "active_days_30d": 22,
    "originals_share": 0.6,
    "reposts_avg_30d": 60,
    "comments_avg_30d": 45,
    "likes_avg_30d": 180,
    "duplicates_share": 0.02,
    "links_share": 0.1,
    "burst_share": 0.05,
    "automated_share": 0.05,
}
UNSUSPICIOUS: dict[str, Any] = {
    "reactions_variation": 0.8,
    "copied_comments_share": 0.03,
    "top_reactors_share": 0.2,
    "counted_at": "2026-10-24T00:00:00Z",
    "counted_before": 192_000,
}
"""The signs of attacks; honest accounts have none of them."""
PERFECT = TrackRecordEntry("adv_0", accepted=True, on_time=True, kept=True, lost=False, paid=40_000, advised=40_000)
OTHERS = [PERFECT._replace(advertiser_id=f"adv_{number}") for number in range(6)]
CHEAP = [PERFECT._replace(advertiser_id="adv_friend", paid=400)] * 50
STRANGERS = [entry._replace(advertiser_id=f"adv_{number}") for number, entry in enumerate(CHEAP, 10)]
"""The friend's orders, if each of them had a voice."""


@dataclass(frozen=True)
class Attack:
    """An attack: the figures that it changes, and the signs that show it."""

    name: str
    figures: Mapping[str, Any]
    signs: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)


ATTACKS = (
    Attack("followers bought: ten times as many", {"followers": 2_000_000}, {}),
    Attack(
        "likes bought: five times as many, the same under each post",
        {"likes_avg_30d": 900},
        {"reactions_variation": 0.1},
    ),
    Attack("comments copied: ten times as many", {"comments_avg_30d": 450}, {"copied_comments_share": 0.8}),
    Attack(
        "a pod: four times the comments, twice the likes, by the same few",
        {"comments_avg_30d": 180, "likes_avg_30d": 360},
        {"top_reactors_share": 0.9},
    ),
    Attack(
        "a friend's fifty orders at a hundredth of the price",
        track_record_figures(STRANGERS + OTHERS),
        track_record_figures(CHEAP + OTHERS),
        track_record_figures(OTHERS),
    ),
)


def undefended(attack: Attack) -> tuple[Grade, Grade]:
    """Honest and attacking accounts, without their signs."""
    return graded({**HONEST, **attack.before}), graded({**HONEST, **attack.before, **attack.figures})


def played(attack: Attack, methodology: Methodology | None = None) -> tuple[Grade, Grade]:
    """Honest and attacking, as it is."""
    honest = {**HONEST, **UNSUSPICIOUS, **attack.before}
    return graded(honest, methodology), graded({**honest, **attack.figures, **attack.signs}, methodology)


def graded(figures: dict[str, Any], methodology: Methodology | None = None) -> Grade:
    return grade(Evidence.from_json(figures), methodology or FITTED)


def repost(graded: Grade) -> int:
    return advised(graded, None)["repost"].mid


def row(attack: Attack) -> str:
    """The attack's line of the table."""
    figures = []
    for honest, attacking in (undefended(attack), played(attack)):
        gained = (attacking.score - honest.score) / POINT
        figures += [f"{gained:+.3f}", f"× {repost(attacking) / repost(honest):.2f}"]
    return f"| {attack.name} | {' | '.join(figures)} |"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_gains_little_score_and_no_grade(attack: Attack) -> None:
    unseen_honest, unseen = undefended(attack)
    honest, attacking = played(attack)
    assert attacking.score - honest.score <= (unseen.score - unseen_honest.score) // 3
    assert attacking.rank <= honest.rank
    assert repost(attacking) <= repost(honest)
    if attack.before:  # it is the price that is attacked
        assert repost(attacking) >= repost(honest) * 0.9


@pytest.mark.parametrize("attack", ATTACKS[:4], ids=lambda attack: attack.name)
def test_without_the_signs_an_attack_would_pay(attack: Attack) -> None:
    honest, attacking = undefended(attack)
    assert attacking.score > honest.score + POINT // 5


def test_unseen_the_friend_would_have_halved_the_price_nearly() -> None:
    honest, attacking = undefended(ATTACKS[4])
    assert repost(attacking) < repost(honest) * 0.6


@pytest.mark.parametrize(
    ("attack", "sign"), list(zip(ATTACKS[1:4], ("smoothness", "copied_comments", "top_reactors"), strict=True))
)
def test_the_explanation_names_the_sign_of_an_attack(attack: Attack, sign: str) -> None:
    def effect(found: Grade) -> float:
        factors = explain(found)["factors"]
        signs = next(factor["signs"] for factor in factors if factor["name"] == "quality")
        return next(one["effect"] or 0.0 for one in signs if one["name"] == sign)

    honest, attacking = played(attack)
    assert effect(attacking) < effect(honest)


def test_bought_followers_are_named_in_the_explanation() -> None:
    honest, attacking = played(ATTACKS[0])
    assert explain(honest)["followers"] == {"all": 200_000, "counted": 200_000}
    assert explain(attacking)["followers"] == {"all": 2_000_000, "counted": 231_400}


def test_a_friend_is_one_voice_however_often_he_orders() -> None:
    found = track_record_figures(CHEAP)
    assert found == {**track_record_figures(CHEAP[:3]), "paid_orders": 50}
    assert (found["orders_90d"], found["paid_advertisers"], found["paid_bps"]) == (3, 1, 5_000)


def test_the_first_methodology_fell_for_bought_followers() -> None:
    honest, attacking = played(ATTACKS[0], published("2026-11-22"))
    assert attacking.score > honest.score + 5 * POINT


def test_the_document_shows_the_gain_of_each_attack() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "grading.md").read_text("utf-8")
    found = re.findall(
        r"^\| .* \| [+-]\d+\.\d{3} \| × \d+\.\d\d \| [+-]\d+\.\d{3} \| × \d+\.\d\d \|$", text, re.MULTILINE
    )
    assert found == [row(attack) for attack in ATTACKS]
