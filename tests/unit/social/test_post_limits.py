"""Characters are counted as each network counts them."""

from __future__ import annotations

import pytest

from chalicelib.social.post_limits import graphemes, limits_of, mastodon_characters


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("tea", 3),
        ("秋茶 广告", 5),
        ("e\u0301", 1),
        ("\r\n", 1),
        ("👍🏽", 1),
        ("👨‍👩‍👧‍👦", 1),
        ("❤️", 1),
        ("🇨🇳🇺🇸", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
        ("한국", 2),
        ("नि", 1),
    ],
)
def test_graphemes(text: str, count: int) -> None:
    assert graphemes(text) == count


def test_mastodon_counts_links_as_23_and_names_without_instance() -> None:
    assert mastodon_characters("tea https://tea.example/a/very/long/path/that/does/not/count") == 4 + 23
    assert mastodon_characters("@tea@mastodon.example") == 4


def test_limits_of_networks() -> None:
    bluesky, mastodon = limits_of("bluesky"), limits_of("mastodon")
    assert bluesky is not None
    assert mastodon is not None
    assert (bluesky.excess("茶" * 300), bluesky.excess("茶" * 301)) == (None, 301)
    family = "👨‍👩‍👧‍👦"
    assert bluesky.excess(family * 120) is None
    assert bluesky.excess(family * 121) == 121, "more than 3,000 bytes"
    assert (mastodon.excess("x" * 500), mastodon.excess("x" * 501)) == (None, 501)
    assert limits_of("weibo") is limits_of("sandbox") is None
