"""Rule 20: either side disputes a published order; the ruling pays, returns or splits; without a ruling it is paid."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.request_parsing import LIST_MAX_BYTES
from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.store.item_size import bytes_after
from chalicelib.tasks.orders import disputes
from chalicelib.tasks.records import dispute_record
from chalicelib.tasks.records.dispute_record import DisputeRecord
from chalicelib.tasks.workflow import steps, timeout_dispatch
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

START = NOON + timedelta(hours=1)
OPEN = START + timedelta(hours=6)
NET, COMMISSION = 214_900, 92_100
REASON = {"reason_code": "fake_engagement", "note": "评论都是复制的"}


@pytest.fixture
def order_id(stage: Stage) -> str:
    with clock.at(NOON):
        order_id = stage.accepted("an")[0]
    with clock.at(START):
        stage.publish("an", order_id)
    return order_id


def dispute(stage: Stage, order_id: str, by: Api | None = None) -> Any:
    with clock.at(OPEN):
        return (by or stage.advertiser).post(f"/v1/orders/{order_id}/dispute", REASON)


def rule(stage: Stage, dispute_id: str, **ruling: Any) -> Any:
    with clock.at(OPEN):
        return stage.auditor.post(f"/v1/disputes/{dispute_id}/ruling", {"note": "查过了", **ruling})


def test_rule_20_a_dispute_stops_the_clock_of_the_order(stage: Stage, order_id: str) -> None:
    opened = dispute(stage, order_id)
    assert opened.status_code == 200
    assert opened.json_body == dispute(stage, order_id).json_body
    assert (opened.json_body["status"], opened.json_body["payment"]) == ("disputed", "held")
    timers = {timer["name"]: timer for timer in opened.json_body["timers"]}
    # Opened on a Monday at 03:00 in China: the fifth working day after it is the Monday of the next week.
    assert timers["ruling_due"] == {
        "name": "ruling_due",
        "at": "2026-11-29T19:00:00Z",
        "default_outcome": "completed",
    }
    assert timers["final_at"]["at"] == "2026-11-29T19:00:00Z"
    url = stage.order(order_id)["post_url"]
    stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")
    with clock.at(START + timedelta(hours=24)):
        assert timeout_dispatch.make_due_look(order_id).status == "disputed"


@pytest.mark.parametrize(
    ("ruling", "status", "order", "money"),
    [
        ({"outcome": "pay"}, "paid", ("completed", "paid"), (FUNDS - PRICE, NET)),
        ({"outcome": "refund"}, "refunded", ("failed", "refunded"), (FUNDS, 0)),
        (
            {"outcome": "split", "creator_share_bps": 4_000},
            "split",
            ("completed", "split"),
            (FUNDS - 122_800, 122_800 - 36_840),
        ),
    ],
    ids=["pay", "refund", "split"],
)
def test_rule_20_the_ruling_pays_returns_or_splits_once(
    stage: Stage, order_id: str, ruling: Any, status: str, order: tuple[str, str], money: tuple[int, int]
) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    assert [found["id"] for found in stage.auditor.get("/v1/disputes").json_body["data"]] == [dispute_id]
    ruled = rule(stage, dispute_id, **ruling)
    assert (ruled.status_code, ruled.json_body["status"]) == (200, status)
    assert ruled.json_body == rule(stage, dispute_id, **ruling).json_body
    other = {"outcome": "pay"} if status != "paid" else {"outcome": "refund"}
    assert rule(stage, dispute_id, **other).json_body["code"] == "dispute_closed"
    found = stage.order(order_id)
    assert (found["status"], found["payment"]) == order
    assert stage.money(found["task_id"], creators=("an",)) == {
        "available": money[0],
        "an": money[1],
        found["task_id"]: 0,
    }
    assert stage.auditor.get("/v1/disputes").json_body["data"] == []
    with clock.at(OPEN + timedelta(days=30)):
        assert disputes.expire(order_id).status == order[0]
    stage.proven()


def test_rule_20_without_a_ruling_the_order_is_paid(stage: Stage, order_id: str) -> None:
    dispute_id = dispute(stage, order_id, stage.creator("an")).json_body["dispute_id"]
    due_at = clock.parse(stage.auditor.get(f"/v1/disputes/{dispute_id}").json_body["due_at"])
    for moment, status in ((due_at - timedelta(seconds=1), "disputed"), (due_at, "completed"), (due_at, "completed")):
        with clock.at(moment):
            assert steps.order_step({"step": "ruling_missed", "id": order_id})["status"] == status
    found = stage.auditor.get(f"/v1/disputes/{dispute_id}").json_body
    assert (found["status"], found["opened_by"], found["ruling"]) == ("unruled", "creator", None)
    assert stage.money(creators=("an",)) == {"available": FUNDS - PRICE, "an": NET}
    stage.proven()


def test_rule_20_only_from_publication_until_final_at(stage: Stage) -> None:
    with clock.at(NOON):
        order_id = stage.accepted("an")[0]
    early = dispute(stage, order_id)
    assert (early.status_code, early.json_body["code"]) == (409, "state_conflict")
    with clock.at(START):
        stage.publish("an", order_id)
    for hours in (12, 24):
        with clock.at(START + timedelta(hours=hours)):
            timeout_dispatch.make_due_look(order_id)
    assert dispute(stage, order_id).json_body["code"] == "state_conflict"


def test_rule_20_only_the_two_sides_make_statements(stage: Stage, order_id: str) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    path = f"/v1/disputes/{dispute_id}/statements"
    said = {"note": "评论是读者写的", "urls": ["https://weibo.example/proof"]}
    with clock.at(OPEN):
        first = stage.creator("an").post(path, said).json_body
        assert first == stage.creator("an").post(path, said).json_body
        second = stage.advertiser.post(path, {"note": "不信"}).json_body
        assert stage.creator("bo").post(path, said).status_code == 404
    assert [(entry["by"], entry["note"]) for entry in second["statements"]] == [
        ("creator", "评论是读者写的"),
        ("advertiser", "不信"),
    ]
    assert stage.creator("an").get(f"/v1/disputes/{dispute_id}").status_code == 200
    assert stage.api.as_("other", "advertiser").get(f"/v1/disputes/{dispute_id}").status_code == 404
    assert dispute(stage, order_id, stage.creator("bo")).status_code == 404
    rule(stage, dispute_id, outcome="pay")
    with clock.at(OPEN):
        assert stage.advertiser.post(path, {"note": "还有"}).json_body["code"] == "dispute_closed"


@pytest.mark.parametrize("ruling", [{"outcome": "split"}, {"outcome": "pay", "creator_share_bps": 5_000}])
def test_a_share_goes_with_a_split_and_only_with_it(stage: Stage, order_id: str, ruling: Any) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    refused = rule(stage, dispute_id, **ruling)
    assert (refused.status_code, refused.json_body["errors"][0]["pointer"]) == (422, "/creator_share_bps")
    assert stage.order(order_id)["price"] == cny(PRICE)


EMOJI = "😀"
FULL = {"note": EMOJI * 1_000, "urls": [f"https://tea.example/{EMOJI * 680}{n}" for n in range(10)]}


def full_dispute(stage: Stage, order_id: str) -> str:
    """A dispute for which both sides have made as many statements as they can, each as large as it can be."""
    dispute_id = str(dispute(stage, order_id).json_body["dispute_id"])
    for side in (stage.advertiser, stage.creator("an")):
        for number in range(rules().statements_per_side_max):
            with clock.at(OPEN):
                made = side.post(f"/v1/disputes/{dispute_id}/statements", {**FULL, "note": f"{number}{EMOJI * 900}"})
            assert made.status_code == 200, made.json_body
    return dispute_id


def test_rule_20_a_dispute_full_of_statements_is_ruled(stage: Stage, order_id: str) -> None:
    dispute_id = full_dispute(stage, order_id)
    found = stage.auditor.get(f"/v1/disputes/{dispute_id}")
    assert len(found.json_body["statements"]) == 20
    assert len(found.body) < LIST_MAX_BYTES
    assert bytes_after(dispute_record.find_dispute(dispute_id)) < 10_000
    ruled = rule(stage, dispute_id, outcome="refund", note=EMOJI * 1_000)
    assert (ruled.status_code, ruled.json_body["status"]) == (200, "refunded")


def test_rule_20_each_side_has_its_own_number_of_statements(stage: Stage, order_id: str) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    path = f"/v1/disputes/{dispute_id}/statements"
    with clock.at(OPEN):
        statuses = [stage.advertiser.post(path, {"note": f"第{n}次"}).status_code for n in range(12)]
        refused = stage.advertiser.post(path, {"note": "还有"}).json_body
        first = stage.creator("an").post(path, {"note": "我说一次"})
    assert statuses == [200] * 10 + [422] * 2
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [("/note", "too_many")]
    assert first.json_body["statement_counts"] == {"advertiser": 10, "creator": 1}


@pytest.mark.parametrize(
    ("urls", "code"),
    [
        (["javascript:alert(1)"], "url_scheme"),
        (["https://tea.example/", "data:text/html,x"], "url_scheme"),
        (["http://127.0.0.1/"], "url_private_host"),
        ([f"https://tea.example/{EMOJI * 1_900}{n}" for n in range(10)], "too_large"),
    ],
)
def test_rule_20_evidence_is_a_short_public_link(stage: Stage, order_id: str, urls: list[str], code: str) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    with clock.at(OPEN):
        refused = stage.advertiser.post(f"/v1/disputes/{dispute_id}/statements", {"note": "看", "urls": urls})
    assert (refused.status_code, refused.json_body["errors"][0]["code"]) == (422, code)
    assert refused.json_body["errors"][0]["pointer"].startswith("/urls")


def test_rule_20_the_auditor_is_hidden_from_the_sides(stage: Stage, order_id: str) -> None:
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    wang = stage.api.as_("sub-of-wang", "auditor")
    with clock.at(OPEN):
        wang.post(f"/v1/disputes/{dispute_id}/ruling", {"outcome": "pay", "note": "查过了"})
    for who, by in ((stage.advertiser, "auditor"), (stage.creator("an"), "auditor"), (stage.auditor, "sub-of-wang")):
        assert who.get(f"/v1/disputes/{dispute_id}").json_body["ruling"]["by"] == by


def test_rule_20_statements_of_older_disputes_are_shown_and_moved(stage: Stage, order_id: str) -> None:
    """They were inline, and could fill the dispute's own item so that no ruling could be written."""
    dispute_id = dispute(stage, order_id).json_body["dispute_id"]
    old = {"by": "creator", "note": EMOJI * 1_000, "urls": [EMOJI * 1_000], "at": clock.stamp(OPEN)}
    inline = [old] * 40
    found = dispute_record.find_dispute(dispute_id)
    found.update([DisputeRecord.statements.set(inline)])
    with clock.at(OPEN):
        shown = stage.advertiser.get(f"/v1/disputes/{dispute_id}").json_body
    assert (len(shown["statements"]), shown["statement_counts"]) == (40, {"advertiser": 0, "creator": 40})
    assert rule(stage, dispute_id, outcome="pay").status_code == 200
    after = stage.advertiser.get(f"/v1/disputes/{dispute_id}").json_body
    assert after["statements"] == shown["statements"]
    assert dispute_record.find_dispute(dispute_id).statements == []
