"""Assess an account: compute its grade and advised prices from its evidence, and store them with one history item per change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from chalicelib.core import clock
from chalicelib.grading import stored_needs
from chalicelib.grading.currency_conversion import market_prices
from chalicelib.grading.model.advised_price import Band
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.grade import POINT, Grade, grade
from chalicelib.grading.model.methodology import Methodology, in_force
from chalicelib.grading.records import GradeChange, GradedAccount
from chalicelib.store import Action, put, update


@dataclass(frozen=True)
class Assessment:
    """A grade and its advised prices, as they are stored in the account item."""

    graded: Grade
    evidence: Evidence
    prices: dict[str, Band]

    def attributes(self, own_post_price: int | None, own_repost_price: int | None) -> dict[str, Any]:
        """Return the values of GradedAccount's attributes, including the effective prices and the value."""
        return {
            "grade": self.graded.grade,
            "grade_rank": self.graded.rank,
            "score": self.graded.score / POINT,
            "methodology_version": self.graded.methodology.version,
            "confidence": self.graded.confidence / 100,
            "advised": {kind: band.as_json() for kind, band in self.prices.items()},
            "followers": self.evidence.followers_shown or self.evidence.followers,
            "evidence": self.evidence.as_json(),
            "needed": stored_needs.stored(self.graded),
            **effective_prices(self.prices, own_post_price, own_repost_price, self.evidence),
        }


class EffectivePrices(TypedDict):
    """Attributes of GradedAccount: prices in minor units, and thousandths of a read that counts per minor unit."""

    post_price: int
    repost_price: int
    value: int


def effective_prices(
    prices: dict[str, Band], own_post_price: int | None, own_repost_price: int | None, evidence: Evidence
) -> EffectivePrices:
    """Return `post_price` and `repost_price` in minor units, and `value`: thousandths of a read that counts per minor unit."""
    model = in_force().rising
    assert model is not None
    repost = own_repost_price or prices["repost"].mid
    return {
        "post_price": own_post_price or prices["post"].mid,
        "repost_price": repost,
        "value": round(model.counting.of(evidence).reads / repost),
    }


def assess(
    evidence: Evidence, category: str | None, methodology: Methodology | None = None, held: str | None = None
) -> Assessment:
    """Return the assessment of this evidence under the methodology (default: the one in force). `held` is the account's present
    grade, which is lost only below the methodology's margin. To replay a change, pass its `previous` as `held`. Pure."""
    graded = grade(evidence, methodology or in_force(), category, held)
    return Assessment(graded, evidence, market_prices(graded, category))


def grade_change(account: GradedAccount, assessment: Assessment, cause: str) -> GradeChange:
    """Return the next history item of the account, for this assessment."""
    number = int(account.grade_number) + 1
    return GradeChange(
        pk=account.pk,
        sk=f"grade#{number:06d}",
        grade=assessment.graded.grade,
        previous=account.grade,
        cause=cause,
        at=clock.stamp(clock.now()),
        methodology_version=assessment.graded.methodology.version,
        evidence=assessment.evidence.as_json(),
        category=account.counted_category,
        score=assessment.graded.score / POINT,
        advised_prices={kind: band.as_json() for kind, band in assessment.prices.items()},
    )


def differs(account: GradedAccount, assessment: Assessment) -> bool:
    """Return whether the assessment differs from what the account item stores."""
    known = (account.grade, account.score, account.methodology_version, account.evidence, account.advised)
    graded, advised = assessment.graded, {kind: band.as_json() for kind, band in assessment.prices.items()}
    return known != (
        graded.grade,
        graded.score / POINT,
        graded.methodology.version,
        assessment.evidence.as_json(),
        advised,
    )


def store_actions(account: GradedAccount, assessment: Assessment, cause: str) -> list[Action]:
    """Return the actions `grade` and `grade_change` that store the assessment. They are refused if the account was written
    meanwhile."""
    change = grade_change(account, assessment, cause)
    values = assessment.attributes(_int(account.own_post_price), _int(account.own_repost_price))
    values["graded_at"] = change.at
    values["grade_number"] = int(account.grade_number) + 1
    values["revision"] = int(account.revision) + 1
    changes = [getattr(GradedAccount, name).set(value) for name, value in values.items()]
    unchanged = GradedAccount.revision == int(account.revision)
    target = GradedAccount(pk=account.pk, sk="account")
    return [update("grade", target, changes, unchanged), put("grade_change", change, GradeChange.pk.does_not_exist())]


def _int(number: float | None) -> int | None:
    return None if number is None else int(number)
