"""Accept offers above a price and publish accepted orders whose window is open: `python examples/accept_and_publish.py`.

A creator's program for a stage with the sandbox on, where it writes the posts itself. MICROTASK_URL names the market,
MICROTASK_TOKEN is the id token of a creator with an admitted account.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from microtask import Conflict, Invalid, Market
from microtask.types import Order

LEAST_NET = 10_000
"""In minor units: 100.00 yuan, after the commission."""


def respond(market: Market, least_net: int = LEAST_NET) -> Iterator[Order]:
    """Accept each offer that pays at least `least_net`, decline the others; yield the orders afterwards."""
    for order in market.orders.list(status="offered"):
        try:
            if order["net"]["amount"] >= least_net:
                yield market.orders.accept(order["id"])
            else:
                yield market.orders.decline(order["id"], reason_code="price")
        except Conflict as refused:  # such as frequency_cap, or the offer has lapsed
            print(order["id"], refused.code, refused.detail)


def publish(market: Market) -> Iterator[Order]:
    """Post each accepted order exactly as agreed and report the post's URL; yield the orders afterwards."""
    for order in market.orders.list(status="accepted"):
        content = order["content"]
        post = market.sandbox.write_post(
            account_id=order["account_id"],
            text=content["text"],
            urls=content["urls"],
            picture_ids=content["picture_ids"],
            repost_of=order["source_url"],
        )
        try:
            yield market.orders.publish(order["id"], post_url=post["post_url"])
        except Conflict as refused:  # such as window_not_open
            print(order["id"], refused.code, refused.detail)
        except Invalid as refused:  # the first failed check starts the time to mend
            print(order["id"], [fault["message"] for fault in refused.errors])


def main(market: Market) -> None:
    for order in [*respond(market), *publish(market)]:
        print(order["id"], order["status"], [f"{timer['name']} {timer['at']}" for timer in order["timers"]])


if __name__ == "__main__":
    main(Market(os.environ["MICROTASK_URL"], os.environ["MICROTASK_TOKEN"]))
