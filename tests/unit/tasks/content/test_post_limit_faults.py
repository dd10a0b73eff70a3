"""A text with mark and links has to fit where it will be posted."""

from __future__ import annotations

import pytest

from chalicelib.tasks.content.post_content import Content
from chalicelib.tasks.content.post_limit_faults import network_faults

URL = "https://tea.example/autumn"


@pytest.mark.parametrize(
    ("length", "link_length", "fits"),
    [(270, None, True), (271, None, False), (246, 50, True), (247, 50, False)],
)
def test_mark_and_links_count(length: int, link_length: int | None, fits: bool) -> None:
    faults = list(network_faults(Content("茶" * length, (), (URL,)), ["bluesky", "weibo", "sandbox"], link_length))
    assert [fault.code for fault in faults] == ([] if fits else ["text_too_long"])


def test_a_link_in_the_text_counts_once() -> None:
    assert not list(network_faults(Content(f"{'茶' * 245} {URL}", (), (URL,)), ["bluesky"], 50))


def test_pictures_are_limited() -> None:
    content = Content("tea", tuple(f"pic_{number}" for number in range(5)))
    assert [fault.code for fault in network_faults(content, ["mastodon"])] == ["too_many"]
    assert not list(network_faults(content, ["weibo"]))
