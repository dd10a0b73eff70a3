"""Records of posts: facets of links, labels, embeds, and links that clients shorten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.social.bluesky.posts_and_profiles import LABEL, data_server_of, new_record, post_of, post_of_record
from chalicelib.social.port import PostFigures, Unreadable

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
URI = "at://did:plc:aaaa/app.bsky.feed.post/3jwhrpy3zqakn"
SOURCE = {"uri": "at://did:plc:bbbb/app.bsky.feed.post/3jwhrpy3zqakn", "cid": "bafy"}


def read(record: dict[str, Any]) -> Any:
    return post_of_record(URI, "bafy", record, "tea.example", AT, PostFigures())


def test_links_become_facets_at_positions_in_bytes() -> None:
    text = "秋茶 https://tea.example/a, and https://tea.example/b 广告"
    record = new_record(text, AT)
    whole = text.encode()
    places = [(facet["index"]["byteStart"], facet["index"]["byteEnd"]) for facet in record["facets"]]
    assert [whole[begin:end].decode() for begin, end in places] == ["https://tea.example/a", "https://tea.example/b"]
    assert record["labels"]["values"] == [{"val": LABEL}]
    assert read(record).urls[:2] == ("https://tea.example/a", "https://tea.example/b")


@pytest.mark.parametrize(("images", "source"), [(1, None), (0, SOURCE), (2, SOURCE)])
def test_pictures_and_quotes_are_embedded(images: int, source: dict[str, str] | None) -> None:
    post = read(new_record("x", AT, [{"ref": "blob"}] * images, source))
    assert post.pictures == images
    assert post.repost_of == (None if source is None else "https://bsky.app/profile/did:plc:bbbb/post/3jwhrpy3zqakn")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("tea.example/autu...", "https://tea.example/autumn"),
        ("tea.example/autumn", "https://tea.example/autumn"),
        ("here", "here"),
        ("other.example/au...", "other.example/au..."),
    ],
)
def test_shortened_links_are_read_in_full(shown: str, expected: str) -> None:
    begin = len("秋茶 ".encode())
    facet = {
        "index": {"byteStart": begin, "byteEnd": begin + len(shown)},
        "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://tea.example/autumn"}],
    }
    post = read({"text": f"秋茶 {shown} 广告", "facets": [facet]})
    assert post.text == f"秋茶 {expected} 广告"
    assert "https://tea.example/autumn" in post.urls


def test_facets_outside_the_text_change_nothing() -> None:
    facets = [
        {
            "index": {"byteStart": begin, "byteEnd": end},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://x"}],
        }
        for begin, end in ((0, 99), (3, 2), (-1, 1))
    ]
    assert read({"text": "tea", "facets": facets}).text == "tea"


def test_a_card_is_a_link() -> None:
    embed = {
        "$type": "app.bsky.embed.external",
        "external": {"uri": "https://tea.example", "title": "", "description": ""},
    }
    assert read({"text": "tea", "embed": embed}).urls == ("https://tea.example",)


@pytest.mark.parametrize("view", [None, {}, {"uri": "x"}, []])
def test_other_documents_are_unreadable(view: Any) -> None:
    with pytest.raises(Unreadable):
        post_of(view, None)
    with pytest.raises(Unreadable):
        data_server_of(view)
