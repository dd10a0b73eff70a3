"""Create a task for the accounts of best value and print its orders until it has ended: `python examples/create_task.py`.

An advertiser's program. MICROTASK_URL names the market, MICROTASK_TOKEN is the id token of a certified advertiser with money.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import islice

from microtask import InsufficientFunds, Market
from microtask.types import Task


def create(market: Market, begin: datetime, count: int = 3) -> Task:
    """Create a post by the `count` accounts of best value, published within 12 hours of `begin`. Its total is held at once."""
    accounts = list(islice(market.accounts.search(kind="post", sort="-value"), count))
    account_ids = [account["id"] for account in accounts]
    quote = market.tasks.quote(kind="post", account_ids=account_ids)
    print("quote:", quote["total"], "of which commission", quote["commission"])
    return market.tasks.create(
        kind="post",
        title="秋茶上市",
        content={"text": "今年的秋茶到了。", "urls": ["https://tea.example/autumn"]},
        window={"start_at": begin, "end_at": begin + timedelta(hours=12)},
        accept_by=begin,
        account_ids=account_ids,
        max_total=quote["total"],
        idempotency_key=f"autumn-tea-{begin:%Y%m%d}",  # the same task if the program runs again
    )


def print_orders(market: Market, task_id: str) -> Task:
    """Print each order with its next deadline and return the task."""
    for order in market.tasks.orders(task_id):
        timers = [f"{timer['name']} {timer['at']}: {timer['default_outcome']}" for timer in order["timers"]]
        print(f"{order['handle']}  {order['status']}  {order['payment']}", *timers[:1], sep="  ")
    return market.tasks.read(task_id)


def main(market: Market) -> None:
    try:
        task = create(market, datetime.now(UTC).replace(microsecond=0) + timedelta(days=1))
    except InsufficientFunds as refused:
        raise SystemExit(f"{refused.needed} is needed, {refused.available} is available") from None
    ended = ("rejected", "completed", "cancelled", "stopped")
    market.wait_for(
        lambda: print_orders(market, task["id"]), lambda found: found["status"] in ended, seconds=7 * 86_400, every=600
    )


if __name__ == "__main__":
    main(Market(os.environ["MICROTASK_URL"], os.environ["MICROTASK_TOKEN"]))
