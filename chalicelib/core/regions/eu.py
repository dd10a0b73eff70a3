"""The European Union: euro, the Digital Services Act (DSA) and the directive on unfair commercial practices (UCPD)."""

from __future__ import annotations

from chalicelib.core.regions.region import CHINESE_CATEGORIES, OWN_AMOUNTS, OWN_AMOUNTS_SOURCE, AdMark, Region

REGION = Region(
    name="eu",
    currency="EUR",
    time_zone="Europe/Brussels",
    public_holidays="ECB",
    ad_mark=AdMark(
        text="Advertisement:",
        words=(
            *(
                "advertisement",
                "advertising",
                "ad",
                "anzeige",
                "werbung",
                "publicité",
                "collaboration commerciale",
                "publicidad",
            ),
            *(
                "pubblicità",
                "advertentie",
                "reclame",
                "reklame",
                "publicidade",
                "reklama",
                "annons",
                "mainos",
                "hirdetés",
            ),
        ),
        hashtag=True,
        position="start",
        source="Directive 2005/29/EC (UCPD) art. 7(2) and Annex I point 11, with the Commission's guidance (2021/C 526/01) 4.2.6: "
        "commercial intent is disclosed clearly, in the language of the audience; Directive 2000/31/EC art. 6(a); Regulation "
        "(EU) 2022/2065 (DSA) art. 26(2): the platform lets its users declare commercial communications",
    ),
    lint="eu",
    category_language="en",
    categories_without=CHINESE_CATEGORIES,
    languages=("en",),
    night_utc=2,
    locale="en_IE",
    amounts=OWN_AMOUNTS,
    advice_ppm=131_100,
    sources={
        "lint": "Directives 2005/29/EC, 2003/33/EC, 2014/40/EU and 2001/83/EC, Regulation (EC) 1924/2006; each rule of "
        "lint_words/eu.json names its article",
        "public_holidays": "TARGET closing days of the European Central Bank; the holidays of member states differ",
        "amounts": OWN_AMOUNTS_SOURCE,
        "advice_ppm": "European Central Bank, average reference rate of 2017: 7.6290 yuan a euro; advised prices are fitted to "
        "prices of 2017",
    },
)
