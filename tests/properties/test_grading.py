"""Grades of any evidence: reach never lowers them, contributions add up, stored evidence gives the same digits."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.grading.assessment import Assessment, assess
from chalicelib.grading.grade_explanation import explain
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.carried_figures import FEW, carried, first
from chalicelib.grading.model.evidence import COUNTED_FIGURES, Evidence
from chalicelib.grading.model.grade import grade
from chalicelib.grading.model.methodology import GRADES, in_force
from chalicelib.grading.model.next_grade import NEEDS, needed_for_next
from chalicelib.grading.model.post_evidence import Post, evidence_of
from chalicelib.grading.model.rising import RisingPrice

counts = st.integers(0, 60_000_000)
averages = st.one_of(st.none(), st.floats(0, 60_000_000, allow_subnormal=False))
maybe_counts = st.one_of(st.none(), counts)
shares = st.one_of(st.none(), st.floats(0, 1))
truths = st.sampled_from([None, True, False])
categories = st.sampled_from([None, "?", *in_force().categories])
evidences = st.builds(
    Evidence,
    as_of=st.just("2026-11-20T00:00:00Z"),
    followers=counts,
    active_followers=st.one_of(st.none(), counts),
    reads_avg_30d=averages,
    posts_30d=st.one_of(st.none(), st.integers(0, 5_000)),
    reposts_avg_30d=averages,
    comments_avg_30d=averages,
    likes_avg_30d=averages,
    originals_share=shares,
    following=maybe_counts,
    registered_at=st.sampled_from([None, "2011-05-01"]),
    verified=truths,
    organisation=truths,
    posts_total=maybe_counts,
    earlier_followers=maybe_counts,
    earlier_following=maybe_counts,
    earlier_posts_total=maybe_counts,
    posts_seen=st.one_of(st.none(), st.integers(0, 100)),
    active_days_30d=st.one_of(st.none(), st.floats(0, 30)),
    duplicates_share=shares,
    links_share=shares,
    burst_share=shares,
    automated_share=shares,
    plain_reposts_share=shares,
    unconfirmed_since=st.sampled_from([None, "2026-11-01T00:00:00Z"]),
    reads_confirmed=averages,
    reactions_variation=st.one_of(st.none(), st.floats(0, 10)),
    copied_comments_share=shares,
    top_reactors_share=shares,
    popular=truths,
    accepted_all_last_week=truths,
    by_appointment=truths,
    market_stars=st.one_of(st.none(), st.integers(1, 6)),
    orders_90d=st.one_of(st.none(), st.integers(0, 500)),
    acceptance_rate=shares,
    on_time_share=shares,
    kept_share=shares,
    disputes_lost_share=shares,
)


def nothing_lower(less: Assessment, more: Assessment) -> None:
    assert more.graded.score >= less.graded.score
    assert more.graded.rank >= less.graded.rank
    for kind, band in less.prices.items():
        above = more.prices[kind]
        assert above.low >= band.low
        assert above.mid >= band.mid
        assert above.high >= band.high


@given(evidence=evidences, reads=st.floats(0, 60_000_000), more=st.floats(0, 60_000_000), category=categories)
def test_more_reads_never_lower_anything(evidence: Evidence, reads: float, more: float, category: str | None) -> None:
    less = replace(evidence, reads_avg_30d=reads)
    nothing_lower(assess(less, category), assess(replace(less, reads_avg_30d=reads + more), category))


@given(evidence=evidences, active=counts, more=counts, category=categories)
def test_more_active_followers_never_lower_anything(
    evidence: Evidence, active: int, more: int, category: str | None
) -> None:
    less = replace(evidence, active_followers=active)
    nothing_lower(assess(less, category), assess(replace(less, active_followers=active + more), category))


@given(evidence=evidences, more=counts, category=categories)
def test_more_followers_never_lower_anything(evidence: Evidence, more: int, category: str | None) -> None:
    """All else equal: the reactions too, though more are expected of a greater account."""
    less = replace(evidence, active_followers=None)
    nothing_lower(assess(less, category), assess(replace(less, followers=less.followers + more), category))


@given(evidence=evidences, reads=st.floats(0, 60_000_000), followers=counts, more=counts, category=categories)
def test_no_followers_are_too_many(
    evidence: Evidence, reads: float, followers: int, more: int, category: str | None
) -> None:
    """With every reaction known, from few followers to very many, across all size classes."""
    less = replace(
        evidence,
        followers=followers,
        active_followers=None,
        reads_avg_30d=reads,
        reposts_avg_30d=reads / 500,
        comments_avg_30d=reads / 900,
        likes_avg_30d=reads / 100,
    )
    nothing_lower(assess(less, category), assess(replace(less, followers=followers + more), category))


@given(evidence=evidences, category=categories)
def test_contributions_add_up_and_stay_within_their_weights(evidence: Evidence, category: str | None) -> None:
    graded = assess(evidence, category).graded
    assert sum(factor.contribution for factor in graded.factors) == graded.score
    assert 0 <= graded.score <= 100_000
    for factor in graded.factors:
        assert factor.percentile is None or factor.value is not None
        assert 0 <= factor.contribution <= 100_000
        assert factor.value is not None or factor.contribution == 0


@given(evidence=evidences, category=categories)
def test_stored_evidence_gives_the_same_digits_again(evidence: Evidence, category: str | None) -> None:
    first = assess(evidence, category)
    stored = json.loads(json.dumps(evidence.as_json()))
    again = assess(Evidence.from_json(stored), category)
    assert (again.evidence, again.graded, again.prices) == (evidence, first.graded, first.prices)
    explanation = explain(first.graded)
    assert json.dumps(explain(again.graded)) == json.dumps(explanation)
    assert json.loads(json.dumps(explanation)) == explanation
    assert None not in stored.values()


HIDEABLE = [field.name for field in fields(Evidence) if field.name not in ("as_of", "followers", *COUNTED_FIGURES)]
AT = datetime(2026, 11, 20, tzinfo=UTC)
few = st.integers(0, 100_000)
posts = st.lists(
    st.builds(
        Post,
        at=st.integers(0, 100 * 24).map(lambda hours: AT - timedelta(hours=hours)),
        text=st.sampled_from("abcdefgh"),
        reposts=few,
        comments=few,
        likes=few,
        reads=st.integers(0, 10_000_000),
        is_repost=st.booleans(),
        has_link=st.booleans(),
        by_tool=st.booleans(),
    ),
    max_size=25,
)


def not_dearer(less: Assessment, more: Assessment) -> None:
    """Assert that neither the score nor the grade nor a price is higher with less evidence."""
    assert less.graded.score <= more.graded.score
    assert less.graded.rank <= more.graded.rank
    for kind, band in less.prices.items():
        assert band.mid <= more.prices[kind].mid


@given(evidence=evidences, hidden=st.sets(st.sampled_from(HIDEABLE)), category=categories, drops=st.booleans())
def test_hiding_figures_or_the_category_never_pays(
    evidence: Evidence, hidden: set[str], category: str | None, drops: bool
) -> None:
    less: dict[str, Any] = dict.fromkeys(hidden)
    not_dearer(assess(replace(evidence, **less), None if drops else category), assess(evidence, category))


@given(evidence=evidences, posts=posts, left=st.data(), category=categories)
def test_deleting_posts_never_pays(
    evidence: Evidence, posts: list[Post], left: st.DataObject, category: str | None
) -> None:
    remaining = left.draw(st.lists(st.booleans(), min_size=len(posts), max_size=len(posts)))
    fewer = [post for post, stays in zip(posts, remaining, strict=True) if stays]
    figures = {
        name: value for name, value in evidence.as_json().items() if name.startswith(("as_of", "follow", "earlier"))
    }
    every, some = (Evidence.from_json({**figures, **evidence_of(shown, AT)}) for shown in (posts, fewer))
    not_dearer(assess(some, category), assess(every, category))


@given(posts=posts, hidden=st.sets(st.sampled_from(["reposts", "comments", "likes", "reads", "text", "at"])))
def test_hiding_figures_of_posts_never_pays(posts: list[Post], hidden: set[str]) -> None:
    less: dict[str, Any] = dict.fromkeys(hidden)
    profile = {"as_of": "2026-11-20T00:00:00Z", "followers": 300_000, "following": 300}
    shown, dark = (evidence_of(some, AT) for some in (posts, [replace(post, **less) for post in posts]))
    not_dearer(*(assess(Evidence.from_json({**profile, **one}), None) for one in (dark, shown)))


@given(
    before=st.fixed_dictionaries({"followers": counts}, optional=dict.fromkeys(list(FEW)[1:], st.integers(0, 10**6))),
    now=st.fixed_dictionaries({"followers": counts}, optional=dict.fromkeys(list(FEW)[1:], st.integers(0, 10**6))),
    hidden=st.sets(st.sampled_from(list(FEW)[1:])),
    days=st.integers(1, 200),
)
def test_hiding_a_known_figure_at_the_next_measurement_never_pays(
    before: dict[str, int], now: dict[str, int], hidden: set[str], days: int
) -> None:
    first = {"as_of": "2026-01-01T00:00:00Z", **before}
    at = {"as_of": f"{datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"}
    dimmed = {name: value for name, value in now.items() if name not in hidden}
    shown, dark = (
        carried(cast("AccountFigures", first), cast("AccountFigures", {**at, **figures})) for figures in (now, dimmed)
    )
    not_dearer(assess(Evidence.from_json(dark), None), assess(Evidence.from_json(shown), None))


measurements = st.lists(
    st.tuples(counts, st.integers(0, 10**6), st.booleans(), st.integers(1, 90)), min_size=1, max_size=5
)


def after(shown: list[tuple[int, int, bool, int]], hidden: set[int]) -> AccountFigures:
    """Return the evidence after these measurements: followers, reads, whether an operator states them or posts show them, and days
    since the measurement before. The reads of those of `hidden` that posts show are hidden."""
    figures: AccountFigures | None = None
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number, (followers, reads, stated, days) in enumerate(shown):
        at += timedelta(days=days)
        measured: dict[str, Any] = {"as_of": f"{at:%Y-%m-%dT%H:%M:%SZ}", "followers": followers}
        if stated or number not in hidden:
            measured |= {"reads_avg_30d": reads} | ({} if stated else {"reads_median": 1.0})
        now = cast("AccountFigures", measured)
        figures = first(now) if figures is None else carried(figures, now)
    assert figures is not None
    return figures


@given(shown=measurements, hidden=st.sets(st.integers(0, 4)))
def test_hiding_reads_at_any_measurement_never_pays(shown: list[tuple[int, int, bool, int]], hidden: set[int]) -> None:
    less, more = (assess(Evidence.from_json(after(shown, some)), None) for some in (hidden, set[int]()))
    not_dearer(less, more)


@given(shown=measurements, bought=st.integers(0, 10**7))
def test_reads_bought_at_every_measurement_raise_nothing(shown: list[tuple[int, int, bool, int]], bought: int) -> None:
    """An account whose posts showed no fewer reads than were confirmed, and that buys more for all of them."""
    enough = [(followers, reads if stated else 10**6, stated, days) for followers, reads, stated, days in shown]
    more = [(followers, reads + (0 if stated else bought), stated, days) for followers, reads, stated, days in enough]
    honest, faked = (assess(Evidence.from_json(after(some, set())), None) for some in (enough, more))
    assert (honest.graded.score, honest.prices) == (faked.graded.score, faked.prices)


@given(evidence=evidences, category=categories)
def test_being_wanted_or_accepting_never_lowers_anything(evidence: Evidence, category: str | None) -> None:
    ordinary = replace(evidence, popular=False, accepted_all_last_week=False)
    for wanted in (replace(ordinary, popular=True), replace(ordinary, accepted_all_last_week=True)):
        nothing_lower(assess(ordinary, category), assess(wanted, category))


@given(evidence=evidences, category=categories)
def test_every_need_of_the_next_grade_reaches_it(evidence: Evidence, category: str | None) -> None:
    graded = assess(evidence, category).graded
    needed = needed_for_next(graded)
    if needed is None:
        assert graded.grade == GRADES[-1]
        return
    for line in needed["by_factor"]:
        assert line["from"] is not None
        assert line["to"] > line["from"]
        changed = NEEDS[line["name"]][1](evidence, round(line["to"] * 1_000))
        assert grade(changed, graded.methodology, category).rank > graded.rank


@given(evidence=evidences, sizes=st.lists(st.integers(0, 9_000), min_size=2, max_size=2, unique=True))
def test_prices_rise_strictly_in_the_tails(evidence: Evidence, sizes: list[int]) -> None:
    """In the index, before prices are rounded: from no followers and reads on, and beyond the largest accounts. Confirmed reads:
    of others only the usual ones count."""
    evidence = replace(evidence, unconfirmed_since=None)
    model, rule = in_force().rising, in_force().price
    assert model is not None
    assert isinstance(rule, RisingPrice)
    for unit in (1, 50_000):
        small, great = (
            replace(evidence, followers=100 + size * unit, reads_avg_30d=100 + size * unit) for size in sorted(sizes)
        )
        low, high = (rule.index(one, None, model.counting.of(one)) for one in (small, great))
        assert low < high
