"""The page of a grade for people: score, confidence, next grade, prices, history, how to recompute it and how to appeal. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.core import clock
from chalicelib.core.regions.region import region
from chalicelib.core.rules import rules
from chalicelib.grading.model.grade import POINT, Grade
from chalicelib.grading.model.methodology import GRADES, LABELS, in_force
from chalicelib.grading.pages.history_section import HistoryEntry, history
from chalicelib.grading.pages.prices_section import prices
from chalicelib.grading.pages.score_section import contributions, next_grade, unknown
from chalicelib.grading.pages.verify_section import verification
from chalicelib.grading.pages.wording import chinese, day, lacks_reads, name_of, percent
from chalicelib.grading.response_types import AccountGrade
from chalicelib.html.chart import diamond, stars
from chalicelib.html.markup import Html, element, joined
from chalicelib.html.page_frame import page, section


class PageContent(NamedTuple):
    """The content of the page. `response` is the response of `GET /v1/accounts/{id}/grade`; `listed`: the search shows
    the account."""

    account_id: str
    network: str
    handle: str
    category: str | None
    graded: Grade
    response: AccountGrade
    listed: bool = True


def grade_page(content: PageContent, changes: Sequence[HistoryEntry], older: int, now: datetime) -> str:
    """Return the page. `changes` are newest first, beginning with the present grade; `older` is how many earlier ones exist."""
    graded, response = content.graded, content.response
    return page(
        f"{content.handle} · {name_of(graded.grade)}",
        "en",
        _head(content),
        contributions(graded, response),
        unknown(graded, response),
        next_grade(graded, response),
        prices(graded, response, changes),
        history(changes, older, now),
        verification(graded, response),
        _appeal(content),
        foot=_foot(content, now),
    )


def ungraded_page(account_id: str, network: str, handle: str, category: str | None) -> str:
    """Return the page of an account that has not been measured yet."""
    return page(
        f"{handle} · not graded yet",
        "en",
        _title(network, handle, category),
        section(
            "Not graded yet",
            element(
                "p", "The market has no figures of this account yet. It is graded as soon as its network shows them."
            ),
        ),
        foot=element("p", "Account ", element("code", account_id)),
    )


def _title(network: str, handle: str, category: str | None) -> Html:
    named = element("span", category, lang=region().category_language) if category else None
    about = joined(network, " · ", named) if named else joined(network)
    return element("header", element("p", about, class_="kicker"), element("h1", element("bdi", handle)))


def _head(content: PageContent) -> Html:
    graded, response = content.graded, content.response
    name = name_of(graded.grade)
    badge = diamond(name) if graded.rank == len(GRADES) else stars(graded.rank, len(GRADES) - 1, name)
    percentile = response["percentile_in_category"]
    facts = [
        ("Score", f"{response['score']:.3f}", f"a diamond needs {graded.methodology.thresholds[-1] / POINT:.3f}"),
        ("Confidence", f"{graded.confidence}%", "of the evidence is known"),
    ]
    if percentile is not None:
        facts.insert(1, ("Higher than", percent(percentile), f"of {response['percentile_compared_with']}"))
    newest = in_force().version
    behind = element(
        "p", f"Methodology {newest} has come into force since; the next regrade applies it.", class_="notice"
    )
    return joined(
        _title(content.network, content.handle, content.category),
        element("div", badge, element("span", name, " ", chinese(LABELS[graded.grade]), class_="name"), class_="grade"),
        element("dl", [_fact(*fact) for fact in facts], class_="facts"),
        element("p", element("small", _dates(content))),
        None
        if content.listed
        else element(
            "p", "The market does not list this account: it is not admitted yet, or no longer.", class_="notice"
        ),
        behind if newest != graded.methodology.version else None,
    )


def _fact(name: str, value: str, remark: str) -> Html:
    return element("div", element("dt", name), element("dd", value, element("small", remark)))


def _appeal(content: PageContent) -> Html:
    days = rules().grade_appeal.days
    return section(
        "If a figure is wrong",
        element(
            "p",
            "The owner of the account can appeal each grade once, with corrected figures. An auditor accepts or rejects them "
            f"within {days} working days. The grade is then computed again from the accepted figures. "
            "No one can set a grade directly, not even an auditor."
            + (
                " Statistics that the network shows to the owner can prove the reads."
                if lacks_reads(content.graded)
                else ""
            ),
        ),
        element(
            "pre",
            f"POST /v1/accounts/{content.account_id}/grade/appeals\n"
            '{"reason": "…", "evidence": {"reads_avg_30d": 52000}}',
        ),
    )


def _dates(content: PageContent) -> str:
    measured, graded = clock.parse(content.graded.evidence.as_of), content.response["graded_at"]
    return f"Figures as of {day(measured)}, graded {day(graded)} by methodology {content.graded.methodology.version}."


def _foot(content: PageContent, now: datetime) -> Html:
    return joined(
        element(
            "p",
            f"This page was made at {clock.rfc3339(now)}. Days are UTC. Account ",
            element("code", content.account_id),
            ".",
        ),
        element("p", element("a", "API documentation", href="../docs")),
    )
