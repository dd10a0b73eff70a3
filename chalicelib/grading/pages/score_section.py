"""What the score is made of, what is not known, and what the next grade needs: parts of the page of a grade. Pure."""

from __future__ import annotations

from typing import Any

from chalicelib.grading.model.grade import POINT, Factor, Grade
from chalicelib.grading.model.methodology import GRADES
from chalicelib.grading.pages.wording import WHOLE, WORDS, at_least, chinese, colour, figure, name_of, percent, short
from chalicelib.html.chart import Mark, Piece, meter, stacked
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import section


def contributions(graded: Grade, told: dict[str, Any]) -> Html:
    """The bar of contributions under the thresholds of the grades, and the same as a table that adds up."""
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
    swatch = element("i", class_=f"swatch {colour(factor)}")
    title = joined(swatch, line["name"], " ", chinese(line["label"]))
    if line["value"] is None:
        words = element("small", "not known: weighs nothing, the others share its weight")
        return element("tr", element("th", title, words), element("td", "–"), class_="off")
    standing = "" if line["percentile"] is None else f" · higher than {percent(line['percentile'])}"
    most = line["weight"] * 100
    words = element("small", f"{figure(line['value'])} {_unit(line, graded)}{standing}")
    share = line["contribution"] / most if most else 0
    return element(
        "tr",
        element("th", title, words, meter(share, colour(factor))),
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


def unknown(told: dict[str, Any]) -> Html:
    """The confidence, and what is not known, factor by factor."""
    confidence = told["confidence"]
    lacking = [
        element(
            "li",
            element("b", line["name"], " ", chinese(line["label"])),
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


def next_grade(graded: Grade, told: dict[str, Any]) -> Html:
    """What the next grade needs, and until when the present one is kept."""
    wanted = told["next"]
    threshold = graded.methodology.thresholds[graded.rank - 2] if graded.rank > 1 else None
    kept = None
    if threshold is not None:
        least = (threshold - graded.methodology.margin) / POINT
        kept = element("p", f"The present grade is kept until the score falls below {least:.3f}.", class_="soft")
    if wanted is None:
        return section("There is no higher grade", element("p", "A diamond is the highest there is."), kept)
    name = "a diamond" if wanted["grade"] == GRADES[-1] else name_of(wanted["grade"])
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
