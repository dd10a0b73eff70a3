"""The sandbox network in the conformance suite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from chalicelib.core import clock, ids
from chalicelib.social import sandbox
from chalicelib.social.port import Account
from testing.social_networks.harness import Harness
from testing.social_networks.recording import Recorder


class SandboxHarness(Harness):
    """Every account id is an account, and all posts are public."""

    name = "sandbox"
    lacks = frozenset({"absent_account", "cut_post", "hidden_post", "permission"})
    missing_url = f"{sandbox.POSTS_URL}pst_00000000000000000000000000"
    unknown_urls = (sandbox.POSTS_URL, "https://sandbox.micro-task.example/about", "https://elsewhere.example/posts/1")

    def __init__(self) -> None:
        self.network = sandbox.SandboxNetwork()
        self.account = Account(ids.new("acc"), "teahouse")

    @classmethod
    @contextmanager
    def running(cls, recorder: Recorder) -> Iterator[Self]:
        yield cls()

    def write(self, text: str, *, link: str | None = None) -> str:
        urls = [link] if link else []
        return sandbox.create_post(self.account.account_id, text, urls, [], None, clock.now()).url

    def edit(self, url: str, text: str) -> None:
        sandbox.edit_post(self._id(url), text, None, clock.now())

    def delete(self, url: str) -> None:
        sandbox.delete_post(self._id(url), clock.now())

    def describe(self, text: str) -> None:
        sandbox.set_description(self.account.account_id, text)

    def comment(self, url: str, text: str) -> None:
        sandbox.set_comments(self._id(url), [text, *sandbox.get_post(self._id(url)).comments])

    def spellings(self, url: str) -> tuple[str, ...]:
        return (f" {url}\n", url.replace("https://sandbox", "HTTPS://Sandbox"), f"{url}/?from=feed")

    def _id(self, url: str) -> str:
        return url.rpartition("/")[2]
