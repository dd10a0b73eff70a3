"""Once a task is cancelled or stopped, no other event of its orders is written, whatever runs concurrently (rules 18, 19).

Each act is played up to its transaction; there the task is closed, and the act goes on. The outcome is what the preview showed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.social import sandbox
from chalicelib.store import tables
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.orders import offers
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.records.order_record import order_id as order_id_of
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import steps
from testing.fault_injection import interrupted
from testing.in_force import iam_in_force
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

HOUR = timedelta(hours=1)
START = NOON + HOUR
CANCELLED = {"reason_code": "plans_changed"}
STOPPED = {"reason_code": "illegal"}
Prepared = tuple[str, datetime, Callable[[], Any]]
"""The task, the time of the act, and the act."""


@pytest.fixture(autouse=True)
def nothing_ended_in_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """All orders are left to the workflow, which comes later than the acts that were under way."""
    monkeypatch.setattr(cancellation, "ENDED_IN_REQUEST", 0)


def one(stage: Stage, name: str = "an", **changes: Any) -> tuple[str, str]:
    (order_id,) = stage.offered(name, **changes)
    return str(stage.order(order_id)["task_id"]), order_id


def accepting(stage: Stage) -> Prepared:
    task_id, order_id = one(stage)
    return task_id, NOON, lambda: stage.act("an", order_id, "accept")


def declining(stage: Stage) -> Prepared:
    task_id, order_id = one(stage)
    return task_id, NOON, lambda: stage.act("an", order_id, "decline", {"reason_code": "price"})


def declining_for_a_reserve(stage: Stage) -> Prepared:
    task_id, order_id = one(stage, reserve_account_ids=stage.bind("bo", price=PRICE - 100))
    return task_id, NOON, lambda: stage.act("an", order_id, "decline", {"reason_code": "price"})


def countering(stage: Stage) -> Prepared:
    task_id, order_id = one(stage)
    return task_id, NOON, lambda: stage.act("an", order_id, "counter", {"price": cny(PRICE + 100)})


def taking_a_counter_offer(stage: Stage) -> Prepared:
    task_id, order_id = one(stage)
    assert stage.act("an", order_id, "counter", {"price": cny(PRICE + 100)}).status_code == 200
    return task_id, NOON, lambda: stage.advertiser.post(f"/v1/orders/{order_id}/counter/accept")


def declining_a_counter_offer(stage: Stage) -> Prepared:
    task_id, order_id = one(stage)
    assert stage.act("an", order_id, "counter", {"price": cny(PRICE + 100)}).status_code == 200
    return task_id, NOON, lambda: stage.advertiser.post(f"/v1/orders/{order_id}/counter/decline")


def accepted(stage: Stage, **changes: Any) -> tuple[str, str]:
    task_id, order_id = one(stage, **changes)
    assert stage.act("an", order_id, "accept").status_code == 200
    return task_id, order_id


def submitting_a_draft(stage: Stage) -> Prepared:
    task_id, order_id = accepted(stage, draft_approval=True)
    return task_id, NOON, lambda: stage.act("an", order_id, "draft", {"text": "真香"})


def drafted(stage: Stage) -> tuple[str, str]:
    task_id, order_id = accepted(stage, draft_approval=True)
    assert stage.act("an", order_id, "draft", {"text": "真香"}).status_code == 200
    return task_id, order_id


def approving_a_draft(stage: Stage) -> Prepared:
    task_id, order_id = drafted(stage)
    return task_id, NOON, lambda: stage.advertiser.post(f"/v1/orders/{order_id}/draft/approve")


def asking_for_changes(stage: Stage) -> Prepared:
    task_id, order_id = drafted(stage)
    return task_id, NOON, lambda: stage.advertiser.post(f"/v1/orders/{order_id}/draft/changes", {"note": "x"})


def publishing(stage: Stage) -> Prepared:
    task_id, order_id = accepted(stage)
    with clock.at(START):
        url = stage.post(stage.order(order_id))
    return task_id, START, lambda: stage.act("an", order_id, "publish", {"post_url": url})


def publishing_something_else(stage: Stage) -> Prepared:
    task_id, order_id = accepted(stage)
    with clock.at(START):
        url = stage.post(stage.order(order_id), text="别的 广告")
    return task_id, START, lambda: stage.act("an", order_id, "publish", {"post_url": url})


def called(stage: Stage) -> str:
    task = stage.create([], call={"budget": cny(500_000)})
    stage.approve(task["id"])
    stage.bind("an")
    return str(task["id"])


def applying(stage: Stage) -> Prepared:
    task_id = called(stage)
    wish = {"account_id": stage.accounts["an"], "price": cny(1_000)}
    return task_id, NOON, lambda: stage.creator("an").post(f"/v1/tasks/{task_id}/applications", wish)


def picking(stage: Stage) -> Prepared:
    task_id = called(stage)
    wish = {"account_id": stage.accounts["an"], "price": cny(1_000)}
    made = stage.creator("an").post(f"/v1/tasks/{task_id}/applications", wish).json_body
    return task_id, NOON, lambda: stage.advertiser.post(f"/v1/applications/{made['id']}/accept")


REFUSED = (
    *(accepting, declining, declining_for_a_reserve, countering, taking_a_counter_offer, declining_a_counter_offer),
    *(submitting_a_draft, approving_a_draft, asking_for_changes, publishing, publishing_something_else),
    *(applying, picking),
)


def finished(stage: Stage, task_id: str) -> dict[str, Any]:
    """The task once its workflow has ended its orders."""
    while find_task(task_id).winding_up:
        steps.task_step({"step": "wind_up", "id": task_id})
    return stage.task(task_id)


@pytest.mark.parametrize("path", ["cancel", "stop"])
@pytest.mark.parametrize("prepare", REFUSED, ids=lambda act: act.__name__)
def test_an_act_under_way_is_refused_by_the_closing(
    stage: Stage, prepare: Callable[[Stage], Prepared], path: str
) -> None:
    task_id, moment, act = prepare(stage)
    request = (stage.advertiser, CANCELLED) if path == "cancel" else (stage.auditor, STOPPED)

    def close() -> None:
        assert request[0].post(f"/v1/tasks/{task_id}/{path}", request[1]).status_code in (200, 202)

    with clock.at(moment):
        lines = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body["lines"]
        before = {order["id"]: order["status"] for order in stage.orders(task_id)}
        with interrupted(close):
            refused = act()
        assert (refused.status_code, refused.json_body["code"]) in ((409, "state_conflict"), (409, "call_closed"))
        assert {order["id"]: order["status"] for order in stage.orders(task_id)} == before
        again = act()
        assert again.status_code == 409, again.json_body
        finished(stage, task_id)
    found = {order["id"]: order for order in stage.orders(task_id)}
    if path == "cancel":
        assert {line["order_id"]: line["then"] for line in lines} == {id_: one["status"] for id_, one in found.items()}
        compensation = sum(line["compensation"]["amount"] for line in lines)
        assert stage.money(task_id) == {"available": FUNDS - compensation, task_id: 0}
    else:
        assert {order["status"] for order in found.values()} <= {"stopped"}
        assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    if prepare is applying:
        assert stage.advertiser.get(f"/v1/tasks/{task_id}/applications").json_body["data"] == []
    stage.proven()


DEFAULTS = {"lapsed": START, "publication_missed": NOON + 3 * HOUR}


@pytest.mark.parametrize("step", DEFAULTS)
def test_a_concurrent_default_ends_the_order_as_the_preview_showed(stage: Stage, step: str) -> None:
    """The task is cancelled a moment before the time is over; the workflow's step comes a moment after."""
    task_id, order_id = one(stage) if step == "lapsed" else accepted(stage)
    with clock.at(DEFAULTS[step] - timedelta(seconds=1)):
        (line,) = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body["lines"]
        assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", CANCELLED).status_code == 202
    with clock.at(DEFAULTS[step] + timedelta(seconds=1)):
        assert steps.order_step({"step": step, "id": order_id})["status"] == line["then"] == "cancelled"
        finished(stage, task_id)
    assert stage.order(order_id)["settled"] == {name: line[name] for name in ("net", "commission", "returned")}
    stage.proven()


def test_a_failed_order_is_not_compensated(stage: Stage) -> None:
    task_id, order_id = accepted(stage)
    with clock.at(NOON + 3 * HOUR):
        (line,) = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body["lines"]
        assert (line["then"], line["compensation"], line["returned"]) == ("failed", cny(0), cny(PRICE))
        stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", CANCELLED)
        finished(stage, task_id)
    order = stage.order(order_id)
    assert (order["status"], order["reason"]) == ("failed", {"code": "not_published"})
    assert stage.money(task_id, creators=("an",)) == {"available": FUNDS, task_id: 0, "an": 0}
    stage.proven()


@pytest.mark.parametrize("first", ["check", "dispute"])
def test_a_stop_pays_published_orders_in_any_race(stage: Stage, first: str) -> None:
    task_id, order_id = accepted(stage)
    with clock.at(START):
        url = stage.publish("an", order_id)

    def stop() -> None:
        assert stage.auditor.post(f"/v1/tasks/{task_id}/stop", STOPPED).status_code == 202
        stage.api.request("DELETE", f"/sandbox/posts/{url.rpartition('/')[2]}")

    with clock.at(START + 12 * HOUR):
        if first == "check":
            stop()
            assert steps.order_step({"step": "check", "id": order_id})["status"] == "stopped"
        else:
            with interrupted(stop):
                disputed = stage.act("an", order_id, "dispute", {"reason_code": "other", "note": "x"})
            assert disputed.json_body["code"] == "state_conflict"
        finished(stage, task_id)
    order = stage.order(order_id)
    assert (order["status"], order["payment"], order["reason"]) == ("stopped", "paid", {"code": "task_stopped"})
    stage.proven()


def test_a_post_of_the_market_after_the_closing_is_removed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.bind("an")
    permitted = stage.creator("an").request("PUT", f"/v1/accounts/{stage.accounts['an']}/publishing", {"allowed": True})
    assert permitted.status_code == 200
    task_id = stage.create([stage.accounts["an"]], publishing={"mode": "platform"})["id"]
    stage.approve(task_id)
    order_id = stage.orders(task_id)[0]["id"]
    assert stage.act("an", order_id, "accept").status_code == 200
    posted: list[str] = []
    real = sandbox.SandboxNetwork.publish

    def publish(self: Any, *arguments: Any) -> Any:
        post = real(self, *arguments)
        posted.append(post.url)
        with iam_in_force.elsewhere():
            assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", CANCELLED).status_code == 202
        return post

    monkeypatch.setattr(sandbox.SandboxNetwork, "publish", publish)
    with clock.at(START):
        assert steps.order_step({"step": "publication_missed", "id": order_id})["status"] == "cancelled"
        assert steps.order_step({"step": "publication_missed", "id": order_id})["status"] == "cancelled"
        finished(stage, task_id)
    assert len(posted) == 1
    assert stage.api.get(f"/sandbox/posts/{posted[0].rpartition('/')[2]}").status_code == 404
    stage.proven()


@pytest.mark.parametrize("path", ["cancel", "stop"])
def test_unoffered_orders_of_a_closed_task_are_never_offered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The approval offers twelve orders in three batches; the task is closed between the first and the second."""
    monkeypatch.setattr(offers, "BATCH", 5)
    names = [f"creator-{place}" for place in range(12)]
    task = stage.create(stage.bind(*names, price=1_000))
    task_id = task["id"]
    who, reason = (stage.advertiser, CANCELLED) if path == "cancel" else (stage.auditor, STOPPED)
    with interrupted(lambda: who.post(f"/v1/tasks/{task_id}/{path}", reason), place=2):
        stage.approve(task_id)
    assert offers.offer(find_task(task_id), NOON) == 0
    shown = stage.task(task_id)
    assert shown["closing"] == {"orders_left": 5}
    assert shown["totals"]["refunded"] == cny(7 * 1_000)
    assert stage.money(task_id) == {"available": FUNDS - 5 * 1_000, task_id: 5 * 1_000}
    done = finished(stage, task_id)
    status = "cancelled" if path == "cancel" else "stopped"
    assert (done["closing"], done["order_counts"]) == (None, {status: 12})
    assert len([order for order in OrderRecord.scan() if order.sk == "order"]) == 5
    assert {order["reason"]["code"] for order in stage.orders(task_id)} == {f"task_{status}"}
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    stage.proven()


def many(stage: Stage, number: int) -> tuple[str, list[str]]:
    """A task with so many orders that it is drafted in pages, all offered; its id and theirs."""
    accounts = stage.crowd(number)
    task_id = stage.create(accounts[:100], draft=True)["id"]
    if accounts[100:]:
        more = stage.advertiser.post(f"/v1/tasks/{task_id}/accounts", {"account_ids": accounts[100:]})
        assert more.status_code == 200, more.json_body
    assert stage.advertiser.post(f"/v1/tasks/{task_id}/submit").status_code == 200
    stage.approve(task_id)
    return task_id, [order_id_of(task_id, account_id) for account_id in accounts]


@pytest.mark.parametrize("number", [60, 120])
def test_no_creator_accepts_while_many_orders_are_cancelled(stage: Stage, number: int) -> None:
    """A creator answers before each transaction of the workflow that ends the orders."""
    task_id, order_ids = many(stage, number)
    preview = stage.advertiser.get(f"/v1/tasks/{task_id}/cancellation").json_body
    assert (preview["compensation"], len(preview["lines"])) == (cny(0), number)
    waiting = [(f"crowd{place}", order_id) for place, order_id in enumerate(order_ids)]
    answers = []
    client: Any = tables.connection().client
    send = client._make_api_call
    closed = False

    def call(operation: str, arguments: Any) -> Any:
        nonlocal closed
        if operation == "TransactWriteItems" and closed and waiting:
            client._make_api_call = send
            name, order_id = waiting.pop()
            with iam_in_force.elsewhere():
                answers.append(stage.act(name, order_id, "accept").status_code)
            client._make_api_call = call
        found = send(operation, arguments)
        closed = closed or operation == "TransactWriteItems"
        return found

    client._make_api_call = call
    try:
        body = {**CANCELLED, "revision": preview["revision"]}
        assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", body).status_code == 202
        finished(stage, task_id)
    finally:
        client._make_api_call = send
    assert len(answers) == number
    assert set(answers) == {409}
    assert stage.task(task_id)["order_counts"] == {"cancelled": number}
    assert stage.money(task_id) == {"available": FUNDS, task_id: 0}
    stage.proven()


def test_a_cancellation_matches_its_preview_or_is_refused(stage: Stage) -> None:
    names = ("an", "bo")
    first, second = stage.offered(*names)
    task_id = stage.order(first)["task_id"]
    path = f"/v1/tasks/{task_id}/cancellation"
    stale = stage.advertiser.get(path).json_body
    assert stale == stage.advertiser.get(path).json_body
    assert stage.act("an", first, "accept").status_code == 200
    refused = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", {**CANCELLED, "revision": stale["revision"]})
    assert (refused.status_code, refused.json_body["code"]) == (409, "revision_changed")
    assert stage.task(task_id)["status"] == "running"
    fresh = stage.advertiser.get(path).json_body
    body = {**CANCELLED, "revision": fresh["revision"]}
    with interrupted(lambda: stage.act("bo", second, "accept")):
        overtaken = stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", body)
    assert (overtaken.status_code, overtaken.json_body["code"]) == (409, "revision_changed")
    body["revision"] = stage.advertiser.get(path).json_body["revision"]
    assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", body).status_code == 202
    finished(stage, task_id)
    assert stage.advertiser.post(f"/v1/tasks/{task_id}/cancel", body).status_code == 200
    assert [order["status"] for order in stage.orders(task_id)] == ["cancelled", "cancelled"]
