"""The composition of the score, unknown figures, and what the next grade needs: sections of the grade page. Pure."""

from __future__ import annotations

from chalicelib.grading import responses
from chalicelib.grading.model.grade import POINT, Factor, Grade
from chalicelib.grading.model.methodology import GRADES
from chalicelib.grading.pages.wording import WHOLE, WORDS, at_least, chinese, colour, figure, name_of, percent, short
from chalicelib.html.chart import Mark, Piece, meter, stacked
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import section


def contributions(graded: Grade, response: responses.AccountGrade) -> Html:
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
            "Each factor earns a part of its weight. The parts add up to the score; the marks show where grades begin. "
            "Percentages compare the account with the accounts that the methodology was fitted to.",
        ),
        bar,
        element(
            "table",
            element("thead", element("tr", element("th", "Factor"), element("td", "adds"))),
            element("tbody", rows),
            element(
                "tfoot",
                element("tr", element("th", "Score"), element("td", f"{response['score']:.3f}")),
            ),
        ),
    )


def _factor_row(graded: Grade, factor: Factor, line: responses.Factor) -> Html:
    swatch = element("i", class_=f"swatch {colour(factor)}")
    title = joined(swatch, line["name"], " ", chinese(line["label"]))
    if line["value"] is None:
        words = element("small", "not known: has no weight, the other factors share it")
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


def _unit(line: responses.Factor, graded: Grade) -> str:
    if line["name"] != "followers":
        return str(line["unit"])
    known = graded.evidence.active_followers is not None
    before = graded.evidence.counted_followers
    kind = "active followers" if known else "followers (active ones not known)"
    if graded.counted.counted_followers == before:
        return kind
    return f"of {before:,} {kind} count: the others were gained unusually fast, without matching reads"


def unknown(response: responses.AccountGrade) -> Html:
    """Return the section with the confidence and the unknown figures of each factor."""
    confidence = response["confidence"]
    lacking = [
        element(
            "li",
            element("b", line["name"], " ", chinese(line["label"])),
            ": " + ", ".join(WORDS.get(name, name.replace("_", " ")) for name in line["evidence"]["unknown"]),
        )
        for line in response["factors"]
        if line["evidence"]["unknown"]
    ]
    return section(
        f"Confidence {confidence:.0%}",
        meter(confidence, "f3", f"{confidence:.0%} of the evidence is known"),
        element(
            "p",
            "Unknown figures lower the confidence and never count as zero. They become known with new figures of the network, "
            "with orders on this market, or from the owner.",
        )
        if lacking
        else element("p", "All figures of the methodology are known."),
        joined(element("p", "Not known:"), element("ul", lacking)) if lacking else None,
    )


def next_grade(graded: Grade, response: responses.AccountGrade) -> Html:
    """Return the section with what the next grade needs, and the score below which the account loses its present grade."""
    wanted = response["next"]
    threshold = graded.methodology.thresholds[graded.rank - 2] if graded.rank > 1 else None
    lower_limit = None
    if threshold is not None:
        least = (threshold - graded.methodology.margin) / POINT
        lower_limit = element(
            "p", f"The account keeps its grade until the score falls below {least:.3f}.", class_="soft"
        )
    if wanted is None:
        return section("There is no higher grade", element("p", "A diamond is the highest grade."), lower_limit)
    name = "a diamond" if wanted["grade"] == GRADES[-1] else name_of(wanted["grade"])
    units = {line["name"]: line["unit"] for line in response["factors"]} | {"followers": "followers that count"}
    rows = [_way(line, units[line["name"]]) for line in wanted["by_factor"]]
    alone = (
        joined(
            element(
                "p",
                "Any one of these figures alone is enough, all else equal; several together need less."
                if len(rows) > 1
                else "One figure alone is enough, all else equal:",
            ),
            element("table", element("tbody", rows)),
        )
        if rows
        else element("p", "No single figure is enough: several have to rise together.")
    )
    return section(
        f"What {name} {'need' if name.endswith('s') else 'needs'}",
        element(
            "p", element("b", f"{wanted['missing_points']:.3f} points"), f" more, for a score of {wanted['score']:.3f}."
        ),
        alone,
        lower_limit,
    )


def _way(line: responses.Needed, unit: str) -> Html:
    """Return the row of one factor that is enough alone: from which value to which."""
    start = line["from"] or 0.0
    reached = at_least(line["to"], whole=line["name"] in WHOLE)
    more = at_least(line["to"] - start, whole=line["name"] in WHOLE)
    return element(
        "tr",
        element("th", line["name"], element("small", unit)),
        element("td", figure(start), " → ", element("b", reached), element("small", f"{more} more")),
    )
