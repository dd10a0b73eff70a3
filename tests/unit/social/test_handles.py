"""Every spelling of a handle is one account; invalid handles are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.records import account_id
from chalicelib.social.handles import canonical, display_form

SPELLINGS = (
    "teahouse",
    "TeaHouse",
    "@teahouse",
    " tea house ",
    "ｔｅａｈｏｕｓｅ",
    "tea\u200bhouse",
    "tea\u00adhou\ufe0fse",
    "＠Teahouse/",
    "https://weibo.com/n/teahouse",
    "http://www.weibo.com/TEAHOUSE?tabtype=feed",
    "//m.weibo.cn/n/teahouse",
    "weibo.com/teahouse/",
)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_spellings_of_a_handle_are_one_account(spelling: str) -> None:
    assert canonical("weibo", spelling) == "teahouse"
    assert account_id("weibo", spelling) == account_id("weibo", "teahouse")
    assert account_id("bluesky", spelling) != account_id("weibo", spelling)


@pytest.mark.parametrize(
    "spelling",
    [
        "1234567890",
        "https://weibo.com/u/1234567890",
        "https://weibo.com/u/1234567890/home",
        "https://m.weibo.cn/profile/1234567890",
        "https://weibo.com/p/1005051234567890",
        "https://m.weibo.cn/profile/info?uid=1234567890",
    ],
)
def test_a_profile_url_with_the_number_is_the_number(spelling: str) -> None:
    assert canonical("weibo", spelling) == display_form("weibo", spelling) == "1234567890"


@pytest.mark.parametrize(
    ("network", "handle", "expected"),
    [
        ("weibo", "https://weibo.com/n/%E5%B1%B1%E7%9C%8B%E7%94%B5%E5%BD%B1", "山看电影"),
        ("xiaohongshu", "https://www.xiaohongshu.com/user/profile/5FF0?x=1", "5ff0"),
        ("bluesky", "alice.bsky.social", "alice.bsky.social"),
        ("bluesky", "https://bsky.app/profile/Alice.bsky.social", "alice.bsky.social"),
        ("bluesky", "at://did:plc:7Q7T/app.bsky.feed.post/3k", "did:plc:7q7t"),
        ("bluesky", "https://bsky.app/profile/did:plc:7q7t", "did:plc:7q7t"),
        ("mastodon", "https://m.example/@Tea", "tea@m.example"),
        ("mastodon", "@tea@m.example", "tea@m.example"),
        ("mastodon", "https://m.example/@tea@other.example", "tea@other.example"),
        ("weibo", "Straße", "strasse"),
        ("weibo", "山看电影231", "山看电影231"),
    ],
)
def test_the_canonical_form(network: str, handle: str, expected: str) -> None:
    assert canonical(network, handle) == expected


def test_the_shown_name_keeps_case_and_blanks() -> None:
    assert display_form("weibo", " @Tea House\u200b ") == "Tea House"


@pytest.mark.parametrize("handle", ["@", " \u200b ", "＠＠", "\u3164", "/"])
def test_a_handle_that_names_no_account_is_refused(handle: str) -> None:
    with pytest.raises(ValueError, match="names no account"):
        canonical("weibo", handle)


@given(st.text(alphabet=st.characters(exclude_characters="/.@＠", exclude_categories=["Cs"]), min_size=1))
def test_the_canonical_form_is_its_own(handle: str) -> None:
    try:
        form = canonical("weibo", handle)
    except ValueError:
        return
    assert canonical("weibo", form) == form
