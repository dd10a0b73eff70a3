"""A market for tests: a certified advertiser with money, creators with admitted accounts, and tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.accounts.records import LISTED, AccountRecord, new_account
from chalicelib.core import clock, ids
from chalicelib.core.rules import rules
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import advertiser_available, creator_available, task_held
from chalicelib.wallet.proof.sealed_items import seal_of
from chalicelib.wallet.records import SuspenseItem, Withdrawal
from testing.markets.stored_steps import repeated

if TYPE_CHECKING:
    from testing.api import Api

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=100)
FUNDS = 5_000_000
PRICE = 307_000


def text_of(moment: datetime) -> str:
    return clock.rfc3339(moment)


def money(amount: int) -> dict[str, Any]:
    """Return an amount in the currency of the market."""
    return {"amount": amount, "currency": rules().currency}


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def record_withdrawal(withdrawal_id: str, owner_id: str, amount: int, at: datetime) -> None:
    """Store the open withdrawal of a movement that a test has posted."""
    item = Withdrawal(
        pk=withdrawal_id,
        sk="withdrawal",
        owner=owner_id,
        listed_at=f"{clock.stamp(at)}#{withdrawal_id}",
        queue="withdrawal",
        status="requested",
        provider="sandbox",
        amount=amount,
        requested_at=clock.stamp(at),
        fingerprint="",
        answer="",
    )
    item.seal = seal_of(item)
    item.save()


def record_suspense(transaction_id: str, amount: int, at: datetime) -> None:
    """Store the open suspense item of a movement that a test has posted."""
    suspense_id = ids.derive("sus", "sandbox", transaction_id)
    item = SuspenseItem(
        pk=suspense_id,
        sk="suspense",
        queue="suspense",
        listed_at=f"{clock.stamp(at)}#{suspense_id}",
        status="open",
        provider="sandbox",
        transaction_id=transaction_id,
        amount=amount,
        reason="payment_unknown",
        at=clock.stamp(at),
    )
    item.seal = seal_of(item)
    item.save()


@dataclass
class Stage:
    """The market with its users; each has its own API client."""

    api: Api
    keys: int = 0
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def advertiser(self) -> Api:
        return self.api.as_("teahouse", "advertiser")

    @property
    def advertiser_id(self) -> str:
        return ids.derive("adv", "teahouse")

    @property
    def auditor(self) -> Api:
        return self.api.as_("auditor", "auditor")

    def creator(self, name: str) -> Api:
        return self.api.as_(name, "creator")

    def creator_id(self, name: str) -> str:
        return ids.derive("cre", name)

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    @repeated
    def certify(self, funds: int = FUNDS) -> None:
        """Certify the advertiser, with `funds` available."""
        body = {
            "name": "清风茶业有限公司",
            "licence_no": "91310000MA1K4XYZ0A",
            "contact": {"name": "王敏", "phone": "+86 21 5555 0100", "email": "wang@tea.example"},
        }
        advertiser = self.advertiser.post("/v1/advertisers", body).json_body
        path = f"/v1/advertisers/{advertiser['id']}/certification"
        assert self.auditor.post(path, {"decision": "approved"}).status_code == 200
        if funds:
            ledger.post(movements.topup("pay_first", "sandbox", self.advertiser_id, funds), NOON)

    @repeated
    def bind(self, *names: str, price: int = PRICE) -> list[str]:
        """Bind an admitted account with its own prices for each creator, and return the ids of the accounts."""
        for name in names:
            body = {
                "network": "sandbox",
                "handle": f"handle-of-{name}",
                "category": "生活",
                "prices": {"post": money(price), "repost": money(price)},
            }
            account = self.creator(name).post("/v1/accounts", body).json_body
            if account["status"] == "pending":
                answer = self.auditor.post(f"/v1/accounts/{account['id']}/admission", {"decision": "approved"})
                assert answer.status_code == 200, answer.json_body
            self.accounts[name] = account["id"]
        return [self.accounts[name] for name in names]

    def crowd(self, number: int, price: int = 1_000) -> list[str]:
        """Store admitted accounts of the creators `crowd0`, `crowd1`, … with this price for a post, and return their ids."""
        made = []
        with AccountRecord.batch_write() as batch:
            for place in range(number):
                account = new_account("sandbox", f"crowd{place}", "生活", "admitted", clock.stamp(NOON))
                account.owner, account.listing = self.creator_id(f"crowd{place}"), LISTED
                account.own_post_price = account.post_price = price
                batch.save(account)
                made.append(account.pk)
        return made

    def body(self, account_ids: list[str], begin: datetime | None = None, **changes: Any) -> dict[str, Any]:
        """Return the body of a task: an hour to answer, then a window of two hours, then a day of retention."""
        begin = begin or clock.now()
        return {
            "kind": "post",
            "title": "秋茶上市",
            "content": {"text": "今年的秋茶到了。", "picture_ids": [], "urls": ["https://tea.example/autumn"]},
            "window": {
                "start_at": text_of(begin + timedelta(hours=1)),
                "end_at": text_of(begin + timedelta(hours=3)),
            },
            "accept_by": text_of(begin + timedelta(hours=1)),
            "retention": "PT24H",
            "account_ids": account_ids,
            **changes,
        }

    @repeated
    def source(self) -> str:
        """Write a post that can be reposted on the sandbox network, and return its URL."""
        body = {"account_id": ids.derive("acc", "teahouse"), "text": "秋茶到了。"}
        return str(self.api.post("/sandbox/posts", body).json_body["post_url"])

    @repeated
    def create(self, account_ids: list[str], **changes: Any) -> dict[str, Any]:
        """Create a task that waits for its review."""
        answer = self.advertiser.post("/v1/tasks", self.body(account_ids, **changes), key=self.key())
        assert answer.status_code == 201, answer.json_body
        task: dict[str, Any] = answer.json_body
        return task

    @repeated
    def approve(self, task_id: str) -> None:
        answer = self.auditor.post(f"/v1/tasks/{task_id}/review", {"decision": "approved", "reasons": []})
        assert answer.status_code == 200, answer.json_body

    def act(self, name: str, order_id: str, action: str, body: Any = None) -> Any:
        """Send the request of a creator about an order: `accept`, `decline`, …"""
        return self.creator(name).post(f"/v1/orders/{order_id}/{action}", body)

    @repeated
    def accepted(self, *names: str, **changes: Any) -> list[str]:
        """Return the orders of an approved task, each accepted by its creator."""
        order_ids = self.offered(*names, **changes)
        for name, order_id in zip(names, order_ids, strict=True):
            answer = self.act(name, order_id, "accept")
            assert answer.status_code == 200, answer.json_body
        return order_ids

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.advertiser.get(f"/v1/orders/{order_id}").json_body
        return found

    def publish(self, name: str, order_id: str) -> str:
        """Publish the order with a post of the creator, and return its URL."""
        url = self.post(self.order(order_id))
        answer = self.act(name, order_id, "publish", {"post_url": url})
        assert answer.status_code == 200, answer.json_body
        return url

    def proven(self, at: datetime | None = None) -> dict[str, Any]:
        """Return the proof of the ledger, which has to have no differences. It seals the days before it, so by default it is later
        than everything that a test does."""
        with clock.at(at or max(LATER, clock.now())):
            proof: dict[str, Any] = self.api.as_("finance", "finance").post("/v1/ledger/proof").json_body
        assert proof["differences"] == [], proof["differences"]
        return proof

    def task(self, task_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.advertiser.get(f"/v1/tasks/{task_id}").json_body
        return found

    def orders(self, task_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.advertiser.get(f"/v1/tasks/{task_id}/orders?limit=100").json_body["data"]
        return found

    @repeated
    def offered(self, *names: str, **changes: Any) -> list[str]:
        """Return the orders of an approved task, one for each of these creators."""
        task = self.create(self.bind(*names), **changes)
        self.approve(task["id"])
        return [order["id"] for order in self.orders(task["id"])]

    def post(self, order: dict[str, Any], **changes: Any) -> str:
        """Publish a post that fulfils the agreement, except for `changes`, and return its URL."""
        body = {
            "account_id": order["account_id"],
            "text": order["content"]["text"],
            "urls": order["content"]["urls"],
            "picture_ids": order["content"]["picture_ids"],
            "repost_of": order["source_url"],
            **changes,
        }
        return str(self.api.post("/sandbox/posts", body).json_body["post_url"])

    def money(self, *task_ids: str, creators: tuple[str, ...] = ()) -> dict[str, int]:
        """Return balances: the advertiser's `available`, each creator's by name, and the amount held for each task."""
        names = {"available": advertiser_available(self.advertiser_id)}
        names.update({name: creator_available(self.creator_id(name)) for name in creators})
        names.update({task_id: task_held(task_id) for task_id in task_ids})
        found = ledger.balances(names.values())
        return {name: found[account] for name, account in names.items()}
