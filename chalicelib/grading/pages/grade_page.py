"""A grade for people: the page that shows what it is made of, what is missing, what the next one needs, how it moved, what a
post is worth, and how to check or contest it. Pure: everything on it is in the graded account and its changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.grading.model.grade import POINT, Grade
from chalicelib.grading.model.methodology import GRADES, LABELS, in_force
from chalicelib.grading.pages.history_section import Moved, history
from chalicelib.grading.pages.prices_section import prices
from chalicelib.grading.pages.score_section import contributions, next_grade, unknown
from chalicelib.grading.pages.verify_section import check
from chalicelib.grading.pages.wording import chinese, day, name_of, percent
from chalicelib.html.chart import diamond, stars
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import page, section


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


def grade_page(shown: Shown, changes: Sequence[Moved], older: int, now: datetime) -> str:
    """The page. `changes` newest first, the present grade's at the head; `older` is how many more there are before them."""
    graded, told = shown.graded, shown.told
    return page(
        f"{shown.handle} · {name_of(graded.grade)}",
        "en",
        _head(shown),
        contributions(graded, told),
        unknown(told),
        next_grade(graded, told),
        prices(told),
        history(changes, older, now),
        check(graded, told),
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
    name = name_of(graded.grade)
    badge = diamond(name) if graded.rank == len(GRADES) else stars(graded.rank, len(GRADES) - 1, name)
    percentile, among = told["percentile_in_category"], told["percentile_among"]
    facts = [
        ("Score", f"{told['score']:.3f}", f"diamonds begin at {graded.methodology.thresholds[-1] / POINT:.3f}"),
        ("Confidence", f"{graded.confidence}%", "of the evidence is known"),
    ]
    if percentile is not None:
        facts.insert(1, ("Higher than", percent(percentile), f"of {among or 'all'} accounts"))
    newest = in_force().version
    behind = element(
        "p", f"Methodology {newest} has come into force since; the next regrade applies it.", class_="notice"
    )
    return joined(
        _title(shown.network, shown.handle, shown.category),
        element("div", badge, element("span", name, " ", chinese(LABELS[graded.grade]), class_="name"), class_="grade"),
        element("dl", [_fact(*fact) for fact in facts], class_="facts"),
        element("p", element("small", _dates(shown))),
        None
        if shown.listed
        else element("p", "The market does not list this account: not yet, or no more.", class_="notice"),
        behind if newest != graded.methodology.version else None,
    )


def _fact(name: str, value: str, remark: str) -> Html:
    return element("div", element("dt", name), element("dd", value, element("small", remark)))


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
    return f"Figures as of {day(measured)}, graded {day(graded)} by methodology {shown.graded.methodology.version}."


def _foot(shown: Shown, now: datetime) -> Html:
    return joined(
        element("p", f"Shown {clock.rfc3339(now)}. Days are UTC. Account ", element("code", shown.account_id), "."),
        element("p", element("a", "The API for people", href="../docs")),
    )
