"""No region: UTC, no public holidays, and no law. For a deployment that sets its own rules."""

from __future__ import annotations

from chalicelib.core.regions.region import OWN_AMOUNTS, OWN_AMOUNTS_SOURCE, AdMark, Region

REGION = Region(
    name="none",
    currency="USD",
    time_zone="UTC",
    public_holidays="none",
    ad_mark=AdMark(
        text="#ad",
        words=("ad", "advertisement", "sponsored", "广告"),
        hashtag=True,
        position="anywhere",
        source="the market's own rule 14",
    ),
    lint="none",
    category_language="en",
    categories_without=frozenset(),
    languages=("en",),
    night_utc=3,
    locale="en",
    amounts=OWN_AMOUNTS,
    advice_ppm=148_000,
    sources={
        "amounts": OWN_AMOUNTS_SOURCE,
        "advice_ppm": "as in the region us; a deployment of another currency sets `advice_ppm`",
    },
)
