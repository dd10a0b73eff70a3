"""Reads of task lists and the review queue: no accounts of drafts, no orders that cannot exist, no diff."""

from __future__ import annotations

from typing import Any

import pytest

from bench.harness.measured_market import Meter, metered
from chalicelib.core import clock
from chalicelib.tasks.content import text_diff
from chalicelib.tasks.lists import task_lists
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.submission import resubmission_changes
from chalicelib.tasks.workflow import task_completion
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny

LARGE = 100


def listed(who: Api, path: str) -> tuple[list[dict[str, Any]], Meter]:
    """Return the items of the list and the DynamoDB requests for it."""
    who.get("/v1/tasks?limit=1")  # the secret of cursors is read once per process
    with metered() as meter:
        response = who.get(path)
    assert response.status_code == 200, response.json_body
    return response.json_body["data"], meter


def test_a_list_of_drafts_does_not_read_their_accounts(stage: Stage) -> None:
    accounts = stage.crowd(LARGE)
    costs = []
    for number, named in ((10, accounts[:1]), (20, accounts)):
        for _ in range(10):
            stage.create(named, draft=True)
        found, meter = listed(stage.advertiser, "/v1/tasks?limit=100")
        assert len(found) == number
        assert meter.calls == {"BatchGetItem": 1, "Query": 1}
        costs.append(meter.read)
    assert sorted(task["order_counts"]["pending"] for task in found) == [1] * 10 + [LARGE] * 10
    assert costs[1] <= 2.5 * costs[0]


@pytest.mark.parametrize("status", ["in_review", "rejected", "cancelled"])
def test_no_orders_are_read_of_tasks_that_were_never_approved(stage: Stage, status: str) -> None:
    accounts = stage.crowd(LARGE)
    task = stage.create(accounts)
    if status == "rejected":
        rejected = {"decision": "rejected", "reasons": [{"code": "content"}]}
        assert stage.auditor.post(f"/v1/tasks/{task['id']}/review", rejected).status_code == 200
    elif status == "cancelled":
        stage.advertiser.post(f"/v1/tasks/{task['id']}/cancel", {"reason_code": "other"})
    found, meter = listed(stage.advertiser, "/v1/tasks")
    assert meter.calls == {"BatchGetItem": 1, "Query": 1}
    (shown,) = found
    full = stage.task(task["id"])
    assert shown["status"] == status
    assert {name: full[name] for name in shown} == shown
    assert set(full) - set(shown) == {"account_ids"}


def test_a_completed_task_stores_the_numbers_of_its_orders(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    task_id = stage.order(order_id)["task_id"]
    before, meter = listed(stage.advertiser, "/v1/tasks")
    assert (before[0]["order_counts"], meter.calls["BatchGetItem"]) == ({"offered": 1}, 2)
    stage.act("an", order_id, "decline", {"reason_code": "other"})
    assert task_completion.complete_if_settled(task_id).status == "completed"
    after, meter = listed(stage.advertiser, "/v1/tasks")
    assert meter.calls == {"BatchGetItem": 1, "Query": 1}
    assert after[0]["order_counts"] == {"declined": 1}
    full = stage.task(task_id)
    assert {name: full[name] for name in after[0]} == after[0]


def test_a_cancelled_task_stores_the_numbers_of_its_orders(stage: Stage) -> None:
    (order_id,) = stage.offered("an")
    task_id = stage.order(order_id)["task_id"]
    stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"})
    assert task_completion.complete_if_settled(task_id).tally is not None
    found, meter = listed(stage.advertiser, "/v1/tasks")
    assert (found[0]["order_counts"], meter.calls) == ({"cancelled": 1}, {"BatchGetItem": 1, "Query": 1})


def test_a_page_reads_a_bounded_number_of_orders(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_lists, "ORDERS_READ_MAX", 5)
    accounts = stage.bind("an", "bo", "chen", price=1_000)
    task_ids = [stage.create(accounts)["id"] for _ in range(4)]
    for task_id in task_ids:
        stage.approve(task_id)
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(4):
        page = stage.advertiser.get(f"/v1/tasks?limit=100{cursor}").json_body
        found += page["data"]
        assert len(page["data"]) == 1
        cursor = f"&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert {task["id"] for task in found} == set(task_ids)


def test_the_review_queue_makes_no_diff_and_reads_no_accounts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = stage.crowd(LARGE)
    texts = ("甲乙" * 990, "甲丙" * 990)
    with clock.at(NOON):
        body = {**stage.body(accounts), "content": {"text": texts[0], "picture_ids": [], "urls": []}}
        task = stage.advertiser.post("/v1/tasks", body, key=stage.key()).json_body
        rejected = {"decision": "rejected", "reasons": [{"code": "content"}]}
        stage.auditor.post(f"/v1/tasks/{task['id']}/review", rejected)
        again = {**body, "content": {**body["content"], "text": texts[1]}, "account_ids": accounts[1:]}
        assert stage.advertiser.put(f"/v1/tasks/{task['id']}", again).status_code == 200

    def refuse(*_: Any) -> None:
        raise AssertionError("a diff was made in a list")

    monkeypatch.setattr(text_diff, "edit_script", refuse)
    (shown,), meter = listed(stage.auditor, "/v1/reviews")
    assert meter.calls == {"Query": 1, "BatchGetItem": 1}, "the index and its items"
    changes = {change["field"]: change for change in shown["changes"]}
    assert (changes["text"]["before"], changes["text"]["after"]) == tuple(f"{text} 广告" for text in texts)
    assert (changes["account_ids"]["before"], changes["account_ids"]["after"]) == (accounts[:1], [])
    assert changes["total"]["before"] - changes["total"]["after"] == 1_000


def test_older_tasks_in_review_show_what_changed(stage: Stage) -> None:
    """Such tasks stored the former content, not the changes."""
    with clock.at(NOON):
        task = stage.create(stage.bind("an"))
        stored = find_task(task["id"])
        before = {**resubmission_changes.of_task(stored), "title": "旧题目", "account_ids": []}
        stored.update([type(stored).previous.set(before)])
        (shown,) = stage.auditor.get("/v1/reviews").json_body["data"]
    changes = {change["field"]: (change["before"], change["after"]) for change in shown["changes"]}
    assert changes == {"title": ("旧题目", "秋茶上市"), "account_ids": ([], [stage.accounts["an"]])}
    assert task["total"] == cny(int(stored.total))
