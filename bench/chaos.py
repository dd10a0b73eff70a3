"""Plays a mixed market on its own local cloud while faults are injected, then checks that everything adds up: `make chaos`.

For --seconds, --people play tasks of every kind through the HTTP API: offers that are accepted, declined, negotiated or
ignored; posts that remain, are wrong or are deleted; reserves, open calls, drafts, cancellations, stops, disputes and
withdrawals. Meanwhile workers are killed, DynamoDB throttles, reports conflicts and loses responses, streams deliver twice,
workflow steps run again, and people send requests again. Some companies have webhooks, whose endpoints are healthy, respond with
10 MB or 500, close early, or never respond.

Then the faults end, and these checks follow: every order and task has ended; nothing is held, stuck or running; the ledger's
proof is clean; no money is missing; every response of 500 or more had a request id; and every healthy endpoint has received every
event, under one id. Exit status 0 only if all of them hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.harness.receivers import BROKEN, HEALTHY, Receivers, receiving
from demo.stack import Stack
from infra.deploy import scheduled_event
from infra.local_cloud import LocalCloud, free_port
from infra.package import ROOT

FUNDS = 100_000_000
ANSWER, WINDOW, RETENTION = 12, 12, 3
"""Seconds to respond to an offer, to publish, and of the retention."""
RATES = {"throttled": 0.03, "conflicts": 0.05, "lost": 0.01, "repeated": 0.2}
KILL_EVERY = 50
"""Responses between two kills of a worker. Counted by time, a slow machine would kill workers faster than they start."""
GATEWAY_TIMEOUT = 30
"""Seconds. API Gateway itself stops waiting after 29."""
REPEATED = 0.15
"""The share of requests that people send a second time."""
END_WITHIN_S = 120
SUBSCRIBED = 2
"""Companies with webhooks. Each event of them is delivered to several endpoints, and two cores run everything."""
DELIVERED_WITHIN_S = 450
"""Seconds until all deliveries have succeeded. A message whose worker was killed is hidden for 360 (infra/resources.yaml)."""
ENDS = {"declined", "lapsed", "completed", "failed", "cancelled", "stopped"}
TASK_ENDS = {"completed", "cancelled", "stopped", "rejected"}


@dataclass
class Tally:
    """Counts of requests and responses."""

    answers: Counter[str] = field(default_factory=Counter)
    bare: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, status: int, code: str, has_id: bool, label: str) -> None:
        with self.lock:
            self.answers[f"{status} {code}".strip()] += 1
            if status >= 500 and not has_id:
                self.bare.append(f"{status} to {label}")


@dataclass(frozen=True)
class Person:
    """A user with a token, who sends a request again after a failure and sometimes without one."""

    url: str
    token: str | None
    tally: Tally
    chance: random.Random

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Return the JSON of the response, or None for a refusal (4xx). Send the request again after 429 and 5xx, with the same
        key."""
        key = str(uuid4())
        for attempt in range(12):
            status, document = self._send(method, path, body, key)
            if status < 500 and status != 429:
                break
            time.sleep(min(2.0, 0.1 * 2**attempt) * self.chance.uniform(0.5, 1))
        else:
            self.tally.given_up.append(f"{method} {path}: {status} {document}")
            return None
        if method == "POST" and path.startswith("/v1/") and status < 300 and self.chance.random() < REPEATED:
            again, twin = self._send(method, path, body, key)
            same = again >= 500 or (again < 300 and twin.get("id") == document.get("id"))
            if not same:
                self.tally.contradictions.append(f"{method} {path}: {status}, again {again} {twin}")
        return document if status < 300 else None

    def _send(self, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        label = f"{method} {path}"
        try:
            with urllib.request.urlopen(request, timeout=GATEWAY_TIMEOUT) as answer:
                found = json.loads(answer.read() or b"null")
                self.tally.answered(answer.status, "", True, label)
                return answer.status, found
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                found = json.loads(text)
            except ValueError:
                found = {"text": text[:100].decode(errors="replace")}
            has_id = bool(isinstance(found, dict) and found.get("request_id") and error.headers.get("X-Request-Id"))
            self.tally.answered(error.code, str(found.get("code", "")), has_id, f"{label}: {found}")
            return error.code, found
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            self.tally.answered(599, "no response", True, label)
            return 599, {}


@dataclass
class Company:
    """An advertiser, three creators with an account each, and staff. They play one task after another."""

    stack: Stack
    tally: Tally
    number: int
    until: float
    receivers: Receivers
    people: dict[str, Person] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    tasks: list[str] = field(default_factory=list)
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    withdrawn: int = 0

    @property
    def chance(self) -> random.Random:
        return self.people["advertiser"].chance

    def set_up(self) -> None:
        """Set up the users before the faults begin."""
        roles = {"advertiser": "advertiser", "auditor": "auditor", "finance": "finance"}
        roles |= dict.fromkeys(("an", "bo", "chen"), "creator")
        for name, role in roles.items():
            token = self.stack.user(f"{name}-{self.number}", role).token
            chance = random.Random(f"{self.number} {name}")
            self.people[name] = Person(self.stack.api_url.rstrip("/"), token, self.tally, chance)
        if self.number < SUBSCRIBED:
            for name in ("advertiser", "an", "bo", "chen"):
                self.subscribe(name, HEALTHY[:1])
            self.subscribe("advertiser", HEALTHY[1:] + BROKEN)
        send = self.people["advertiser"].send
        contact = {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"}
        licence = f"91310000MA1K4{self.number:04}A"
        made = send("POST", "/v1/advertisers", {"name": "清风茶业", "licence_no": licence, "contact": contact})
        certified = {"decision": "approved", "revision": made["revision"]}
        self.people["auditor"].send("POST", f"/v1/advertisers/{made['id']}/certification", certified)
        paying = send("POST", "/v1/wallet/topups", {"amount": cny(FUNDS)})
        send("POST", f"/sandbox/payments/{paying['id']}/pay")
        for name in ("an", "bo", "chen"):
            price = cny(100_000 + 1_000 * self.number)
            body = {"network": "sandbox", "handle": f"{name}-{self.number}", "category": "生活"}
            account = self.people[name].send(
                "POST", "/v1/accounts", {**body, "prices": {"post": price, "repost": price}}
            )
            admitted = {"decision": "approved", "revision": account["revision"]}
            self.people["auditor"].send("POST", f"/v1/accounts/{account['id']}/admission", admitted)
            self.accounts[name] = account["id"]

    def subscribe(self, name: str, kinds: tuple[str, ...]) -> None:
        """Create a webhook for all events of a person for each kind of endpoint."""
        for kind in kinds:
            path = f"/{kind}/{name}-{self.number}"
            body = {"url": self.receivers.url(path), "event_types": ["*"]}
            made = self.people[name].send("POST", "/v1/webhooks", body)
            self.receivers.secrets[path] = made["secret"]
            if kind in HEALTHY:
                self.webhooks[path] = {"person": self.people[name], "created_at": made["created_at"]}

    def work(self) -> None:
        while time.monotonic() < self.until:
            try:
                self.play()
            except Exception as error:  # a scenario that breaks is counted as a finding and does not end the market
                self.tally.broken.append(repr(error))

    def choose(self, *shares: tuple[str, int]) -> str:
        return self.chance.choices([name for name, _ in shares], [share for _, share in shares])[0]

    def play(self) -> None:
        kind = self.choose(("offers", 70), ("call", 15), ("unseen", 5), ("rejected", 10))
        begin = datetime.now(UTC)
        body: dict[str, Any] = {
            "kind": "post",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "urls": ["https://tea.example/autumn"]},
            "window": {"start_at": at(begin, ANSWER), "end_at": at(begin, ANSWER + WINDOW)},
            "accept_by": at(begin, ANSWER),
            "retention": f"PT{RETENTION}S",
            "draft_approval": self.chance.random() < 0.15,
        }
        names = self.chance.sample(sorted(self.accounts), 3)
        if kind == "call":
            body["call"] = {"budget": cny(300_000)}
        else:
            cut = self.chance.choice((1, 2, 3))
            body["account_ids"] = [self.accounts[name] for name in names[:cut]]
            body["reserve_account_ids"] = [self.accounts[name] for name in names[cut:]]
        task = self.people["advertiser"].send("POST", "/v1/tasks", body)
        if task is None:
            return
        self.tasks.append(task["id"])
        if kind != "unseen":
            no = kind == "rejected"
            reasons = [{"code": "misleading"}] if no else []
            decision = {"decision": "rejected" if no else "approved", "reasons": reasons, "revision": task["revision"]}
            self.people["auditor"].send("POST", f"/v1/tasks/{task['id']}/review", decision)
        if kind == "call":
            self.apply(task["id"], names[0])
        if kind in ("offers", "call"):
            self.play_orders(task["id"], begin)
        self.withdraw()

    def apply(self, task_id: str, name: str) -> None:
        wish = {"account_id": self.accounts[name], "price": cny(90_000)}
        made = self.people[name].send("POST", f"/v1/tasks/{task_id}/applications", wish)
        if made:
            choice = self.choose(("accept", 80), ("decline", 20))
            self.people["advertiser"].send("POST", f"/v1/applications/{made['id']}/{choice}")

    def play_orders(self, task_id: str, begin: datetime) -> None:
        """Play an order: respond to the offer in time, publish, and play the order's end."""
        close = self.choose(("no", 85), ("cancel", 10), ("stop", 5))
        answered: set[str] = set()
        while datetime.now(UTC) < begin + timedelta(seconds=ANSWER - 1):
            for name, order in self.orders(task_id):
                if order["id"] not in answered and order["status"] == "offered":
                    answered.add(order["id"])
                    self.answer(name, order)
            time.sleep(0.5)
        if close != "no":
            who, reason = ("advertiser", "plans_changed") if close == "cancel" else ("auditor", "illegal")
            time.sleep(self.chance.uniform(0, 6))
            self.people[who].send("POST", f"/v1/tasks/{task_id}/{close}", {"reason_code": reason})
        time.sleep(max(0.0, (begin + timedelta(seconds=ANSWER + 1) - datetime.now(UTC)).total_seconds()))
        for name, order in self.orders(task_id):
            if order["status"] == "accepted":
                self.publish(name, order)

    def orders(self, task_id: str) -> list[tuple[str, dict[str, Any]]]:
        owners = {account: name for name, account in self.accounts.items()}
        page = self.people["advertiser"].send("GET", f"/v1/tasks/{task_id}/orders") or {"data": []}
        return [(owners[order["account_id"]], order) for order in page["data"]]

    def answer(self, name: str, order: dict[str, Any]) -> None:
        choice = self.choose(("accept", 65), ("decline", 12), ("counter", 10), ("vanish", 13))
        if choice == "vanish":
            return
        path = f"/v1/orders/{order['id']}"
        bodies = {"decline": {"reason_code": "schedule"}, "counter": {"price": cny(95_000)}}
        self.people[name].send("POST", f"{path}/{choice}", bodies.get(choice))
        if choice == "counter":
            reply = self.choose(("accept", 60), ("decline", 40))
            self.people["advertiser"].send("POST", f"{path}/counter/{reply}")

    def publish(self, name: str, order: dict[str, Any]) -> None:
        path, creator = f"/v1/orders/{order['id']}", self.people[name]
        if order.get("draft_approval"):
            creator.send("POST", f"{path}/draft", {"text": "秋茶真香。"})
            self.people["advertiser"].send("POST", f"{path}/draft/approve")
            order = creator.send("GET", path) or order
        choice = self.choose(("publish", 85), ("cheat", 8), ("forget", 7))
        if choice == "forget":
            return
        text = "别的 广告" if choice == "cheat" else order["content"]["text"]
        post = {"account_id": order["account_id"], "text": text, "urls": order["content"]["urls"]}
        made = creator.send("POST", "/sandbox/posts", post)
        done = made and creator.send("POST", f"{path}/publish", {"post_url": made["post_url"]})
        after = self.choose(("leave", 72), ("delete", 10), ("dispute", 18))
        if not done or after == "leave":
            return
        if after == "delete":
            creator.send("DELETE", f"/sandbox/posts/{made['id']}")
            return
        opened = self.people["advertiser"].send("POST", f"{path}/dispute", {"reason_code": "other", "note": "不对"})
        auditor, disputed = self.people["auditor"], f"/v1/disputes/{opened['dispute_id']}" if opened else ""
        read = auditor.send("GET", disputed) if opened else None
        if read:
            outcome = self.chance.choice(("pay", "refund", "split"))
            ruling = {
                "outcome": outcome,
                "note": "查过了",
                "revision": read["revision"],
                **({"creator_share_bps": 3_333} if outcome == "split" else {}),
            }
            auditor.send("POST", f"{disputed}/ruling", ruling)

    def withdraw(self) -> None:
        creator = self.people[self.chance.choice(sorted(self.accounts))]
        wallet = creator.send("GET", "/v1/wallet")
        if wallet and wallet["available"]["amount"] >= 20_000:
            requested = creator.send("POST", "/v1/wallet/withdrawals", {"amount": cny(20_000)})
            if requested:
                outcome = self.choose(("paid", 70), ("failed", 30))
                report = {"outcome": outcome, "revision": requested["revision"]}
                reported = self.people["finance"].send("POST", f"/v1/withdrawals/{requested['id']}/outcome", report)
                self.withdrawn += 20_000 if reported and outcome == "paid" else 0


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def at(begin: datetime, seconds: float) -> str:
    return (begin + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- faults ----------------------------------------------------------------------------------------------------------------


@contextmanager
def injected_faults(
    cloud: LocalCloud, stack: Stack, rates: Path, companies: list[Company], tally: Tally
) -> Iterator[Counter[str]]:
    """Inject faults within the block: kill workers, make DynamoDB fail, run workflow steps again. Return the counts of injected
    faults."""
    done: Counter[str] = Counter()
    over = threading.Event()
    chance = random.Random(1)
    functions = [f["FunctionName"] for f in stack.client("lambda").list_functions()["Functions"]]
    step = next(name for name in functions if "-OrderStep-" in name)

    def kill() -> None:
        answered = 0
        while not over.wait(0.2):
            now = sum(tally.answers.values())
            workers = cloud.workers()
            if now - answered < KILL_EVERY or not workers:
                continue
            answered = now
            try:
                os.kill(chance.choice(workers), signal.SIGKILL)
                done["workers killed"] += 1
            except ProcessLookupError:
                continue

    def step_again() -> None:
        client, tables = stack.client("lambda"), stack.client("dynamodb")
        while not over.wait(1.0):
            tasks = [task for company in companies for task in company.tasks[-3:]]
            if not tasks:
                continue
            query = {"TableName": stack.outputs["TasksTable"], "IndexName": "items_of_task", "Limit": 5}
            keys = {":task": {"S": chance.choice(tasks)}}
            try:
                page = tables.query(**query, KeyConditionExpression="task_id = :task", ExpressionAttributeValues=keys)
                for item in (item for item in page["Items"] if item["pk"]["S"].startswith("ord_")):
                    label = chance.choice(("lapsed", "publication_missed", "check", "ruling_missed"))
                    client.invoke(
                        FunctionName=step, Payload=json.dumps({"step": label, "id": item["pk"]["S"]}).encode()
                    )
                    done["workflow steps repeated"] += 1
            except Exception:  # the injected faults can also fail the requests that inject them
                done["repetitions that failed"] += 1

    rates.write_text(json.dumps(RATES))
    threads = [threading.Thread(target=work) for work in (kill, step_again)]
    for thread in threads:
        thread.start()
    try:
        yield done
    finally:
        rates.write_text("{}")
        over.set()
        for thread in threads:
            thread.join()
        names = {"throttled": "calls throttled", "conflicts": "transactions in conflict", "lost": "responses lost"}
        names["repeated"] = "batches of streams and queues repeated"
        counted = rates.with_name(rates.name + ".done")
        for name, number in json.loads(counted.read_text()).items() if counted.exists() else ():
            done[names[name]] = number


# -- afterwards ------------------------------------------------------------------------------------------------------------


def ended(stack: Stack, companies: list[Company]) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return the statuses of tasks and orders, and those that have not ended, read from the table itself."""
    tables = stack.client("dynamodb")
    wanted = {task for company in companies for task in company.tasks}
    tasks: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    open_ones: list[str] = []
    for page in tables.get_paginator("scan").paginate(TableName=stack.outputs["TasksTable"], ConsistentRead=True):
        for item in page["Items"]:
            kind, status = item["sk"]["S"], item.get("status", {}).get("S", "")
            if kind == "task" and item["pk"]["S"] in wanted:
                tasks[status] += 1
                if status not in TASK_ENDS or "stuck" in item or "winding_up" in item:
                    open_ones.append(f"{item['pk']['S']} {status}")
            elif kind == "order":
                orders[f"{status}{' after a dispute' if 'dispute_id' in item else ''}, {item['payment']['S']}"] += 1
                if status not in ENDS or item["payment"]["S"] == "held" or "stuck" in item:
                    open_ones.append(f"{item['pk']['S']} {status} {item['payment']['S']}")
    return tasks, orders, open_ones


def running(stack: Stack) -> int:
    client = stack.client("stepfunctions")
    machines = (stack.outputs["TaskMachineArn"], stack.outputs["OrderMachineArn"])
    pages = (
        page
        for machine in machines
        for page in client.get_paginator("list_executions").paginate(stateMachineArn=machine, statusFilter="RUNNING")
    )
    return sum(len(page["executions"]) for page in pages)


def undelivered(companies: list[Company], receivers: Receivers) -> list[str]:
    """Return what differs between the events of each person and those that the person's healthy endpoints have received."""
    found = []
    for company in companies:
        for path, webhook in company.webhooks.items():
            received = receivers.bodies[path].keys()
            listed = dict(events(webhook["person"]))
            expected = {event_id for event_id, at in listed.items() if at > webhook["created_at"]}
            found += [f"{path} lacks {event_id}" for event_id in expected - received]
            found += [f"{path} has {event_id}, which is not listed" for event_id in received - listed.keys()]
    return found


def events(person: Person) -> Iterator[tuple[str, str]]:
    """Yield id and time of each event of a person."""
    cursor = ""
    while cursor is not None:
        page = person.send("GET", f"/v1/events?limit=100{cursor and '&cursor=' + cursor}")
        yield from ((event["id"], event["timestamp"]) for event in page["data"])
        cursor = page["next_cursor"]


def until(holds: Callable[[], bool], seconds: float, between: Callable[[], object]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        between()
        time.sleep(3)
    return True


def letters(stack: Stack) -> int:
    queue = stack.client("sqs")
    name = "ApproximateNumberOfMessages"
    urls = [url for output, url in stack.outputs.items() if output.endswith("DeadLettersUrl")]
    return sum(int(queue.get_queue_attributes(QueueUrl=u, AttributeNames=[name])["Attributes"][name]) for u in urls)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=90, help="how long new tasks are created")
    arguments.add_argument("--people", type=int, default=10, help="companies that play at the same time")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rates = Path(folder, "faults.json")
        os.environ["FAULTS"] = str(rates)
        cloud = LocalCloud(free_port(), Path(folder), program=ROOT / "bench" / "harness" / "ministack_with_faults.py")
        cloud.up()
        try:
            with receiving() as receivers:
                return _run(cloud, Stack.read(cloud.stack_file), rates, receivers, chosen.seconds, chosen.people)
        finally:
            cloud.down()


def _run(cloud: LocalCloud, stack: Stack, rates: Path, receivers: Receivers, seconds: int, people: int) -> int:
    tally = Tally()
    companies = [Company(stack, tally, number, 0, receivers) for number in range(people)]
    for company in companies:
        company.set_up()
    tally.answers.clear()
    print(f"{people} companies play for {seconds} seconds with faults")
    begin = time.monotonic()
    with injected_faults(cloud, stack, rates, companies, tally) as done:
        for company in companies:
            company.until = begin + seconds
        threads = [threading.Thread(target=company.work) for company in companies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    took = time.monotonic() - begin
    print(f"{sum(tally.answers.values()):,} requests in {took:.0f} seconds; no more faults are injected")

    def sweep() -> None:
        stack.client("lambda").invoke(
            FunctionName=stack.outputs["SweepFunction"], Payload=scheduled_event("chaos", stack.region)
        )

    begin = time.monotonic()
    until(lambda: not ended(stack, companies)[2] and not running(stack), END_WITHIN_S, sweep)
    tasks, found, left = ended(stack, companies)
    print(f"  {time.monotonic() - begin:.0f} seconds until every workflow has ended")
    until(lambda: not undelivered(companies, receivers), DELIVERED_WITHIN_S, sweep)
    lacking = undelivered(companies, receivers)
    print(f"  {time.monotonic() - begin:.0f} seconds until every event was delivered")
    finance = companies[0].people["finance"]
    proof = finance.send("POST", "/v1/ledger/proof")
    totals = {name: money["amount"] for name, money in proof["totals"].items()}
    inside = sum(totals[name] for name in ("advertisers", "creators", "commission"))
    put_in = FUNDS * people - sum(company.withdrawn for company in companies)
    for label, counts in (
        ("responses", tally.answers),
        ("faults", done),
        ("tasks", tasks),
        ("orders", found),
        ("webhooks", receivers.requests + Counter({"repeated": receivers.repeated})),
    ):
        print(f"  {label:9}" + ", ".join(f"{name}: {number:,}" for name, number in sorted(counts.items())))
    print("  money    " + ", ".join(f"{name} {amount / 100:,.2f}" for name, amount in totals.items()))
    checks = {
        "every task and order has ended, none is held or stuck": not left,
        "no workflow runs": running(stack) == 0,
        "the proof is clean": (proof["status"], proof["differences_found"]) == ("clean", 0),
        "nothing is held or being withdrawn": totals["held"] == 0 and totals.get("withdrawing", 0) == 0,
        "all money that was paid in and not paid out is there": inside == put_in,
        "no response of 500 or more without a request id": not tally.bare,
        "a repeated request has one effect": not tally.contradictions,
        "every request got a response": not tally.given_up,
        "no scenario broke": not tally.broken,
        "every healthy endpoint has received every event": not lacking,
        "an event has one id and one body in every delivery": not receivers.unstable(),
        "every delivery is signed": not receivers.unverified,
        "every endpoint was tried": receivers.requests.keys() == {*HEALTHY, *BROKEN},
    }
    for check, holds in checks.items():
        print(f"  {'✓' if holds else '✗'} {check}")
    print(f"  {letters(stack)} dead letters")
    for name, faults in (
        ("open", left),
        ("bare", tally.bare),
        ("twice", tally.contradictions),
        ("given up", tally.given_up),
        ("broken", tally.broken),
        ("events", lacking),
        ("ids", receivers.unstable()),
        ("signatures", receivers.unverified),
    ):
        for fault in faults[:5]:
            print(f"    {name}: {fault}"[:400])
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
