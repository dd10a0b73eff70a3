"""The United States: dollars, the endorsement guides of the Federal Trade Commission (FTC)."""

from __future__ import annotations

from chalicelib.core.regions.region import CHINESE_CATEGORIES, OWN_AMOUNTS, OWN_AMOUNTS_SOURCE, AdMark, Region

REGION = Region(
    name="us",
    currency="USD",
    time_zone="America/New_York",
    public_holidays="US",
    ad_mark=AdMark(
        text="#ad",
        words=("ad", "advertisement", "sponsored", "paid ad"),
        hashtag=True,
        position="start",
        source="16 CFR 255.0(f), 255.5: a connection is disclosed clearly and conspicuously, in social media unavoidably; FTC, "
        "The FTC's Endorsement Guides: What People Are Asking: starting a post with #ad or Ad: is likely to be effective, a "
        "disclosure behind a link, or among other hashtags, is not",
    ),
    lint="us",
    category_language="en",
    categories_without=CHINESE_CATEGORIES,
    languages=("en",),
    night_utc=8,
    locale="en_US",
    amounts=OWN_AMOUNTS,
    advice_ppm=148_000,
    sources={
        "lint": "15 U.S.C. 45 and 52 (FTC Act), 16 CFR parts 255, 323, 437 and 465; each rule of lint_words/us.json names its "
        "source",
        "public_holidays": "5 U.S.C. 6103(a), with the days on which federal offices observe them",
        "amounts": OWN_AMOUNTS_SOURCE,
        "advice_ppm": "Federal Reserve G.5A, average of 2017: 6.7569 yuan a dollar; advised prices are fitted to prices of 2017",
    },
)
