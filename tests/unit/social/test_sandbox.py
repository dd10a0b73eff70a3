"""URLs of the sandbox network, and the network of each stage."""

from __future__ import annotations

import pytest

from chalicelib.core import ids, settings
from chalicelib.core.errors import Problem
from chalicelib.social import networks
from chalicelib.social.sandbox import POSTS_URL, SandboxNetwork

POST = ids.derive("pst", "1")


@pytest.mark.parametrize("tail", ["", "/", "?from=x", "#top"])
def test_every_url_of_a_post_is_the_same_post(tail: str) -> None:
    assert SandboxNetwork().post_key(POSTS_URL + POST + tail) == POST


@pytest.mark.parametrize("url", ["https://other.example/posts/" + POST, POSTS_URL, POSTS_URL + POST + "x", ""])
def test_other_urls_are_no_posts(url: str) -> None:
    assert SandboxNetwork().post_key(url) is None
    assert SandboxNetwork().fetch_post(url) is None


def test_without_the_sandbox_a_network_needs_its_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(networks.network("weibo"), SandboxNetwork)
    monkeypatch.setenv("SANDBOX", "off")
    settings.settings.cache_clear()
    try:
        assert not isinstance(networks.network("weibo"), SandboxNetwork)
        with pytest.raises(Problem, match="upstream_unavailable"):
            networks.network("elsewhere")
    finally:
        monkeypatch.undo()
        settings.settings.cache_clear()
