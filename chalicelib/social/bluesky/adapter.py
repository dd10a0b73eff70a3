"""The adapter of Bluesky and other services of the AT Protocol. docs/guides/social-networks.md lists its limits and the servers
that it was tried against.

Posts and profiles are read from the deployment's AppView, without a token. The market publishes on the account's own data server,
whose address is in the account's DID document; these addresses are chosen by users, so they are requested with the guard of
chalicelib.outbound. Only the data server can say that a post is gone: the AppView shows new posts late, and not all of them.
Reading is tried twice and writing once."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social import account_secrets, known_host_request, user_host_request
from chalicelib.social.account_secrets import SecretStore
from chalicelib.social.bluesky import posts_and_profiles
from chalicelib.social.bluesky.addresses import COLLECTION, PostAddress, is_did, post_address, rkey_of
from chalicelib.social.bluesky.xrpc import document_of
from chalicelib.social.known_host_request import Reply
from chalicelib.social.port import (
    LATEST,
    Absent,
    Account,
    NewPost,
    NotPermitted,
    PictureFile,
    Post,
    PostFigures,
    Profile,
    RefusedByNetwork,
    Unavailable,
    Unreached,
    Unreadable,
    text_with_links,
)

READ_TRIES = 2
POSTS_AT_ONCE = 25
PICTURES_MAX = 4
APP_PASSWORDS_URL = "https://bsky.app/settings/app-passwords"
_APP_PASSWORD = re.compile(r"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}")

Send = Callable[[str, str, bytes | None, Mapping[str, str]], Reply]
"""Send a request: method, URL, body, headers."""


@dataclass(frozen=True)
class _Session:
    """A session of the account `did` on its data server."""

    server: str
    did: str
    token: str


class BlueskyNetwork:
    """The network as `app_view` shows it, with the accounts of the PLC `directory` and of did:web."""

    idempotent = True

    def __init__(
        self,
        app_view: str,
        directory: str,
        *,
        secrets: SecretStore = account_secrets,
        send: Send = known_host_request.send,
        send_guarded: Send = user_host_request.send,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._app_view, self._directory = app_view.rstrip("/"), directory.rstrip("/")
        self._secrets, self._send, self._send_guarded, self._sleep = secrets, send, send_guarded, sleep

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        address = self._address(url)
        if address is None:
            return None
        view = self._view(address)
        if view is not None:
            return posts_and_profiles.post_of(view, reader.handle if reader else None)
        try:
            self._record(self._data_server(address.repository), address)
        except Absent:
            return None
        raise Unavailable("Bluesky does not show this post now, but its author's server has it.")

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, PostFigures]:
        addresses = {url: address for url in urls if (address := self._address(url))}
        uris = list(dict.fromkeys(address.uri for address in addresses.values()))
        found: dict[str, PostFigures] = {}
        for begin in range(0, len(uris), POSTS_AT_ONCE):
            posts = [
                posts_and_profiles.post_of(view, None) for view in self._views(uris[begin : begin + POSTS_AT_ONCE])
            ]
            found.update({post.url: post.figures for post in posts})
        return {url: found[address.url] for url, address in addresses.items() if address.url in found}

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        address = self._address(url)
        if address is None:
            return ()
        try:
            response = self._get("app.bsky.feed.getPostThread", {"uri": address.uri, "depth": "1", "parentHeight": "0"})
        except Absent:
            return ()
        thread = response.get("thread") if isinstance(response, dict) else None
        return posts_and_profiles.comments_of(thread)[:LATEST]

    def has_form(self, url: str) -> bool:
        return post_address(url) is not None

    def post_key(self, url: str) -> str | None:
        address = self._address(url)
        return f"{address.repository}/{address.rkey}" if address else None

    def fetch_account(self, account: Account) -> Profile:
        view = self._get("app.bsky.actor.getProfile", {"actor": _actor(account.handle)})
        did = str(view.get("did") or "") if isinstance(view, dict) else ""
        return posts_and_profiles.profile_of(view, self._registered_at(did))

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        fields = {"actor": _actor(account.handle), "limit": str(LATEST), "filter": "posts_no_replies"}
        response = self._get("app.bsky.feed.getAuthorFeed", fields)
        entries = response.get("feed") if isinstance(response, dict) else None
        if not isinstance(entries, list):
            raise Unreadable("Bluesky's response is not a feed.")
        return tuple(
            posts_and_profiles.repost_of(entry, account.handle)
            if "repost" in str(entry.get("reason", {}).get("$type", "")).casefold()
            else posts_and_profiles.post_of(entry.get("post"), account.handle)
            for entry in entries
            if not str(entry.get("reason", {}).get("$type", "")).endswith("#reasonPin")
        )

    def publish(self, account: Account, new_post: NewPost, key: str) -> Post:
        if len(new_post.picture_ids) > PICTURES_MAX:
            raise RefusedByNetwork(f"A post on Bluesky has at most {PICTURES_MAX} pictures.")
        session = self._session(account)
        address = PostAddress(session.did, rkey_of(key))
        source = self._source(new_post.repost_of) if new_post.repost_of else None
        images = [self._upload(session, picture) for picture in new_post.pictures()]
        at = clock.now()
        record = posts_and_profiles.new_record(text_with_links(new_post.text, new_post.urls), at, images, source)
        fields = {"repo": session.did, "collection": COLLECTION, "rkey": address.rkey, "record": record}
        try:
            cid = str(self._write("com.atproto.repo.createRecord", fields, session)["cid"])
        except Unreached:
            raise
        except Unavailable as unknown:
            # It may have taken effect; a record that is there already makes the server fail, too.
            try:
                stored = self._record(session.server, address)
                cid, record = str(stored["cid"]), stored["value"]
                at = clock.parse(record["createdAt"])
            except Absent:
                raise unknown from None
        except (KeyError, TypeError) as error:
            raise Unreadable("Bluesky's response is not a record.") from error
        return posts_and_profiles.post_of_record(
            address.uri, cid, record, account.handle, at, PostFigures(None, 0, 0, 0)
        )

    def take_down(self, url: str, account: Account | None = None) -> bool:
        address = self._address(url)
        if address is None or account is None or self._secrets.read(account) is None:
            return False
        session = self._session(account)
        if address.repository != session.did:
            return False
        fields = {"repo": session.did, "collection": COLLECTION, "rkey": address.rkey}
        self._write("com.atproto.repo.deleteRecord", fields, session)
        return True

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        if code is None:
            raise Problem(
                "publishing_not_authorised",
                "Create an app password at authorize_url as the account's owner and send it as the code.",
                authorize_url=APP_PASSWORDS_URL,
            )
        if not _APP_PASSWORD.fullmatch(code):
            raise NotPermitted("This is no app password; never send the password of the account.")
        did = self._did(account.handle)
        self._log_in(did, code)
        self._secrets.save(account, {"did": did, "app_password": code})
        return None

    def revoke_authorisation(self, account: Account) -> None:
        self._secrets.delete(account)

    def _source(self, url: str) -> dict[str, str]:
        address = self._address(url)
        if address is None:
            raise RefusedByNetwork("The source is not a post on Bluesky.")
        view = self._view(address)
        if view is None:
            raise RefusedByNetwork("The post to repost is not there.")
        return {"uri": str(view["uri"]), "cid": str(view["cid"])}

    def _address(self, url: str) -> PostAddress | None:
        """Return the address with a DID. Raise Absent if the handle in the URL belongs to no account."""
        address = post_address(url)
        if address is None or is_did(address.repository):
            return address
        return address._replace(repository=self._did(address.repository))

    def _did(self, handle: str) -> str:
        actor = _actor(handle)
        if is_did(actor):
            return actor
        response = self._get("com.atproto.identity.resolveHandle", {"handle": actor})
        did = response.get("did") if isinstance(response, dict) else None
        if not isinstance(did, str) or not is_did(did):
            raise Unreadable("Bluesky's response is not a DID.")
        return did

    def _view(self, address: PostAddress) -> Any | None:
        views = self._views([address.uri])
        return views[0] if views else None

    def _views(self, uris: Sequence[str]) -> list[Any]:
        response = self._get("app.bsky.feed.getPosts", {"uris": uris})
        posts = response.get("posts") if isinstance(response, dict) else None
        if not isinstance(posts, list):
            raise Unreadable("Bluesky's response has no posts.")
        return posts

    def _registered_at(self, did: str) -> datetime | None:
        """Return the time of the first entry of the account in the directory. A profile's own date is chosen by its owner."""
        if not did.startswith("did:plc:"):
            return None
        try:
            log = document_of(self._read(f"{self._directory}/{did}/log/audit", self._send), clock.now())
            return clock.parse(log[0]["createdAt"])
        except Absent:
            return None
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise Unreadable("The directory's response is not a log.") from error

    def _data_server(self, did: str) -> str:
        if did.startswith("did:plc:"):
            reply = self._read(f"{self._directory}/{did}", self._send)
        elif did.startswith("did:web:"):
            reply = self._read(f"https://{did.removeprefix('did:web:')}/.well-known/did.json", self._send_guarded)
        else:
            raise NotPermitted("Bluesky knows the DID methods plc and web only.")
        if reply.status in (404, 410):
            raise Absent("There is no such account on Bluesky.")
        return posts_and_profiles.data_server_of(document_of(reply, clock.now()))

    def _record(self, server: str, address: PostAddress) -> Any:
        """Return the record as the data server has it. Raise Absent."""
        fields = {"repo": address.repository, "collection": COLLECTION, "rkey": address.rkey}
        url = f"{server}/xrpc/com.atproto.repo.getRecord?{urlencode(fields)}"
        return document_of(self._read(url, self._send_guarded), clock.now())

    def _session(self, account: Account) -> _Session:
        known = self._secrets.read(account)
        if known is None:
            raise NotPermitted("The account's owner has not permitted the market to publish.")
        return self._log_in(known["did"], known["app_password"])

    def _log_in(self, did: str, password: str) -> _Session:
        """Return a session. Raise NotPermitted if the server does not accept the password for this account."""
        server = self._data_server(did)
        response = self._write(
            "com.atproto.server.createSession", {"identifier": did, "password": password}, _Session(server, did, "")
        )
        try:
            found, token = response["did"], str(response["accessJwt"])
        except (KeyError, TypeError) as error:
            raise Unreadable("Bluesky's response is not a session.") from error
        if found != did:
            raise NotPermitted("This is the permission of another account.")
        return _Session(server, did, token)

    def _upload(self, session: _Session, picture: PictureFile) -> Any:
        headers = {"Content-Type": picture.content_type, "Authorization": f"Bearer {session.token}"}
        url = f"{session.server}/xrpc/com.atproto.repo.uploadBlob"
        response = document_of(self._send_guarded("POST", url, picture.body, headers), clock.now())
        with suppress(KeyError, TypeError):
            return response["blob"]
        raise Unreadable("Bluesky's response is not a picture.")

    def _write(self, method: str, fields: Mapping[str, Any], session: _Session) -> Any:
        headers = {"Content-Type": "application/json"}
        if session.token:
            headers["Authorization"] = f"Bearer {session.token}"
        body = json.dumps(fields).encode()
        return document_of(self._send_guarded("POST", f"{session.server}/xrpc/{method}", body, headers), clock.now())

    def _get(self, method: str, fields: Mapping[str, str | Sequence[str]]) -> Any:
        url = f"{self._app_view}/xrpc/{method}?{urlencode(fields, doseq=True)}"
        return document_of(self._read(url, self._send), clock.now())

    def _read(self, url: str, send: Send) -> Reply:
        """Return the response; a request that fails is sent a second time."""
        for tries_left in reversed(range(READ_TRIES)):
            try:
                reply = send("GET", url, None, {})
                if reply.status < 500 or not tries_left:
                    return reply
            except Unavailable:
                if not tries_left:
                    raise
            self._sleep(random.uniform(0.1, 0.5))  # noqa: S311 - jitter
        raise AssertionError("every last try returns or raises")


def _actor(handle: str) -> str:
    return handle if is_did(handle) else handle.lower()
