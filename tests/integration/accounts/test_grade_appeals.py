"""Rule 24: a ruling corrects evidence and the grade is computed again; no path sets a grade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.evidence import Evidence
from testing.api import Api

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday evening in China
FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 12_000, "reads_avg_30d": 3_000, "posts_30d": 10}
BETTER = {"followers": 1_200_000, "reads_avg_30d": 500_000}


@pytest.fixture
def account(api: Api) -> str:
    """A graded account of the creator `an`."""
    body = {"network": "weibo", "handle": "tea", "category": "美食"}
    with clock.at(NOON):
        made = api.as_("an", "creator").post("/v1/accounts", body).json_body["id"]
        assert api.as_("root", "admin").post(f"/v1/accounts/{made}/metrics", FIGURES).status_code == 201
    return str(made)


def lodge(api: Api, account: str, who: str = "an", **body: Any) -> Any:
    with clock.at(NOON):
        sent = {"reason": "数字少了一位", "evidence": BETTER, **body}
        return api.as_(who, "creator").post(f"/v1/accounts/{account}/grade/appeals", sent)


def rule(api: Api, appeal_id: str, at: datetime = NOON + timedelta(hours=1), **body: Any) -> Any:
    with clock.at(at):
        sent = {"outcome": "granted", "note": "查过了", **body}
        return api.as_("auditor", "auditor").post(f"/v1/appeals/{appeal_id}/ruling", sent)


def grade(api: Api, account: str) -> dict[str, Any]:
    found: dict[str, Any] = api.as_("an", "creator").get(f"/v1/accounts/{account}/grade").json_body
    return found


def test_rule_24_a_granted_appeal_corrects_evidence_and_grade(api: Api, account: str) -> None:
    before = grade(api, account)
    lodged = lodge(api, account)
    assert (lodged.status_code, lodged.json_body["status"], lodged.json_body["label"]) == (201, "open", "申诉中")
    assert lodged.json_body == lodge(api, account).json_body
    # Five working days after a Monday are a Monday again.
    assert lodged.json_body["due_at"] == "2026-11-30T12:00:00Z"
    assert grade(api, account) == before
    queue = api.as_("auditor", "auditor").get("/v1/appeals").json_body["data"]
    assert [appeal["id"] for appeal in queue] == [lodged.json_body["id"]]
    ruled = rule(api, lodged.json_body["id"])
    assert (ruled.status_code, ruled.json_body["status"]) == (200, "granted")
    assert ruled.json_body == rule(api, lodged.json_body["id"]).json_body
    after = grade(api, account)
    corrected = {**FIGURES, **BETTER, "as_of": "2026-11-23T13:00:00Z"}
    expected = assess(Evidence.from_json(corrected), before["category"], held=before["grade"])
    assert (after["grade"], after["evidence"]) == (expected.graded.grade, corrected)
    assert (
        ruled.json_body["ruling"]["before"] == before["grade"] != after["grade"] == ruled.json_body["ruling"]["after"]
    )
    history = api.as_("an", "creator").get(f"/v1/accounts/{account}/grade/history").json_body["data"]
    assert [change["cause"] for change in history] == [f"appeal {lodged.json_body['id']}", "metrics"]
    assert api.as_("auditor", "auditor").get("/v1/appeals").json_body["data"] == []


def test_rule_24_the_auditors_figures_count_if_there_are_any(api: Api, account: str) -> None:
    appeal_id = lodge(api, account).json_body["id"]
    rule(api, appeal_id, evidence={"followers": 13_000})
    assert grade(api, account)["evidence"] == {**FIGURES, "followers": 13_000, "as_of": "2026-11-23T13:00:00Z"}


@pytest.mark.parametrize("ahead", [0, 30])
def test_rule_24_an_appeal_and_a_snapshot_share_a_second(api: Api, account: str, ahead: int) -> None:
    measured = {**FIGURES, "as_of": (NOON + timedelta(seconds=ahead)).isoformat(), "followers": 11_000}
    with clock.at(NOON):
        assert api.as_("root", "admin").post(f"/v1/accounts/{account}/metrics", measured).status_code == 201
    appeal_id = lodge(api, account).json_body["id"]
    ruled = rule(api, appeal_id, at=NOON)
    assert (ruled.status_code, ruled.json_body["status"]) == (200, "granted"), ruled.json_body
    assert ruled.json_body == rule(api, appeal_id, at=NOON).json_body
    assert grade(api, account)["evidence"] == {**FIGURES, **BETTER, "as_of": "2026-11-23T12:00:00Z"}


def test_rule_24_a_rejected_appeal_changes_nothing(api: Api, account: str) -> None:
    before, appeal_id = grade(api, account), lodge(api, account).json_body["id"]
    assert rule(api, appeal_id, outcome="rejected").json_body["label"] == "申诉驳回"
    assert grade(api, account) == before
    assert rule(api, appeal_id).json_body["code"] == "already_decided"
    again = lodge(api, account, reason="还是不对")
    assert (again.status_code, again.json_body["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("evidence", "pointer"),
    [
        ({"grade": "diamond"}, "/evidence/grade"),
        ({"score": 100}, "/evidence/score"),
        ({"market_stars": 6}, "/evidence/market_stars"),
        ({"as_of": "2030-01-01T00:00:00Z"}, "/evidence/as_of"),
        ({"followers": -1}, "/evidence/followers"),
        ({"followers": "many"}, "/evidence/followers"),
        ({"active_followers": 99_000}, "/evidence/active_followers"),
    ],
)
def test_rule_24_no_path_sets_a_grade(api: Api, account: str, evidence: Any, pointer: str) -> None:
    before, appeal_id = grade(api, account), lodge(api, account).json_body["id"]
    for refused in (rule(api, appeal_id, evidence=evidence), lodge(api, account, evidence=evidence)):
        assert (refused.status_code, refused.json_body["errors"][0]["pointer"]) == (422, pointer)
    assert grade(api, account) == before


def test_appeals_belong_to_the_owner_and_auditors(api: Api, account: str) -> None:
    assert lodge(api, account, who="bo").status_code == 404
    appeal_id = lodge(api, account).json_body["id"]
    owner, other, auditor = api.as_("an", "creator"), api.as_("bo", "creator"), api.as_("auditor", "auditor")
    for path in (f"/v1/appeals/{appeal_id}", f"/v1/accounts/{account}/grade/appeals"):
        assert owner.get(path).status_code == 200
        assert auditor.get(path).status_code == 200
        assert other.get(path).status_code == 404
        assert api.as_("ann", "advertiser").get(path).status_code == 403
    assert owner.post(f"/v1/appeals/{appeal_id}/ruling", {"outcome": "granted", "note": "x"}).status_code == 403
    assert [appeal["id"] for appeal in owner.get(f"/v1/accounts/{account}/grade/appeals").json_body["data"]] == [
        appeal_id
    ]


def test_accounts_without_grade_or_figures_cannot_be_corrected(api: Api, account: str) -> None:
    bare = api.as_("an", "creator").post("/v1/accounts", {"network": "weibo", "handle": "bare", "category": "美食"})
    assert lodge(api, bare.json_body["id"]).json_body["code"] == "state_conflict"
    appeal_id = lodge(api, account, evidence={}).json_body["id"]
    assert rule(api, appeal_id).json_body["code"] == "state_conflict"
    assert rule(api, appeal_id, evidence=BETTER).json_body["status"] == "granted"


def test_rule_24_evidence_has_numbers_and_no_texts(api: Api, account: str) -> None:
    for text in ("500000", "0" * 120_000 + "500000"):
        refused = lodge(api, account, evidence={"reads_avg_30d": text})
        assert (refused.status_code, refused.json_body["errors"][0]["pointer"]) == (422, "/evidence/reads_avg_30d")


def test_rule_24_the_owner_does_not_see_the_auditor(api: Api, account: str) -> None:
    appeal_id = lodge(api, account).json_body["id"]
    with clock.at(NOON):
        wang = api.as_("sub-of-wang", "auditor")
        wang.post(f"/v1/appeals/{appeal_id}/ruling", {"outcome": "rejected", "note": "没错"})
    owner = api.as_("an", "creator")
    shown = [
        owner.get(f"/v1/appeals/{appeal_id}").json_body,
        owner.get(f"/v1/accounts/{account}/grade/appeals").json_body["data"][0],
    ]
    assert [appeal["ruling"]["by"] for appeal in shown] == ["auditor", "auditor"]
    assert wang.get(f"/v1/appeals/{appeal_id}").json_body["ruling"]["by"] == "sub-of-wang"
