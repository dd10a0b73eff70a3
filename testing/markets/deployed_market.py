"""Users with money and accounts on a deployed market, and the tasks between them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from microtask.types import Account

from demo import campaign
from demo.campaign import Cast

HOUR = timedelta(hours=1)


class Market:
    """Users with money and accounts, and the tasks between them. Deadlines are hours away, and `move_to` passes them: no test
    depends on the speed of the machine."""

    def __init__(self, people: Cast, accounts: list[Account]) -> None:
        self.people = people
        creators = {creator.name.partition("-")[0]: creator for creator in people.creators}
        owned = {name: creator.get("/v1/accounts?owner=me")["data"][0] for name, creator in creators.items()}
        self.creators, self.accounts = creators, owned
        self.prices = {name: int(account["prices"]["repost"]["amount"]) for name, account in owned.items()}
        assert {account["id"] for account in owned.values()} == {account["id"] for account in accounts}

    def move_to(self, moment: str) -> None:
        """Move the clock of the stage to a second after the moment."""
        self.people.admin.sandbox.move_clock(to=datetime.fromisoformat(moment) + timedelta(seconds=1))

    def task(
        self, names: list[str], answer: timedelta = HOUR, window: timedelta = 2 * HOUR, **changes: Any
    ) -> dict[str, Any]:
        """Create an approved task of these creators, who have the time `answer` to accept."""
        window_start = campaign.now(self.people.advertiser) + answer
        body = {
            "kind": "repost",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "urls": ["https://tea.example/autumn"]},
            "source_url": campaign.source(self.people.advertiser),
            "window": {"start_at": window_start.isoformat(), "end_at": (window_start + window).isoformat()},
            "accept_by": window_start.isoformat(),
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
        """Post within the window and send the link."""
        order = self.creators[name].get(f"/v1/orders/{order['id']}")
        if campaign.now(self.people.advertiser) < datetime.fromisoformat(order["window"]["start_at"]):
            self.move_to(order["window"]["start_at"])
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
