"""The advised prices, the paid orders, and why price and grade can differ: a section of the grade page. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chalicelib.core.money import Money
from chalicelib.core.order_kinds import Kind
from chalicelib.core.regions.money_text import money_text
from chalicelib.grading import response_types
from chalicelib.grading.currency_conversion import in_market_currency
from chalicelib.grading.model.grade import Grade
from chalicelib.grading.pages.history_section import HistoryEntry
from chalicelib.grading.pages.wording import chinese, day, lacks_reads, name_of
from chalicelib.html.chart import band
from chalicelib.html.markup import Html, element
from chalicelib.html.page_frame import section

APART = 1.5
"""A price this many times above or below the median of its grade is explained."""


def prices(graded: Grade, response: response_types.AccountGrade, changes: Sequence[HistoryEntry]) -> Html:
    """Return the section with the price bands of both kinds on one scale, the effect of paid orders, the error of the model, and
    the reason if price and grade point in different directions."""
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
        *[element("p", words) for words in differences(graded, response, changes)],
        _price_error(response["price_model"]),
        _without_reads(graded),
        element("p", "Advice is never binding. If the creator has set a price, that price applies.", class_="soft"),
        _settled(response["settled_orders"]),
    )


def _comparables(response: response_types.AccountGrade) -> str:
    """Return a sentence about the effect of orders paid in full on the advice."""
    paid = response["price_model"]["paid"]
    if paid is None and response["settled_orders"]:
        return "This methodology's advice ignores paid orders."
    if paid is None:
        return "The advice comes from the model alone: no order of this account was paid in full in the last 90 days."
    orders = "one order" if paid["orders"] == 1 else f"{paid['orders']:,} orders"
    advertisers = "one advertiser" if paid["advertisers"] == 1 else f"{paid['advertisers']:,} advertisers"
    return (
        f"In the last 90 days {orders} from {advertisers} paid {paid['ratio']:.0%} of the model's price; each advertiser counts "
        f"once. The advice is {paid['weight']:.0%} what was paid and {1 - paid['weight']:.0%} the model."
    )


def differences(graded: Grade, response: response_types.AccountGrade, changes: Sequence[HistoryEntry]) -> list[str]:
    """Return sentences for a price that moved against the score at the latest change, and for one far from the median of the
    grade."""
    found: list[str] = []
    if len(changes) > 1 and changes[0].repost is not None and changes[1].repost is not None:
        now, then = changes[0], changes[1]
        if (changes[0].repost - changes[1].repost) * (now.score - then.score) < 0:
            score, price = ("rose", "fell") if now.score > then.score else ("fell", "rose")
            found.append(
                f"On {day(now.at)} the score {score} and the advised repost price {price}. {_reason(now, then, graded)}"
            )
    medians = graded.methodology.document.get("median_repost_by_grade", {})
    usual, advised = medians.get(graded.grade), response["advised_price"]
    if usual and advised is not None:
        own, usual = advised["repost"]["mid"].amount, in_market_currency(usual)
        if own > usual * APART or own * APART < usual:
            side = "more" if own > usual else "less"
            kind = Money(usual, advised["repost"]["mid"].currency)
            words = (
                f"The median of the accounts with {name_of(graded.grade)} in the list of 2017 is {_price(kind)} for a repost. "
                f"This account is advised much {side}."
            )
            found.append(words if any(_COUNTS in one for one in found) else f"{words} {_COUNTS}")
    return found


_COUNTS = (
    "The price depends on followers, reads, category, standing, the kind of owner (a person or an organisation) and paid orders. "
    "The grade also counts reactions, activity, the signs of spam and the record of orders, but neither the owner nor paid prices."
)


def _reason(now: HistoryEntry, then: HistoryEntry, graded: Grade) -> str:
    if now.version != then.version:
        return (
            f"The reason is the change to methodology {graded.methodology.version}, which computes both in another way."
        )
    if now.paid_orders != then.paid_orders:
        return "The reason is what orders paid: the price follows it, the grade does not."
    return _COUNTS


def _price(money: Money) -> str:
    return money_text(money, short=True)


def _settled(orders: Sequence[response_types.SettledOrder]) -> Html | None:
    if not orders:
        return None
    rows = [
        element(
            "tr",
            element("th", one["kind"], element("small", day(one["ended_at"]))),
            element("td", element("b", _price(one["price"])), _modelled(one["modelled"])),
        )
        for one in orders
    ]
    return element("details", element("summary", "The newest paid orders"), element("table", element("tbody", rows)))


def _modelled(price: Money | None) -> Html | None:
    return None if price is None else element("small", f"model {_price(price)}")


def _price_row(kind: Kind, one: response_types.GradedPrice, per_thousand: Money | None, least: int, most: int) -> Html:
    low, mid, high = one["low"], one["mid"], one["high"]
    label = f"{kind}: {_price(low)} to {_price(high)}, advised {_price(mid)}"
    reads = element("small", f"{_price(per_thousand)} per 1,000 reads") if per_thousand else None
    return element(
        "tr",
        element(
            "th",
            kind,
            " ",
            chinese({"post": "直发", "repost": "转发"}[kind]),
            band(low.amount, mid.amount, high.amount, least, most, label),
            element("small", f"{_price(low)} to {_price(high)}"),
        ),
        element("td", element("b", _price(mid)), reads),
    )


def _without_reads(graded: Grade) -> Html | None:
    """Return the bias of an advice without confirmed reads, as measured on held-out accounts."""
    error = graded.methodology.document.get("measures", {}).get("unconfirmed_repost_price_mean_log_error")
    if error is None or not lacks_reads(graded):
        return None
    return element(
        "p",
        "No reads of this account are confirmed, so the advice counts few reads. Such advice was too low in the test: the asked "
        f"prices were {math.exp(-error):.1f} times as high (geometric mean).",
        class_="soft",
    )


def _price_error(model: response_types.PriceModel) -> Html | None:
    error, within = model["median_error"], model["within_factor_2"]
    if error is None or within is None or model["measured_against"] is None:
        return None
    return element(
        "p",
        "The bars show the middle half of the prices that similar accounts ask. The model was tested on "
        f"{model['measured_against']}. Each of them was left out of the fit that predicted it. Half of the advised prices were "
        f"within {error:.0%} of the asked price, and {within:.0%} were between half and double of it. The error against paid "
        "prices, and of prices for posts, is not known.",
        class_="soft",
    )
