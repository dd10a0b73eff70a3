"""A post on a server that its author chose, and that never responds."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.outbound import guarded_request
from chalicelib.outbound.guarded_request import RequestFailed
from chalicelib.social import request_deadline
from chalicelib.social.bluesky.adapter import BlueskyNetwork
from chalicelib.social.known_host_request import Reply
from chalicelib.social.port import Unavailable


def test_all_requests_of_one_reading_end_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The AppView does not show the post. Without a deadline the server of the DID would be requested a second time."""
    seconds, requested = 0.0, list[str]()

    def never_respond(method: str, url: str, *_: Any, **options: Any) -> None:
        nonlocal seconds
        requested.append(url)
        seconds += options["seconds"]
        raise RequestFailed("timeout")

    monkeypatch.setattr(request_deadline, "monotonic", lambda: seconds)
    monkeypatch.setattr(guarded_request, "send", never_respond)
    network = BlueskyNetwork(
        "https://app-view.example",
        "https://directory.example",
        send=lambda *_: Reply(200, {}, b'{"posts": []}'),
        sleep=lambda seconds: None,
    )
    with request_deadline.within(request_deadline.REQUEST_SECONDS), pytest.raises(Unavailable):
        network.fetch_post("at://did:web:slow.example/app.bsky.feed.post/3kaaaaaaaaaaa")
    assert requested == ["https://slow.example/.well-known/did.json"]
    assert seconds == request_deadline.REQUEST_SECONDS
    with pytest.raises(Unavailable):
        network.fetch_post("at://did:web:slow.example/app.bsky.feed.post/3kaaaaaaaaaaa")
    assert len(requested) == 3, "two tries without a deadline"
