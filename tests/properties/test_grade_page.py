"""Every account has a page: valid markup, contributions that add up to the score."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core import clock
from chalicelib.grading.assessment import assess
from chalicelib.grading.grade_responses import grade_response
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import GRADES, published, versions
from chalicelib.grading.pages.grade_page import PageContent, grade_page
from chalicelib.grading.pages.history_section import HistoryEntry
from chalicelib.grading.records import GradedAccount

NOW = datetime(2026, 11, 23, tzinfo=UTC)
COUNT = st.none() | st.integers(0, 10**11)
AVERAGE = st.none() | st.floats(0, 1e11)
SHARE = st.none() | st.floats(0, 1)
TRUTH = st.none() | st.booleans()
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
FIGURES: dict[str, Any] = {
    **dict.fromkeys(
        ("active_followers", "posts_30d", "following", "posts_total", "counted_before", "paid_orders"), COUNT
    ),
    **dict.fromkeys(("reads_avg_30d", "reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"), AVERAGE),
    **dict.fromkeys(
        ("originals_share", "duplicates_share", "top_reactors_share", "acceptance_rate", "kept_share"), SHARE
    ),
    **dict.fromkeys(("organisation", "popular", "accepted_all_last_week", "by_appointment"), TRUTH),
    "active_days_30d": st.none() | st.floats(0, 30),
    "reactions_variation": AVERAGE,
    "paid_bps": st.none() | st.integers(5_000, 20_000),
    "paid_advertisers": st.none() | st.integers(1, 100),
    "orders_90d": COUNT,
}
CHANGE = st.builds(
    HistoryEntry,
    st.integers(0, 1_000).map(lambda hours: NOW - timedelta(hours=hours)),
    st.sampled_from(GRADES),
    st.floats(0, 100),
    st.sampled_from(["metrics", "methodology", "appeal apl_x", "orders", "something new"]),
    st.sampled_from(versions()),
)


class Balanced(HTMLParser):
    """Fails unless every element is closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(
    st.fixed_dictionaries({"followers": st.integers(0, 10**11), **FIGURES}),
    TEXT,
    st.none() | st.sampled_from(["美食", "财经"]) | TEXT,
    st.sampled_from(versions()),
    st.lists(CHANGE, min_size=1, max_size=5),
)
@settings(max_examples=100, deadline=None)
def test_every_account_has_a_page(
    figures: dict[str, Any], handle: str, category: str | None, version: str, changes: list[HistoryEntry]
) -> None:
    evidence = Evidence("2026-11-20T00:00:00Z", counted_at="2026-10-20T00:00:00Z", **figures)
    made = assess(evidence, category, published(version))
    account = GradedAccount(
        "acc_x", "account", graded_at=clock.stamp(NOW), advised=made.attributes(None, None)["advised"]
    )
    response = grade_response(account, made.graded)
    changes.sort(key=lambda change: change.at, reverse=True)
    text = grade_page(PageContent("acc_x", "weibo", handle, category, made.graded, response), changes, 0, NOW)
    page = Balanced(text)
    assert not {"script", "img", "link"} & page.tags
    adds = re.findall(r"<td><b>([0-9.]+)</b><small>of [0-9.]+</small></td>", text)
    assert round(sum(float(one) for one in adds) * 1_000) == made.graded.score
    assert f"<th>Score</th><td>{response['score']:.3f}</td>" in text
    places = [float(place) for place in re.findall(r'(?:x|x1|x2|cx|width)="([0-9.-]+)%"', text)]
    assert all(-0.01 <= place <= 100.01 for place in places), "everything drawn lies on the page"
