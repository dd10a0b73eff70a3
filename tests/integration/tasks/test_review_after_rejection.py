"""After a rejection: an edited task shows its changes to the reviewer; an appeal goes to another auditor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.records import AdvertiserRecord
from chalicelib.core import clock
from chalicelib.tasks import review
from testing.markets.stage import FUNDS, NOON, PRICE, Stage

ACCEPT_BY = NOON + timedelta(hours=1)
REJECTED = {"decision": "rejected", "reasons": [{"code": "misleading", "note": "哪里最香？"}]}


@pytest.fixture
def task_id(stage: Stage) -> str:
    with clock.at(NOON):
        task = stage.create(stage.bind("an", "bo"))
        assert decide(stage, task["id"], REJECTED).status_code == 200
    return str(task["id"])


def decide(stage: Stage, task_id: str, body: Any, auditor: str = "auditor") -> Any:
    with clock.at(NOON):
        return stage.api.as_(auditor, "auditor").post(f"/v1/tasks/{task_id}/review", body)


def appeal(stage: Stage, task_id: str, note: str = "没有误导") -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/tasks/{task_id}/appeal", {"note": note})


def test_rule_8_the_reviewer_sees_the_changes(stage: Stage, task_id: str) -> None:
    with clock.at(NOON):
        content = {"text": "今年的好秋茶来了。", "picture_ids": [], "urls": ["https://tea.example/2"]}
        body = stage.body([stage.accounts["an"]], title="秋茶", content=content)
        assert stage.advertiser.put(f"/v1/tasks/{task_id}", body).status_code == 200
        queued = stage.auditor.get("/v1/reviews").json_body["data"][0]
    changes = {change["field"]: change for change in queued["changes"]}
    assert set(changes) == {"title", "text", "urls", "total", "account_ids"}
    assert (changes["title"]["before"], changes["title"]["after"]) == ("秋茶上市", "秋茶")
    pieces = changes["text"]["pieces"]
    assert "".join(p["text"] for p in pieces if p["change"] != "added") == "今年的秋茶到了。 广告"
    assert "".join(p["text"] for p in pieces if p["change"] != "removed") == "今年的好秋茶来了。 广告"
    assert {"change": "added", "text": "好"} in pieces


def test_an_edit_without_accounts_does_not_change_them(stage: Stage, task_id: str) -> None:
    with clock.at(NOON):
        body = {name: value for name, value in stage.body([]).items() if name != "account_ids"}
        task = stage.advertiser.put(f"/v1/tasks/{task_id}", body).json_body
    assert task["account_ids"] == [stage.accounts["an"], stage.accounts["bo"]]
    assert stage.money(task_id) == {"available": FUNDS - 2 * PRICE, task_id: 2 * PRICE}


@pytest.mark.parametrize(
    ("decision", "status", "appealed"), [("approved", "running", "granted"), ("rejected", "rejected", "upheld")]
)
def test_a_rejection_is_appealed_once_to_another_auditor(
    stage: Stage, task_id: str, decision: str, status: str, appealed: str
) -> None:
    lodged = appeal(stage, task_id)
    assert (lodged.status_code, lodged.json_body["status"], lodged.json_body["appeal"]["status"]) == (
        200,
        "in_review",
        "open",
    )
    assert lodged.json_body == appeal(stage, task_id).json_body
    assert stage.money(task_id) == {"available": FUNDS - 2 * PRICE, task_id: 2 * PRICE}
    body = {"decision": decision, "reasons": REJECTED["reasons"] if decision == "rejected" else []}
    same = decide(stage, task_id, body)
    assert (same.status_code, same.json_body["code"]) == (409, "same_auditor")
    done = decide(stage, task_id, body, "second").json_body
    assert (done["status"], done["appeal"]["status"], done["appeal"]["reasons"]) == (
        status,
        appealed,
        REJECTED["reasons"],
    )
    again = appeal(stage, task_id, "还是没有")
    assert again.json_body["code"] == "appeal_used"
    stage.proven()


def test_an_undecided_appeal_cancels_the_task(stage: Stage, task_id: str) -> None:
    appeal(stage, task_id)
    with clock.at(ACCEPT_BY):
        assert review.expire(task_id).status == "cancelled"
        assert stage.task(task_id)["appeal"]["label"] == "维持原判"
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}


def test_only_recent_rejections_can_be_appealed(stage: Stage, task_id: str) -> None:
    with clock.at(ACCEPT_BY):
        late = stage.advertiser.post(f"/v1/tasks/{task_id}/appeal", {"note": "没有误导"})
    assert late.json_body["code"] == "accept_by_passed"
    assert stage.api.as_("other", "advertiser").post(f"/v1/tasks/{task_id}/appeal", {"note": "x"}).status_code == 404
    with clock.at(NOON):
        fresh = stage.create([stage.accounts["an"]])
    assert appeal(stage, fresh["id"]).json_body["code"] == "state_conflict"


def test_an_appeal_holds_money_only_for_certified_advertisers(stage: Stage, task_id: str) -> None:
    record = AdvertiserRecord.get(stage.advertiser_id, "advertiser")
    record.update([AdvertiserRecord.status.set("rejected")])
    assert appeal(stage, task_id).json_body["code"] == "advertiser_not_certified"
    record.update([AdvertiserRecord.status.set("approved")])
    assert appeal(stage, task_id).status_code == 200
