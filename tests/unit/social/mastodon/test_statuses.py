"""Statuses of Mastodon: their text out of HTML, and the URLs of posts."""

from __future__ import annotations

import pytest

from chalicelib.social.mastodon.statuses import author_name, post_address, text_of


def test_links_are_read_in_full_and_paragraphs_stay() -> None:
    html = (
        "<p>Tea &amp; more<br />"
        '<a href="https://tea.example/autumn" rel="nofollow"><span class="invisible">https://</span>'
        '<span class="ellipsis">tea.example/au</span><span class="invisible">tumn</span></a></p>'
        '<p><a href="https://m.example/tags/ad" class="mention hashtag">#<span>ad</span></a> '
        '<a href="https://m.example/@tea" class="u-url mention">@<span>tea</span></a> 广告</p>'
    )
    assert text_of(html) == (
        "Tea & more\nhttps://tea.example/autumn\n\n#ad @tea 广告",
        ["https://tea.example/autumn"],
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://m.example/@tea/11",
        " HTTPS://M.Example/@tea/11?x=1 ",
        "https://m.example/@tea@other.example/11",
        "https://m.example/users/tea/statuses/11",
        "https://m.example/web/statuses/11",
        "https://m.example/web/@tea/11",
        "https://m.example/deck/@tea/11",
    ],
)
def test_forms_that_people_paste(url: str) -> None:
    assert post_address(url) == ("m.example", "11")


@pytest.mark.parametrize(
    "url", ["https://m.example/@tea", "https://m.example/11", "ftp://m.example/@tea/11", "https://u@m.example/@tea/1"]
)
def test_other_forms_are_unknown(url: str) -> None:
    assert post_address(url) is None


def test_an_author_is_named_with_the_instance() -> None:
    assert author_name("tea", "m.example", None) == "tea@m.example"
    assert author_name("tea", "m.example", "@Tea@M.example") == "@Tea@M.example"
    assert author_name("tea@evil.example", "m.example", "tea@m.example") == "tea@evil.example"
