"""The advised prices and what orders paid: a part of the page of a grade. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.core.money import Money
from chalicelib.grading.pages.wording import chinese, day, yuan
from chalicelib.html.chart import band
from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import section


def prices(told: dict[str, Any]) -> Html:
    """The bands for both kinds on one scale, what moved them, and how far to trust them."""
    bands = {kind: told["advised_price"][kind] for kind in ("repost", "post")}
    least = min(one["low"].amount for one in bands.values())
    most = max(one["high"].amount for one in bands.values())
    rows = [_price_row(kind, one, told["price_per_1000_reads"][kind], least, most) for kind, one in bands.items()]
    return section(
        "Advised prices",
        element("table", element("tbody", rows)),
        element("p", _comparables(told)),
        _price_error(told["price_model"]),
        element("p", "Advice never binds: a price that the creator has set is the one that counts.", class_="soft"),
        _settled(told["settled_orders"]),
    )


def _comparables(told: dict[str, Any]) -> str:
    """What orders that were paid in full have done to the advice."""
    paid = told["price_model"]["paid"]
    if paid is None and told["settled_orders"]:
        return "Orders do not count in this methodology's advice."
    if paid is None:
        return "No order of this account was paid in full in the last 90 days: the advice is the model's alone."
    orders = "one order" if paid["orders"] == 1 else f"{paid['orders']:,} orders"
    advertisers = "one advertiser" if paid["advertisers"] == 1 else f"{paid['advertisers']:,} advertisers"
    return (
        f"In the last 90 days {orders} of {advertisers} paid {paid['ratio']:.0%} of the model's price here. "
        f"That weighs {paid['weight']:.0%} against the model; each advertiser has one voice."
    )


def _settled(orders: Sequence[dict[str, Any]]) -> Html | None:
    if not orders:
        return None
    rows = [
        element(
            "tr",
            element("th", one["kind"], element("small", day(one["ended_at"]))),
            element("td", element("b", yuan(one["price"])), _modelled(one["modelled"])),
        )
        for one in orders
    ]
    return element("details", element("summary", "The newest paid orders"), element("table", element("tbody", rows)))


def _modelled(price: Money | None) -> Html | None:
    return None if price is None else element("small", f"model {yuan(price)}")


def _price_row(kind: str, one: dict[str, Any], per_thousand: Money | None, least: int, most: int) -> Html:
    low, mid, high = one["low"], one["mid"], one["high"]
    says = f"{kind}: {yuan(low)} to {yuan(high)}, advised {yuan(mid)}"
    reads = element("small", f"{yuan(per_thousand)} per 1,000 reads") if per_thousand else None
    return element(
        "tr",
        element(
            "th",
            kind,
            " ",
            chinese({"post": "直发", "repost": "转发"}[kind]),
            band(low.amount, mid.amount, high.amount, least, most, says),
            element("small", f"{yuan(low)} to {yuan(high)}"),
        ),
        element("td", element("b", yuan(mid)), reads),
    )


def _price_error(model: dict[str, Any]) -> Html | None:
    error, within = model["median_error"], model["within_factor_2"]
    if error is None or within is None:
        return None
    return element(
        "p",
        "The bars hold the middle half of what accounts like this one ask. How far to trust it: of the listed accounts that the "
        f"model had not seen, half asked for a repost within {error:.0%} of its advice, and {within:.0%} between half and double.",
        class_="soft",
    )
