"""Each difference between a post and the agreement is named (rule 14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.social.port import Post
from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.posts.post_comparison import Agreement, differences, digest

AGREED = Agreement(
    Content("秋茶到了 广告", ("pic_1",), ("https://tea.example/autumn",)),
    frozenset({"acc_1", "handle"}),
    "https://weibo.example/1",
)
POST = Post(
    url="https://weibo.example/2",
    author="acc_1",
    text="秋茶到了 广告",
    urls=("https://tea.example/autumn",),
    picture_ids=("pic_1",),
    repost_of="https://weibo.example/1",
    posted_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def codes(post: Post | None, agreed: Agreement = AGREED) -> list[str]:
    return [fault.code for fault in differences(post, agreed)]


@pytest.mark.parametrize(
    "post",
    [
        POST,
        replace(POST, author="handle"),
        replace(POST, text=" 秋茶到了 广告\r\n"),
        replace(POST, urls=("https://other.example", "https://tea.example/autumn")),
    ],
)
def test_what_is_agreed_passes(post: Post) -> None:
    assert codes(post) == []


def test_links_after_the_text_are_accepted() -> None:
    text = "秋茶到了 广告 https://tea.example/autumn"
    assert codes(replace(POST, text=text, urls=())) == []
    assert codes(replace(POST, text=f"{text} https://other.example", urls=())) == ["text_differs"]


def test_every_url_of_the_source_names_it() -> None:
    keyed = replace(AGREED, post_key=lambda url: url.rpartition("/")[2].partition("?")[0])
    assert codes(replace(POST, repost_of="https://m.weibo.example/status/1?from=app"), keyed) == []
    assert codes(replace(POST, repost_of="https://m.weibo.example/status/2"), keyed) == ["wrong_source"]
    assert codes(replace(POST, repost_of=None), keyed) == ["wrong_source"]


def test_a_link_in_the_text_counts() -> None:
    agreed = Agreement(Content("来 https://tea.example/a 广告", (), ("https://tea.example/a",)), AGREED.authors)
    assert codes(replace(POST, text="来 https://tea.example/a 广告", urls=(), repost_of=None), agreed) == []


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        (None, ["post_missing"]),
        (replace(POST, author="acc_2"), ["wrong_account"]),
        (replace(POST, text="秋茶到了!广告"), ["text_differs"]),
        (replace(POST, text="秋茶到了"), ["text_differs", "ad_mark_missing"]),
        (replace(POST, urls=()), ["url_missing"]),
        (replace(POST, picture_ids=()), ["picture_missing"]),
        (replace(POST, repost_of=None), ["wrong_source"]),
        (replace(POST, repost_of="https://weibo.example/9"), ["wrong_source"]),
    ],
)
def test_each_difference_is_named(post: Post | None, expected: list[str]) -> None:
    assert codes(post) == expected


def test_the_digest_is_of_what_matters() -> None:
    assert digest("a\r\nb ") == digest("a\nb")
    assert digest("a") != digest("b")


def test_pictures_without_ids_are_counted() -> None:
    post = replace(POST, picture_ids=(), pictures=1)
    assert codes(post) == []
    assert codes(replace(post, pictures=0)) == ["picture_missing"]


def test_another_version_than_the_accepted_one_was_edited() -> None:
    accepted = replace(AGREED, version="bafy1")
    assert codes(replace(POST, version="bafy1"), accepted) == []
    assert codes(replace(POST, version="bafy2"), accepted) == ["post_edited"]
    assert codes(replace(POST, version="bafy2")) == []
