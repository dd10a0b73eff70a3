"""mastodon-mock, live or replayed, in the conformance suite. The account's owner acts with Mastodon.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self

from chalicelib.social import user_host_request
from chalicelib.social.mastodon.adapter import MastodonNetwork
from chalicelib.social.port import Account
from testing.social_networks.harness import Harness, SecretsInMemory
from testing.social_networks.recording import Recorder
from testing.social_networks.servers import mastodon_server

_NUMBERS = itertools.count()


class MastodonHarness(Harness):
    """One account and a guest on an instance."""

    name = "mastodon"
    lacks = frozenset({"cut_post"})

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        addresses = mastodon_server().addresses if recorder.is_live else {"instance": ""}
        self.instance = recorder.name_servers(addresses)["instance"]
        self.host = self.instance.partition("//")[2]
        number = int(recorder.fact(lambda: next(_NUMBERS)))
        self._name, self._guest = f"tea{number}", f"guest{number}"
        self.permission = f"token-{self._name}"
        send = recorder.through(partial(user_host_request.send, local=True))
        self.network = MastodonNetwork(
            [self.instance], secrets=SecretsInMemory(), send=send, sleep=lambda seconds: None
        )
        self.account = Account("acc_tea", f"{self._name}@{self.host}")
        self.absent_account = Account("acc_absent", f"absent@{self.host}")
        self.missing_url = f"{self.instance}/@{self._name}/999999999"
        self.unknown_urls = (
            f"{self.instance}/@{self._name}",
            f"{self.instance}/about",
            f"https://elsewhere.example/@{self._name}/1",
        )

    @classmethod
    @contextmanager
    def running(cls, recorder: Recorder) -> Iterator[Self]:
        yield cls(recorder)

    def write(self, text: str, *, link: str | None = None) -> str:
        return self._url(self._act("status_post", status=f"{text} {link or ''}".strip()))

    def write_hidden(self, text: str) -> str:
        return self._url(self._act("status_post", status=text, visibility="private"))

    def edit(self, url: str, text: str) -> None:
        self._act("status_update", id=url.rpartition("/")[2], status=text)

    def delete(self, url: str) -> None:
        self._act("status_delete", id=url.rpartition("/")[2])

    def describe(self, text: str) -> None:
        self._act("account_update_credentials", note=text)

    def comment(self, url: str, text: str) -> None:
        self._act("status_post", self._guest, status=text, in_reply_to_id=url.rpartition("/")[2])
        self._act("status_favourite", self._guest, id=url.rpartition("/")[2])

    def spellings(self, url: str) -> tuple[str, ...]:
        tail = url.rpartition("/")[2]
        return (
            f" {url}\u200b\n",
            url.replace("http://", "HTTP://"),
            f"{self.instance}/users/{self._name}/statuses/{tail}?from=feed",
            f"{self.instance}/web/statuses/{tail}",
            f"{self.instance}/web/@{self._name}/{tail}",
        )

    def _act(self, method: str, account: str | None = None, **arguments: Any) -> Any:
        """Call a method of Mastodon.py as the owner, or as the guest, and return the id in the result."""
        request = {"account": account or self._name, "method": method, "arguments": arguments}
        return self._recorder.fact(lambda: mastodon_server().ask(**request)["result"].get("id"))

    def _url(self, status_id: Any) -> str:
        return f"{self.instance}/@{self._name}/{status_id}"
