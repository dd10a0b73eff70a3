"""Claims of queue items: advice for some minutes, seen by others, that binds no decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.core import clock
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny, text_of

MINUTE = timedelta(minutes=1)


def following(who: Api, queue: str = "reviews", **body: Any) -> str | None:
    answer = who.post(f"/v1/queues/{queue}/next", body)
    assert answer.status_code == 200, answer.json_body
    item = answer.json_body["item"]
    return None if item is None else str(item["subject_id"])


def claimed(who: Api, query: str = "") -> list[tuple[str, bool]]:
    return [(one["subject_id"], one["mine"]) for one in who.get(f"/v1/claims{query}").json_body["data"]]


def in_review(stage: Stage, *names: str) -> list[str]:
    tasks = []
    for minutes, name in enumerate(names):
        with clock.at(NOON + minutes * MINUTE):
            tasks.append(stage.create(stage.bind(name))["id"])
    return tasks


def test_rule_27_next_item_skips_what_others_claimed(stage: Stage) -> None:
    first, second = in_review(stage, "an", "bo")
    one, two = stage.auditor, stage.api.as_("other", "auditor")
    with clock.at(NOON + 2 * MINUTE):
        answer = one.post("/v1/queues/reviews/next").json_body["item"]
        assert (answer["subject_id"], answer["queue"], answer["since"]) == (first, "reviews", None)
        assert answer["due_at"] == stage.task(first)["review"]["due_at"]
        assert answer["claim"]["expires_at"] == text_of(NOON + 17 * MINUTE)
        assert (following(one), following(two)) == (first, second)
        assert (following(one, skip=[first]), following(two, skip=[second])) == (None, None)
        assert sorted(claimed(one, "?queue=reviews")) == sorted([(first, True), (second, False)])
        assert claimed(one, "?queue=disputes") == []
    with clock.at(NOON + 17 * MINUTE):
        assert claimed(two) == []
        assert following(two) == first, "the claim has ended"


def test_claim_is_refused_to_others_and_binds_no_decision(stage: Stage) -> None:
    (task_id,) = in_review(stage, "an")
    one, two = stage.auditor, stage.api.as_("other", "auditor")
    wanted = {"queue": "reviews", "subject_id": task_id}
    made = one.post("/v1/claims", wanted)
    assert (made.status_code, made.json_body["mine"], made.json_body["claimed_by"]) == (201, True, "auditor")
    refused = two.post("/v1/claims", wanted)
    assert (refused.status_code, refused.json_body["code"]) == (409, "claimed")
    assert one.post("/v1/claims", wanted).status_code == 201
    assert two.request("DELETE", f"/v1/claims/{task_id}").status_code == 404
    assert one.request("DELETE", f"/v1/claims/{task_id}").status_code == 200
    assert one.request("DELETE", f"/v1/claims/{task_id}").status_code == 404
    assert two.post("/v1/claims", wanted).status_code == 201
    assert one.post(f"/v1/tasks/{task_id}/review", {"decision": "approved", "reasons": []}).status_code == 200
    assert two.post("/v1/claims", wanted).status_code == 404, "it does not wait any more"


def test_rule_26_next_item_leaves_out_own_subjects(stage: Stage) -> None:
    in_review(stage, "an")
    owner = stage.api.as_("teahouse", "advertiser", "auditor")
    assert following(owner) is None
    assert following(stage.auditor) is not None


def test_each_role_claims_in_its_own_queues(stage: Stage) -> None:
    finance = stage.api.as_("finance", "finance")
    made = stage.advertiser.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").json_body["id"]
    assert following(finance, "withdrawals") == made
    assert finance.post("/v1/queues/withdrawals/next").json_body["item"]["since"] == text_of(NOON)
    for who, queue in ((finance, "reviews"), (stage.auditor, "withdrawals")):
        answer = who.post(f"/v1/queues/{queue}/next")
        assert (answer.status_code, answer.json_body["code"]) == (403, "forbidden")
    assert stage.auditor.post("/v1/queues/nonsense/next").status_code == 404
    for queue in ("draft_reviews", "certifications", "admissions", "appeals", "disputes", "stuck_orders"):
        assert following(stage.auditor, queue) is None
    assert following(finance, "suspense") is None
