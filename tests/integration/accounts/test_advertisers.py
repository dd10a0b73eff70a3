"""Advertisers through the API: registration, certification, resubmission, access."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.accounts.advertisers import require_certified
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem

ME = ids.derive("adv", "tea")


def body(**changes: Any) -> dict[str, Any]:
    contact = {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
    return {"name": "清风茶业有限公司", "licence_no": "91310000MA1K12345X", "contact": contact, **changes}


@pytest.fixture
def tea(api: Any) -> Any:
    return api.as_("tea", "advertiser")


@pytest.fixture
def auditor(api: Any) -> Any:
    return api.as_("aud", "auditor")


def decide(auditor: Any, decision: str, **more: Any) -> Any:
    return auditor.post(f"/v1/advertisers/{ME}/certification", {"decision": decision, **more})


def test_an_enterprise_registers_and_waits_for_certification(tea: Any, auditor: Any) -> None:
    answer = tea.post("/v1/advertisers", body())
    assert answer.status_code == 201
    shown = answer.json_body
    assert shown["id"] == ME
    assert shown["certification"]["status"] == "pending"
    assert shown["contact"]["email"] == "wang@tea.example"
    assert tea.get("/v1/advertisers/me").json_body == shown
    queue = auditor.get("/v1/certifications").json_body
    assert [(entry["id"], entry["due_at"]) for entry in queue["data"]] == [(ME, shown["certification"]["due_at"])]


def test_a_second_registration_is_refused_but_a_retry_replays(tea: Any) -> None:
    first = tea.post("/v1/advertisers", body(), key="k1")
    again = tea.post("/v1/advertisers", body(), key="k1")
    assert (again.status_code, again.json_body) == (201, first.json_body)
    assert again.headers["Idempotency-Replayed"] == "true"
    other_body = tea.post("/v1/advertisers", body(name="another"), key="k1")
    assert (other_body.status_code, other_body.json_body["code"]) == (422, "idempotency_key_reused")
    for key in (None, "k2"):
        twice = tea.post("/v1/advertisers", body(), key=key)
        assert (twice.status_code, twice.json_body["code"]) == (409, "already_exists")


def test_only_an_auditor_certifies(tea: Any, auditor: Any) -> None:
    with pytest.raises(Problem, match="advertiser_missing"):
        require_certified(ME)
    tea.post("/v1/advertisers", body())
    with pytest.raises(Problem, match="advertiser_not_certified"):
        require_certified(ME)
    decided = decide(auditor, "approved", note="fine").json_body
    assert decided["certification"]["status"] == "approved"
    assert decided["certification"]["decided_at"] is not None
    assert require_certified(ME).name == "清风茶业有限公司"
    assert auditor.get("/v1/certifications").json_body["data"] == []


def test_a_rejection_is_corrected_and_resubmitted(tea: Any, auditor: Any) -> None:
    tea.post("/v1/advertisers", body())
    early = tea.put("/v1/advertisers/me", body(name="too early"))
    assert (early.status_code, early.json_body["code"]) == (409, "state_conflict")
    rejected = decide(auditor, "rejected", reason_code="name_mismatch", note="see licence")
    assert rejected.json_body["certification"]["reason_code"] == "name_mismatch"
    with pytest.raises(Problem, match="advertiser_not_certified"):
        require_certified(ME)
    corrected = tea.put("/v1/advertisers/me", body(name="清风茶业"))
    assert corrected.status_code == 200
    assert corrected.json_body["certification"]["status"] == "pending"
    assert corrected.json_body["certification"]["reason_code"] is None
    assert tea.put("/v1/advertisers/me", body(name="清风茶业")).json_body == corrected.json_body
    assert len(auditor.get("/v1/certifications").json_body["data"]) == 1
    assert decide(auditor, "approved").json_body["name"] == "清风茶业"
    late = tea.put("/v1/advertisers/me", body(name="after approval"))
    assert (late.status_code, late.json_body["code"]) == (409, "state_conflict")


def test_a_decision_is_taken_once(tea: Any, auditor: Any) -> None:
    tea.post("/v1/advertisers", body())
    first = decide(auditor, "rejected", reason_code="contact_false")
    assert decide(auditor, "rejected", reason_code="contact_false").json_body == first.json_body
    for other in ({"decision": "approved"}, {"decision": "rejected", "reason_code": "licence_invalid"}):
        answer = decide(auditor, **other)
        assert (answer.status_code, answer.json_body["code"]) == (409, "already_decided")
    assert tea.get("/v1/advertisers/me").json_body == first.json_body


def test_a_decision_without_sense_is_refused(tea: Any, auditor: Any) -> None:
    tea.post("/v1/advertisers", body())
    decisions: list[dict[str, str]] = [
        {"decision": "rejected"},
        {"decision": "rejected", "reason_code": "low_fan_quality"},
        {"decision": "approved", "reason_code": "name_mismatch"},
        {"decision": "maybe"},
        {},
    ]
    for decision in decisions:
        answer = auditor.post(f"/v1/advertisers/{ME}/certification", decision)
        assert (answer.status_code, answer.json_body["code"]) == (422, "body_invalid"), decision
    assert tea.get("/v1/advertisers/me").json_body["certification"]["status"] == "pending"


def test_errors_of_a_registration_have_pointers(tea: Any) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"name": "   "}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"name": "a\nb"}, "/name"),
        ({"licence_no": "1234"}, "/licence_no"),
        ({"licence_no": "9131 0000"}, "/licence_no"),
        ({"licence_no": "9" * 41}, "/licence_no"),
        ({"contact": {"name": "a", "phone": "call me", "email": "a@b"}}, "/contact/phone"),
        ({"contact": {"name": "a", "phone": "12345", "email": "a b@c"}}, "/contact/email"),
        ({"contact": None}, "/contact"),
        ({"certification": {"status": "approved"}}, "/certification"),
    ]
    for changes, pointer in cases:
        answer = tea.post("/v1/advertisers", body(**changes))
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json_body["errors"]] == [pointer]
    assert tea.get("/v1/advertisers/me").status_code == 404


def test_names_are_trimmed(tea: Any) -> None:
    assert tea.post("/v1/advertisers", body(name="  清风 ")).json_body["name"] == "清风"


def test_contact_data_reaches_the_advertiser_and_staff_only(api: Any, tea: Any) -> None:
    tea.post("/v1/advertisers", body())
    path = f"/v1/advertisers/{ME}"
    statuses = {
        role: api.as_("somebody", role).get(path).status_code
        for role in ("auditor", "finance", "admin", "advertiser", "creator")
    }
    assert statuses == {"auditor": 200, "finance": 200, "admin": 200, "advertiser": 404, "creator": 403}
    assert api.get(path).status_code == 401
    assert api.as_("rival", "advertiser").get("/v1/advertisers/me").status_code == 404


def test_roles(api: Any, tea: Any) -> None:
    tea.post("/v1/advertisers", body())
    creator = api.as_("an", "creator")
    calls = [
        creator.post("/v1/advertisers", body()),
        creator.get("/v1/advertisers/me"),
        creator.put("/v1/advertisers/me", body()),
        creator.get("/v1/certifications"),
        tea.post(f"/v1/advertisers/{ME}/certification", {"decision": "approved"}),
        api.as_("fin", "finance").post(f"/v1/advertisers/{ME}/certification", {"decision": "approved"}),
    ]
    assert [answer.status_code for answer in calls] == [403] * len(calls)
    refused = api.as_("aud", "auditor").post(
        f"/v1/advertisers/{ids.derive('adv', 'x')}/certification", {"decision": "approved"}
    )
    assert refused.status_code == 404


def test_the_queue_is_paged_oldest_due_first(api: Any, auditor: Any) -> None:
    names = [f"company {n}" for n in range(5)]
    for n, name in enumerate(names):
        with clock.at(datetime(2026, 11, 22, 10, n, tzinfo=UTC)):
            api.as_(name, "advertiser").post("/v1/advertisers", body(name=name))
    seen: list[str] = []
    cursor = ""
    while True:
        page = auditor.get(f"/v1/certifications?limit=2{cursor}").json_body
        seen += [entry["name"] for entry in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == names
