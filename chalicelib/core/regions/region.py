"""The region of a deployment: its currency, amounts, time, marks of advertising, lint, categories and languages.

Each region is one module of this package that names the source of each of its rules. `region()` returns the region that the
deployment has chosen (environment variable `REGION`, by default cn). The rules (chalicelib.core.rules) take their defaults from it
and can be overridden one by one. No region is legal advice; docs/reference/regions.md describes the limits."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from typing import Literal, get_args

from chalicelib.core.regions.currencies import per_unit

Name = Literal["cn", "us", "eu", "none"]
NAMES: tuple[Name, ...] = get_args(Name)
"""The regions, each a module of this package. The first is the default."""
OWN_AMOUNTS: Mapping[str, int] = {
    "topup_min": 500,
    "topup_max": 10_000_000,
    "withdrawal_min": 20,
    "two_people_above": 10_000,
    "price_min": 1,
    "price_max": 1_000_000,
}
"""The amounts of regions without a published rule, in whole units of the currency."""
OWN_AMOUNTS_SOURCE = "the market's own numbers"
CHINESE_CATEGORIES = frozenset({"政务", "军事", "电台", "婚庆", "美女"})
"""Categories that only accounts in China have."""


@dataclass(frozen=True)
class AdMark:
    """The mark of advertising in every post. `text` is added where it is missing. Each of `words` counts as a mark: as it is, or
    with `hashtag` only as `#word`, `word:`, `[word]` or `(word)`, without regard to case. `position`: where a mark counts."""

    text: str
    words: tuple[str, ...]
    hashtag: bool
    position: Literal["start", "anywhere"]
    source: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern of a mark."""
        words = "|".join(re.escape(word) for word in sorted(self.words, key=len, reverse=True))
        if self.hashtag:
            forms = rf"(?<![\w#])#(?:{words})(?!\w)|(?<!\w)(?:{words}):|\[(?:{words})\]|\((?:{words})\)"
        else:
            forms = rf"(?<!\w)(?:{words})(?!\w)"
        return re.compile(forms, re.IGNORECASE)

    def is_in(self, text: str) -> bool:
        """Return True if the text has a mark where the region wants it."""
        found = self.pattern.match(text.lstrip()) if self.position == "start" else self.pattern.search(text)
        return found is not None


@dataclass(frozen=True)
class Region:
    """A region. `amounts` are rules about money in whole units of `currency`, so they stay sensible when a deployment overrides the
    currency. `public_holidays` is a calendar of `public_holidays.generated.json`, or `none`. `lint` is a word list in
    chalicelib/tasks/content/lint_words. `category_language`: of the values of categories in the API. `languages`: of pages; the
    first is that of e-mails to users who chose none. `night_utc`: the hour of UTC at which the nightly jobs begin, in the small
    hours of `time_zone` all year. `advice_ppm`: units of `currency` for a million units of yuan, in which advised prices are
    fitted. `sources` has the source of each member that follows from a law or a published list."""

    name: Name
    currency: str
    time_zone: str
    public_holidays: str
    ad_mark: AdMark
    lint: str
    category_language: Literal["zh", "en"]
    categories_without: frozenset[str]
    languages: tuple[str, ...]
    night_utc: int
    locale: str
    amounts: Mapping[str, int]
    advice_ppm: int
    sources: Mapping[str, str]

    def minor(self, rule: str, currency: str | None = None) -> int:
        """Return an amount in minor units of the region's currency, or of another one."""
        return self.amounts[rule] * per_unit(currency or self.currency)


def named(name: str) -> Region:
    """Return a region. Raise ValueError for an unknown name."""
    if name not in NAMES:
        raise ValueError(f"there is no region {name!r}; the regions are {', '.join(NAMES)}")
    found: Region = import_module(f"{__package__}.{name}").REGION
    return found


@cache
def region() -> Region:
    """Return the region of this deployment. Raise ValueError for an unknown name."""
    return named(os.environ.get("REGION") or NAMES[0])
