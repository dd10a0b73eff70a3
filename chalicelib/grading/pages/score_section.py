"""The composition of the score, unknown figures, and what the next grade needs: sections of the grade page. Pure."""

from __future__ import annotations

from chalicelib.grading import response_types
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.factors import PPM
from chalicelib.grading.model.grade import POINT, Factor, Grade
from chalicelib.grading.model.methodology import GRADES
from chalicelib.grading.pages.wording import (
    WHOLE,
    WORDS,
    at_least,
    chinese,
    colour,
    figure,
    is_rising,
    lacks_reads,
    name_of,
    percent,
    short,
    truly_unknown,
)
from chalicelib.html.chart import Mark, Piece, meter, stacked
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import section

ENOUGH = PPM // 2
"""With less of the evidence of quality, the page states no judgement."""


def contributions(graded: Grade, response: response_types.AccountGrade) -> Html:
    """Return the section with the bar of contributions, the thresholds of the grades, and a table that adds up to the score."""
    thresholds = graded.methodology.thresholds
    full = max(thresholds[-1] * 1.06, graded.score * 1.12)
    pieces = [
        Piece(factor.contribution, colour(factor), f"{factor.rule.name}: {factor.contribution / POINT:.3f}")
        for factor in graded.factors
        if factor.contribution
    ]
    marks = [Mark(least, short(grade)) for grade, least in zip(GRADES[1:], thresholds, strict=True)]
    bar = stacked(
        pieces,
        marks,
        full,
        f"{response['score']:.3f}",
        "Contributions: " + ", ".join(piece.title for piece in pieces) + f". Together {response['score']:.3f}.",
    )
    rows = [_factor_row(graded, factor, line) for factor, line in zip(graded.factors, response["factors"], strict=True)]
    return section(
        "Where the score comes from",
        element(
            "p",
            "Each factor adds points, up to the maximum in the right column. The points add up to the score. The marks below the "
            "bar show where each grade begins.",
        ),
        bar,
        element(
            "table",
            element("thead", element("tr", element("th", "Factor"), element("td", "points"))),
            element("tbody", rows),
            element(
                "tfoot",
                element("tr", element("th", "Score"), element("td", f"{response['score']:.3f}")),
            ),
        ),
    )


def _factor_row(graded: Grade, factor: Factor, line: response_types.Factor) -> Html:
    swatch = element("i", class_=f"swatch {colour(factor)}")
    title = joined(swatch, line["name"], " ", chinese(line["label"]))
    if line["evidence"]["missing"] and not factor.contribution:
        words = "Not enough evidence to judge." if line["name"] == "quality" else "Not known."
        words += " It adds nothing."
        if not is_rising(graded):
            words = words.removesuffix(".") + ", and its maximum goes to the other factors."
        return element("tr", element("th", title, element("small", words)), element("td", "–"), class_="off")
    most = line["weight"] * 100
    share = line["contribution"] / most if most else 0
    return element(
        "tr",
        element("th", title, element("small", _words(line, factor, graded)), meter(share, colour(factor))),
        element("td", element("b", f"{line['contribution']:.3f}"), element("small", f"of {most:.2f}")),
    )


def _words(line: response_types.Factor, factor: Factor, graded: Grade) -> str:
    """Return the value of a factor and the group that it is compared with, in words."""
    value = line["value"] or 0.0
    match line["name"]:
        case "quality":
            return _quality(line, factor)
        case "demand":
            category = f"Points for the category {graded.category}" if graded.category else "No category is confirmed"
            return f"{category}; {STANDINGS[graded.evidence.standing]}"
        case "conduct":
            orders = graded.evidence.orders_90d
            from_orders = "" if orders is None else f", from {_number(orders, 'order')} in 90 days"
            return f"{figure(value)}% of a perfect record{from_orders}"
        case "reach" if line["evidence"]["missing"]:
            measured = graded.evidence.reads_avg_30d
            if measured is None:
                return f"Not known. It counts as {figure(value)} reads per post, few for this number of followers."
            words = f"{figure(measured)} reads per post, not confirmed. They count as {figure(value)}"
            return words + ", few for this number of followers."
        case "reach":
            words = _reads(value, graded.evidence)
        case "engagement":
            measured = graded.evidence.interactions_per_post
            words = _counted_as(value, measured, UNITS["engagement"], "for the reads that count")
        case "balance":
            return f"{figure(value)}, the smaller of the followers and eight times the reads that count"
        case "followers":
            words = _followers(value, graded)
        case "originality":
            words = f"{figure(value)}% of posts are original"
        case _:
            words = f"{figure(value)} {UNITS.get(line['name'], str(line['unit']))}"
    percentile, group = line["percentile"], line.get("compared_with")
    return words if percentile is None or group is None else f"{words} · {_place(percentile)} {group}"


def _place(percentile: float) -> str:
    """Return `more than 69% of`, in words for a value that nearly no account of the comparison exceeds or is below."""
    if percentile < 0.1:
        return "among the lowest of"
    return "more than nearly all" if percentile > 99.9 else f"more than {percent(percentile)} of"


STANDINGS = {
    "popular": "another market lists the account among the most wanted",
    "accepting": "the account accepted every order of another market last week",
    "ordinary": "the account has no special standing on another market",
    "": "the account's standing on another market is not known",
}
"""The standing of an account in words."""
UNITS = {
    "reach": "reads per post",
    "engagement": "reposts, comments and likes per post",
    "activity": "posts in 30 days",
    "regularity": "days with a post in 30 days",
}


def _quality(line: response_types.Factor, factor: Factor) -> str:
    """Return how much evidence there is about posts and profile. No chance of being honest is shown to the public: it was fitted
    to labelled accounts of 2014, and a single account can be very unlike them."""
    if factor.earned.known < ENOUGH:
        return "Not enough evidence to judge posts and profile."
    signs = line.get("signs", [])
    known = sum(sign["value"] is not None for sign in signs)
    return f"{known} of {len(signs)} signs about posts and profile are known. Signs of spam lower the points."


def _followers(value: float, graded: Grade) -> str:
    evidence = graded.evidence
    before = (evidence.followers_shown or evidence.followers) if is_rising(graded) else evidence.counted_followers
    active = evidence.active_followers is not None and not is_rising(graded)
    kind = "active followers" if active else "followers"
    if value >= before:
        return f"{value:,.0f} {kind}"
    words = f"{value:,.0f} of {before:,} {kind} count"
    if not is_rising(graded):
        return words + "; the others came too fast, or too few people read the posts"
    if value < evidence.followers:
        return words + ", the most for the reads that count"
    return words + "; the others were gained faster than a fifth in 30 days"


def _reads(value: float, evidence: Evidence) -> str:
    measured = evidence.reads_avg_30d
    limit = "for this number of followers"
    if evidence.unconfirmed_since is not None and measured is not None and value < measured:
        limit = "until more are confirmed"
    return _counted_as(value, measured, "reads per post", limit)


def _counted_as(value: float, measured: float | None, unit: str, limit: str) -> str:
    """Return the measured figure, and the counted one if that is another."""
    words = f"{figure(measured if measured is not None else value)} {unit}"
    if measured is None or abs(value - measured) < 0.001:
        return words
    return f"{words}; {figure(value)} count, the {'least' if value > measured else 'most'} {limit}"


def _number(count: int, noun: str) -> str:
    return f"one {noun}" if count == 1 else f"{count:,} {noun}s"


def unknown(graded: Grade, response: response_types.AccountGrade) -> Html:
    """Return the section with the confidence and the unknown figures of each factor."""
    confidence = response["confidence"]
    lacking = [
        (line, names)
        for line in response["factors"]
        if (names := truly_unknown(line["evidence"].get("unknown", []), graded.evidence))
    ]
    rows = [
        element(
            "li",
            element("b", line["name"], " ", chinese(line["label"])),
            ": " + "; ".join(WORDS.get(name, name.replace("_", " ")) for name in names),
        )
        for line, names in lacking
    ]
    return section(
        f"Confidence {confidence:.0%}",
        meter(confidence, "f3", f"{confidence:.0%} of the evidence is known"),
        element(
            "p",
            "Confidence is the known part of the evidence, weighted by what its factors can add. "
            + (
                "A figure that is not known counts as the least that a known one can, so hiding a figure never helps. "
                if is_rising(graded)
                else "A figure that is not known does not count as zero. "
            )
            + "A figure becomes known when the network shows it, through orders on this market, or from the operator."
            + (" Reads count when the operator or an auditor has confirmed them." if lacks_reads(graded) else ""),
        )
        if rows
        else element("p", "All figures of the methodology are known."),
        joined(element("p", "Not known:"), element("ul", rows)) if rows else None,
    )


def next_grade(graded: Grade, response: response_types.AccountGrade) -> Html:
    """Return the section with what the next grade needs, and the score below which the account loses its present grade."""
    wanted = response["next"]
    threshold = graded.methodology.thresholds[graded.rank - 2] if graded.rank > 1 else None
    lower_limit = None
    if threshold is not None:
        least = (threshold - graded.methodology.margin) / POINT
        lower_limit = element(
            "p", f"The account loses its present grade only when the score falls below {least:.3f}.", class_="soft"
        )
    if wanted is None:
        return section("There is no higher grade", element("p", "A diamond is the highest grade."), lower_limit)
    name = "a diamond" if wanted["grade"] == GRADES[-1] else name_of(wanted["grade"])
    rows = [_way(line) for line in wanted["by_factor"]]
    alone = (
        joined(
            element(
                "p",
                "One of these figures is enough if the others stay as they are. If several rise, each needs less."
                if len(rows) > 1
                else "This figure is enough if the others stay as they are:",
            ),
            element("table", element("tbody", rows)),
        )
        if rows
        else element("p", "No single figure is enough. Several have to rise.")
    )
    return section(
        f"What {name} {'need' if name.endswith('s') else 'needs'}",
        element(
            "p", element("b", f"{wanted['missing_points']:.3f} more points"), f", for a score of {wanted['score']:.3f}."
        ),
        alone,
        lower_limit,
    )


def _way(line: response_types.Needed) -> Html:
    """Return the row of one factor that is enough alone: from which value to which."""
    start = line["from"] or 0.0
    whole = line["name"] in WHOLE
    unit = {**UNITS, "reach": "confirmed reads per post", "originality": "per cent of posts that are original"}
    return element(
        "tr",
        element("th", line["name"], element("small", unit.get(line["name"], ""))),
        element(
            "td",
            figure(start),
            " → ",
            element("b", at_least(line["to"], whole=whole)),
            element("small", f"{at_least(line['to'] - start, whole=whole)} more"),
        ),
    )
