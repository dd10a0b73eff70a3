"""Weibo's open platform, as a double on this machine, in the conformance suite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from chalicelib.core import clock
from chalicelib.social.port import Account
from chalicelib.social.weibo.adapter import WeiboNetwork
from chalicelib.social.weibo.posts import mid_of, url_of
from chalicelib.social.weibo.tokens import Application
from testing.doubles.weibo_platform import NAME, UID, Platform, running
from testing.social_networks.harness import Harness
from testing.social_networks.recording import Recorder


class WeiboTokens:
    """The application and the tokens in memory."""

    def __init__(self, ours: Application) -> None:
        self.ours = ours
        self.tokens: dict[str, tuple[str, datetime]] = {}

    def application(self) -> Application:
        return self.ours

    def token_of(self, account: Account) -> str | None:
        token, until = self.tokens.get(account.account_id, (None, clock.now()))
        return token if until > clock.now() else None

    def save_token(self, account: Account, token: str, until: datetime) -> None:
        self.tokens[account.account_id] = (token, until)

    def delete_token(self, account: Account) -> None:
        self.tokens.pop(account.account_id, None)


class WeiboHarness(Harness):
    """The platform's documented shapes. It publishes no pictures."""

    name = "weibo"
    lacks = frozenset({"pictures"})
    permission = "code"
    link = "https://mt.example/A6abc"
    missing_url = f"https://weibo.com/{UID}/K3fnuEfZZ"
    unknown_urls = (
        "https://mapp.api.weibo.cn/fx/0123abcd.html",
        "https://weibo.com/about",
        "https://elsewhere.example/1/abcdef",
    )

    def __init__(self, platform: Platform) -> None:
        platform.now = clock.now()
        self.platform = platform
        ours = Application("key", "secret", "token", "https://mt.example/back", "mt.example", "192.0.2.7", platform.url)
        self.tokens = WeiboTokens(ours)
        self.network = WeiboNetwork(self.tokens, lambda seconds: None)
        self.account, self.absent_account = Account("acc_tea", NAME), Account("acc_absent", "nobody")

    @classmethod
    @contextmanager
    def running(cls, recorder: Recorder) -> Iterator[Self]:
        with running() as platform:
            yield cls(platform)

    def write(self, text: str, *, link: str | None = None) -> str:
        short = (link or "").replace("https://mt.example/", "http://t.cn/")
        return self._add(f"{text} {short}".strip())

    def edit(self, url: str, text: str) -> None:
        self._status(url).update(text=text, edit_count=1)

    def delete(self, url: str) -> None:
        self.platform.statuses.remove(self._status(url))

    def describe(self, text: str) -> None:
        self.platform.description = text

    def comment(self, url: str, text: str) -> None:
        self.platform.comments.insert(0, text)

    def spellings(self, url: str) -> tuple[str, ...]:
        tail, mid = url.rpartition("/")[2], mid_of(url)
        return (
            f"\u200b {url} \n",
            f"HTTPS://Weibo.Com/{UID}/{tail}?from=page_100505#comment",
            f"https://m.weibo.cn/status/{mid}",
            f"https://m.weibo.cn/{UID}/{tail}",
            f"http://share.api.weibo.cn/share/1,{mid}.html?weibo_id={mid}",
        )

    def write_hidden(self, text: str) -> str:
        return self._add(text, visible={"type": 1, "list_id": 0})

    def write_cut(self, text: str) -> str:
        """Publish a long post of which the platform returns only the beginning."""
        return self._add(text, isLongText=True)

    def _add(self, text: str, **more: Any) -> str:
        return url_of(UID, str(self.platform.add(text, **more)["idstr"]))

    def _status(self, url: str) -> dict[str, Any]:
        return next(status for status in self.platform.statuses if status["idstr"] == mid_of(url))
