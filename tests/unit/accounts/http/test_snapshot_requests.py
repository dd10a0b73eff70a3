"""Snapshots of an account become plain figures."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.accounts.http.snapshot_requests import SnapshotIn, corrected
from chalicelib.core import clock
from chalicelib.core.errors import InvalidBody
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import COUNTED_FIGURES, PAID_FIGURES, Evidence


def snapshot(**more: Any) -> AccountFigures:
    return SnapshotIn.model_validate({"as_of": "2026-11-20T08:30:00+08:00", "followers": 10, **more}).figures()


def test_figures_contain_known_values_in_one_form() -> None:
    assert snapshot() == {"as_of": "2026-11-20T00:30:00Z", "followers": 10}
    assert snapshot(reads_avg_30d=20.0, originals_share=0.25, verified=False, registered_at="2009-09-04") == {
        "as_of": "2026-11-20T00:30:00Z",
        "followers": 10,
        "reads_avg_30d": 20,
        "originals_share": 0.25,
        "verified": False,
        "registered_at": "2009-09-04T00:00:00Z",
    }


def test_a_snapshot_may_be_a_few_minutes_ahead() -> None:
    with clock.at(clock.parse("2026-11-20T00:26:00Z")):
        assert snapshot()["followers"] == 10
    with clock.at(clock.parse("2026-11-20T00:24:00Z")), pytest.raises(ValidationError, match="future"):
        snapshot()


@pytest.mark.parametrize("moment", ["20261120", 20261120, "46327", "2015", "1795352400", 1795352400])
@pytest.mark.parametrize("field", ["as_of", "registered_at", "earlier_at"])
def test_bare_digits_are_refused_as_a_time(field: str, moment: Any) -> None:
    with pytest.raises(ValidationError):
        SnapshotIn.model_validate({"as_of": "2026-11-20", "followers": 1, field: moment})


@pytest.mark.parametrize(
    "figure",
    [
        {"duplicates_share": 1.01},
        {"market_stars": 7},
        {"market_stars": 2.0},
        {"popular": "yes"},
        {"active_days_30d": 31},
        {"orders_90d": -1},
        {"reactions_variation": float("inf")},
        {"earlier_at": "2026-11-20T08:30:00+08:00"},
    ],
    ids=lambda figure: next(iter(figure)),
)
def test_evidence_out_of_its_range_is_refused(figure: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        snapshot(**figure)


def test_a_snapshot_takes_every_figure_that_evidence_has() -> None:
    ours = {*PAID_FIGURES, *COUNTED_FIGURES, "followers_shown"}
    assert set(SnapshotIn.model_fields) == set(Evidence.__dataclass_fields__) - ours
    assert snapshot(popular=True, market_stars=3, earlier_at="2014-06-01", kept_share=1.0) == {
        "as_of": "2026-11-20T00:30:00Z",
        "followers": 10,
        "popular": True,
        "market_stars": 3,
        "earlier_at": "2014-06-01T00:00:00Z",
        "kept_share": 1,
    }


def test_corrections_replace_figures_and_are_of_now() -> None:
    with clock.at(clock.parse("2026-11-21T10:00:00Z")):
        found = corrected({"as_of": "2026-11-01T00:00:00Z", "followers": 10, "orders_90d": 3}, {"followers": 12})
    assert found == {"as_of": "2026-11-21T10:00:00Z", "followers": 12, "orders_90d": 3}


@pytest.mark.parametrize(
    ("corrections", "pointer"),
    [
        ({"as_of": "2026-11-20"}, "/evidence/as_of"),
        ({"market_stars": 3}, "/evidence/market_stars"),
        ({"no_such_figure": 3}, "/evidence/no_such_figure"),
        ({"followers": -1}, "/evidence/followers"),
        ({"active_followers": 11}, "/evidence/active_followers"),
    ],
)
def test_a_wrong_correction_is_named(corrections: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidBody) as refused:
        corrected({"followers": 10}, corrections)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
