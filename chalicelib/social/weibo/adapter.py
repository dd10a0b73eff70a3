"""The adapter of Weibo's open platform (api.weibo.com/2). docs/guides/social-networks.md lists its limits and what was never
tried.

Reading is tried twice and writing once, because a write without a response may have taken effect. After "too many requests" no
request is sent with the same token until Weibo's limit ends. A 404 or an unknown error never means that a post is gone: only
Weibo's own code 20101 does."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from chalicelib.core import aws, clock
from chalicelib.core.errors import Problem
from chalicelib.social.known_host_request import Fields, Reply, request
from chalicelib.social.port import (
    LATEST,
    Absent,
    Account,
    NetworkError,
    NewPost,
    NotPermitted,
    Post,
    PostFigures,
    Profile,
    RateLimited,
    RefusedByNetwork,
    Unavailable,
    Unreadable,
    links_in,
    text_with_links,
)
from chalicelib.social.weibo import posts, tokens
from chalicelib.social.weibo.error_codes import failure, seconds_to_next_hour
from chalicelib.social.weibo.tokens import Application

READ_TRIES = 2
WAIT_MAX_SECONDS = 2
EXPANDED_AT_ONCE = 20
_TOPIC = re.compile(r"#[^#\s][^#]*#")


class TokenStore(Protocol):
    """The application and the tokens of accounts; the module `tokens` stores them in Secrets Manager."""

    def application(self) -> Application: ...

    def token_of(self, account: Account) -> str | None: ...

    def save_token(self, account: Account, token: str, until: datetime) -> None: ...

    def delete_token(self, account: Account) -> None: ...


class WeiboNetwork:
    """Read with the account's own token if it gave one, else with the application's."""

    idempotent = False

    def __init__(self, token_store: TokenStore = tokens, sleep: Callable[[float], None] = time.sleep) -> None:
        self._tokens = token_store
        self._sleep = sleep
        self._blocked_until: dict[str, datetime] = {}

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        mid = posts.mid_of(url)
        if mid is None:
            return None
        token = self._read_token(reader)
        for _ in range(READ_TRIES):
            try:
                status = self._get("statuses/show", {"id": mid, "isGetLongText": "1"}, token)
            except Absent:
                return None
            post = self._posts([status], reader, token)[0]
            if post is None or not post.cut:
                return post
        raise Unreadable("Weibo returned only the beginning of a long post.")

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, PostFigures]:
        mids = {url: mid for url in urls if (mid := posts.mid_of(url))}
        if not mids:
            return {}
        rows = self._get("statuses/count", {"ids": ",".join(dict.fromkeys(mids.values()))}, self._read_token(None))
        if not isinstance(rows, list):
            raise Unreadable("Weibo's response has no counts.")
        found = dict(posts.figures_of(row) for row in rows)
        return {url: found[mid] for url, mid in mids.items() if mid in found}

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        mid = posts.mid_of(url)
        if mid is None:
            return ()
        try:
            response = self._get("comments/show", {"id": mid, "count": str(LATEST)}, self._read_token(reader))
        except Absent:
            return ()
        return posts.comments_of(response)

    def has_form(self, url: str) -> bool:
        return posts.mid_of(url) is not None

    def post_key(self, url: str) -> str | None:
        return posts.mid_of(url)

    def fetch_account(self, account: Account) -> Profile:
        return posts.profile_of(self._get("users/show", _account_fields(account), self._read_token(account)))

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        token = self._read_token(account)
        response = self._get("statuses/user_timeline", {**_account_fields(account), "count": str(LATEST)}, token)
        statuses = response.get("statuses") if isinstance(response, dict) else None
        if not isinstance(statuses, list):
            raise Unreadable("Weibo's response is not a timeline.")
        return tuple(post for post in self._posts(statuses, account, token) if post is not None)

    def publish(self, account: Account, new_post: NewPost, key: str) -> Post:
        token = self._tokens.token_of(account)
        if token is None:
            raise NotPermitted(
                "The account's owner has not permitted the market to publish, or the permission has expired."
            )
        text = text_with_links(new_post.text, new_post.urls)
        path, fields = self._repost(text, new_post.repost_of) if new_post.repost_of else self._share(text)
        if new_post.picture_ids:
            raise RefusedByNetwork("The market cannot publish pictures on Weibo; the creator has to publish this post.")
        status = self._post(path, fields, token)
        try:
            post = self._posts([status], account, token)[0]
        except NetworkError as error:
            raise Unavailable("Weibo accepted the post but does not show it yet.") from error
        if post is None:
            raise Unavailable("Weibo accepted the post but does not show it.")
        return post

    def take_down(self, url: str, account: Account | None = None) -> bool:
        mid = posts.mid_of(url)
        token = self._tokens.token_of(account) if account else None
        if mid is None or token is None:
            return False
        with suppress(Absent):
            self._post("statuses/destroy", {"id": mid}, token)
        return True

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        application = self._tokens.application()
        if code is None:
            query = {
                "client_id": application.app_key,
                "redirect_uri": application.redirect_uri,
                "response_type": "code",
                "state": account.account_id,
            }
            raise Problem(
                "publishing_not_authorised",
                "Open authorize_url as the account's owner and send the code that Weibo returns.",
                authorize_url=f"{application.api_url}/oauth2/authorize?{urlencode(query)}",
            )
        fields = {
            "client_id": application.app_key,
            "client_secret": application.app_secret,
            "grant_type": "authorization_code",
            "redirect_uri": application.redirect_uri,
            "code": code,
        }
        granted = self._read(request("POST", f"{application.api_url}/oauth2/access_token", fields, {}))
        try:
            token, uid, lasts = str(granted["access_token"]), str(granted["uid"]), int(granted["expires_in"])
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("Weibo's response is not a token.") from error
        profile = posts.profile_of(self._get("users/show", {"uid": uid}, token))
        if not posts.is_named(account.handle, uid, profile.handle):
            raise NotPermitted(f"This is the permission of another account, {profile.handle}.")
        until = clock.now() + timedelta(seconds=lasts)
        self._tokens.save_token(account, token, until)
        return until

    def revoke_authorisation(self, account: Account) -> None:
        self._tokens.delete_token(account)

    def _share(self, text: str) -> tuple[str, dict[str, str]]:
        application = self._tokens.application()
        hosts = [urlsplit(url).hostname or "" for url in links_in(text)]
        if not any(host == application.bound_domain or host.endswith(f".{application.bound_domain}") for host in hosts):
            raise RefusedByNetwork(f"Weibo publishes only texts with a link to {application.bound_domain}.")
        if _TOPIC.search(text):
            raise RefusedByNetwork("Weibo does not publish a text with a #topic# for an application.")
        return "statuses/share", {"status": text, "rip": application.operator_ip}

    def _repost(self, text: str, source_url: str) -> tuple[str, dict[str, str]]:
        mid = posts.mid_of(source_url)
        if mid is None:
            raise RefusedByNetwork("The source is not a post on Weibo.")
        return "statuses/repost", {
            "id": mid,
            "status": text,
            "is_comment": "0",
            "rip": self._tokens.application().operator_ip,
        }

    def _posts(self, statuses: list[Any], reader: Account | None, token: str) -> list[Post | None]:
        """Return the posts of statuses with their short links expanded, because short links cannot be compared."""
        try:
            short = {link for status in statuses for link in posts.SHORT_LINK.findall(posts.text_of(status))}
        except (AttributeError, KeyError, TypeError) as error:
            raise Unreadable("Weibo's response is not a status.") from error
        long_links: dict[str, str] = {}
        links = sorted(short)
        for begin in range(0, len(links), EXPANDED_AT_ONCE):
            response = self._get("short_url/expand", {"url_short": links[begin : begin + EXPANDED_AT_ONCE]}, token)
            try:
                long_links.update(
                    {row["url_short"]: row["url_long"] for row in response["urls"] if row.get("url_long")}
                )
            except (AttributeError, KeyError, TypeError) as error:
                raise Unreadable("Weibo's response has no links.") from error
        handle = reader.handle if reader else None
        return [posts.post_of(status, handle, long_links) for status in statuses]

    def _read_token(self, reader: Account | None) -> str:
        own = self._tokens.token_of(reader) if reader else None
        return own or self._tokens.application().access_token

    def _get(self, path: str, fields: Fields, token: str) -> Any:
        for tries_left in reversed(range(READ_TRIES)):
            try:
                return self._request("GET", path, fields, token)
            except RateLimited as limited:
                if not tries_left or limited.retry_after > WAIT_MAX_SECONDS:
                    raise
                self._sleep(limited.retry_after)
                self._blocked_until.pop(token, None)
            except Unavailable:
                if not tries_left:
                    raise
                self._sleep(random.uniform(0.1, 0.5))  # noqa: S311 - jitter
        raise AssertionError("every last try returns or raises")

    def _post(self, path: str, fields: Fields, token: str) -> Any:
        return self._request("POST", path, fields, token)

    def _request(self, method: str, path: str, fields: Fields, token: str) -> Any:
        application, now = self._tokens.application(), clock.now()
        blocked = self._blocked_until.get(token)
        if blocked is not None and now < blocked:
            raise RateLimited("The limit of requests to Weibo is reached.", math.ceil((blocked - now).total_seconds()))
        # In a header, because URLs are logged.
        reply = request(method, f"{application.api_url}/2/{path}.json", fields, {"Authorization": f"OAuth2 {token}"})
        try:
            return self._read(reply)
        except RateLimited as limited:
            self._blocked_until[token] = now + timedelta(seconds=limited.retry_after)
            raise
        except NotPermitted:
            aws.secret.cache_clear()  # the operator may have written a new token of the application
            raise

    def _read(self, reply: Reply) -> Any:
        now = clock.now()
        header = reply.headers.get("retry-after", "")
        retry_after = int(header) if header.isdigit() and int(header) > 0 else None
        try:
            document = reply.document()
        except Unreadable:
            if reply.status < 300:
                raise
            document = None
        if isinstance(document, dict) and str(document.get("error_code", "")).isdigit():
            raise failure(int(document["error_code"]), str(document.get("error", "")), now, retry_after)
        if reply.status == 429:
            raise RateLimited("Weibo reports too many requests.", retry_after or seconds_to_next_hour(now))
        if reply.status >= 500:
            raise Unavailable(f"Weibo responded with status {reply.status}.")
        if reply.status >= 300:
            raise NotPermitted(f"Weibo responded with status {reply.status} without a reason.")
        return document


def _account_fields(account: Account) -> dict[str, str]:
    return {"uid": account.handle} if account.handle.isdigit() else {"screen_name": account.handle}
