"""Grades over HTTP: the explained grade, its history, the methodology, and new snapshots."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.bulk_import import Entry, take
from chalicelib.accounts.records import account_id
from chalicelib.grading.assessment import assess
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import in_force, published, versions
from chalicelib.grading.records import GradeChange
from testing.api import Api

TEA = account_id("weibo", "tea")
GRADE = f"/v1/accounts/{TEA}/grade"
FIGURES: AccountFigures = {
    "as_of": "2026-11-20T00:00:00Z",
    "followers": 120_000,
    "reads_avg_30d": 30_000,
    "posts_30d": 40,
    "likes_avg_30d": 200,
}


@pytest.fixture
def caller(api: Api) -> Api:
    return api.as_("ann", "advertiser")


@pytest.fixture
def admin(api: Api) -> Api:
    return api.as_("root", "admin")


@pytest.fixture
def bound(api: Api) -> None:
    price = {"amount": 150_000, "currency": "CNY"}
    body = {"network": "weibo", "handle": "tea", "category": "美食", "prices": {"post": price}}
    assert api.as_("an", "creator").post("/v1/accounts", body).status_code == 201
    assert api.as_("ann", "auditor").post(f"/v1/accounts/{TEA}/admission", {"decision": "approved"}).status_code == 200


def measure(admin: Api, **changes: Any) -> int:
    return int(admin.post(f"/v1/accounts/{TEA}/metrics", {**FIGURES, **changes}).status_code)


def listed(figures: AccountFigures = FIGURES) -> None:
    take([Entry("weibo", "tea", "美食", figures, {}, dated=True)])


def history(caller: Api, query: str = "") -> Any:
    found = caller.get(f"{GRADE}/history{query}")
    assert found.status_code == 200, found.json_body
    return found.json_body


def test_an_account_without_metrics_has_no_grade(caller: Api, bound: None) -> None:
    found = caller.get(GRADE)
    assert found.status_code == 200
    assert found.json_body == {
        "account_id": TEA,
        "grade": None,
        "score": None,
        "percentile_in_category": None,
        "percentile_among": None,
        "factors": [],
        "next": None,
        "advised_price": None,
    }
    assert history(caller)["data"] == []


@pytest.mark.parametrize("path", ["/v1/accounts/acc_none/grade", "/v1/accounts/acc_none/grade/history"])
def test_an_unknown_account(caller: Api, path: str) -> None:
    assert caller.get(path).status_code == 404


def test_grades_require_a_token(api: Api) -> None:
    assert api.get(GRADE).status_code == 401


def test_the_grade_explains_itself(caller: Api, admin: Api, bound: None) -> None:
    assert measure(admin) in (200, 201)
    found = caller.get(GRADE).json_body
    assert found["account_id"] == TEA
    assert found["methodology_version"] == in_force().version
    assert found["evidence"] == {**FIGURES, "as_of": found["evidence"]["as_of"]}
    factors = {factor["name"]: factor for factor in found["factors"]}
    assert list(factors) == [rule.name for rule in in_force().factors]
    assert set(factors["reach"]) == {
        "name", "label", "unit", "value", "percentile", "compared_with", "weight", "contribution", "evidence",
    }  # fmt: skip
    assert factors["reach"]["value"] == 30_000
    assert factors["conduct"]["value"] is None
    assert factors["conduct"]["evidence"]["missing"] is True
    assert 0.8 < found["confidence"] < 1
    assert round(sum(factor["contribution"] for factor in factors.values()) * 1_000) == round(found["score"] * 1_000)
    assert set(found["next"]) == {"grade", "score", "missing_points", "by_factor"}
    assert found["next"]["score"] > found["score"]


def test_the_grade_shows_its_percentile_in_the_category(caller: Api, admin: Api, bound: None) -> None:
    measure(admin)
    found = caller.get(GRADE).json_body
    assert found["percentile_among"] == "美食"
    table = dict(in_force().document["score_percentiles"]["美食"])
    below = [percentile for score, percentile in table.items() if score <= found["score"] * 1_000]
    above = [percentile for score, percentile in table.items() if score >= found["score"] * 1_000]
    assert max(below) / 10_000 <= found["percentile_in_category"] <= min(above) / 10_000
    measure(admin, as_of="2026-11-21T00:00:00Z", reads_avg_30d=2_000_000)
    assert caller.get(GRADE).json_body["percentile_in_category"] > found["percentile_in_category"]


def test_prices_are_advised_for_both_kinds(caller: Api, admin: Api, bound: None) -> None:
    measure(admin)
    advised = caller.get(GRADE).json_body["advised_price"]
    assert set(advised) == {"post", "repost"}
    for band in advised.values():
        assert set(band) == {"low", "mid", "high", "comparables"}
        assert 0 < band["low"]["amount"] < band["mid"]["amount"] < band["high"]["amount"]
        assert {band[name]["currency"] for name in ("low", "mid", "high")} == {"CNY"}
        assert band["comparables"] == 0
    assert advised["post"]["mid"]["amount"] > advised["repost"]["mid"]["amount"]


def test_the_same_metrics_again_change_nothing(caller: Api, admin: Api, bound: None) -> None:
    measure(admin)
    before, changes = caller.get(GRADE).json_body, history(caller)["data"]
    measure(admin)
    assert caller.get(GRADE).json_body == before
    assert history(caller)["data"] == changes
    assert len(changes) == 1


def test_newer_metrics_add_one_change(caller: Api, admin: Api, bound: None) -> None:
    measure(admin)
    first = caller.get(GRADE).json_body
    measure(admin, as_of="2026-11-21T00:00:00Z", followers=9_000_000, reads_avg_30d=2_000_000)
    newest, oldest = history(caller)["data"]
    now = caller.get(GRADE).json_body
    assert (oldest["cause"], oldest["previous"], oldest["grade"]) == ("metrics", None, first["grade"])
    assert (newest["cause"], newest["previous"], newest["grade"]) == ("metrics", first["grade"], now["grade"])
    assert newest["score"] == now["score"] > first["score"] == oldest["score"]
    assert newest["evidence"]["followers_shown"] == 9_000_000
    assert newest["evidence"]["followers"] < 200_000
    assert newest["advised_price"] == now["advised_price"]
    assert newest["methodology_version"] == in_force().version


def test_older_metrics_leave_the_grade_alone(caller: Api, admin: Api, bound: None) -> None:
    measure(admin)
    before = caller.get(GRADE).json_body
    measure(admin, as_of="2026-11-01T00:00:00Z", followers=9_000_000)
    assert caller.get(GRADE).json_body == before
    assert len(history(caller)["data"]) == 1


def test_history_is_paged_newest_first(caller: Api, admin: Api, api: Api) -> None:
    listed()
    day = datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(1, 12):
        as_of = (day + timedelta(hours=number)).isoformat()
        measure(admin, as_of=as_of, followers=120_000 + number)
    followers, query, pages = [], "?limit=5", 0
    causes = []
    while query:
        page = history(caller, query)
        followers += [change["evidence"]["followers"] for change in page["data"]]
        causes += [change["cause"] for change in page["data"]]
        query = f"?limit=5&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        pages += 1
    assert followers == list(range(120_011, 119_999, -1))
    assert causes == ["metrics"] * 11 + ["import"]
    assert pages == 3


def test_the_methodology_is_public(api: Api) -> None:
    found = api.get("/v1/grading/methodology")
    assert found.status_code == 200
    assert found.json_body == {**in_force().document, "in_force": True, "versions": versions()}
    assert api.get(f"/v1/grading/methodology?version={versions()[0]}").json_body["version"] == versions()[0]


@pytest.mark.parametrize("version", ["1999-01-01", "..", "2026-11-22.json"])
def test_an_unknown_version(api: Api, version: str) -> None:
    assert api.get(f"/v1/grading/methodology?version={version}").status_code == 404


def just_below() -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures that earn a grade, and figures that fall short of it by less than the margin."""
    methodology = in_force()
    for reads in range(30_000, 400_000, 500):
        enough = {**FIGURES, "reads_avg_30d": reads}
        graded = assess(Evidence.from_json(enough), "美食").graded
        before = assess(Evidence.from_json({**enough, "reads_avg_30d": reads - 500}), "美食").graded
        if graded.rank > before.rank and graded.score - before.score <= methodology.margin:
            return enough, {**enough, "reads_avg_30d": reads - 500}
    raise AssertionError("no threshold was crossed")


def test_a_grade_has_a_margin_and_every_change_replays(caller: Api, admin: Api, bound: None) -> None:
    enough, nearly = just_below()
    measure(admin, **{**enough, "as_of": "2026-01-19T00:00:00Z"})
    held = caller.get(GRADE).json_body["grade"]
    measure(admin, **{**nearly, "as_of": "2026-01-20T00:00:00Z"})
    assert caller.get(GRADE).json_body["grade"] == held
    assert assess(Evidence.from_json(nearly), "美食").graded.grade != held, (
        "an account that never had it does not get it"
    )
    measure(admin, **{**nearly, "reads_avg_30d": 100, "as_of": "2026-11-21T00:00:00Z"})
    changes = list(GradeChange.query(TEA, GradeChange.sk.startswith("grade#")))
    assert len(changes) == 3
    assert changes[-1].grade != held
    for made in changes:
        evidence, version = Evidence.from_json(made.evidence), published(made.methodology_version)
        again = assess(evidence, "美食", version, made.previous)
        assert again.graded.grade == made.grade
        assert explain(again.graded)["score"] == made.score
        assert {kind: band.as_json() for kind, band in again.prices.items()} == made.advised_prices
