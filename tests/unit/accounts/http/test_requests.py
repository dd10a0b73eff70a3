"""Request bodies: snapshots as plain figures, prices in fen, search filters."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.accounts.http.requests import AccountPatch, AdvertiserIn, SearchQuery, SnapshotIn
from chalicelib.accounts.search.account_search import Wanted
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


def test_missing_prices_differ_from_removed_ones() -> None:
    sent = AccountPatch.model_validate({"prices": {"post": None}})
    assert sent.prices.fen() == {"post": None}
    assert AccountPatch.model_validate({}).prices.fen() == {}


@pytest.mark.parametrize(("amount", "good"), [(99, False), (100, True), (1_000_000_000, True), (1_000_000_001, False)])
def test_prices_have_limits(amount: int, good: bool) -> None:
    patch = AccountPatch.model_validate({"prices": {"repost": {"amount": amount, "currency": "CNY"}}})
    if good:
        assert patch.prices.fen() == {"repost": amount}
    else:
        with pytest.raises(InvalidBody) as refused:
            patch.prices.fen()
        assert [fault.pointer for fault in refused.value.faults] == ["/prices/repost/amount"]


@pytest.mark.parametrize("licence_no", ["91310000MA1K12345X", "12345", "A-1-b", " 91310000MA1K4XYZ0A "])
def test_licence_numbers_of_many_forms_are_taken(licence_no: str) -> None:
    contact = {"name": "王敏", "phone": "13800138000", "email": "a@b"}
    body = AdvertiserIn.model_validate({"name": "茶", "licence_no": licence_no, "contact": contact})
    assert body.particulars().licence_no == licence_no.strip()


def test_a_query_becomes_search_filters() -> None:
    query = SearchQuery.model_validate({"price_min": "5", "kind": "repost", "sort": "-price", "limit": "3", "q": "茶"})
    assert query.wanted() == Wanted(price_min=5, kind="repost", sort="-price", q="茶")


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
