"""URLs and statuses of Weibo, in the documented shapes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.social.port import Unreadable, same_words, text_with_links
from chalicelib.social.weibo.posts import mid_of, post_of, profile_of, url_of

MID, TAIL = "4607741009594608", "K3fnuEfZK"
STATUS: dict[str, Any] = {
    "created_at": "Tue Feb 23 12:28:47 +0800 2021",
    "id": int(MID),
    "idstr": MID,
    "text": "秋茶 &amp; 点心 http://t.cn/A6abc 广告\u200b",
    "user": {"id": 1645372340, "idstr": "1645372340", "screen_name": "茶馆"},
    "reposts_count": 3,
    "comments_count": 2,
    "attitudes_count": 11,
}


@pytest.mark.parametrize(
    "url",
    [
        f"https://weibo.com/1645372340/{TAIL}",
        f"https://www.weibo.com/1645372340/{TAIL}?from=page#top",
        f"https://m.weibo.cn/status/{TAIL}",
        f"https://m.weibo.cn/detail/{MID}",
        f"http://weibo.com/detail/{MID}/",
        f" https://Weibo.COM/1645372340/{TAIL}\u3000",
        f"HTTPS://M.WEIBO.CN/detail/{MID}\u200b",
        f"https://weibo.com/detail/000{MID}",
        f"https://share.api.weibo.cn/share/304950356,{MID}.html?weibo_id={MID}",
    ],
)
def test_every_url_of_a_post_has_its_number(url: str) -> None:
    assert mid_of(url) == MID


@pytest.mark.parametrize(
    "url",
    [
        "https://weibo.com/1645372340",
        "https://weibo.com.example/1645372340/K3fnuEfZK",
        "https://weibo.com/u/K3fnuEfZK",
        "https://weibo.com/1645372340/K3fnuEfZK and more",
        "https://mapp.api.weibo.cn/fx/77eaa5c2f741894631a87fc4806a1f05.html",
        "",
    ],
)
def test_other_urls_are_no_posts(url: str) -> None:
    assert mid_of(url) is None


@given(st.integers(10**12, 10**17))
def test_a_number_survives_its_way_through_the_url(number: int) -> None:
    assert mid_of(url_of("1645372340", str(number))) == str(number)


def test_a_status_is_read_with_its_links_made_long() -> None:
    post = post_of(STATUS, None, {"http://t.cn/A6abc": "https://tea.example/autumn"})
    assert post is not None
    assert post.url == f"https://weibo.com/1645372340/{TAIL}"
    assert post.text == "秋茶 & 点心 https://tea.example/autumn 广告"
    assert post.urls == ("https://tea.example/autumn",)
    assert post.posted_at.isoformat() == "2021-02-23T04:28:47+00:00"
    assert (post.figures.reads, post.figures.likes, post.figures.reposts, post.figures.comments) == (None, 11, 3, 2)
    assert (post.edited, post.author, post.repost_of) == (None, "茶馆", None)


def test_the_sending_program_is_read_without_its_link() -> None:
    source = '<a href="http://app.weibo.com/t/feed/1" rel="nofollow">皮皮时光机</a>'
    sent, plain = post_of({**STATUS, "source": source}, None, {}), post_of({**STATUS, "source": ""}, None, {})
    assert sent is not None
    assert plain is not None
    assert (sent.program, plain.program) == ("皮皮时光机", None)


def test_long_texts_edits_and_sources_are_read() -> None:
    source = {**STATUS, "user": None, "text": "gone"}
    more = {
        "longText": {"longTextContent": "长" * 200},
        "edit_count": 1,
        "reads_count": 900,
        "retweeted_status": source,
    }
    post = post_of({**STATUS, **more}, "1645372340", {})
    assert post is not None
    assert (post.text, post.edited, post.figures.reads, post.author) == ("长" * 200, True, 900, "1645372340")
    assert post.repost_of == f"https://weibo.com/0/{TAIL}"
    assert mid_of(post.repost_of) == MID


@pytest.mark.parametrize(("kind", "public"), [(0, True), (1, False), (3, False), (4, False), (10, False)])
def test_only_posts_visible_to_all_are_public(kind: int, public: bool) -> None:
    post = post_of({**STATUS, "visible": {"type": kind, "list_id": 0}}, None, {})
    assert post is not None
    assert post.public is public


@pytest.mark.parametrize("long_text", [None, {}, {"longTextContent": ""}])
def test_a_long_text_without_its_rest_is_cut(long_text: Any) -> None:
    post = post_of({**STATUS, "isLongText": True, "longText": long_text}, None, {})
    assert post is not None
    assert post.cut


def test_a_status_marked_as_deleted_is_none() -> None:
    assert post_of({"id": 1, "deleted": "1", "text": "此微博已被作者删除。"}, None, {}) is None


@pytest.mark.parametrize(
    "broken",
    [None, [], {}, {**STATUS, "created_at": "yesterday"}, {**STATUS, "user": None}, {**STATUS, "id": "x", "idstr": ""}],
)
def test_anything_else_is_unreadable_and_not_absent(broken: Any) -> None:
    with pytest.raises(Unreadable):
        post_of(broken, None, {})


@pytest.mark.parametrize(
    "broken", [None, [], {"screen_name": "茶馆"}, {"screen_name": "茶馆", "followers_count": "many"}]
)
def test_a_user_without_followers_is_unreadable(broken: Any) -> None:
    with pytest.raises(Unreadable):
        profile_of(broken)


def test_links_follow_the_text_once_and_are_not_words() -> None:
    whole = text_with_links("秋茶 广告", ["https://tea.example/a"])
    assert whole == "秋茶 广告 https://tea.example/a" == text_with_links(whole, ["https://tea.example/a"])
    assert same_words(whole, "秋茶 广告 http://t.cn/A6abc\u200b")
    assert not same_words(whole, "秋茶")
