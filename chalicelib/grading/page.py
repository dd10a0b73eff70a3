"""A grade for people: the page that shows what it is made of, what is missing, what the next one needs, how it moved, what a
post is worth, and how to check or contest it. Pure: everything on it is in the graded account and its changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil, floor, log10
from typing import Any, NamedTuple
from urllib.parse import quote

from chalicelib import clock
from chalicelib.grading.factors import FIGURES
from chalicelib.grading.grade import POINT, PPM, Factor, Grade
from chalicelib.grading.methodology import GRADES, LABELS, in_force, published
from chalicelib.money import Money
from chalicelib.pages.chart import Mark, Piece, Step, band, diamond, meter, stacked, stairs, stars
from chalicelib.pages.frame import page, section
from chalicelib.pages.markup import Html, element, joined
from chalicelib.settings import rules

COLOURS = {
    "followers": "f0",
    "reach": "f1",
    "demand": "f2",
    "engagement": "f3",
    "activity": "f4",
    "regularity": "f5",
    "originality": "f6",
    "quality": "f7",
    "conduct": "f8",
}
WORDS = {
    "reads_avg_30d": "reads per post",
    "posts_30d": "posts in 30 days",
    "active_days_30d": "days with a post",
    "originals_share": "share of originals",
    "reposts_avg_30d": "reposts per post",
    "comments_avg_30d": "comments per post",
    "likes_avg_30d": "likes per post",
    "popular": "whether its market lists it among the most wanted",
    "accepted_all_last_week": "whether it took every order of last week",
    "duplicates": "repeated texts",
    "originals": "originals",
    "links": "posts with links",
    "burst": "most posts on one day",
    "automated": "posts sent by programs",
    "posts_total": "posts in all",
    "following_per_follower": "followings per follower",
    "earlier_following_per_follower": "followings per follower earlier",
    "earlier_following": "followings earlier",
    "earlier_posts_total": "posts in all earlier",
    "comments": "comments per post",
    "reactions_per_1000": "reactions per 1,000 followers",
    "smoothness": "how much reactions vary",
    "copied_comments": "comments that repeat each other",
    "top_reactors": "reactions from the same few",
    "acceptance": "offers accepted",
    "on_time": "posts on time",
    "kept": "posts kept",
    "disputes_lost": "disputes lost",
}
"""Figures of the evidence, and signs, as people call them."""
WHOLE = frozenset({"followers", "activity"})
"""Factors whose values are counts: there is no half a follower."""
CAUSES = {
    "metrics": "new figures",
    "import": "figures imported",
    "methodology": "new methodology",
    "orders": "orders on this market",
    "category": "other category",
}


class Shown(NamedTuple):
    """The account as the page shows it; `told` is what `GET /v1/accounts/{id}/grade` answers, `listed` whether the search shows
    the account."""

    account_id: str
    network: str
    handle: str
    category: str | None
    graded: Grade
    told: dict[str, Any]
    listed: bool = True


class Moved(NamedTuple):
    """One change of the grade; `score` in points."""

    at: datetime
    grade: str
    score: float
    cause: str
    version: str


def grade_page(shown: Shown, changes: Sequence[Moved], older: int, now: datetime) -> str:
    """The page. `changes` newest first, the present grade's at the head; `older` is how many more there are before them."""
    graded, told = shown.graded, shown.told
    return page(
        f"{shown.handle} · {_name(graded.grade)}",
        "en",
        _head(shown),
        _sum(graded, told),
        _missing(told),
        _next(graded, told),
        _prices(told),
        _history(changes, older, now),
        _check(graded, told),
        _contest(shown),
        foot=_foot(shown, now),
    )


def ungraded_page(account_id: str, network: str, handle: str, category: str | None) -> str:
    """The page of an account of which nothing is measured yet."""
    return page(
        f"{handle} · not graded yet",
        "en",
        _title(network, handle, category),
        section(
            "Not graded yet",
            element("p", "Nothing has been measured of this account, and what is not known is never read as zero."),
            element(
                "p", "It is graded with the first figures that come, from its network or from its owner's reports."
            ),
        ),
        foot=element("p", "Account ", element("code", account_id)),
    )


def _title(network: str, handle: str, category: str | None) -> Html:
    about = joined(network, " · ", element("span", category, lang="zh")) if category else joined(network)
    return element("header", element("p", about, class_="kicker"), element("h1", element("bdi", handle)))


def _head(shown: Shown) -> Html:
    graded, told = shown.graded, shown.told
    name = _name(graded.grade)
    badge = diamond(name) if graded.rank == len(GRADES) else stars(graded.rank, len(GRADES) - 1, name)
    percentile, among = told["percentile_in_category"], told["percentile_among"]
    facts = [
        ("Score", f"{told['score']:.3f}", f"diamonds begin at {graded.methodology.thresholds[-1] / POINT:.3f}"),
        ("Confidence", f"{graded.confidence}%", "of the evidence is known"),
    ]
    if percentile is not None:
        facts.insert(1, ("Higher than", _percent(percentile), f"of {among or 'all'} accounts"))
    newest = in_force().version
    behind = element(
        "p", f"Methodology {newest} has come into force since; the next regrade applies it.", class_="notice"
    )
    return joined(
        _title(shown.network, shown.handle, shown.category),
        element(
            "div", badge, element("span", name, " ", _chinese(LABELS[graded.grade]), class_="name"), class_="grade"
        ),
        element("dl", [_fact(*fact) for fact in facts], class_="facts"),
        element("p", element("small", _dates(shown))),
        None
        if shown.listed
        else element("p", "The market does not list this account: not yet, or no more.", class_="notice"),
        behind if newest != graded.methodology.version else None,
    )


def _fact(name: str, value: str, remark: str) -> Html:
    return element("div", element("dt", name), element("dd", value, element("small", remark)))


def _sum(graded: Grade, told: dict[str, Any]) -> Html:
    """The bar of contributions under the thresholds of the grades, and the same as a table that adds up."""
    thresholds = graded.methodology.thresholds
    full = max(thresholds[-1] * 1.06, graded.score * 1.12)
    pieces = [
        Piece(factor.contribution, _colour(factor), f"{factor.rule.name}: {factor.contribution / POINT:.3f}")
        for factor in graded.factors
        if factor.contribution
    ]
    marks = [Mark(least, _short(grade)) for grade, least in zip(GRADES[1:], thresholds, strict=True)]
    bar = stacked(
        pieces,
        marks,
        full,
        f"{told['score']:.3f}",
        "Contributions: " + ", ".join(piece.title for piece in pieces) + f". Together {told['score']:.3f}.",
    )
    rows = [_factor_row(graded, factor, line) for factor, line in zip(graded.factors, told["factors"], strict=True)]
    return section(
        "Where the score comes from",
        element(
            "p",
            "Each factor earns a part of its weight. The parts add up to the score; the marks are where grades begin. "
            "Percentages compare with the accounts that the methodology was fitted to.",
        ),
        bar,
        element(
            "table",
            element("thead", element("tr", element("th", "Factor"), element("td", "adds"))),
            element("tbody", rows),
            element(
                "tfoot",
                element("tr", element("th", "Score"), element("td", f"{told['score']:.3f}")),
            ),
        ),
    )


def _factor_row(graded: Grade, factor: Factor, line: dict[str, Any]) -> Html:
    swatch = element("i", class_=f"swatch {_colour(factor)}")
    title = joined(swatch, line["name"], " ", _chinese(line["label"]))
    if line["value"] is None:
        words = element("small", "not known: weighs nothing, the others share its weight")
        return element("tr", element("th", title, words), element("td", "–"), class_="off")
    standing = "" if line["percentile"] is None else f" · higher than {_percent(line['percentile'])}"
    most = line["weight"] * 100
    words = element("small", f"{figure(line['value'])} {_unit(line, graded)}{standing}")
    share = line["contribution"] / most if most else 0
    return element(
        "tr",
        element("th", title, words, meter(share, _colour(factor))),
        element("td", element("b", f"{line['contribution']:.3f}"), element("small", f"of {most:.2f}")),
    )


def _unit(line: dict[str, Any], graded: Grade) -> str:
    if line["name"] != "followers":
        return str(line["unit"])
    known = graded.evidence.active_followers is not None
    before = graded.evidence.counted_followers
    kind = "active followers" if known else "followers (active ones not known)"
    if graded.counted.counted_followers == before:
        return kind
    return f"of {before:,} {kind} count: the others came faster than followers come, and nobody reads them"


def _missing(told: dict[str, Any]) -> Html:
    confidence = told["confidence"]
    lacking = [
        element(
            "li",
            element("b", line["name"], " ", _chinese(line["label"])),
            ": " + ", ".join(WORDS.get(name, name.replace("_", " ")) for name in line["evidence"]["unknown"]),
        )
        for line in told["factors"]
        if line["evidence"]["unknown"]
    ]
    return section(
        f"Confidence {confidence:.0%}",
        meter(confidence, "f3", f"{confidence:.0%} of the evidence is known"),
        element(
            "p",
            "What is not known lowers the confidence and is never read as zero. It comes with the next figures of the network, "
            "with orders on this market, or from the owner.",
        )
        if lacking
        else element("p", "Everything the methodology asks for is known."),
        joined(element("p", "Not known:"), element("ul", lacking)) if lacking else None,
    )


def _next(graded: Grade, told: dict[str, Any]) -> Html:
    wanted = told["next"]
    threshold = graded.methodology.thresholds[graded.rank - 2] if graded.rank > 1 else None
    kept = None
    if threshold is not None:
        least = (threshold - graded.methodology.margin) / POINT
        kept = element("p", f"The present grade is kept until the score falls below {least:.3f}.", class_="soft")
    if wanted is None:
        return section("There is no higher grade", element("p", "A diamond is the highest there is."), kept)
    name = "a diamond" if wanted["grade"] == GRADES[-1] else _name(wanted["grade"])
    units = {line["name"]: line["unit"] for line in told["factors"]} | {"followers": "followers that count"}
    rows = [_way(line, units[line["name"]]) for line in wanted["by_factor"]]
    alone = (
        joined(
            element(
                "p",
                "Any one of these alone is enough, all else equal; together less will do."
                if len(rows) > 1
                else "One figure alone is enough, all else equal:",
            ),
            element("table", element("tbody", rows)),
        )
        if rows
        else element("p", "No single figure can do it alone: several have to rise together.")
    )
    return section(
        f"What {name} {'need' if name.endswith('s') else 'needs'}",
        element(
            "p", element("b", f"{wanted['missing_points']:.3f} points"), f" more, for a score of {wanted['score']:.3f}."
        ),
        alone,
        kept,
    )


def _way(line: dict[str, Any], unit: str) -> Html:
    """One factor that can do it alone: from where to where."""
    reached = at_least(line["to"], whole=line["name"] in WHOLE)
    more = at_least(line["to"] - line["from"], whole=line["name"] in WHOLE)
    return element(
        "tr",
        element("th", line["name"], element("small", unit)),
        element("td", figure(line["from"]), " → ", element("b", reached), element("small", f"{more} more")),
    )


def _prices(told: dict[str, Any]) -> Html:
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
            element("th", one["kind"], element("small", _day(one["ended_at"]))),
            element("td", element("b", _yuan(one["price"])), _modelled(one["modelled"])),
        )
        for one in orders
    ]
    return element("details", element("summary", "The newest paid orders"), element("table", element("tbody", rows)))


def _modelled(price: Money | None) -> Html | None:
    return None if price is None else element("small", f"model {_yuan(price)}")


def _price_row(kind: str, one: dict[str, Any], per_thousand: Money | None, least: int, most: int) -> Html:
    low, mid, high = one["low"], one["mid"], one["high"]
    says = f"{kind}: {_yuan(low)} to {_yuan(high)}, advised {_yuan(mid)}"
    reads = element("small", f"{_yuan(per_thousand)} per 1,000 reads") if per_thousand else None
    return element(
        "tr",
        element(
            "th",
            kind,
            " ",
            _chinese({"post": "直发", "repost": "转发"}[kind]),
            band(low.amount, mid.amount, high.amount, least, most, says),
            element("small", f"{_yuan(low)} to {_yuan(high)}"),
        ),
        element("td", element("b", _yuan(mid)), reads),
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


def _history(changes: Sequence[Moved], older: int, now: datetime) -> Html:
    rows = [
        element(
            "tr",
            element("th", _name(change.grade), " ", _chinese(LABELS[change.grade]), element("small", _cause(change))),
            element("td", f"{change.score:.3f}", element("small", _day(change.at))),
        )
        for change in changes
    ]
    more = element("p", f"{older:,} older changes are in the API.", class_="soft") if older else None
    return section("History", _stairs(changes, now), element("table", element("tbody", rows)), more)


def _stairs(changes: Sequence[Moved], now: datetime) -> Html | None:
    """The way of the grade; nothing while it has only one step."""
    if len(changes) < 2:
        return None
    ordered = list(reversed(changes))
    heights = [_height(change) for change in ordered]
    steps = [
        Step(
            change.at.timestamp(),
            height,
            f"{_day(change.at)}: {_name(change.grade)}, {change.score:.3f}, {_cause(change)}",
            "new" if change.cause == "methodology" else "",
        )
        for change, height in zip(ordered, heights, strict=True)
    ]
    lowest, highest = max(floor(min(heights)), 0), min(floor(max(heights)) + 1, len(GRADES))
    lines = [
        Mark(height, _short(GRADES[height]) if height < len(GRADES) else "") for height in range(lowest, highest + 1)
    ]
    says = "; ".join(step.title for step in steps)
    return joined(
        stairs(steps, now.timestamp(), lines, (_day(ordered[0].at), _day(now)), says),
        element(
            "p",
            "How far the score was between one grade and the next, by the methodology of its day."
            + (" A hollow dot is a change of methodology." if any(step.kind for step in steps) else ""),
            class_="soft",
        ),
    )


def _height(change: Moved) -> float:
    """0 to 1 within one star, 1 to 2 within two … by the thresholds of the version: so that versions can be compared."""
    rank = GRADES.index(change.grade)
    methodology = published(change.version)
    assert methodology is not None, "a published version stays"
    starts = (0, *methodology.thresholds, 100 * POINT)
    within = (change.score * POINT - starts[rank]) / (starts[rank + 1] - starts[rank])
    return rank + min(max(within, 0), 0.99)


def _check(graded: Grade, told: dict[str, Any]) -> Html:
    version = quote(told["methodology_version"])
    return section(
        "Check it yourself",
        element(
            "p",
            "The grade is arithmetic in whole numbers: the figures below and the published methodology give anyone the same "
            "digits. It cannot be set by hand or bought.",
        ),
        element(
            "ol",
            element(
                "li",
                "Take methodology ",
                element("a", told["methodology_version"], href=f"../v1/grading/methodology?version={version}"),
                ": every weight, curve and threshold. It never changes once it is published.",
            ),
            element(
                "li", "Look up what each figure earns of its weight; contribution = weight × points ÷ all weights."
            ),
            element(
                "li",
                "Add up. The highest grade whose threshold the sum reaches is the grade; one that the account has is kept until "
                f"the sum falls {graded.methodology.margin / POINT:g} below it.",
            ),
        ),
        element(
            "details",
            element("summary", "Or let the market's own program do it (Python 3.11 or newer, nothing to install)"),
            element("p", "In a folder with the source code:"),
            element("pre", recomputation(graded)),
        ),
        *[_sign_table(line) for line in told["factors"] if "signs" in line and line["value"] is not None],
    )


def recomputation(graded: Grade) -> str:
    """A command for a shell that computes this grade from its evidence and prints it, with the program's source code only."""
    arguments = f"evidence, published({graded.methodology.version!r}), {graded.category!r}, {graded.held!r}"
    figures = ",\n".join(f"    {name!r}: {value!r}" for name, value in graded.evidence.as_json().items())
    return (
        "python3 - <<'END'\n"
        "from chalicelib.grading.evidence import Evidence\n"
        "from chalicelib.grading.grade import grade\n"
        "from chalicelib.grading.methodology import published\n\n"
        f"evidence = Evidence.from_json({{\n{figures},\n}})\n"
        f"found = grade({arguments})\n"
        "for factor in found.factors:\n"
        "    print(factor.rule.name, factor.contribution / 1000)\n"
        "print(found.grade, found.score / 1000)\n"
        "END"
    )


def _sign_table(line: dict[str, Any]) -> Html:
    """The signs that a factor is made of, the known ones with what each does."""
    rows = [
        element(
            "tr",
            element("th", WORDS.get(sign["name"], sign["name"]), " ", _chinese(sign["label"])),
            element("td", "not known" if sign["value"] is None else _sign_value(sign)),
            element("td", "" if sign["effect"] is None else f"{sign['effect']:+.3f}"),
            class_="off" if sign["value"] is None else None,
        )
        for sign in line["signs"]
    ]
    effect = "log odds" if line["name"] == "quality" else "share"
    head = element("thead", element("tr", element("th", "Sign"), element("td", "value"), element("td", effect)))
    return element(
        "details",
        element("summary", f"The signs behind {line['name']}"),
        element("table", head, element("tbody", rows)),
    )


def _sign_value(sign: dict[str, Any]) -> str:
    is_share = FIGURES.get(sign["name"], ("", 0))[1] == PPM
    return f"{sign['value']:.1%}" if is_share else figure(sign["value"])


def _contest(shown: Shown) -> Html:
    days = rules().grade_appeal.days
    return section(
        "If a figure is wrong",
        element(
            "p",
            "The owner of the account can appeal each grade once, with the corrected figures. An auditor decides within "
            f"{days} working days whether they stand, and the grade is computed anew from what stands then. "
            "Nobody, not even the auditor, sets a grade.",
        ),
        element(
            "pre",
            f"POST /v1/accounts/{shown.account_id}/grade/appeals\n"
            '{"reason": "…", "evidence": {"reads_avg_30d": 52000}}',
        ),
    )


def _dates(shown: Shown) -> str:
    measured, graded = clock.parse(shown.graded.evidence.as_of), shown.told["graded_at"]
    return f"Figures as of {_day(measured)}, graded {_day(graded)} by methodology {shown.graded.methodology.version}."


def _foot(shown: Shown, now: datetime) -> Html:
    return joined(
        element("p", f"Shown {clock.rfc3339(now)}. Days are UTC. Account ", element("code", shown.account_id), "."),
        element("p", element("a", "The API for people", href="../docs")),
    )


def figure(value: float) -> str:
    """A figure for people: `300,000`, `64,747`, `436.3`, `9.52`, `0.083`."""
    digits = _digits(value)
    return f"{value:,.{digits}f}"


def at_least(value: float, whole: bool = False) -> str:
    """The figure rounded up, for it has to be reached; `whole`: to a whole number."""
    digits = 0 if whole else _digits(value)
    return f"{ceil(round(value * 10**digits, 6)) / 10**digits:,.{digits}f}"


def _digits(value: float) -> int:
    if value == int(value) or abs(value) >= 1_000:
        return 0
    return max(3 - max(floor(log10(abs(value))) + 1, 1), 1) if abs(value) >= 1 else 3


def _percent(value: float) -> str:
    return f"{value:.0f}%" if 1 <= value <= 99 else f"{value:.1f}".removesuffix(".0") + "%"


def _yuan(money: Money) -> str:
    amount = f"{money.amount // 100:,}" if money.amount % 100 == 0 else f"{money.amount / 100:,.2f}"
    return f"¥{amount}" if money.currency == "CNY" else f"{amount} {money.currency}"


def _name(grade: str) -> str:
    """`one star`, `two stars`, … `diamond`."""
    number, _, star = grade.partition("_")
    return number if not star else f"{number} {star}" if number == "one" else f"{number} {star}s"


def _short(grade: str) -> str:
    return "◆" if grade == GRADES[-1] else f"{GRADES.index(grade) + 1}★"


def _chinese(label: str) -> Html:
    return element("span", label, lang="zh", class_="soft")


def _colour(factor: Factor) -> str:
    return COLOURS.get(factor.rule.name, "")


def _cause(change: Moved) -> str:
    cause = change.cause.partition(" ")[0]
    return "an appeal was granted" if cause == "appeal" else CAUSES.get(cause, cause)


def _day(moment: datetime) -> str:
    return clock.rfc3339(moment)[:10]
