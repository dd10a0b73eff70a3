"""Rule 12: a declined or lapsed order offers the next reserve account whose price is covered, once each."""

from __future__ import annotations

import threading
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.tasks.orders import offer_accept_decline_lapse
from chalicelib.tasks.records import order_record
from chalicelib.tasks.records.task_lines import waiting_reserves
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import held_amounts, task_completion
from testing.in_force import iam_in_force
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

ACCEPT_BY = NOON + timedelta(hours=1)
END = NOON + timedelta(hours=3)


def running(stage: Stage, named: list[str], reserves: dict[str, int], **changes: Any) -> tuple[str, list[str]]:
    """A running task of these creators with reserve accounts at these prices: its id, its orders."""
    with clock.at(NOON):
        for name, price in reserves.items():
            stage.bind(name, price=price)
        ids = [stage.accounts[name] for name in reserves]
        task = stage.create(stage.bind(*named), reserve_account_ids=ids, **changes)
        stage.approve(task["id"])
    return task["id"], [order["id"] for order in stage.orders(task["id"])]


def names(stage: Stage, task_id: str) -> dict[str, str]:
    """The status of each order by its creator's name."""
    accounts = {account: name for name, account in stage.accounts.items()}
    return {accounts[order["account_id"]]: order["status"] for order in stage.orders(task_id)}


def decline(stage: Stage, name: str, order_id: str) -> Any:
    answer = stage.act(name, order_id, "decline", {"reason_code": "schedule"})
    assert answer.status_code == 200, answer.json_body
    return answer.json_body


def test_rule_12_a_declined_order_offers_the_first_affordable_reserve(stage: Stage) -> None:
    task_id, (first,) = running(stage, ["an"], {"dear": PRICE + 1, "bo": PRICE - 7_000, "chen": 10_000})
    with clock.at(NOON):
        decline(stage, "an", first)
    assert names(stage, task_id) == {"an": "declined", "bo": "offered"}
    assert stage.money(task_id) == {"available": FUNDS - (PRICE - 7_000), task_id: PRICE - 7_000}
    assert held_amounts.held_amounts([task_id]) == {task_id: PRICE - 7_000}
    assert task_completion.complete_if_settled(task_id).status == "running"
    assert stage.task(task_id)["totals"]["held"] == cny(PRICE - 7_000)
    stage.proven()


def test_rule_12_older_tasks_store_their_reserves_inline(stage: Stage) -> None:
    task_id, (first,) = running(stage, ["an"], {"dear": PRICE + 1, "bo": PRICE})
    lines = [asdict(line) for line in waiting_reserves(find_task(task_id))]
    find_task(task_id).update([TaskRecord.reserves.set(lines), TaskRecord.reserved.remove()])
    with clock.at(NOON):
        decline(stage, "an", first)
    assert names(stage, task_id) == {"an": "declined", "bo": "offered"}
    assert [line.handle for line in waiting_reserves(find_task(task_id))] == ["handle-of-dear"]


def test_an_equal_substitution_during_a_proof_is_no_difference(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """It moves no money, so no balance shows that task and orders were read at different moments."""
    task_id, (first,) = running(stage, ["an"], {"bo": PRICE})
    read, interruptions = order_record.orders_of, iter([True])

    def meanwhile(lines: Any) -> Any:
        if next(interruptions, False):
            with iam_in_force.elsewhere(), clock.at(NOON):
                decline(stage, "an", first)
        return read(lines)

    monkeypatch.setattr(held_amounts, "orders_of", meanwhile)
    assert stage.proven()["unverified"] == []
    assert names(stage, task_id) == {"an": "declined", "bo": "offered"}
    assert stage.money(task_id)[task_id] == PRICE


def test_rule_12_free_money_adds_up_and_is_never_exceeded(stage: Stage) -> None:
    task_id, (first, second) = running(stage, ["an", "bo"], {"dear": 2 * PRICE})
    with clock.at(NOON):
        decline(stage, "an", first)
        assert names(stage, task_id) == {"an": "declined", "bo": "offered"}
        decline(stage, "bo", second)
    assert names(stage, task_id) == {"an": "declined", "bo": "declined", "dear": "offered"}
    assert stage.money(task_id) == {"available": FUNDS - 2 * PRICE, task_id: 2 * PRICE}
    stage.proven()


def test_rule_12_free_money_that_was_spent_offers_nothing(stage: Stage) -> None:
    task_id, (first, second) = running(stage, ["an", "bo"], {"dear": 2 * PRICE, "cheap": 1_000})
    with clock.at(NOON):
        decline(stage, "an", first)  # offers cheap
        spend = stage.create(stage.bind("rich", price=FUNDS - PRICE - 1_000))
        decline(stage, "bo", second)
    assert names(stage, task_id)["cheap"] == "offered"
    assert "dear" not in names(stage, task_id)
    assert stage.money(task_id, spend["id"]) == {"available": PRICE, task_id: 1_000, spend["id"]: FUNDS - PRICE - 1_000}


def test_rule_12_a_paused_reserve_is_passed_over(stage: Stage) -> None:
    task_id, (first,) = running(stage, ["an"], {"bo": PRICE, "chen": PRICE})
    stage.creator("bo").patch(f"/v1/accounts/{stage.accounts['bo']}", {"paused": True})
    with clock.at(NOON):
        decline(stage, "an", first)
    assert names(stage, task_id) == {"an": "declined", "chen": "offered"}


def test_rule_12_a_reserve_has_time_to_answer(stage: Stage) -> None:
    task_id, (first,) = running(stage, ["an"], {"bo": PRICE})
    with clock.at(ACCEPT_BY):
        assert offer_accept_decline_lapse.lapse(first).status == "lapsed"
        assert offer_accept_decline_lapse.lapse(first).status == "lapsed"
        reserve = next(order for order in stage.orders(task_id) if order["status"] == "offered")
        assert reserve["accept_by"] == "2026-11-22T14:00:00Z"  # half of what is left of the window
        assert stage.act("bo", reserve["id"], "accept").json_body["status"] == "accepted"
    assert stage.money(task_id) == {"available": FUNDS - PRICE, task_id: PRICE}


def test_rule_12_a_declining_reserve_is_replaced_by_the_next(stage: Stage) -> None:
    task_id, (first,) = running(stage, ["an"], {"bo": PRICE, "chen": PRICE})
    with clock.at(NOON):
        decline(stage, "an", first)
        second = next(order["id"] for order in stage.orders(task_id) if order["status"] == "offered")
        decline(stage, "bo", second)
        third = next(order["id"] for order in stage.orders(task_id) if order["status"] == "offered")
        decline(stage, "chen", third)
    assert set(names(stage, task_id).values()) == {"declined"}
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    assert task_completion.complete_if_settled(task_id).status == "completed"


def test_rule_12_concurrent_declines_offer_each_reserve_once(stage: Stage) -> None:
    many = [f"first{number}" for number in range(6)]
    reserves = {f"reserve{number}": PRICE for number in range(4)}
    task_id, order_ids = running(stage, many, reserves)
    failures: list[Exception] = []

    def lapse(order_id: str) -> None:
        try:
            with clock.at(ACCEPT_BY):
                offer_accept_decline_lapse.lapse(order_id)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=lapse, args=(order_id,)) for order_id in order_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = list(names(stage, task_id).values())
    assert sorted(found) == ["lapsed"] * 6 + ["offered"] * 4
    assert stage.money(task_id) == {"available": FUNDS - 4 * PRICE, task_id: 4 * PRICE}
    stage.proven()


def test_reserves_are_named_once_and_take_orders(stage: Stage) -> None:
    with clock.at(NOON):
        account = stage.bind("an")
        twice = stage.advertiser.post("/v1/tasks", stage.body(account, reserve_account_ids=account), key="a")
        unknown = ["acc_00000000000000000000000000"]
        refused = stage.advertiser.post("/v1/tasks", stage.body(account, reserve_account_ids=unknown), key="b")
    assert [fault["pointer"] for fault in twice.json_body["errors"]] == ["/reserve_account_ids/0"]
    assert (refused.status_code, refused.json_body["code"]) == (409, "account_not_available")
    assert [fault["pointer"] for fault in refused.json_body["errors"]] == ["/reserve_account_ids/0"]
