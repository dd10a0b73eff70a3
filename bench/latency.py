"""Measures processor time of the main routes in one process, beside a bare handler that sends the same requests through
botocore.

    python -m bench.latency            ours and bare
    python -m bench.latency --peers    also the routes of bench.peers (needs requirements/bench.txt: `make bench`)

Each route is called once on the local cloud's engine and the replies are recorded. Then the same event is handled many times
with the recorded replies, below the HTTP client: this measures everything that a Lambda does itself, without engine and
network. The bare handler parses the body, sends the recorded requests with the recorded arguments, and writes the recorded
response as JSON, without checks, models and item classes.

The handlers take turns, each turn in another order, because a handler is faster after one that ran the same code: that is still in
the processor's cache. For the same reason the peers are measured twice, once with the whole market and once with our `api`
package and the same five routes. The second table compares both with the peers turn by turn, which other programs affect less
than the medians.
"""

from __future__ import annotations

import argparse
import base64
import gc
import importlib
import json
import random
import statistics
import time
from collections import deque
from collections.abc import Callable
from operator import sub
from typing import Any

from bench.harness.measured_market import market, without_clock
from bench.harness.scene import CONTEXT, Handler, Scene, bare, recording, replayed
from bench.routes import NAMES, people
from testing.markets.stage import Stage

WHOLE, FIVE_ROUTES = "ours", "ours, these routes only"
PEERS = {FIVE_ROUTES: "with_ours", "Powertools": "with_powertools", "FastAPI and Mangum": "with_fastapi"}


def event(
    method: str,
    resource: str,
    sub: str,
    group: str,
    body: Any = None,
    query: dict[str, str] | None = None,
    key: str | None = None,
    **parameters: str,
) -> dict[str, Any]:
    """Return the gateway's event of a request with verified claims."""
    path = resource
    for name, text in parameters.items():
        path = path.replace("{" + name + "}", text)
    headers = {"Accept": "application/json", "Content-Type": "application/json", "Host": "api.example"}
    if key:
        headers["Idempotency-Key"] = key
    claims = {"sub": sub, "cognito:username": sub, "cognito:groups": group, "token_use": "id"}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [text] for name, text in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [text] for name, text in query.items()} if query else None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/api{path}",
            "stage": "api",
            "requestId": "5f0a1a3e-0000-4000-8000-000000000000",
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "bench"},
            "authorizer": {"claims": claims},
        },
        "body": None if body is None else json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }


def scenes(stage: Stage) -> list[dict[str, Any]]:
    """Return the events, in an order in which they can be handled."""
    people(stage)
    first, ten = stage.accounts[NAMES[0]], [stage.accounts[name] for name in NAMES[:10]]
    task = stage.create(ten)
    stage.approve(task["id"])
    order = stage.orders(task["id"])[0]["id"]
    adv, cre = ("teahouse", "advertiser"), (NAMES[0], "creator")
    return [
        event("GET", "/v1/accounts/{account_id}", *adv, account_id=first),
        event("GET", "/v1/accounts", *adv, query={"kind": "post", "limit": "20"}),
        event("GET", "/v1/tasks/{task_id}", *adv, task_id=task["id"]),
        event("POST", "/v1/quotes", *adv, {"kind": "post", "account_ids": ten}),
        event("POST", "/v1/tasks", *adv, stage.body([first]), key=stage.key()),
        event("GET", "/v1/accounts/{account_id}/grade", *adv, account_id=first),
        event("GET", "/v1/orders", *cre),
        event("GET", "/v1/orders/{order_id}", *cre, order_id=order),
        event("POST", "/v1/orders/{order_id}/accept", *cre, order_id=order),
        event("GET", "/v1/wallet", *adv),
    ]


def record(handler: Handler) -> list[Scene]:
    """Run the scenes on the engine once and record them."""
    with market() as stage:
        found = []
        for one in scenes(stage):
            calls: list[tuple[str, dict[str, Any]]] = []
            replies: list[tuple[int, dict[str, str], bytes]] = []
            with without_clock(), recording(calls, replies):
                response = handler(one, CONTEXT)
            assert response["statusCode"] < 300, response
            found.append(Scene(f"{one['httpMethod']} {one['resource']}", one, calls, replies, response))
    return found


def measure(scene: Scene, handlers: dict[str, Handler], ring: deque[Any], rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of the processor for each handler, in turns."""

    def handle(name: str) -> float:
        ring.clear()
        ring.extend(scene.replies)
        begun = time.process_time_ns()
        response = handlers[name](scene.event, CONTEXT)
        took = (time.process_time_ns() - begun) / 1e6
        assert response["statusCode"] == scene.response["statusCode"], (name, response)
        assert len(_body(response)) > 0.9 * len(scene.response["body"]), (name, response)
        return took

    return in_turns(list(handlers), handle, rounds)


def in_turns(names: list[str], handle: Callable[[str], float], rounds: int) -> dict[str, list[float]]:
    """Return what `handle` returns for each name in each round, in random order, after 20 rounds that do not count."""
    spent: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(-20, rounds):
        for name in random.sample(names, len(names)):
            took = handle(name)
            if turn >= 0:
                spent[name].append(took)
    return spent


def _body(response: dict[str, Any]) -> str:
    return base64.b64decode(response["body"]).decode() if response.get("isBase64Encoded") else str(response["body"])


def edges(handlers: dict[str, Handler], rounds: int) -> None:
    """Print the time of each edge alone: its use cases return at once, and no request goes to DynamoDB."""
    from bench.peers import use_cases

    account = {"id": "acc_00000000000000000000000000", "status": "admitted"}
    stubs: Any = use_cases
    stubs.account = stubs.quote = lambda *_: account
    edge_requests = {
        "GET, no body": event("GET", "/v1/accounts/{account_id}", "ann", "advertiser", account_id=account["id"]),
        "POST, ten ids": event(
            "POST",
            "/v1/quotes",
            "ann",
            "advertiser",
            {"kind": "post", "account_ids": [f"acc_{n:026}" for n in range(10)]},
        ),
    }
    print("\n| the edge alone | handler | p50 us | p99 us |\n|---|---|---|---|")
    for label, one in edge_requests.items():

        def handle(name: str, one: dict[str, Any] = one) -> float:
            begun = time.process_time_ns()
            response = handlers[name](one, CONTEXT)
            took = (time.process_time_ns() - begun) / 1e3
            assert response["statusCode"] == 200, response
            return took

        for name, times in in_turns(list(handlers), handle, rounds).items():
            print(f"| {label} | {name} | {percentile(times, 0.5):.0f} | {percentile(times, 0.99):.0f} |")


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=300)
    arguments.add_argument("--peers", action="store_true")
    chosen = arguments.parse_args()
    from app import app

    found = record(app)
    peers: dict[str, Handler] = {}
    if chosen.peers:
        peers = {name: importlib.import_module(f"bench.peers.{module}").handler for name, module in PEERS.items()}
    print("| route | handler | p50 ms | p99 ms | p50 to bare | p99 to bare |\n|---|---|---|---|---|---|")
    ratios: dict[str, list[float]] = {}
    differences: list[str] = []
    with without_clock(), replayed() as ring:
        for place, scene in enumerate(found):
            others = {name: handler for name, handler in peers.items() if name != FIVE_ROUTES and place < 5}
            for ours in (WHOLE, FIVE_ROUTES) if others else (WHOLE,):
                handlers = {"bare": bare(scene), ours: app if ours == WHOLE else peers[ours], **others}
                gc.collect()
                spent = measure(scene, handlers, ring, chosen.rounds)
                for name in ("bare", WHOLE) if ours == WHOLE else (FIVE_ROUTES, *others):
                    ratios.setdefault(name, []).append(percentile(spent[name], 0.5) / percentile(spent["bare"], 0.5))
                    print(f"| `{scene.name}` | {name} | {comparison(spent[name], spent['bare'])} |", flush=True)
                for name in others:
                    more = statistics.median(map(sub, spent[name], spent[ours])) * 1e3
                    differences.append(f"| `{scene.name}` | {name} | {ours} | {more:+.0f} |")
    if peers:
        print("\n| route | handler | compared with | more us, p50 |\n|---|---|---|---|", *differences, sep="\n")
        edges(peers, chosen.rounds * 5)
    for name, each in ratios.items():
        print(
            f"{name}: {statistics.geometric_mean(each):.2f} times bare over {len(each)} routes (geometric mean of p50)"
        )


def comparison(spent: list[float], base: list[float]) -> str:
    """Return the cells of a handler in the first table: its milliseconds, and their ratios to those of the bare handler."""
    (p50, p99), (base50, base99) = ([percentile(times, share) for share in (0.5, 0.99)] for times in (spent, base))
    return f"{p50:.2f} | {p99:.2f} | {p50 / base50:.2f} | {p99 / base99:.2f}"


if __name__ == "__main__":
    main()
