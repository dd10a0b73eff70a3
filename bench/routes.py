"""Counts the DynamoDB requests of the main routes: calls each one once in a market with users in it.

    python -m bench.routes    writes bench/counted.json and the table in docs/reference/performance.md

tests/integration/costs/test_costs.py counts again and compares: a route with one more round trip fails it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bench.harness import counted
from bench.harness.measured_market import Meter, market, metered
from chalicelib.click_links import link_codes
from chalicelib.core import clock
from testing.api import Api
from testing.markets.stage import Stage, cny

NAMES = [f"creator-{number}" for number in range(30)]
FIGURES = {"followers": 120_000, "reads_avg_30d": 30_000, "posts_30d": 40, "likes_avg_30d": 200}
Counts = dict[str, Meter]


def count(stage: Stage) -> Counts:
    """Return a meter for each main route: `METHOD /path`, with the size in brackets where it matters."""
    counts: Counts = {}

    def measure(name: str, api: Api, path: str, body: Any = None, **options: Any) -> Any:
        method = name.partition(" ")[0]
        with metered() as meter:
            response = api.request(method, path, body, **options)
        assert response.status_code < 400, (name, response.json_body)
        counts[name] = meter
        return response.json_body if response.status_code < 300 else None

    people(stage)
    advertiser, auditor, finance = stage.advertiser, stage.auditor, stage.api.as_("finance", "finance")
    an, first = stage.creator(NAMES[0]), stage.accounts[NAMES[0]]
    advertiser.get("/v1/accounts?limit=5")  # the secret of cursors is read once per process

    measure("GET /v1/accounts", advertiser, "/v1/accounts")
    measure("GET /v1/accounts/{account_id}", advertiser, f"/v1/accounts/{first}")
    measure("GET /v1/accounts/{account_id}/grade", advertiser, f"/v1/accounts/{first}/grade")
    measure("GET /v1/accounts/{account_id}/similar", advertiser, f"/v1/accounts/{first}/similar")
    measure("GET /v1/accounts/{account_id}/forecast", advertiser, f"/v1/accounts/{first}/forecast")
    second = stage.accounts[NAMES[1]]
    compared = f"/v1/accounts/comparison?account_ids={first},{second}"
    measure("GET /v1/accounts/comparison [2 accounts]", advertiser, compared)
    measure("GET /v1/lookup [an id]", advertiser, f"/v1/lookup?q={first}")
    measure("GET /v1/lookup [a handle]", advertiser, f"/v1/lookup?q=handle-of-{NAMES[0]}")
    shortlist = measure("POST /v1/shortlists", advertiser, "/v1/shortlists", {"name": "茶", "account_ids": [first]})
    listed = f"/v1/shortlists/{shortlist['id']}/accounts"
    measure("POST /v1/shortlists/{shortlist_id}/accounts", advertiser, listed, {"account_ids": [second]})
    measure("GET /v1/shortlists/{shortlist_id}/accounts [2 accounts]", advertiser, listed)
    search = measure("POST /v1/searches", advertiser, "/v1/searches", {"name": "茶", "filters": {"category": "生活"}})
    measure("GET /v1/searches/{search_id}", advertiser, f"/v1/searches/{search['id']}")
    measure("POST /v1/plans", advertiser, "/v1/plans", {"budget": cny(1_000_000)})

    topup = measure(
        "POST /v1/wallet/topups", advertiser, "/v1/wallet/topups", {"amount": cny(600_000)}, key=stage.key()
    )
    notice = "POST /sandbox/payments/{payment_id}/pay"
    measure(notice, stage.api, f"/sandbox/payments/{topup['id']}/pay")

    ten = [stage.accounts[name] for name in NAMES[:10]]
    measure("POST /v1/quotes [10 accounts]", advertiser, "/v1/quotes", {"kind": "post", "account_ids": ten})
    body = stage.body([first])
    key = stage.key()
    task = measure("POST /v1/tasks [1 account]", advertiser, "/v1/tasks", body, key=key)
    measure("POST /v1/tasks [repeated]", advertiser, "/v1/tasks", body, key=key)
    large = measure("POST /v1/tasks [10 accounts]", advertiser, "/v1/tasks", stage.body(ten), key=stage.key())
    measure("POST /v1/previews", advertiser, "/v1/previews", {"title": body["title"], "content": body["content"]})
    measure("GET /v1/reviews", auditor, "/v1/reviews")
    measure("POST /v1/queues/{queue}/next", auditor, "/v1/queues/reviews/next")
    measure("GET /v1/claims", auditor, "/v1/claims")
    measure("GET /v1/advertisers/{advertiser_id}/history", auditor, f"/v1/advertisers/{stage.advertiser_id}/history")
    for made, size in ((task, "1 account"), (large, "10 accounts")):
        review = {"decision": "approved", "reasons": [], "revision": made["revision"]}
        measure(f"POST /v1/tasks/{{task_id}}/review [{size}]", auditor, f"/v1/tasks/{made['id']}/review", review)
    measure("GET /v1/tasks", advertiser, "/v1/tasks")
    measure("GET /v1/tasks/{task_id} [10 orders]", advertiser, f"/v1/tasks/{large['id']}")
    measure("GET /v1/tasks/{task_id}/orders [10 orders]", advertiser, f"/v1/tasks/{large['id']}/orders")

    order = stage.orders(task["id"])[0]
    path = f"/v1/orders/{order['id']}"
    measure("GET /v1/orders", an, "/v1/orders")
    measure("GET /v1/orders/{order_id}", an, path)
    measure("POST /v1/orders/{order_id}/accept", an, f"{path}/accept")
    other = stage.orders(large["id"])[1]["id"]
    declined = {"reason_code": "price"}
    measure(
        "POST /v1/orders/{order_id}/decline",
        stage.creator(NAMES[1]),
        f"/v1/orders/{other}/decline",
        declined,
    )
    with clock.at(clock.now() + timedelta(hours=2)):
        url = stage.post(order)
        measure("POST /v1/orders/{order_id}/publish", an, f"{path}/publish", {"post_url": url})
    code = link_codes.code(order["id"], 0)
    measure("GET /r/{code}", stage.api, f"/r/{code}", headers={"User-Agent": "Safari"})
    measure("GET /r/{code} [the same visitor again]", stage.api, f"/r/{code}", headers={"User-Agent": "Firefox"})
    measure("GET /v1/orders/{order_id}/clicks", advertiser, f"{path}/clicks")

    measure("GET /v1/me [an advertiser]", advertiser, "/v1/me")
    measure("GET /v1/me [a creator]", an, "/v1/me")
    measure("GET /v1/me [an auditor]", auditor, "/v1/me")
    measure("GET /v1/wallet", advertiser, "/v1/wallet")
    measure("GET /v1/wallet/entries", advertiser, "/v1/wallet/entries")
    gone = measure(
        "POST /v1/wallet/withdrawals", advertiser, "/v1/wallet/withdrawals", {"amount": cny(10_000)}, key=stage.key()
    )
    paid = {"outcome": "paid", "revision": gone["revision"]}
    measure("POST /v1/withdrawals/{withdrawal_id}/outcome", finance, f"/v1/withdrawals/{gone['id']}/outcome", paid)
    measure("GET /v1/health", stage.api, "/v1/health")
    measure("GET /v1/version", stage.api, "/v1/version")
    return counts


def people(stage: Stage) -> None:
    """Create a certified advertiser with money, and thirty graded accounts with prices."""
    stage.certify()
    admin = stage.api.as_("root", "admin")
    for number, account in enumerate(stage.bind(*NAMES, price=30_000)):
        figures = {**FIGURES, "as_of": clock.rfc3339(clock.now()), "followers": 120_000 + 10_000 * number}
        assert admin.post(f"/v1/accounts/{account}/metrics", figures).status_code == 201


def main() -> None:
    """Count, and write the results."""
    with market() as stage:
        counts = count(stage)
    counted.write("routes", {name: counted.plain(meter) for name, meter in counts.items()})


if __name__ == "__main__":
    main()
