"""Tasks that are built page by page before they are submitted; and one of a thousand orders."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.store.tables import connection
from chalicelib.tasks.orders import offer_accept_decline_lapse
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.task_lines import LinesRecord, lines_of, page_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.submission import quotes
from chalicelib.tasks.workflow import held_amounts
from testing.api import Api
from testing.markets.stage import NOON, PRICE, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)


@pytest.fixture
def large_stage(api: Api) -> Stage:
    stage = Stage(api)
    stage.certify()
    return stage


def draft(stage: Stage, account_ids: list[str], **changes: Any) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post("/v1/tasks", stage.body(account_ids, draft=True, **changes), key=stage.key())


def add(stage: Stage, task_id: str, account_ids: list[str]) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/tasks/{task_id}/accounts", {"account_ids": account_ids})


def submit(stage: Stage, task_id: str) -> Any:
    with clock.at(NOON):
        return stage.advertiser.post(f"/v1/tasks/{task_id}/submit")


def test_a_draft_is_held_at_the_prices_of_its_submission(stage: Stage) -> None:
    an, bo, chen = stage.bind("an", "bo", "chen")
    made = draft(stage, [an])
    assert (made.status_code, made.json_body["status"], made.json_body["label"]) == (201, "draft", "草稿")
    task_id = made.json_body["id"]
    assert stage.money(task_id)[task_id] == 0
    assert stage.task(task_id)["totals"]["held"] == cny(0)
    grown = add(stage, task_id, [bo, chen])
    assert grown.json_body["account_ids"] == [an, bo, chen]
    assert add(stage, task_id, [bo, chen]).json_body == grown.json_body
    twice = add(stage, task_id, [chen])
    assert (twice.status_code, twice.json_body["errors"][0]["pointer"]) == (422, "/account_ids/0")
    stage.creator("bo").patch(f"/v1/accounts/{bo}", {"prices": {"post": cny(100_000)}})
    sent = submit(stage, task_id)
    assert sent.json_body["status"] == "in_review"
    assert sent.json_body == submit(stage, task_id).json_body
    assert stage.money(task_id)[task_id] == 2 * PRICE + 100_000
    assert [line.price for line in lines_of([find_task(task_id)])[task_id]] == [PRICE, 100_000, PRICE]
    assert add(stage, task_id, [an]).json_body["code"] == "state_conflict"
    with clock.at(NOON):
        stage.approve(task_id)
    assert [order["price"]["amount"] for order in stage.orders(task_id)] == [PRICE, 100_000, PRICE]
    stage.proven()


def test_a_draft_is_edited_and_thrown_away(stage: Stage) -> None:
    an, bo = stage.bind("an", "bo")
    task_id = draft(stage, [an]).json_body["id"]
    add(stage, task_id, [bo])
    with clock.at(NOON):
        body = {name: value for name, value in stage.body([], title="新题目").items() if name != "account_ids"}
        edited = stage.advertiser.put(f"/v1/tasks/{task_id}", body).json_body
        assert (edited["status"], edited["title"], edited["account_ids"]) == ("draft", "新题目", [an, bo])
        done = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {"reason_code": "other"}).json_body
    assert done["status"] == "cancelled"
    assert submit(stage, task_id).json_body["code"] == "state_conflict"
    assert stage.advertiser.get("/v1/tasks?status=draft").json_body["data"] == []


def test_a_draft_without_accounts_money_or_time_is_not_submitted(stage: Stage) -> None:
    empty = draft(stage, []).json_body["id"]
    assert submit(stage, empty).json_body["errors"][0]["pointer"] == "/account_ids"
    dear = draft(stage, stage.bind("an", price=900_000_000)).json_body["id"]
    assert submit(stage, dear).status_code == 402
    with clock.at(ACCEPT_BY):
        late = stage.advertiser.post(f"/v1/tasks/{dear}/submit").json_body
    assert [fault["pointer"] for fault in late["errors"]] == ["/accept_by"]
    assert stage.api.as_("other", "advertiser").post(f"/v1/tasks/{dear}/submit").status_code == 404
    assert stage.task(dear)["status"] == "draft"


def test_a_draft_filled_account_by_account_can_be_submitted(stage: Stage) -> None:
    """Each addition had an item of its own; more than 100 items do not fit one transaction."""
    accounts = stage.crowd(130)
    task_id = draft(stage, accounts[:1]).json_body["id"]
    for account in accounts[1:]:
        assert add(stage, task_id, [account]).status_code == 200
    assert add(stage, task_id, accounts[-1:]).status_code == 200
    assert find_task(task_id).pages == ["lines#000", "lines#001"]
    with clock.at(NOON):
        body = {name: value for name, value in stage.body([], title="新题目").items() if name != "account_ids"}
        edited = stage.advertiser.put(f"/v1/tasks/{task_id}", body)
    assert (edited.status_code, edited.json_body["account_ids"]) == (200, accounts)
    sent = submit(stage, task_id)
    assert (sent.status_code, sent.json_body["total"]) == (200, cny(130_000))
    assert stage.money(task_id)[task_id] == 130_000


def test_an_older_draft_with_small_pages_can_be_submitted(stage: Stage) -> None:
    accounts = stage.crowd(131)
    task_id = draft(stage, accounts[:1]).json_body["id"]
    task = find_task(task_id)
    with clock.at(NOON):
        lines = quotes.quote("post", accounts[1:130])
    pages = [page_of(task_id, f"lines#{place:020}", [line]) for place, line in enumerate(lines)]
    with LinesRecord.batch_write() as batch:
        for page in pages:
            batch.save(page)
    names = [page.sk for page in pages]
    task.update([TaskRecord.pages.set(names), TaskRecord.accounts.remove(), TaskRecord.added.remove()])
    assert stage.advertiser.get("/v1/tasks").json_body["data"][0]["order_counts"] == {"pending": 130}
    assert add(stage, task_id, accounts[130:]).json_body["account_ids"] == accounts
    sent = submit(stage, task_id)
    assert (sent.status_code, sent.json_body["total"]) == (200, cny(131_000))


@pytest.fixture
def writes(large_stage: Stage) -> Counter[str]:
    """Count the requests that write to DynamoDB from now on, and the actions in them."""
    counts: Counter[str] = Counter()

    def count(params: Any, model: Any, **_: Any) -> None:
        name = model.name
        if name == "TransactWriteItems":
            counts["transactions"] += 1
            counts["items"] += len(json.loads(params["body"])["TransactItems"])
        elif name in ("PutItem", "UpdateItem"):
            counts["items"] += 1

    connection().client.meta.events.register("before-call.dynamodb", count)
    return counts


def test_a_task_of_a_thousand_orders_costs_few_writes_each(large_stage: Stage, writes: Counter[str]) -> None:
    stage = large_stage
    accounts = stage.crowd(1_000)
    task_id = draft(stage, accounts[:100]).json_body["id"]
    for begin in range(100, 1_000, 100):
        assert add(stage, task_id, accounts[begin : begin + 100]).status_code == 200
    assert add(stage, task_id, ["acc_00000000000000000000000000"]).json_body["code"] == "task_full"
    writes.clear()
    assert submit(stage, task_id).json_body["total"] == cny(1_000_000)
    # One transaction: the task, its ten pages, and one posting of four items.
    assert (writes["transactions"], writes["items"]) == (1, 15)
    writes.clear()
    with clock.at(NOON):
        stage.approve(task_id)
    # The review, and forty batches of 25 offers with a check of the task each.
    assert (writes["transactions"], writes["items"]) == (41, 2 + 40 * 26)
    assert stage.task(task_id)["order_counts"] == {"offered": 1_000}
    orders = [order.pk for order in OrderRecord.items_of_task.query(task_id, OrderRecord.pk.startswith("ord_"))]
    assert len(orders) == 1_000
    writes.clear()
    with clock.at(ACCEPT_BY):
        for order_id in orders[:50]:
            offer_accept_decline_lapse.lapse(order_id)
    # An end with its posting: the order, the gate of its task and four items, in one transaction.
    assert (writes["transactions"], writes["items"]) == (50, 300)
    assert held_amounts.held_amounts([task_id]) == {task_id: 950_000}
    assert stage.money(task_id)[task_id] == 950_000
    preview = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body
    assert len(preview["lines"]) == 1_000
