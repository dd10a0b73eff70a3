"""Measures requests per second of the deployed market on the local cloud, with 1, 8 and 32 clients: `python -m bench.load`.

Starts its own cloud, deploys the package, adds users, 300 accounts and a task, and removes all of it at the end. Each client
reuses one connection and sends one request after the other. Half of them are searches and account cards, the rest tasks, orders,
wallet and quotes, and one in twenty creates a task. A response with an unexpected status is an error. It measures gateway, workers
and engine on one machine: the figures show that nothing breaks under load, not the speed of AWS. Errors count also while the
workers start; times do not."""

from __future__ import annotations

import argparse
import http.client
import json
import logging
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from demo import campaign, sample
from demo.stack import Stack, User
from infra.local_cloud import LocalCloud
from infra.package import ROOT

CLIENT_TIMEOUT_S = 180
TOP_UPS = 50
"""A fast machine creates some hundred tasks in a run, each of which holds money."""
"""Seconds until a client gives up."""


def silent(*_: Any) -> None:
    """Drop the demo's lines."""


@dataclass
class Measured:
    """The results of the clients of one run."""

    milliseconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@dataclass(frozen=True)
class Market:
    """The callers, and the ids that they request."""

    advertiser: User
    creator: User
    accounts: list[str]
    bookable: list[str]
    source: str
    task: str

    def requests(self, choose: random.Random) -> tuple[User, str, str, Any]:
        """Return one request of the mix: caller, method, path, body."""
        account, number = choose.choice(self.accounts), choose.random()
        if number < 0.25:
            sort = choose.choice(["-grade", "-followers", "-value"])
            return self.advertiser, "GET", f"/v1/accounts?kind=repost&sort={sort}", None
        if number < 0.50:
            return self.advertiser, "GET", f"/v1/accounts/{account}{choose.choice(['', '/grade'])}", None
        if number < 0.65:
            return self.advertiser, "GET", choose.choice(["/v1/tasks", f"/v1/tasks/{self.task}"]), None
        if number < 0.80:
            return self.creator, "GET", choose.choice(["/v1/orders", "/v1/wallet"]), None
        if number < 0.95:
            return self.advertiser, "POST", "/v1/quotes", {"kind": "repost", "account_ids": self.bookable}
        return self.advertiser, "POST", "/v1/tasks", self.task_body()

    def task_body(self) -> dict[str, Any]:
        begin = datetime.now(UTC)
        text = [(begin + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (1, 2, 4)]
        return {
            "kind": "repost",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "picture_ids": [], "urls": ["https://tea.example/autumn"]},
            "source_url": self.source,
            "accept_by": text[0],
            "window": {"start_at": text[1], "end_at": text[2]},
            "retention": "PT24H",
            "account_ids": self.bookable[:1],
        }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=20, help="per run")
    arguments.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    arguments.add_argument("--port", type=int, default=4610)
    chosen = arguments.parse_args()
    logging.getLogger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(chosen.port, Path(folder))
        cloud.up()
        try:
            market = prepare(cloud)
            print("| clients | requests/s | of `GET /v1/version` | p50 ms | p99 ms | requests | errors |")
            print("|---|---|---|---|---|---|---|")
            failed = 0
            for clients in chosen.clients:
                warming = run(market, clients, chosen.seconds / 2)  # workers for the clients are unpacked and started
                begun = time.perf_counter()
                seen = run(market, clients, chosen.seconds)
                rate = len(seen.milliseconds) / (time.perf_counter() - begun)
                seen.errors += warming.errors
                begun = time.perf_counter()
                trivial = run(market, clients, chosen.seconds / 2, trivial=True)
                possible = len(trivial.milliseconds) / (time.perf_counter() - begun)
                seen.errors += trivial.errors
                failed += seen.errors.total()
                print(
                    f"| {clients} | {rate:.0f} | {rate / possible:.2f} "
                    f"| {seen.percentile(0.5):.0f} | {seen.percentile(0.99):.0f} "
                    f"| {len(seen.milliseconds)} | {dict(seen.errors) or 0} |",
                    flush=True,
                )
        finally:
            cloud.down()
    sys.exit(1 if failed else 0)


def prepare(cloud: LocalCloud) -> Market:
    """Create users, imported accounts, money, and a task with orders."""
    file = cloud.folder / "accounts.csv"
    sample.write(file, 300)
    command = [sys.executable, "-m", "ops", "import", str(file), "--network", "sandbox"]
    subprocess.run(
        [*command, "--stack", str(cloud.stack_file)], cwd=ROOT, env=dict(os.environ), capture_output=True, check=True
    )
    stack = Stack.read(cloud.stack_file)
    _lift_throttle(stack)
    cast = campaign.cast(stack)
    campaign.certify(cast, silent)
    for _ in range(TOP_UPS):
        campaign.top_up(cast, silent)
    bookable = [account["id"] for account in campaign.choose(cast, silent)]
    listed = cast.advertiser.get("/v1/accounts?limit=100")["data"]
    accounts, source = [account["id"] for account in listed], campaign.source(cast.advertiser)
    market = Market(cast.advertiser, cast.creators[0], accounts, bookable, source, "")
    task = cast.advertiser.post("/v1/tasks", {**market.task_body(), "account_ids": bookable})
    cast.auditor.post(
        f"/v1/tasks/{task['id']}/review", {"decision": "approved", "reasons": [], "revision": task["revision"]}
    )
    return Market(market.advertiser, market.creator, accounts, bookable, source, task["id"])


def _lift_throttle(stack: Stack) -> None:
    """Remove the stage's limit of 500 requests a second, which the trivial route reaches on a fast machine."""
    api_id, stage = stack.api_url.partition("/restapis/")[2].split("/")[:2]
    settings = (("rateLimit", "1000000"), ("burstLimit", "1000000"))
    patches = [{"op": "replace", "path": f"/*/*/throttling/{name}", "value": value} for name, value in settings]
    stack.client("apigateway").update_stage(restApiId=api_id, stageName=stage, patchOperations=patches)


def run(market: Market, clients: int, seconds: float, *, trivial: bool = False) -> Measured:
    """Run this number of clients for this time: the mix, or only the `trivial` route that reads nothing."""
    measured, noting = Measured(), threading.Lock()
    until = time.perf_counter() + seconds

    def client(number: int) -> None:
        choose = random.Random(number)
        address = urlsplit(market.advertiser.url)
        connection = http.client.HTTPConnection(address.netloc, timeout=CLIENT_TIMEOUT_S)
        while time.perf_counter() < until:
            caller, method, path, body = market.requests(choose)
            if trivial:
                method, path, body = "GET", "/v1/version", None
            headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": "application/json"}
            if body is not None:
                headers["Idempotency-Key"] = str(uuid4())
            begun = time.perf_counter()
            try:
                connection.request(method, address.path + path, json.dumps(body) if body else None, headers)
                response = connection.getresponse()
                text = response.read()
                wrong = "" if response.status in (200, 201) else f"{method} {path.partition('?')[0]} {response.status}"
                if not wrong:
                    json.loads(text)
            except (OSError, http.client.HTTPException, ValueError) as error:
                wrong = f"{method} {type(error).__name__}"
                connection.close()
            with noting:
                measured.milliseconds.append((time.perf_counter() - begun) * 1000)
                if wrong:
                    measured.errors[wrong] += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured


if __name__ == "__main__":
    main()
