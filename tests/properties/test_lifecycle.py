"""Random sequences of events use only rows of the tables, and no money is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.tasks import review
from chalicelib.tasks.closing import cancellation, winding_up
from chalicelib.tasks.model.closing_gate import TaskClosed
from chalicelib.tasks.model.lifecycle import MACHINES, ORDER, TASK, Illegal, Machine
from chalicelib.tasks.model.order_standings import Standing, standings
from chalicelib.tasks.orders import disputes, offer_accept_decline_lapse
from chalicelib.tasks.records.order_record import orders_of
from chalicelib.tasks.records.task_lines import lines_of
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import task_completion, timeout_dispatch
from chalicelib.wallet import ledger
from chalicelib.wallet.postings import advertiser_available, commission, creator_available, task_held
from testing.api import Api
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

NAMES = ("an", "bo", "chen")
FUNDS_OF_ALL = 100 * FUNDS


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
@given(data=st.data())
def test_no_illegal_transition(machine: Machine, data: st.DataObject) -> None:
    events = sorted({row.event for row in machine.transitions})
    state = machine.first
    for event in data.draw(st.lists(st.sampled_from(events), max_size=20)):
        rows = [row for row in machine.transitions if (row.state, row.event) == (state, event)]
        if rows:
            state = machine.then(state, event)
            assert state == rows[0].then
        else:
            assert not machine.allows(state, event)
            with pytest.raises(Illegal):
                machine.then(state, event)
    assert state in machine.states


class Course:
    """One task with three orders, the present hour, and every action that a user or a step can try."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.at: datetime = NOON
        with clock.at(self.at):
            self.task_id = stage.create([stage.accounts[name] for name in NAMES], retention="PT48H")["id"]
        self.order_ids = [order["id"] for order in stage.orders(self.task_id)]
        self.urls: dict[int, str] = {}
        self.promised: dict[str, Any] = {}

    def act(self, action: str, place: int) -> None:
        with clock.at(self.at):
            getattr(self, action)(place)

    def wait(self, place: int) -> None:
        self.at += (timedelta(minutes=30), timedelta(hours=1), timedelta(hours=24))[place]

    def approve(self, place: int) -> None:
        self.review({"decision": "approved"})

    def reject(self, place: int) -> None:
        self.review({"decision": "rejected", "reasons": [{"code": "content"}]})

    def review(self, body: Any) -> None:
        self.stage.auditor.post(f"/v1/tasks/{self.task_id}/review", body)

    def resubmit(self, place: int) -> None:
        accounts = [self.stage.accounts[name] for name in NAMES]
        self.stage.advertiser.put(f"/v1/tasks/{self.task_id}", self.stage.body(accounts, retention="PT48H"))

    def accept(self, place: int) -> None:
        self.creator(place, "accept")

    def decline(self, place: int) -> None:
        self.creator(place, "decline", {"reason_code": "other"})

    def publish(self, place: int) -> None:
        order = self.stage.advertiser.get(f"/v1/orders/{self.order_ids[place]}").json_body
        if "content" in order:
            self.urls[place] = self.stage.post(order)
            self.creator(place, "publish", {"post_url": self.urls[place]})

    def delete_post(self, place: int) -> None:
        if place in self.urls:
            self.stage.api.request("DELETE", f"/sandbox/posts/{self.urls[place].rpartition('/')[2]}")

    def creator(self, place: int, action: str, body: Any = None) -> None:
        self.stage.creator(NAMES[place]).post(f"/v1/orders/{self.order_ids[place]}/{action}", body)

    def review_missed(self, place: int) -> None:
        review.expire(self.task_id)

    def cancel(self, place: int) -> None:
        """With the preview that was read before, as the console does."""
        path = f"/v1/tasks/{self.task_id}"
        preview = self.stage.advertiser.get(f"{path}/cancellation").json_body
        body = {"reason_code": "other", "revision": preview.get("revision")}
        if self.stage.advertiser.post(f"{path}/cancel", body).status_code < 300 and "lines" in preview:
            self.promised = {line["order_id"]: line for line in preview["lines"]}

    def stop(self, place: int) -> None:
        self.stage.auditor.post(f"/v1/tasks/{self.task_id}/stop", {"reason_code": "other"})

    def wind_up(self, place: int) -> None:
        winding_up.wind_up(self.task_id, 1)

    def counter(self, place: int) -> None:
        self.creator(place, "counter", {"price": cny(PRICE + 100)})

    def take_counter(self, place: int) -> None:
        self.stage.advertiser.post(f"/v1/orders/{self.order_ids[place]}/counter/accept")

    def dispute(self, place: int) -> None:
        self.creator(place, "dispute", {"reason_code": "other", "note": "x"})

    def ruling_missed(self, place: int) -> None:
        self.step(place, disputes.expire)

    def lapse(self, place: int) -> None:
        self.step(place, offer_accept_decline_lapse.lapse)

    def publication_missed(self, place: int) -> None:
        self.step(place, timeout_dispatch.apply_accepted_default)

    def check(self, place: int) -> None:
        self.step(place, timeout_dispatch.make_due_look)

    def close(self, place: int) -> None:
        task_completion.complete_if_settled(self.task_id)

    def step(self, place: int, step: Callable[[str], Any]) -> None:
        """A default of the order's workflow, whether its time has come or not; there is no workflow before the offer."""
        with suppress(Problem):
            try:
                step(self.order_ids[place])
            except TaskClosed:
                winding_up.end_order(self.order_ids[place])

    def found(self) -> tuple[TaskRecord, list[Standing]]:
        task = find_task(self.task_id)
        lines = lines_of([task])
        return task, standings(task, lines[task.pk], orders_of(lines))


DEFAULTS = ("review_missed", "lapse", "publication_missed", "check", "ruling_missed", "wind_up", "close")
ACTIONS = (
    *("approve", "accept", "accept", "decline", "publish", "publish", "wait", "wait"),
    *("reject", "resubmit", "delete_post", "counter", "take_counter", "dispute", *DEFAULTS),
    *("cancel", "stop", "cancel", "stop"),
)
INCOME = {commission(str(number)) for number in range(1_000)}


@pytest.fixture
def stage(api: Api, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """All orders of a closed task are left to `wind_up`, which comes at any time."""
    monkeypatch.setattr(cancellation, "ENDED_IN_REQUEST", 0)
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify(funds=FUNDS_OF_ALL)
        stage.bind(*NAMES)
    return stage


def money(stage: Stage, course: Course) -> tuple[int, int]:
    """Return the amount held for the task, and the sum of all accounts."""
    people = [creator_available(stage.creator_id(name)) for name in NAMES]
    held = task_held(course.task_id)
    found = ledger.balances([advertiser_available(stage.advertiser_id), *people, held, *INCOME])
    return found[held], sum(found.values())


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(acts=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 2)), min_size=5, max_size=25))
def test_the_money_of_a_task_is_conserved(stage: Stage, acts: list[tuple[str, int]]) -> None:
    course = Course(stage)
    _, before = money(stage, course)
    task, orders = course.found()
    for action, place in [("approve", 0), *acts] if acts[0][1] else acts:
        course.act(action, place)
        was_task, was_orders = task, orders
        task, orders = course.found()
        assert reachable(TASK, was_task.status, task.status), action
        for was, order in zip(was_orders, orders, strict=True):
            assert reachable(ORDER, was.status, order.status), action
            assert was.payment == order.payment or was.payment == "held" or order.payment == "held"
        held, everything = money(stage, course)
        assert held == sum(order.price for order in orders if order.payment == "held")
        assert everything == before
    course.at += timedelta(days=40)
    for _ in range(2):  # the second look confirms action the first one found
        for place in (0, 1, 2):
            for action in (*DEFAULTS, "check", "wind_up"):
                course.act(action, place)
        course.at += timedelta(days=1)
    task, orders = course.found()
    assert task.status in TASK.ends | {"rejected"}
    assert {order.payment for order in orders} <= {"paid", "refunded", "split"}
    assert money(stage, course) == (0, before)
    totals = stage.task(course.task_id)["totals"]
    assert sum(totals[name]["amount"] for name in ("held", "paid", "refunded")) == sum(order.price for order in orders)
    for order_id, line in course.promised.items():
        ended = next(order for order in stage.orders(course.task_id) if order["id"] == order_id)
        if not line["stays"]:
            assert ended["status"] == line["then"]
            parts = {name: line[name] for name in ("net", "commission", "returned")}
            assert ended["settled"] in (parts, None), "what was never offered has no settlement of its own"


def reachable(machine: Machine, state: str, then: str) -> bool:
    return state == then or any((row.state, row.then) == (state, then) for row in machine.transitions)
