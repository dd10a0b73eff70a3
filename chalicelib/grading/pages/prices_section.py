"""The advised prices and the paid orders: a section of the grade page. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.grading import responses
from chalicelib.grading.pages.wording import chinese, day, yuan
from chalicelib.html.chart import band
from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import section


def prices(response: responses.AccountGrade) -> Html:
    """Return the section with the price bands of both kinds on one scale, the effect of paid orders, and the error of the model."""
    advised = response["advised_price"]
    assert advised is not None, "the account has a grade"
    kinds: tuple[Kind, ...] = ("repost", "post")
    bands = {kind: advised[kind] for kind in kinds}
    least = min(one["low"].amount for one in bands.values())
    most = max(one["high"].amount for one in bands.values())
    rows = [_price_row(kind, one, response["price_per_1000_reads"][kind], least, most) for kind, one in bands.items()]
    return section(
        "Advised prices",
        element("table", element("tbody", rows)),
        element("p", _comparables(response)),
        _price_error(response["price_model"]),
        element("p", "Advice is never binding: a price that the creator has set applies.", class_="soft"),
        _settled(response["settled_orders"]),
    )


def _comparables(response: responses.AccountGrade) -> str:
    """Return a sentence about the effect of orders paid in full on the advice."""
    paid = response["price_model"]["paid"]
    if paid is None and response["settled_orders"]:
        return "This methodology's advice ignores paid orders."
    if paid is None:
        return "No order of this account was paid in full in the last 90 days, so the advice is the model's alone."
    orders = "one order" if paid["orders"] == 1 else f"{paid['orders']:,} orders"
    advertisers = "one advertiser" if paid["advertisers"] == 1 else f"{paid['advertisers']:,} advertisers"
    return (
        f"In the last 90 days {orders} of {advertisers} paid {paid['ratio']:.0%} of the model's price here. "
        f"This has a weight of {paid['weight']:.0%} against the model; each advertiser counts once."
    )


def _settled(orders: Sequence[responses.SettledOrder]) -> Html | None:
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


def _price_row(kind: Kind, one: responses.GradedPrice, per_thousand: Money | None, least: int, most: int) -> Html:
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


def _price_error(model: responses.PriceModel) -> Html | None:
    error, within = model["median_error"], model["within_factor_2"]
    if error is None or within is None:
        return None
    return element(
        "p",
        "The bars show the middle half of the prices that similar accounts ask. Accuracy, on listed accounts that were not used "
        f"to fit the model: half asked for a repost within {error:.0%} of its advice, {within:.0%} between half and double.",
        class_="soft",
    )
