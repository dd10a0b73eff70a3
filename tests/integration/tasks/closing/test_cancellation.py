"""A task is cancelled by its advertiser (rule 18) or stopped by the platform (rule 19)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social import sandbox
from chalicelib.tasks.closing import cancellation, winding_up
from chalicelib.tasks.model.closing_gate import find_gate
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import steps, sweep, task_completion, timeout_dispatch
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

START = NOON + timedelta(hours=1)
SHARE = PRICE // 10
FEE = SHARE * 3 // 10
NET = 214_900
REASON = {"reason_code": "plans_changed", "note": "改期"}


def mixed(stage: Stage) -> tuple[str, dict[str, str]]:
    """A task with an order in each state that an open task has; its id, the orders by creator."""
    names = ("silent", "agreed", "posted", "gone")
    with clock.at(NOON):
        task = stage.create(stage.bind(*names))
        stage.approve(task["id"])
        orders = dict(zip(names, (order["id"] for order in stage.orders(task["id"])), strict=True))
        for name in ("agreed", "posted"):
            assert stage.act(name, orders[name], "accept").status_code == 200
        stage.act("gone", orders["gone"], "decline", {"reason_code": "other"})
    with clock.at(START):
        stage.publish("posted", orders["posted"])
    return task["id"], orders


def statuses(stage: Stage, orders: dict[str, str]) -> dict[str, tuple[str, str]]:
    found = {name: stage.order(order_id) for name, order_id in orders.items()}
    return {name: (order["status"], order["payment"]) for name, order in found.items()}


def cancel(stage: Stage, task_id: str) -> Any:
    with clock.at(START):
        return stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", REASON)


def test_rule_18_cancelling_has_the_previewed_effect(stage: Stage) -> None:
    task_id, orders = mixed(stage)
    preview = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body
    lines = {line["order_id"]: line for line in preview["lines"]}
    shown = {
        name: (lines[id_]["then"], lines[id_]["compensation"], lines[id_]["returned"], lines[id_]["stays"])
        for name, id_ in orders.items()
    }
    assert shown == {
        "silent": ("cancelled", cny(0), cny(PRICE), False),
        "agreed": ("cancelled", cny(SHARE), cny(PRICE - SHARE), False),
        "posted": ("published", cny(0), cny(0), True),
        "gone": ("declined", cny(0), cny(0), True),
    }
    assert (preview["compensation"], preview["returned"]) == (cny(SHARE), cny(2 * PRICE - SHARE))
    assert preview["stays_held"] == cny(PRICE)
    done = cancel(stage, task_id).json_body
    assert done == cancel(stage, task_id).json_body
    assert (done["status"], done["reason"], done["winding_up"]) == (
        "cancelled",
        {"code": "plans_changed", "note": "改期"},
        False,
    )
    assert statuses(stage, orders) == {
        "silent": ("cancelled", "refunded"),
        "agreed": ("cancelled", "split"),
        "posted": ("published", "held"),
        "gone": ("declined", "refunded"),
    }
    assert stage.order(orders["agreed"])["settled"] == {
        "net": cny(SHARE - FEE),
        "commission": cny(FEE),
        "returned": cny(PRICE - SHARE),
    }
    assert stage.money(task_id, creators=("agreed",)) == {
        "available": FUNDS - PRICE - SHARE,
        "agreed": SHARE - FEE,
        task_id: PRICE,
    }
    stage.proven(START)
    for hours in (12, 24):
        with clock.at(START + timedelta(hours=hours)):
            timeout_dispatch.make_due_look(orders["posted"])
    assert statuses(stage, orders)["posted"] == ("completed", "paid")
    assert task_completion.complete_if_settled(task_id).status == "cancelled"
    assert stage.money(task_id)[task_id] == 0
    stage.proven()


def test_rule_18_a_task_in_review_is_cancelled_for_free(stage: Stage) -> None:
    with clock.at(NOON):
        task = stage.create(stage.bind("an"))
        preview = stage.advertiser.get(f"/v1/tasks/{task['id']}/cancellation").json_body
        assert preview["returned"] == cny(PRICE)
        done = stage.advertiser.post(f"/v1/tasks/{task['id']}/cancel", REASON).json_body
    assert (done["status"], done["order_counts"]) == ("cancelled", {"cancelled": 1})
    assert done["totals"]["refunded"] == cny(PRICE)
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    assert stage.auditor.get("/v1/reviews").json_body["data"] == []
    stage.proven()


def test_rule_18_ended_and_foreign_tasks_cannot_be_cancelled(stage: Stage) -> None:
    task_id, _ = mixed(stage)
    assert stage.api.as_("other", "advertiser").post(f"/v1/tasks/{task_id}/cancel", REASON).status_code == 404
    assert stage.api.as_("other", "advertiser").get(f"/v1/tasks/{task_id}/cancellation").status_code == 404
    assert stage.auditor.post(f"/v1/tasks/{task_id}/cancel", REASON).status_code == 403
    cancel(stage, task_id)
    stopped = stage.auditor.post(f"/v1/tasks/{task_id}/stop", REASON)
    assert (stopped.status_code, stopped.json_body["code"]) == (409, "state_conflict")
    assert stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body["code"] == "state_conflict"


def test_rule_19_a_stop_frees_unpublished_and_pays_published_orders(stage: Stage) -> None:
    task_id, orders = mixed(stage)
    url = stage.order(orders["posted"])["post_url"]
    assert stage.advertiser.post(f"/v1/tasks/{task_id}/stop", REASON).status_code == 403
    with clock.at(START):
        done = stage.auditor.post(f"/v1/tasks/{task_id}/stop", {"reason_code": "illegal"}).json_body
    assert (done["status"], done["label"]) == ("stopped", "任务叫停")
    assert statuses(stage, orders) == {
        "silent": ("stopped", "refunded"),
        "agreed": ("stopped", "refunded"),
        "posted": ("stopped", "paid"),
        "gone": ("declined", "refunded"),
    }
    assert stage.api.get(f"/sandbox/posts/{url.rpartition('/')[2]}").status_code == 404
    assert stage.order(orders["posted"])["events"][-1]["note"] == "the post was taken down"
    assert stage.money(task_id, creators=("agreed", "posted")) == {
        "available": FUNDS - PRICE,
        "agreed": 0,
        "posted": NET,
        task_id: 0,
    }
    stage.proven()


def test_rule_19_published_orders_are_paid_when_the_network_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    task_id, orders = mixed(stage)

    def away(self: Any, url: str, account: Any = None) -> bool:
        raise Problem("upstream_unavailable", "The network does not answer.")

    monkeypatch.setattr(sandbox.SandboxNetwork, "take_down", away)
    with clock.at(START):
        stage.auditor.post(f"/v1/tasks/{task_id}/stop", {"reason_code": "illegal"})
    assert statuses(stage, orders)["posted"] == ("stopped", "paid")
    assert stage.order(orders["posted"])["events"][-1]["note"] == "the creator is asked to take the post down"


def test_a_crash_during_winding_up_is_finished_by_the_workflow(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    task_id, orders = mixed(stage)

    def die(order_id: str) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(winding_up, "end_order", die)
        with pytest.raises(SystemExit), clock.at(START):
            cancellation.cancel(task_id, stage.advertiser_id, {"code": "plans_changed"})
    assert statuses(stage, orders)["silent"] == ("offered", "held")
    assert find_task(task_id).open is not None
    with clock.at(START):
        assert stage.act("silent", orders["silent"], "accept").json_body["code"] == "accept_by_passed"
        assert steps.task_step({"step": "load", "id": task_id})["status"] == "winding_up"
        assert steps.task_step({"step": "wind_up", "id": task_id})["status"] == "cancelled"
        assert steps.task_step({"step": "wind_up", "id": task_id})["status"] == "cancelled"
    assert statuses(stage, orders)["silent"] == ("cancelled", "refunded")
    stage.proven()


def test_a_closed_task_stays_open_for_the_sweep_until_its_last_order_ends(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined: list[str] = []

    def running(item_id: str, run: int) -> str:
        examined.append(item_id)
        return "RUNNING"

    monkeypatch.setattr(sweep, "execution_state", running)
    task_id, orders = mixed(stage)
    cancel(stage, task_id)
    assert find_task(task_id).winding_up is None
    with clock.at(START):
        assert sweep.resume()["open"] == 2
    assert examined == [orders["posted"]], "the workflow of the task has ended"
    for hours in (12, 24):
        with clock.at(START + timedelta(hours=hours)):
            timeout_dispatch.make_due_look(orders["posted"])
    assert find_task(task_id).open is not None
    sweep.resume()  # the stream record of the empty hold was lost
    assert find_task(task_id).open is None
    assert sweep.resume()["open"] == 0
    assert examined == [orders["posted"]]
    stage.proven()


def test_a_closed_task_without_open_orders_leaves_the_open_items(stage: Stage) -> None:
    with clock.at(NOON):
        task = stage.create(stage.bind("an"))
        stage.approve(task["id"])
        cancel(stage, task["id"])
    assert find_task(task["id"]).open is None


def test_rule_18_ten_rounds_move_no_money_without_commission(stage: Stage) -> None:
    """An advertiser and a creator who belong together order, accept and cancel, to move money past the commission."""
    moved, earned, fees = 0, 0, 0
    accounts = stage.bind("an")
    for _ in range(10):
        task_id = stage.create(accounts)["id"]
        stage.approve(task_id)
        order_id = stage.orders(task_id)[0]["id"]
        assert stage.act("an", order_id, "accept").status_code == 200
        preview = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body
        assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", REASON).status_code == 200
        settled = stage.order(order_id)["settled"]
        (line,) = preview["lines"]
        assert settled == {name: line[name] for name in ("net", "commission", "returned")}
        assert settled == {name: preview[name] for name in ("net", "commission", "returned")}
        fee = settled["commission"]["amount"]
        assert fee == line["compensation"]["amount"] * 3 // 10 > 0
        moved, earned, fees = moved + line["compensation"]["amount"], earned + settled["net"]["amount"], fees + fee
        assert stage.task(task_id)["totals"]["commission"] == cny(fee)
    assert (moved, earned, fees) == (10 * SHARE, 10 * (SHARE - FEE), 10 * FEE)
    assert stage.money(creators=("an",)) == {"available": FUNDS - moved, "an": earned}
    entries = stage.creator("an").get("/v1/wallet/entries?kind=compensation").json_body["data"]
    assert [entry["amount"] for entry in entries] == [cny(SHARE - FEE)] * 10
    proof = stage.proven()
    assert proof["totals"]["commission"] == cny(fees)


@pytest.mark.parametrize("path", ["cancel", "stop"])
def test_a_large_task_closes_at_once(stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    names = [f"creator-{place}" for place in range(13)]
    task = stage.create(stage.bind(*names, price=1_000))
    stage.approve(task["id"])
    assert [stage.task(task["id"])[name] for name in ("closing", "winding_up")] == [None, False]
    who = stage.auditor if path == "stop" else stage.advertiser
    answer = who.post(f"/v1/tasks/{task['id']}/{path}", REASON)
    status = {"cancel": "cancelled", "stop": "stopped"}[path]
    assert (answer.status_code, answer.json_body["status"]) == (202, status)
    assert (answer.json_body["closing"], answer.json_body["winding_up"]) == ({"orders_left": 3}, True)
    assert answer.json_body["order_counts"] == {status: 10, "offered": 3}
    assert stage.money(task["id"]) == {"available": FUNDS - 3_000, task["id"]: 3_000}
    stage.proven(NOON)
    monkeypatch.setattr(steps, "ENDED_PER_STEP", 2)
    assert steps.task_step({"step": "wind_up", "id": task["id"]})["status"] == "winding_up"
    assert stage.task(task["id"])["closing"] == {"orders_left": 1}
    assert stage.money(task["id"]) == {"available": FUNDS - 1_000, task["id"]: 1_000}
    assert steps.task_step({"step": "wind_up", "id": task["id"]})["status"] == status
    done = stage.task(task["id"])
    assert (done["closing"], done["winding_up"], done["order_counts"]) == (None, False, {status: 13})
    again = who.post(f"/v1/tasks/{task['id']}/{path}", REASON)
    assert (again.status_code, again.json_body) == (200, done)
    assert stage.money(task["id"]) == {"available": FUNDS, task["id"]: 0}
    stage.proven()


def test_one_order_that_fails_to_end_does_not_block_others(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = stage.offered("an", "bo", "chen")
    task_id = stage.order(first)["task_id"]

    def broken(order_id: str) -> Any:
        if order_id == first:
            raise RuntimeError("damaged")
        return find_order(order_id)

    with monkeypatch.context() as damaged:
        damaged.setattr(winding_up, "find_order", broken)
        answer = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", REASON)
        assert (answer.status_code, answer.json_body["closing"]) == (202, {"orders_left": 1})
        with pytest.raises(RuntimeError):
            steps.task_step({"step": "wind_up", "id": task_id})
    assert [stage.order(order_id)["status"] for order_id in (second, third)] == ["cancelled", "cancelled"]
    assert steps.task_step({"step": "wind_up", "id": task_id})["status"] == "cancelled"
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    stage.proven()


def test_a_task_that_an_earlier_release_was_closing_is_finished(stage: Stage) -> None:
    """It has no gate: the first step of its workflow closes one."""
    first, second = stage.offered("an", "bo")
    task_id = stage.order(first)["task_id"]
    TaskRecord(task_id, "task").update(
        [TaskRecord.status.set("cancelled"), TaskRecord.winding_up.set("cancelled"), TaskRecord.revision.add(1)]
    )
    steps.task_step({"step": "wind_up", "id": task_id})
    assert [stage.order(order_id)["status"] for order_id in (first, second)] == ["cancelled", "cancelled"]
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    assert find_gate(task_id).closed == "cancelled"
    stage.proven()
