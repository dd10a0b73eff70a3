"""A market with a history, so that every screen has content: users of each role, and the screens they open."""

from __future__ import annotations

import math
from dataclasses import dataclass

from demo import campaign
from demo.campaign import Cast, Outcome
from demo.stack import Stack

UNREACHABLE = "http://127.0.0.1:9/market"
"""An endpoint that refuses each delivery; the local cloud allows addresses of its own machine."""
ROLES = ("advertiser", "creator", "auditor", "finance", "admin")


@dataclass
class Played:
    """Users by role, and the ids of what they have made."""

    names: dict[str, str]
    passwords: dict[str, str]
    account_id: str
    accounts: list[str]
    task_id: str
    source_url: str
    order_id: str
    advertiser_id: str
    shortlist_id: str
    plan_id: str
    webhook_id: str

    def screens(self) -> dict[str, list[str]]:
        """Return the addresses of every screen, by role."""
        accounts = ",".join(self.accounts)
        return {
            "advertiser": [
                "/",
                "/accounts?kind=repost",
                f"/accounts/{self.account_id}",
                f"/accounts/{self.account_id}?tab=prices",
                f"/accounts/{self.account_id}?tab=forecast",
                f"/accounts/{self.account_id}?tab=similar",
                f"/compare?accounts={accounts}&kind=repost",
                "/shortlists",
                f"/shortlists/{self.shortlist_id}",
                "/plans",
                f"/plans/{self.plan_id}",
                "/tasks",
                f"/tasks/new?accounts={accounts}&kind=repost",
                f"/tasks/{self.task_id}",
                f"/tasks/{self.task_id}?order={self.order_id}",
                f"/tasks/{self.task_id}/report",
                "/orders",
                f"/orders/{self.order_id}",
                "/disputes",
                "/wallet",
                "/notifications",
                "/settings",
                "/settings/notifications",
                "/settings/webhooks",
                f"/settings/webhooks/{self.webhook_id}",
                "/search?q=ord_01HZZZZZZZZZZZZZZZZZZZZZZZ",
            ],
            "creator": [
                "/",
                "/offers",
                "/orders",
                f"/orders/{self.order_id}",
                "/calls",
                "/my-accounts",
                f"/my-accounts/{self.account_id}",
                "/calendar",
                "/disputes",
                "/wallet",
                "/notifications",
                "/notifications?tab=events",
                "/settings",
            ],
            "auditor": [
                "/",
                "/reviews",
                "/draft-reviews",
                "/certifications",
                "/admissions",
                "/disputes",
                "/appeals",
                f"/accounts/{self.account_id}?tab=history",
                "/enterprises",
                f"/enterprises/{self.advertiser_id}",
                "/stuck",
            ],
            "finance": ["/", "/withdrawals", "/suspense", "/settlements", "/proof"],
            "admin": ["/", "/tasks", "/stuck", "/regrade", "/decisions", "/health"],
        }


def play(stack: Stack) -> Played:
    """Certify, bind, top up and create a task with an accepted order through the API; further items wait in each queue."""
    people: Cast = campaign.cast(stack)

    def silent(topic: str, text: str) -> None:
        return None

    outcome = Outcome()
    advertiser_id = campaign.certify(people, silent)
    accounts = campaign.choose(people, silent)
    campaign.top_up(people, silent)
    timing = campaign.Timing()
    task = campaign.create_task(people, accounts, timing, outcome, silent)
    campaign.review(people, task, silent)
    orders = campaign.answer(people, task, accounts, outcome, silent)
    people.advertiser.tasks.create(
        kind="repost",
        title="国庆特惠，全网最低价",
        content={"text": "全网最低价，国家级品质！", "urls": ["https://tea.example/sale"]},
        source_url=str(task["source_url"]),
        window={"start_at": task["window"]["start_at"], "end_at": task["window"]["end_at"]},
        accept_by=task["accept_by"],
        account_ids=[accounts[0]["id"]],
        idempotency_key="waiting",
    )
    newcomer = stack.user(f"new-{people.advertiser.name}", "advertiser")
    newcomer.advertisers.register(
        name="山泉饮料有限公司",
        licence_no="91310000MA1K4XYZ0B",
        contact={"name": "李雷", "phone": "+86 10 5555 0101", "email": "li@water.example"},
    )
    people.advertiser.wallet.withdraw(amount=campaign.cny(10_000))
    users = dict(
        zip(ROLES, (people.advertiser, people.creators[0], people.auditor, people.finance, people.admin), strict=True)
    )
    order = orders[0]
    _measure_posts(people, order["account_id"])
    people.advertiser.orders.send_message(order["id"], text="请在周五前发布，谢谢。")
    people.creators[0].orders.send_message(order["id"], text="好的，请加我微信 tea_an_2026 沟通。")
    shortlist = people.advertiser.shortlists.create(name="秋茶", account_ids=[account["id"] for account in accounts])
    plan = people.advertiser.plans.make(budget=campaign.cny(300_000), goal="reads", kind="repost")
    webhook = people.advertiser.webhooks.create(url=UNREACHABLE, event_types=["*"], description="till")
    people.advertiser.webhooks.test(webhook["id"])
    return Played(
        names={role: user.name for role, user in users.items()},
        passwords={role: user.password for role, user in users.items()},
        account_id=order["account_id"],
        accounts=[account["id"] for account in accounts],
        task_id=task["id"],
        source_url=str(task["source_url"]),
        order_id=order["id"],
        advertiser_id=advertiser_id,
        shortlist_id=shortlist["id"],
        plan_id=plan["id"],
        webhook_id=webhook["id"],
    )


def _measure_posts(people: Cast, account_id: str) -> None:
    """Record figures that were computed from posts: the reads of the account rise and are unconfirmed."""
    known = people.advertiser.accounts.read(account_id)["metrics"]
    assert known is not None
    reads = 2 * known["reads_avg_30d"]
    people.admin.accounts.record_metrics(
        account_id,
        as_of=campaign.now(people.admin).isoformat(),
        followers=known["followers"],
        reads_avg_30d=reads,
        reads_median=math.log1p(reads),
    )
