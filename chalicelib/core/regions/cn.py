"""China: yuan, the Advertising Law and the measures for Internet advertising of 2023."""

from __future__ import annotations

from chalicelib.core.regions.region import AdMark, Region

REGION = Region(
    name="cn",
    currency="CNY",
    time_zone="Asia/Shanghai",
    public_holidays="CN",
    ad_mark=AdMark(
        text="广告",
        words=("广告",),
        hashtag=False,
        position="anywhere",
        source="互联网广告管理办法 (2023) art. 9: an advertisement is marked 广告 so that consumers recognise it",
    ),
    lint="cn",
    category_language="zh",
    categories_without=frozenset(),
    languages=("zh", "en"),
    night_utc=19,
    locale="zh_Hans_CN",
    amounts={
        "topup_min": 5_000,
        "topup_max": 100_000_000,
        "withdrawal_min": 100,
        "two_people_above": 50_000,
        "price_min": 1,
        "price_max": 10_000_000,
    },
    advice_ppm=1_000_000,
    sources={
        "lint": "广告法 (Advertising Law, 2021), 互联网广告管理办法 (2023); each rule of lint_words/cn.json names its article",
        "public_holidays": "全国年节及纪念日放假办法 and the yearly notices of the State Council, with their working weekends",
        "categories": "the list of the original market (2017)",
        "amounts": "the published rules of the original market; docs/reference/rules.md",
    },
)
