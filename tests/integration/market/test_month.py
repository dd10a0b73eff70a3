"""A month of the market on a moved clock and a DynamoDB engine, from a seed: 200 accounts and 100 tasks, whose users respond,
refuse, negotiate, cheat, miss deadlines and open disputes. At its end every order has ended and the money adds up. `make month`
prints it; `make test` plays 28 tasks, among which every ending occurs.

Users act through the HTTP API. The test plays the workflows from the shipped definitions: infra/*.asl.json names the step that
follows when the time of a status is over.
"""

from __future__ import annotations

import heapq
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.records import LISTED, AccountRecord, new_account
from chalicelib.core import clock, ids
from chalicelib.core.rules import rules
from chalicelib.tasks.model.lifecycle import ORDER, TASK
from chalicelib.tasks.records.order_record import OrderRecord, find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow import steps, task_completion
from chalicelib.wallet import ledger, movements
from testing.api import Api
from testing.markets.stage import NOON, cny, text_of

INFRA = Path(__file__).parents[3] / "infra"
HOUR = timedelta(hours=1)
ADVERTISERS, CREATORS, ACCOUNTS = 8, 50, 200
TASKS = int(os.environ.get("MONTH_TASKS", "28"))
FUNDS = 100_000_000
SEED = 20261127


def default_steps(name: str) -> dict[str, str]:
    """Return the step that the workflow takes when the time of a status is over, by status."""
    states = json.loads((INFRA / f"{name}.asl.json").read_text())["States"]
    found = {}
    for choice in states["ByStatus"]["Choices"]:
        state = states[choice["Next"]]
        while "Catch" not in state or not any(c["ErrorEquals"] == ["States.Timeout"] for c in state["Catch"]):
            if state.get("Next") is None or state.get("Type") == "Choice":
                state = states[state["Choices"][0]["Next"]]
            elif state["Parameters"]["Payload"]["step"] == "wind_up":
                break
            else:
                state = states[state["Next"]]
        timeout = [c["Next"] for c in state.get("Catch", []) if c["ErrorEquals"] == ["States.Timeout"]]
        step = states[timeout[0]] if timeout else state
        found[choice["StringEquals"]] = step["Parameters"]["Payload"]["step"]
    return found


@dataclass
class Month:
    """The market, its users, and their planned actions."""

    api: Api
    chance: random.Random
    at: datetime = NOON
    actions: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    number: int = 0
    owners: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    refusals: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)

    # -- time ----------------------------------------------------------------------------------------------------------

    def schedule(self, moment: datetime, act: Callable[[], None]) -> None:
        self.number += 1
        heapq.heappush(self.actions, (max(moment, self.at), self.number, act))

    def schedule_before(self, until: datetime, act: Callable[[], None]) -> None:
        """Schedule the action at a moment between now and `until`, sometimes shortly after it."""
        self.schedule(self.at + (until - self.at) * self.chance.uniform(0.05, 1.02), act)

    def play(self) -> None:
        while self.actions:
            self.at, _, act = heapq.heappop(self.actions)
            with clock.at(self.at):
                act()

    def choose(self, *shares: tuple[str, float]) -> str:
        return self.chance.choices([name for name, _ in shares], [share for _, share in shares])[0]

    # -- people --------------------------------------------------------------------------------------------------------

    def send(self, who: str, role: str, path: str, body: Any = None, method: str = "POST") -> Any:
        """Send a request of a user. A refusal has to be one of the market."""
        response = self.api.as_(who, role).request(method, path, body, key=f"key-{self.number}-{self.acts.total()}")
        self.acts[f"{method} {role}"] += 1
        assert response.status_code < 500, response.json_body
        if response.status_code >= 400:
            self.refusals[response.json_body["code"]] += 1
            return None
        return response.json_body

    def set_up(self) -> None:
        """Set up advertisers with money and creators with accounts."""
        source = {"account_id": ids.derive("acc", "teahouse"), "text": "秋茶到了。"}
        self.source = str(self.api.post("/sandbox/posts", source).json_body["post_url"])
        for number in range(ADVERTISERS):
            sub = f"advertiser{number}"
            contact = {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
            body = {"name": f"茶业{number}", "licence_no": f"91310000MA1K4XYZ{number}A", "contact": contact}
            created = self.send(sub, "advertiser", "/v1/advertisers", body)
            self.send("auditor", "auditor", f"/v1/advertisers/{created['id']}/certification", {"decision": "approved"})
            ledger.post(movements.topup(f"pay_{number}", "sandbox", created["id"], FUNDS), self.at)
        with AccountRecord.batch_write() as batch:
            for number in range(ACCOUNTS):
                account = new_account("sandbox", f"account{number}", "生活", "admitted", clock.stamp(self.at))
                sub = f"creator{number % CREATORS}"
                account.owner, account.listing = ids.derive("cre", sub), LISTED
                account.own_post_price = account.post_price = self.chance.randrange(10_000, 400_000, 100)
                account.own_repost_price = account.repost_price = account.own_post_price // 2
                batch.save(account)
                self.owners[account.pk] = sub

    def create_task(self) -> None:
        sub = f"advertiser{self.chance.randrange(ADVERTISERS)}"
        accounts = self.chance.sample(sorted(self.owners), self.chance.randint(2, 8))
        start = self.at + HOUR * self.chance.randint(6, 48)
        end = start + HOUR * self.chance.randint(6, 72)
        repost = self.chance.random() < 0.3
        body: dict[str, Any] = {
            "kind": "repost" if repost else "post",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "picture_ids": [], "urls": ["https://tea.example/autumn"]},
            "source_url": self.source if repost else None,
            "window": {"start_at": text_of(start), "end_at": text_of(end)},
            "accept_by": text_of(start),
            "retention": f"PT{self.chance.choice((24, 48, 72))}H",
            "draft_approval": self.chance.random() < 0.2,
        }
        if self.chance.random() < 0.15:
            body["call"] = {"budget": cny(600_000), "category": "生活"}
        else:
            cut = max(1, len(accounts) * 2 // 3)
            body["account_ids"], body["reserve_account_ids"] = accounts[:cut], accounts[cut:]
        task = self.send(sub, "advertiser", "/v1/tasks", body)
        if task is None:
            return
        task_id = task["id"]
        self.tasks[task_id] = sub
        self.advance_task(task_id)
        self.schedule_before(self.at + 3 * HOUR, lambda: self.review(task_id))
        if self.chance.random() < 0.16:
            close = lambda: self.close(task_id)  # noqa: E731
            self.schedule_before(end + 24 * HOUR, close)

    def review(self, task_id: str) -> None:
        choice = self.choose(("approved", 78), ("rejected", 19), ("forgotten", 3))
        if choice == "forgotten":
            return
        reasons = [{"code": "misleading"}] if choice == "rejected" else []
        done = self.send("auditor", "auditor", f"/v1/tasks/{task_id}/review", {"decision": choice, "reasons": reasons})
        self.advance_task(task_id)
        if done is None:
            return
        if choice == "rejected":
            self.schedule_before(self.at + 2 * HOUR, lambda: self.respond_to_rejection(task_id))
        elif done["call"] is not None:
            for account in self.chance.sample(sorted(self.owners), 6):
                self.schedule_before(clock.parse(done["accept_by"]), partial(self.apply, task_id, account))

    def respond_to_rejection(self, task_id: str) -> None:
        choice = self.choose(("appeal", 35), ("cancel", 25), ("nothing", 40))
        if choice == "nothing":
            return
        body = {"note": "没有误导"} if choice == "appeal" else {"reason_code": "rejected"}
        self.send(self.tasks[task_id], "advertiser", f"/v1/tasks/{task_id}/{choice}", body)
        self.advance_task(task_id)
        if choice == "appeal" and self.chance.random() < 0.8:
            decision: dict[str, Any] = {"decision": "approved", "reasons": []}
            self.schedule_before(self.at + HOUR, lambda: self.second_review(task_id, decision))

    def second_review(self, task_id: str, body: dict[str, Any]) -> None:
        self.send("second", "auditor", f"/v1/tasks/{task_id}/review", body)
        self.advance_task(task_id)

    def apply(self, task_id: str, account: str) -> None:
        body = {"account_id": account, "price": cny(self.chance.randrange(50_000, 300_000, 100))}
        created = self.send(self.owners[account], "creator", f"/v1/tasks/{task_id}/applications", body)
        if created is None:
            return
        choice = self.choose(("accept", 60), ("decline", 20), ("nothing", 20))
        if choice != "nothing":
            path = f"/v1/applications/{created['id']}/{choice}"

            def decide() -> None:
                self.send(self.tasks[task_id], "advertiser", path)
                self.advance_task(task_id)

            self.schedule_before(self.at + 4 * HOUR, decide)

    def close(self, task_id: str) -> None:
        if self.chance.random() < 0.5:
            self.send(
                self.tasks[task_id], "advertiser", f"/v1/tasks/{task_id}/cancel", {"reason_code": "plans_changed"}
            )
        else:
            self.send("auditor", "auditor", f"/v1/tasks/{task_id}/stop", {"reason_code": "illegal"})
        self.advance_task(task_id)

    # -- creators ------------------------------------------------------------------------------------------------------

    def receive_order(self, order: OrderRecord) -> None:
        """A creator handles a new order."""
        if order.status == "accepted":
            self.work_on_order(order)
            return
        choice = self.choose(("accept", 60), ("decline", 12), ("counter", 10), ("vanish", 18))
        if choice != "vanish":
            self.schedule_before(order.accept_by, lambda: self.respond(order.pk, choice))

    def respond(self, order_id: str, choice: str) -> None:
        order = find_order(order_id)
        bodies = {
            "decline": {"reason_code": "schedule"},
            "counter": {"price": cny(int(order.price) * self.chance.choice((8, 9, 11, 13)) // 10)},
        }
        done = self.act(order, choice, bodies.get(choice))
        if done and choice == "accept":
            self.work_on_order(find_order(order_id))
        elif done and choice == "counter":
            reply = self.choose(("accept", 50), ("decline", 25), ("nothing", 25))
            if reply != "nothing":
                self.schedule_before(order.accept_by, lambda: self.reply(order_id, reply))

    def reply(self, order_id: str, reply: str) -> None:
        order = find_order(order_id)
        path = f"/v1/orders/{order_id}/counter/{reply}"
        if self.send(self.tasks[str(order.task_id)], "advertiser", path) and reply == "accept":
            self.work_on_order(find_order(order_id))
        self.advance_order(order_id)

    def work_on_order(self, order: OrderRecord) -> None:
        """A creator handles an accepted order."""
        if order.draft_approval:
            self.schedule_before(order.end_at, lambda: self.draft(order.pk))
        choice = self.choose(("publish", 80), ("err", 10), ("cheat", 4), ("forget", 6))
        if choice != "forget":
            begin = max(order.start_at, self.at)
            moment = begin + (order.end_at - begin) * self.chance.uniform(0.1, 0.95)
            self.schedule(moment, lambda: self.publish(order.pk, choice))

    def draft(self, order_id: str) -> None:
        order = find_order(order_id)
        if not self.act(order, "draft", {"text": "秋茶真香。"}):
            return
        choice = self.choose(("approve", 50), ("changes", 20), ("nothing", 30))
        if choice != "nothing":
            body = {"note": "再短一点"} if choice == "changes" else None
            path = f"/v1/orders/{order_id}/draft/{choice}"

            def decide() -> None:
                self.send(self.tasks[str(order.task_id)], "advertiser", path, body)
                self.advance_order(order_id)

            self.schedule_before(self.at + 12 * HOUR, decide)

    def publish(self, order_id: str, choice: str) -> None:
        order = find_order(order_id)
        text = "别的 广告" if choice in ("err", "cheat") else order.content.text
        url = self.post(order, text)
        done = self.act(order, "publish", {"post_url": url})
        if done is None and choice in ("err", "publish") and order.status == "accepted":
            self.schedule(self.at + HOUR, lambda: self.publish(order_id, "again"))
        if done is None:
            return
        after = self.choose(("keep", 86), ("delete", 5), ("edit", 4), ("dispute", 5))
        if after != "keep":
            self.schedule_before(self.at + order.schedule.retention, lambda: self.change_post(order_id, url, after))

    def post(self, order: OrderRecord, text: str) -> str:
        links = list(order.content.urls)
        body = {"account_id": order.account_id, "text": text, "urls": links, "repost_of": order.source_url}
        return str(self.api.post("/sandbox/posts", body).json_body["post_url"])

    def change_post(self, order_id: str, url: str, choice: str) -> None:
        path = f"/sandbox/posts/{url.rpartition('/')[2]}"
        if choice == "delete":
            self.api.request("DELETE", path)
        elif choice == "edit":
            self.api.put(path, {"text": "改了 广告"})
        else:
            self.open_dispute(order_id)

    def open_dispute(self, order_id: str) -> None:
        order = find_order(order_id)
        sides = ((self.owners[order.account_id], "creator"), (self.tasks[str(order.task_id)], "advertiser"))
        body = {"reason_code": "other", "note": "不对"}
        opened = self.send(*self.chance.choice(sides), f"/v1/orders/{order_id}/dispute", body)
        self.advance_order(order_id)
        choice = self.choose(("pay", 30), ("refund", 25), ("split", 25), ("nothing", 20))
        if opened is None or choice == "nothing":
            return
        ruling = {"outcome": choice, "note": "查过了", **({"creator_share_bps": 3_333} if choice == "split" else {})}
        path = f"/v1/disputes/{opened['dispute_id']}/ruling"

        def rule() -> None:
            self.send("auditor", "auditor", path, ruling)
            self.advance_order(order_id)

        self.schedule_before(self.at + 96 * HOUR, rule)

    def act(self, order: OrderRecord, choice: str, body: Any = None) -> Any:
        done = self.send(self.owners[order.account_id], "creator", f"/v1/orders/{order.pk}/{choice}", body)
        self.advance_order(order.pk)
        self.advance_task(str(order.task_id))
        return done

    # -- workflows -----------------------------------------------------------------------------------------------------

    def advance_task(self, task_id: str) -> None:
        """Do the work of the outbox: new orders get a workflow, a task without held money is completed."""
        for order in OrderRecord.items_of_task.query(task_id, OrderRecord.pk.startswith("ord_")):
            if order.pk not in self.orders:
                self.orders.add(order.pk)
                self.advance_order(order.pk)
                self.receive_order(find_order(order.pk))
        task_completion.complete_if_settled(task_id)
        self.wait_for_timer(task_id, steps.task_step, TASK_STEPS)

    def advance_order(self, order_id: str) -> None:
        self.wait_for_timer(order_id, steps.order_step, ORDER_STEPS)

    def wait_for_timer(self, item_id: str, step: Callable[[Any], Any], defaults: dict[str, str]) -> None:
        """Wait in the item's present status as a workflow does, and take the default step when the time is over."""
        found = step({"step": "load", "id": item_id})
        waits = (item_id, found["revision"])
        if found["status"] not in defaults or waits in self.waiting:
            return

        def expire() -> None:
            self.waiting.discard(waits)
            if step({"step": "load", "id": item_id})["revision"] != waits[1]:
                return  # the outbox has woken it since: it waits with a new timer
            step({"step": defaults[found["status"]], "id": item_id})
            if item_id.startswith("ord_"):
                self.advance_order(item_id)
                self.advance_task(str(find_order(item_id).task_id))
            else:
                self.advance_task(item_id)

        self.waiting.add(waits)
        self.schedule(self.at + timedelta(seconds=found["seconds"]), expire)

    waiting: set[tuple[str, int]] = field(default_factory=set)


TASK_STEPS, ORDER_STEPS = default_steps("task"), default_steps("order")


@pytest.fixture
def month(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    caps = {"posts_per_day_max": 2, "posts_gap_min": 3600, "retention_min": 86_400}
    monkeypatch.setenv("RULES", json.dumps(caps))
    rules.cache_clear()
    yield Month(api, random.Random(SEED))
    rules.cache_clear()


def test_a_month_ends_all_orders_and_balances(month: Month) -> None:
    with clock.at(NOON):
        month.set_up()
    for _ in range(TASKS):
        month.schedule(NOON + HOUR * month.chance.uniform(0, 20 * 24), month.create_task)
    month.play()
    with clock.at(month.at + HOUR):
        proof = month.api.as_("finance", "finance").post("/v1/ledger/proof").json_body
    tasks = Counter(find_task(task_id).status for task_id in month.tasks)
    orders = [find_order(order_id) for order_id in month.orders]
    ended, paid = Counter(order.status for order in orders), Counter(order.payment for order in orders)
    totals = {name: money["amount"] for name, money in proof["totals"].items()}
    print(
        f"\n{(month.at - NOON).days} days, {month.acts.total():,} requests, {len(month.tasks)} tasks, {len(orders)} orders"
    )
    for choice, counts in (("tasks", tasks), ("orders", ended), ("payments", paid), ("refusals", month.refusals)):
        print(f"  {choice:9} " + ", ".join(f"{name} {count}" for name, count in counts.most_common()))
    print("  money     " + ", ".join(f"{name} {amount / 100:,.2f}" for name, amount in totals.items()))
    assert set(tasks) <= TASK.ends | {"rejected"}
    assert set(ended) <= ORDER.ends
    assert "held" not in paid
    assert (proof["status"], totals["held"]) == ("clean", 0)
    assert totals["advertisers"] + totals["creators"] + totals["commission"] == ADVERTISERS * FUNDS
    assert {"completed", "cancelled", "stopped", "rejected"} <= set(tasks)
    assert {"completed", "declined", "lapsed", "failed", "cancelled", "stopped"} <= set(ended)
    assert {"paid", "refunded", "split"} <= set(paid)
