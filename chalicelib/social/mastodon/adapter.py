"""The adapter of instances with the Mastodon API. docs/guides/social-networks.md lists its limits and what it was tried against.

The deployment names the instances that it trusts: an instance reports the figures of its own accounts. Accounts and posts of other
instances are not read. A creator lets the market publish with an access token of the account. Reading is tried twice and writing
once."""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social import account_secrets, user_host_request
from chalicelib.social.account_secrets import SecretStore
from chalicelib.social.known_host_request import Reply
from chalicelib.social.mastodon import statuses
from chalicelib.social.mastodon.statuses import PostAddress
from chalicelib.social.port import (
    LATEST,
    Absent,
    Account,
    NetworkError,
    NewPost,
    NotPermitted,
    PictureFile,
    Post,
    PostFigures,
    Profile,
    RateLimited,
    RefusedByNetwork,
    Unavailable,
    Unreadable,
    text_with_links,
)

READ_TRIES = 2
STATUSES_AT_ONCE = 20
_WAIT_SECONDS = 300
"""The length of the window of Mastodon's limits, where an instance does not say when it ends."""

Send = Callable[[str, str, bytes | None, Mapping[str, str]], Reply]
"""Send a request: method, URL, body, headers."""


class MastodonNetwork:
    """The instances at these base URLs. An account without an instance in its handle is one of the first."""

    idempotent = False

    def __init__(
        self,
        instances: Sequence[str],
        *,
        secrets: SecretStore = account_secrets,
        send: Send = user_host_request.send,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._instances = {statuses.host_of(url): url.rstrip("/") for url in instances}
        self._secrets, self._send, self._sleep = secrets, send, sleep

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        address = self._address(url)
        if address is None:
            return None
        base_url = self._instances[address.host]
        try:
            status = self._get(base_url, f"statuses/{address.status_id}", {}, self._token(reader, base_url))
        except Absent:
            return None
        return statuses.post_of(status, base_url, reader.handle if reader else None)

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, PostFigures]:
        addresses = {url: address for url in urls if (address := self._address(url))}
        found: dict[PostAddress, PostFigures] = {}
        for host, base_url in self._instances.items():
            ids = list(dict.fromkeys(address.status_id for address in addresses.values() if address.host == host))
            for begin in range(0, len(ids), STATUSES_AT_ONCE):
                response = self._get(base_url, "statuses", {"id[]": ids[begin : begin + STATUSES_AT_ONCE]})
                for status in _listed(response):
                    post = statuses.post_of(status, base_url, None)
                    found[PostAddress(host, str(status["id"]))] = post.figures
        return {url: found[address] for url, address in addresses.items() if address in found}

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        address = self._address(url)
        if address is None:
            return ()
        base_url = self._instances[address.host]
        path = f"statuses/{address.status_id}/context"
        with suppress(Absent):
            return statuses.comments_of(self._get(base_url, path, {}, self._token(reader, base_url)))[:LATEST]
        return ()

    def has_form(self, url: str) -> bool:
        return self._address(url) is not None

    def post_key(self, url: str) -> str | None:
        address = self._address(url)
        return f"{address.host}/{address.status_id}" if address else None

    def fetch_account(self, account: Account) -> Profile:
        base_url, name = self._home(account)
        return statuses.profile_of(self._get(base_url, "accounts/lookup", {"acct": name}), base_url)

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        base_url, name = self._home(account)
        found = self._get(base_url, "accounts/lookup", {"acct": name})
        if not isinstance(found, dict) or "id" not in found:
            raise Unreadable("Mastodon's response is not an account.")
        path, posts, before = f"accounts/{found['id']}/statuses", list[Post](), dict[str, str]()
        while len(posts) < LATEST:  # an instance returns at most 40 at once
            page = _listed(self._get(base_url, path, {"limit": "40", "exclude_replies": "true", **before}))
            posts += [statuses.post_of(status, base_url, account.handle) for status in page]
            if len(page) < 40:
                break
            before = {"max_id": str(page[-1]["id"])}
        return tuple(post for post in posts if post.public)[:LATEST]

    def publish(self, account: Account, new_post: NewPost, key: str) -> Post:
        base_url, _ = self._home(account)
        token = self._token(account, base_url)
        if token is None:
            raise NotPermitted("The account's owner has not permitted the market to publish.")
        fields: dict[str, Any] = {
            "status": text_with_links(new_post.text, new_post.urls),
            "visibility": "public",
        }
        if new_post.repost_of is not None:
            source = self._address(new_post.repost_of)
            if source is None or self._instances[source.host] != base_url:
                raise RefusedByNetwork("The source is not a post on the account's instance.")
            try:
                self._get(base_url, f"statuses/{source.status_id}", {}, token)
            except Absent as absent:
                raise RefusedByNetwork("The post to repost is not there.") from absent
            fields["quoted_status_id"] = source.status_id
        if new_post.picture_ids:
            fields["media_ids"] = [self._upload(base_url, picture, token) for picture in new_post.pictures()]
        headers = {"Idempotency-Key": hashlib.sha256(f"{account.account_id} {key}".encode()).hexdigest()}
        status = self._write("POST", f"{base_url}/api/v1/statuses", fields, token, headers)
        return statuses.post_of(status, base_url, account.handle)

    def take_down(self, url: str, account: Account | None = None) -> bool:
        address = self._address(url)
        if address is None or account is None:
            return False
        base_url, _ = self._home(account)
        token = self._token(account, base_url)
        if token is None or self._instances[address.host] != base_url:
            return False
        with suppress(Absent):
            self._write("DELETE", f"{base_url}/api/v1/statuses/{address.status_id}", None, token)
        return True

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        base_url, _ = self._home(account)
        if code is None:
            raise Problem(
                "publishing_not_authorised",
                "Create an application with the scopes read, write:statuses and write:media at authorize_url as the account's "
                "owner, and send its access token as the code.",
                authorize_url=f"{base_url}/settings/applications/new",
            )
        found = self._get(base_url, "accounts/verify_credentials", {}, code)
        if not isinstance(found, dict) or not isinstance(found.get("acct"), str):
            raise Unreadable("Mastodon's response is not an account.")
        if statuses.author_name(found["acct"], statuses.host_of(base_url), None) != statuses.full_name(
            *self._name_and_host(account)
        ):
            raise NotPermitted(f"This is the permission of another account, {found['acct']}.")
        self._secrets.save(account, {"access_token": code, "instance": base_url})
        return None

    def revoke_authorisation(self, account: Account) -> None:
        self._secrets.delete(account)

    def _address(self, url: str) -> PostAddress | None:
        address = statuses.post_address(url)
        return address if address is not None and address.host in self._instances else None

    def _name_and_host(self, account: Account) -> tuple[str, str]:
        name, _, host = account.handle.partition("@")
        return name, host.lower() or next(iter(self._instances))

    def _home(self, account: Account) -> tuple[str, str]:
        """Return the base URL of the account's instance, and its name there. Raise NotPermitted for another instance."""
        name, host = self._name_and_host(account)
        if host not in self._instances:
            raise NotPermitted(f"This market is not connected to the instance {host}.")
        return self._instances[host], name

    def _token(self, account: Account | None, base_url: str) -> str | None:
        """Return the account's token for this instance; a token is never sent to another."""
        known = self._secrets.read(account) if account else None
        return known["access_token"] if known and known["instance"] == base_url else None

    def _upload(self, base_url: str, picture: PictureFile, token: str) -> str:
        boundary = hashlib.sha256(picture.body).hexdigest()  # no picture contains its own digest
        name = f"picture.{picture.content_type.rpartition('/')[2]}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: {picture.content_type}\r\n\r\n"
        )
        body = head.encode() + picture.body + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Authorization": f"Bearer {token}"}
        found = self._read(self._send("POST", f"{base_url}/api/v2/media", body, headers))
        if not isinstance(found, dict) or "id" not in found:
            raise Unreadable("Mastodon's response is not a picture.")
        return str(found["id"])

    def _write(
        self, method: str, url: str, fields: Any, token: str, more_headers: Mapping[str, str] | None = None
    ) -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", **(more_headers or {})}
        return self._read(self._send(method, url, json.dumps(fields).encode() if fields else None, headers))

    def _get(self, base_url: str, path: str, fields: Mapping[str, str | list[str]], token: str | None = None) -> Any:
        query = f"?{urlencode(fields, doseq=True)}" if fields else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for tries_left in reversed(range(READ_TRIES)):
            try:
                return self._read(self._send("GET", f"{base_url}/api/v1/{path}{query}", None, headers))
            except Unavailable:
                if not tries_left:
                    raise
            self._sleep(random.uniform(0.1, 0.5))  # noqa: S311 - jitter
        raise AssertionError("every last try returns or raises")

    def _read(self, reply: Reply) -> Any:
        if reply.status < 300:
            return reply.document()
        raise _failure(reply)


def _failure(reply: Reply) -> NetworkError:
    detail = f"Mastodon responded with status {reply.status}."
    if reply.status == 429:
        seconds, until = reply.headers.get("retry-after", ""), reply.headers.get("x-ratelimit-reset", "")
        return RateLimited("Mastodon reports too many requests.", _seconds(seconds, until))
    if reply.status >= 500:
        return Unavailable(detail)
    if reply.status in (404, 410):
        return Absent(detail)
    return RefusedByNetwork(detail) if reply.status == 422 else NotPermitted(detail)


def _seconds(seconds: str, until: str) -> int:
    """Return the seconds until the limit ends; instances write its end as RFC 3339."""
    if seconds.isdecimal():
        return max(1, int(seconds))
    with suppress(ValueError):
        return max(1, int((clock.parse(until) - clock.now()).total_seconds()))
    return _WAIT_SECONDS


def _listed(response: Any) -> list[Any]:
    if not isinstance(response, list):
        raise Unreadable("Mastodon's response is not a list.")
    return response
