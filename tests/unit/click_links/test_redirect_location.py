"""The redirect target of a click link."""

from __future__ import annotations

import pytest
from chalice.app import MultiDict

from chalicelib.click_links.redirect_location import LOCATION_MAX, redirect_location
from chalicelib.core.errors import Problem


def test_the_query_of_the_click_is_added_before_the_fragment() -> None:
    found = redirect_location("https://a.example/x?id=1#top", MultiDict({"utm_source": ["weibo"], "tag": ["a", "b"]}))
    assert found == "https://a.example/x?id=1&utm_source=weibo&tag=a&tag=b#top"


def test_a_click_cannot_change_audited_parameters() -> None:
    found = redirect_location("https://a.example/?id=1&empty=", MultiDict({"id": ["2"], "empty": ["x"], "q": ["茶"]}))
    assert found == "https://a.example/?id=1&empty=&q=%E8%8C%B6"


def test_without_a_query_the_url_is_only_made_ascii() -> None:
    assert redirect_location("https://faß.example/茶", None) == "https://xn--fa-hia.example/%E8%8C%B6"


def test_a_query_that_is_too_long_is_left_out() -> None:
    url = "https://a.example/"
    longest = "x" * (LOCATION_MAX - len(url) - len("?q="))
    assert len(redirect_location(url, MultiDict({"q": [longest]}))) == LOCATION_MAX
    assert redirect_location(url, MultiDict({"q": [longest + "x"]})) == url


def test_a_host_without_a_form_in_ascii_is_not_found() -> None:
    with pytest.raises(Problem, match="not_found"):
        redirect_location("https://☕☕.example/", None)
