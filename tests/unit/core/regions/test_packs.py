"""Every region: its sources, its ad mark by position, and examples of its lint (rule 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from chalicelib.accounts.search import categories
from chalicelib.core import clock
from chalicelib.core.regions.currencies import CURRENCIES
from chalicelib.core.regions.money_text import formats
from chalicelib.core.regions.periods import Period
from chalicelib.core.regions.region import NAMES, named, region
from chalicelib.core.rules import InvalidRules, read_rules, rules
from chalicelib.grading.currency_conversion import in_market_currency
from chalicelib.tasks.content.ad_mark import has_mark, marked, without_mark
from chalicelib.tasks.content.lint import findings, words_of
from chalicelib.tasks.content.lint_folding import fold

TEXT = "New tea has arrived, come and taste it."
FORBIDDEN = {
    "新款电子烟": {"cn": ("tobacco", "block")},
    "全城最佳茶饮": {"cn": ("absolute-terms", "warn")},
    "New vape flavours": {
        "cn": ("tobacco", "block"),
        "us": ("tobacco", "block"),
        "eu": ("tobacco", "block"),
    },
    "Zigaretten im Angebot": {"eu": ("tobacco", "block")},
    "Wegovy delivered to you": {"us": ("prescription-drugs", "warn"), "eu": ("prescription-drugs", "block")},
    "Slimming pills without prescription": {
        "us": ("prescription-drugs", "block"),
        "eu": ("prescription-drugs", "block"),
    },
    "A miracle cure for you": {"us": ("medical-promise", "warn"), "eu": ("medical-promise", "warn")},
    "Guaranteed returns every month": {"us": ("return-promise", "warn"), "eu": ("return-promise", "warn")},
    "Made in USA": {"us": ("origin-claim", "warn")},
    "Our climate neutral tea": {"eu": ("environmental-claims", "warn")},
    "Today only: half price": {"eu": ("false-urgency", "warn")},
    "Write a five-star review": {"us": ("untrue-endorsement", "warn"), "eu": ("untrue-endorsement", "warn")},
    "So happy to #collab with them": {"us": ("vague-disclosure", "warn"), "eu": ("vague-disclosure", "warn")},
    "Buy cocaine here": {"us": ("controlled-substances", "block"), "eu": ("controlled-substances", "block")},
}
"""Texts, and the rule and severity that each region finds in them."""
HARMLESS = (
    TEXT,
    "今年的秋茶到了，欢迎来店里品尝。",
    "Quit smoking: our smoke free terrace is open.",
    "These cigarette pants fit well.",
    "Come and say hello in our new shop.",
    "Ad hoc tastings every evening.",
)
MARKS = {
    "cn": {"start": ("广告 {}", True), "end": ("{} 广告", True), "none": ("{}", False), "foreign": ("#ad {}", False)},
    "us": {
        "start": ("#ad {}", True),
        "capitals": ("#AD {}", True),
        "colon": ("Ad: {}", True),
        "sponsored": ("#sponsored {}", True),
        "brackets": ("[Advertisement] {}", True),
        "end": ("{} #ad", False),
        "after hashtags": ("#tea #autumn #ad {}", False),
        "after a link": ("https://tea.example #ad {}", False),
        "other word": ("#adventure {}", False),
        "plain word": ("Ad {}", False),
        "none": ("{}", False),
        "foreign": ("广告 {}", False),
    },
    "eu": {
        "start": ("Advertisement: {}", True),
        "german": ("Anzeige: {}", True),
        "hashtag": ("#Werbung {}", True),
        "french": ("[Collaboration commerciale] {}", True),
        "end": ("{} #Werbung", False),
        "none": ("{}", False),
    },
    "none": {
        "start": ("#ad {}", True),
        "end": ("{} #ad", True),
        "none": ("{}", False),
        "other word": ("{} #adventure", False),
    },
}
"""Texts with a mark at some place, and whether it counts."""


@pytest.fixture(params=NAMES)
def chosen(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Deploy each region in turn."""
    name: str = request.param
    monkeypatch.setenv("REGION", name)
    region.cache_clear()
    rules.cache_clear()
    yield name
    region.cache_clear()
    rules.cache_clear()


@pytest.mark.parametrize("text", FORBIDDEN)
def test_rule_9_forbidden_texts_are_found_in_each_region(chosen: str, text: str) -> None:
    found = {(finding.rule, finding.severity) for finding in findings("", marked(text))}
    expected = FORBIDDEN[text].get(chosen)
    assert found == ({expected} if expected else set())


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts_have_no_finding(chosen: str, text: str) -> None:
    assert findings(text, marked(text)) == ()


@pytest.mark.parametrize(("name", "place"), [(name, place) for name in NAMES for place in MARKS[name]])
def test_a_mark_counts_at_the_place_of_the_region(monkeypatch: pytest.MonkeyPatch, name: str, place: str) -> None:
    monkeypatch.setenv("REGION", name)
    region.cache_clear()
    rules.cache_clear()
    try:
        form, counts = MARKS[name][place]
        text = form.format(TEXT)
        assert has_mark(text) is counts
        assert has_mark(marked(text))
        assert (marked(text) == text) is counts
        missing = [finding.rule for finding in findings("", text)].count("ad-mark-missing")
        assert missing == (0 if counts else 1)
        assert len(without_mark(text)) == len(text)
    finally:
        region.cache_clear()
        rules.cache_clear()


def test_the_mark_is_added_where_the_region_wants_it(chosen: str) -> None:
    added = {"cn": f"{TEXT} 广告", "us": f"#ad {TEXT}", "eu": f"Advertisement: {TEXT}", "none": f"{TEXT} #ad"}
    assert marked(TEXT) == added[chosen]
    assert marked(marked(TEXT)) == marked(TEXT)


def test_categories_are_in_the_language_of_the_region(chosen: str) -> None:
    values = categories.listed()
    assert all(categories.category_of(value) == value for value in values)
    assert len(values) > 40
    if chosen == "cn":
        assert categories.category_of("technology") == "科技"
        assert values["科技"] == ("technology", "科技")
    else:
        assert categories.category_of("科技") == "technology"
        assert categories.category_of("Gaming") == "games"
        assert all(value.isascii() for value in values)
    assert categories.category_of("nothing") is None
    assert categories.searched("no such category") == "no such category"


def test_rules_are_those_of_the_region(chosen: str) -> None:
    own, found = named(chosen), rules()
    assert (found.currency, found.time_zone, found.ad_mark) == (own.currency, own.time_zone, own.ad_mark.text)
    assert found.topup_min == own.amounts["topup_min"] * 100
    assert own.locale in formats()
    assert own.currency in CURRENCIES


def test_every_rule_of_a_pack_names_its_source(chosen: str) -> None:
    own, words = named(chosen), words_of(named(chosen).lint)
    assert own.ad_mark.source
    assert all(own.sources.values())
    assert chosen == "none" or {"lint", "amounts", "public_holidays"} <= own.sources.keys()
    assert words["version"]
    assert words["ad_mark"]["source"]
    for rule in words["rules"]:
        assert rule["source"]
        assert rule["message"]
        assert not set(rule["block"]) & set(rule["review"]), rule["id"]
        assert all(fold(term).letters == term for term in rule["block"] + rule["review"]), rule["id"]
        assert all(re.compile(pattern) for pattern in rule["allow"])


@pytest.mark.parametrize(("name", "currency", "unit"), [("none", "JPY", 1), ("none", "KWD", 1_000), ("us", "CAD", 100)])
def test_amounts_are_whole_units_of_an_overridden_currency(name: str, currency: str, unit: int) -> None:
    found = read_rules(f'{{"currency": "{currency}"}}', sandbox=False, region=name)
    assert (found.topup_min, found.withdrawal_min, found.price_min) == (500 * unit, 20 * unit, unit)


@pytest.mark.parametrize(("name", "mark", "allowed"), [
    ("us", "#sponsored", True),
    ("us", "Anzeige:", False),
    ("eu", "Anzeige:", True),
    ("eu", "tea Anzeige:", False),
    ("cn", "广告", True),
    ("cn", "#ad", False),
    ("us", "", False),
    ("us", "#ad" + "x" * 50, False),
])  # fmt: skip
def test_an_overridden_mark_is_one_of_the_region(name: str, mark: str, allowed: bool) -> None:
    text = f'{{"ad_mark": "{mark}"}}'
    if allowed:
        assert read_rules(text, sandbox=False, region=name).ad_mark == mark
    else:
        with pytest.raises(InvalidRules, match="ad_mark"):
            read_rules(text, sandbox=False, region=name)


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(InvalidRules, match="uk"):
        read_rules("{}", sandbox=False, region="uk")


def test_each_region_has_its_own_examples() -> None:
    assert {name for expected in FORBIDDEN.values() for name in expected} == set(NAMES) - {"none"}
    assert all({"start", "end", "none"} <= MARKS[name].keys() for name in NAMES)


def test_a_month_of_a_statement_is_the_local_month(chosen: str) -> None:
    period = Period.of_month("2026-11", rules().time_zone)
    begin = {"cn": "2026-10-31T16:00:00Z", "us": "2026-11-01T04:00:00Z", "eu": "2026-10-31T23:00:00Z"}
    end = {"cn": "2026-11-30T16:00:00Z", "us": "2026-12-01T05:00:00Z", "eu": "2026-11-30T23:00:00Z"}
    assert period.since is not None
    assert period.until is not None
    assert clock.rfc3339(period.since) == begin.get(chosen, "2026-11-01T00:00:00Z")
    assert clock.rfc3339(period.until) == end.get(chosen, "2026-12-01T00:00:00Z")


def test_advised_prices_are_in_the_currency_of_the_region(chosen: str) -> None:
    advised = {"cn": 58_000, "us": 8_500, "eu": 7_600, "none": 8_500}  # 580 yuan, rounded down to whole units below 100
    assert in_market_currency(58_000) == advised[chosen]
