"""URLs of posts on Bluesky, and the record keys of the market's posts."""

from __future__ import annotations

import re

import pytest

from chalicelib.social.bluesky.addresses import post_address, rkey_of

DID = "did:plc:7q7tuqtoadlizk3dlvxau4rh"


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        (f"https://bsky.app/profile/{DID}/post/3jwhrpy3zqakn", DID),
        ("https://bsky.app/profile/Tea.House.example/post/3jwhrpy3zqakn?ref=x#y", "tea.house.example"),
        ("  HTTPS://BSKY.APP/profile/tea.example/post/3jwhrpy3zqakn/\u200b", "tea.example"),
        ("bsky.app/profile/@tea.example/post/3jwhrpy3zqakn", "tea.example"),
        ("https://bsky.app/profile/did%3Aplc%3A7q7tuqtoadlizk3dlvxau4rh/post/3jwhrpy3zqakn", DID),
        ("at://did:web:tea.example/app.bsky.feed.post/3jwhrpy3zqakn", "did:web:tea.example"),
    ],
)
def test_forms_that_people_paste(url: str, repository: str) -> None:
    address = post_address(url)
    assert address is not None
    assert address == (repository, "3jwhrpy3zqakn")
    assert post_address(address.url) == post_address(address.uri) == address


@pytest.mark.parametrize(
    "url",
    [
        "https://bsky.app/profile/tea.example",
        "https://bsky.app/profile/tea/post/3jwhrpy3zqakn",
        "https://bsky.app/profile/did:plc:/post/3jwhrpy3zqakn",
        "https://bsky.app.example/profile/tea.example/post/3jwhrpy3zqakn",
        "https://evil.example/bsky.app/profile/tea.example/post/3jwhrpy3zqakn",
        "at://tea.example/app.bsky.feed.like/3jwhrpy3zqakn",
        "at://tea.example/app.bsky.feed.post/3jwhrpy3zqakn extra",
        "",
    ],
)
def test_other_forms_are_unknown(url: str) -> None:
    assert post_address(url) is None


def test_a_record_key_is_a_tid_of_its_publication() -> None:
    keys = {rkey_of(f"ord_{number}") for number in range(500)}
    assert len(keys) == 500
    assert all(re.fullmatch("3[j-k][2-7a-z]{11}", key) for key in keys)
    assert rkey_of("ord_1") == rkey_of("ord_1")
