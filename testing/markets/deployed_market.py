"""Users with money and accounts on a deployed market, and the tasks between them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from microtask.types import Account

from demo import campaign
from demo.campaign import Cast

ANSWER = 12.0


class Market:
    """Users with money and accounts, and the tasks between them."""

    def __init__(self, people: Cast, accounts: list[Account], pace: float) -> None:
        self.people, self.pace = people, pace
        creators = {creator.name.partition("-")[0]: creator for creator in people.creators}
        owned = {name: creator.get("/v1/accounts?owner=me")["data"][0] for name, creator in creators.items()}
        self.creators, self.accounts = creators, owned
        self.prices = {name: int(account["prices"]["repost"]["amount"]) for name, account in owned.items()}
        assert {account["id"] for account in owned.values()} == {account["id"] for account in accounts}

    def task(self, names: list[str], answer: float = ANSWER, window: float = 60, **changes: Any) -> dict[str, Any]:
        """Create an approved task of these creators."""
        begin = campaign.now(self.people.advertiser)

        def moment(seconds: float) -> str:
            return (begin + timedelta(seconds=seconds * self.pace)).isoformat()

        body = {
            "kind": "repost",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "urls": ["https://tea.example/autumn"]},
            "source_url": campaign.source(self.people.advertiser),
            "window": {"start_at": moment(answer), "end_at": moment(answer + window)},
            "accept_by": moment(answer),
            "retention": "PT600S",
            "account_ids": [self.accounts[name]["id"] for name in names],
            **changes,
        }
        task: dict[str, Any] = self.people.advertiser.post("/v1/tasks", body)
        self.people.auditor.post(
            f"/v1/tasks/{task['id']}/review", {"decision": "approved", "reasons": [], "revision": task["revision"]}
        )
        return task

    def order(self, task: dict[str, Any], name: str) -> dict[str, Any]:
        """Return the creator's order of this task, when it exists."""
        account = self.accounts[name]["id"]
        tasks = self.people.advertiser.tasks

        def mine() -> dict[str, Any] | None:
            return next((dict(order) for order in tasks.orders(task["id"]) if order["account_id"] == account), None)

        found = self.people.advertiser.wait_for(mine, lambda order: order is not None)
        assert found is not None
        return found

    def act(self, name: str, order: dict[str, Any], action: str, body: Any = None) -> Any:
        return self.creators[name].post(f"/v1/orders/{order['id']}/{action}", body)

    def publish(self, name: str, order: dict[str, Any]) -> dict[str, Any]:
        order = self.creators[name].get(f"/v1/orders/{order['id']}")
        start_at = datetime.fromisoformat(order["window"]["start_at"])
        time.sleep(max(0.0, (start_at - campaign.now(self.people.advertiser)).total_seconds() + 0.2))
        post = {
            "account_id": order["account_id"],
            "text": order["content"]["text"],
            "urls": order["content"]["urls"],
            "repost_of": order["source_url"],
        }
        url = self.people.advertiser.post("/sandbox/posts", post)["post_url"]
        done: dict[str, Any] = self.act(name, order, "publish", {"post_url": url})
        assert done["status"] == "published"
        return done

    def wallet(self, name: str) -> int:
        return int(self.creators[name].get("/v1/wallet")["available"]["amount"])
