"""The history of an enterprise or an account, for auditors who decide."""

from __future__ import annotations

from testing.markets.stage import NOON, Stage


def test_history_of_an_enterprise_shows_tasks_rejections_and_decisions(stage: Stage) -> None:
    (account,) = stage.bind("an")
    task = stage.create([account])
    reasons = [{"code": "misleading"}, {"code": "link"}]
    rejected = stage.auditor.post(f"/v1/tasks/{task['id']}/review", {"decision": "rejected", "reasons": reasons})
    assert rejected.status_code == 200
    again = stage.advertiser.put(f"/v1/tasks/{task['id']}", stage.body([account], NOON))
    assert again.json_body["status"] == "in_review"
    found = stage.auditor.get(f"/v1/advertisers/{stage.advertiser_id}/history").json_body
    assert found["advertiser"]["id"] == stage.advertiser_id
    assert (found["tasks"]["counted"], found["tasks"]["more"]) == (1, False)
    assert found["tasks"]["counts"] == {"in_review": 1}
    (past,) = found["tasks"]["newest"]
    assert [one["reason_codes"] for one in past["rejections"]] == [["misleading", "link"]]
    assert [(one["kind"], one["outcome"]) for one in found["decisions"]] == [("advertiser", "approved")]
    assert found["disputes"] == []


def test_history_of_an_account_shows_its_orders_only(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    stage.offered("bo")
    stage.act("an", order_id, "decline", {"reason_code": "price"})
    found = stage.auditor.get(f"/v1/accounts/{stage.accounts['an']}/history").json_body
    assert found["account"]["id"] == stage.accounts["an"]
    assert found["orders"]["counts"] == {"declined": 1}
    assert [(one["id"], one["reason_code"]) for one in found["orders"]["newest"]] == [(order_id, "price")]
    assert [one["outcome"] for one in found["decisions"]] == ["approved"]


def test_unknown_subject_has_no_history(stage: Stage) -> None:
    for path in ("/v1/advertisers/adv_" + "0" * 26, "/v1/accounts/acc_" + "0" * 26):
        assert stage.auditor.get(f"{path}/history").status_code == 404
