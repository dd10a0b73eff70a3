"""The reference servers of the AT Protocol, live or replayed, in the conformance suite."""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Self
from urllib.parse import urlencode

from chalicelib.core import clock
from chalicelib.social import account_secrets, known_host_request, user_host_request
from chalicelib.social.bluesky.adapter import BlueskyNetwork
from chalicelib.social.bluesky.addresses import COLLECTION, post_address
from chalicelib.social.port import Account
from testing.social_networks.harness import Harness, SecretsInMemory
from testing.social_networks.recording import Recorder
from testing.social_networks.servers import atproto_servers

_NUMBERS = itertools.count()
_LINK = "app.bsky.richtext.facet#link"


class DataServer:
    """An account on the data server, and what its owner does there with the official requests."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.handle, self.token = url, f"{name}.test", ""
        created = self.send(
            "com.atproto.server.createAccount",
            {"handle": self.handle, "email": f"{name}@mail.test", "password": "password"},
        )
        self.did, self.token = str(created["did"]), str(created["accessJwt"])
        self.put("app.bsky.actor.profile", "self", {"displayName": name})

    def app_password(self) -> str:
        return str(self.send("com.atproto.server.createAppPassword", {"name": "market"})["password"])

    def create(self, record: dict[str, Any]) -> Any:
        fields = {"$type": COLLECTION, "createdAt": clock.rfc3339(clock.now()), **record}
        body = {"repo": self.did, "collection": fields["$type"], "record": fields}
        return self.send("com.atproto.repo.createRecord", body)

    def put(self, collection: str, rkey: str, record: dict[str, Any]) -> Any:
        body = {"repo": self.did, "collection": collection, "rkey": rkey, "record": {"$type": collection, **record}}
        return self.send("com.atproto.repo.putRecord", body)

    def get(self, collection: str, rkey: str) -> Any:
        return self.send("com.atproto.repo.getRecord", None, repo=self.did, collection=collection, rkey=rkey)

    def send(self, method: str, body: Any, **query: str) -> Any:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        url = f"{self.url}/xrpc/{method}" + (f"?{urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=20) as response:
            text = response.read()
        return json.loads(text) if text else None


class BlueskyHarness(Harness):
    """One account and a guest on a data server, read through the AppView. All posts are public."""

    name = "bluesky"
    lacks = frozenset({"cut_post", "hidden_post"})
    wrong_permission = "aaaa-bbbb-cccc-dddd"
    missing_url = "https://bsky.app/profile/did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/post/3kaaaaaaaaaaa"
    unknown_urls = (
        "https://bsky.app/profile/tea.test",
        "https://bsky.app/profile/tea.test/feed/3kaaaaaaaaaaa",
        "https://go.bsky.app/3kaaaaaa",
        "at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.like/3kaaaaaaaaaaa",
        "https://elsewhere.example/profile/tea.test/post/3kaaaaaaaaaaa",
    )

    def __init__(self, recorder: Recorder, *, in_memory: bool = True) -> None:
        self._recorder = recorder
        addresses = atproto_servers().addresses if recorder.is_live else {}
        # the servers name themselves localhost; tokens are sent without TLS to 127.0.0.1 only
        local = {name: url.replace("localhost", "127.0.0.1") for name, url in addresses.items()}
        named = recorder.name_servers(local or dict.fromkeys(("app_view", "data_server", "directory"), ""))
        if recorder.is_live:
            number = next(_NUMBERS)
            self._owner = DataServer(local["data_server"], f"tea{number}")
            self._guest = DataServer(local["data_server"], f"guest{number}")
        facts = recorder.fact(lambda: [self._owner.did, self._owner.handle, self._owner.app_password()])
        self.did, self.handle, self.permission = facts
        self._settle()
        self.network = BlueskyNetwork(
            named["app_view"],
            named["directory"],
            secrets=SecretsInMemory() if in_memory else account_secrets,
            send=recorder.through(known_host_request.send),
            send_guarded=recorder.through(partial(user_host_request.send, local=True)),
            sleep=lambda seconds: None,
        )
        self.account = Account("acc_tea", self.handle)
        self.absent_account = Account("acc_absent", "absent.test")

    @classmethod
    @contextmanager
    def running(cls, recorder: Recorder, *, in_memory: bool = True) -> Iterator[Self]:
        yield cls(recorder, in_memory=in_memory)

    def write(self, text: str, *, link: str | None = None) -> str:
        return str(self._recorder.fact(lambda: self._write(text, link)))

    def edit(self, url: str, text: str) -> None:
        self._recorder.fact(lambda: self._edit(url, text))

    def delete(self, url: str) -> None:
        body = {"repo": self.did, "collection": COLLECTION, "rkey": url.rpartition("/")[2]}
        self._recorder.fact(lambda: self._done(self._owner.send("com.atproto.repo.deleteRecord", body)))

    def describe(self, text: str) -> None:
        self._recorder.fact(
            lambda: self._done(self._owner.put("app.bsky.actor.profile", "self", {"description": text}))
        )

    def comment(self, url: str, text: str) -> None:
        self._recorder.fact(lambda: self._comment(url, text))

    def spellings(self, url: str) -> tuple[str, ...]:
        rkey = url.rpartition("/")[2]
        return (
            f" {url}\u200b\n",
            f"HTTPS://BSKY.APP/profile/{self.did}/post/{rkey}?ref_src=embed",
            f"https://www.bsky.app/profile/{self.handle}/post/{rkey}/",
            f"bsky.app/profile/{self.handle.upper()}/post/{rkey}#reply",
            f"https://bsky.app/profile/{self.did.replace(':', '%3A')}/post/{rkey}",
            f"at://{self.did}/{COLLECTION}/{rkey}",
            f"at://{self.handle}/{COLLECTION}/{rkey}",
        )

    def settle(self) -> None:
        """Wait until the AppView shows what was published."""
        self._recorder.fact(lambda: self._done(None))

    def _write(self, text: str, link: str | None) -> str:
        record: dict[str, Any] = {"text": text}
        if link:  # as the official app does: the link is shown shortened, and the facet has all of it
            shown = link.removeprefix("https://")[:22] + "..."
            begin = len(f"{text} ".encode())
            index = {"byteStart": begin, "byteEnd": begin + len(shown.encode())}
            record = {
                "text": f"{text} {shown}",
                "facets": [{"index": index, "features": [{"$type": _LINK, "uri": link}]}],
            }
        uri = self._owner.create(record)["uri"]
        self._settle_live()
        address = post_address(uri)
        assert address is not None
        return address.url

    def _edit(self, url: str, text: str) -> None:
        rkey = url.rpartition("/")[2]
        record = self._owner.get(COLLECTION, rkey)["value"]
        self._owner.put(COLLECTION, rkey, {**record, "text": text})
        self._settle_live()

    def _comment(self, url: str, text: str) -> None:
        stored = self._owner.get(COLLECTION, url.rpartition("/")[2])
        parent = {"uri": stored["uri"], "cid": stored["cid"]}
        self._guest.create({"text": text, "reply": {"root": parent, "parent": parent}})
        like = {"$type": "app.bsky.feed.like", "subject": parent}
        self._guest.create(like)
        self._settle_live()

    def _done(self, result: Any) -> None:
        self._settle_live()

    def _settle(self) -> None:
        if self._recorder.is_live:
            self._settle_live()

    def _settle_live(self) -> None:
        atproto_servers().ask()
