"""Every path of an order on the local cloud, as clients see it: reserves, cancellation, counter-offers, drafts, stops, open
calls, disputes. IAM is enforced, so each function has only the rights of its path.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from microtask import Forbidden, NotFound
from microtask.types import Task

from demo import campaign
from demo.campaign import cny
from demo.stack import Stack, User
from testing.markets.deployed_market import Market

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time
ENDS = ("completed", "failed", "lapsed")


def test_a_reserve_accepts_and_the_advertiser_cancels(market: Market) -> None:
    dear, cheap = sorted(("an", "bo"), key=lambda name: -market.prices[name])
    task = market.task([dear], reserve_account_ids=[market.accounts[cheap]["id"]])
    market.move_to(task["accept_by"])
    order = market.order(task, cheap)  # made by the workflow when the first one lapsed
    assert (order["status"], order["accept_by"] > task["accept_by"]) == ("offered", True)
    market.act(cheap, order, "accept")
    preview = market.people.advertiser.get(f"/v1/tasks/{task['id']}/cancellation")
    part = market.prices[cheap] // 10
    assert preview["compensation"] == cny(part)
    before = market.wallet(cheap)
    done = market.people.advertiser.post(f"/v1/tasks/{task['id']}/cancel", {"reason_code": "plans_changed"})
    assert (done["status"], done["order_counts"]) == ("cancelled", {"lapsed": 1, "cancelled": 1})
    assert market.wallet(cheap) == before + int(preview["net"]["amount"]) == before + part - part * 3 // 10


def test_a_negotiated_order_with_a_draft_is_stopped(market: Market) -> None:
    task = market.task(["chen"], draft_approval=True)
    order, agreed = market.order(task, "chen"), market.prices["chen"] + 1_000
    market.act("chen", order, "counter", {"price": cny(agreed)})
    taken = market.people.advertiser.post(f"/v1/orders/{order['id']}/counter/accept")
    assert (taken["status"], taken["price"]) == ("accepted", cny(agreed))
    market.act("chen", order, "draft", {"text": "我家的秋茶。"})
    market.people.advertiser.post(f"/v1/orders/{order['id']}/draft/approve")
    published = market.publish("chen", order)
    assert published["content"]["text"] == "我家的秋茶。 广告"
    before = market.wallet("chen")
    done = market.people.auditor.post(f"/v1/tasks/{task['id']}/stop", {"reason_code": "illegal"})
    assert (done["status"], done["order_counts"]) == ("stopped", {"stopped": 1})
    assert market.wallet("chen") == before + int(published["net"]["amount"])
    with pytest.raises(NotFound):
        market.people.advertiser.sandbox.read_post(published["post_url"].rpartition("/")[2])


def test_an_order_of_an_open_call_is_disputed_and_split(market: Market) -> None:
    price = 50_000
    task = market.task([], account_ids=[], call={"budget": cny(100_000)})
    an = market.creators["an"]
    assert task["id"] in {call["task_id"] for call in an.get("/v1/calls?limit=100")["data"]}
    body = {"account_id": market.accounts["an"]["id"], "price": cny(price)}
    applied = an.post(f"/v1/tasks/{task['id']}/applications", body)
    picked = market.people.advertiser.post(f"/v1/applications/{applied['id']}/accept")
    order = market.publish("an", {"id": picked["order_id"]})

    # accept_by has passed: the workflow returns the budget that no application used
    def now() -> Task:
        return market.people.advertiser.tasks.read(task["id"])

    def nothing_is_left(found: Task) -> bool:
        return found["call"] is not None and found["call"]["unallocated"]["amount"] == 0

    market.people.advertiser.wait_for(now, nothing_is_left)
    disputed = market.people.advertiser.post(f"/v1/orders/{order['id']}/dispute", {"reason_code": "other", "note": "x"})
    assert disputed["status"] == "disputed"
    dispute_id = disputed["dispute_id"]
    an.post(f"/v1/disputes/{dispute_id}/statements", {"note": "y", "urls": ["https://weibo.example/proof"]})
    waiting = {found["id"]: found for found in market.people.auditor.get("/v1/disputes?limit=100")["data"]}
    before = market.wallet("an")
    ruling = {"outcome": "split", "creator_share_bps": 5_000, "note": "z", "revision": waiting[dispute_id]["revision"]}
    market.people.auditor.post(f"/v1/disputes/{dispute_id}/ruling", ruling)
    assert market.wallet("an") == before + price // 2 * 7 // 10
    done = market.people.advertiser.wait_for(now, lambda found: found["status"] == "completed")
    assert done["order_counts"] == {"completed": 1}


def test_in_the_end_the_ledger_is_clean(market: Market) -> None:
    proof = market.people.finance.post("/v1/ledger/proof")
    assert (proof["status"], proof["differences"]) == ("clean", [])


def ended(caller: User, order_id: str) -> str:
    found = caller.wait_for(
        lambda: caller.get(f"/v1/orders/{order_id}"), lambda order: order["status"] in ENDS, seconds=90
    )
    return str(found["status"])


def test_a_dispute_without_a_ruling_ends_after_five_working_days(market: Market) -> None:
    task = market.task(["an"], retention="PT24H")
    order = market.order(task, "an")
    market.act("an", order, "accept")
    market.publish("an", order)
    before = market.wallet("an")
    disputed = market.act("an", order, "dispute", {"reason_code": "other", "note": "不对"})
    due = next(timer["at"] for timer in disputed["timers"] if timer["name"] == "ruling_due")
    left = datetime.fromisoformat(due) - campaign.now(market.people.admin)
    assert left > timedelta(days=5) - timedelta(minutes=5), "as in production"
    market.move_to(due)
    assert ended(market.creators["an"], order["id"]) == "completed"
    assert market.wallet("an") == before + order["net"]["amount"]


def test_only_admins_move_the_clock(stack: Stack, market: Market) -> None:
    with pytest.raises(Forbidden):
        market.people.auditor.sandbox.move_clock(advance=timedelta(hours=1))
    assert stack.anonymous().sandbox.read_clock()["now"]
