"""The Weibo adapter against a platform on this machine with the documented shapes and failures."""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.core import aws as cloud
from chalicelib.core import clock, ids, rules, settings
from chalicelib.core.errors import Problem
from chalicelib.social import known_host_request, networks
from chalicelib.social.port import (
    Absent,
    Account,
    NetworkError,
    NewPost,
    NotPermitted,
    Post,
    PostFigures,
    RateLimited,
    RefusedByNetwork,
    Unavailable,
    Unreached,
    Unreadable,
)
from chalicelib.social.publish_once import GRACE, publish_once
from chalicelib.social.weibo import tokens
from chalicelib.social.weibo.adapter import WeiboNetwork
from chalicelib.social.weibo.tokens import Application
from chalicelib.store import TasksRecord
from testing.doubles.mocked_aws import forget_clients
from testing.doubles.weibo_platform import NAME, UID, Platform, Trouble, error, running

NOW = datetime(2026, 11, 22, 12, 20, tzinfo=UTC)
TEA = Account("acc_tea", NAME)
DRAFT = NewPost("今年的秋茶到了。 广告", ("https://mt.example/A6abc",))
GONE = f"https://weibo.com/{UID}/K3fnuEfZZ"


@pytest.fixture
def platform() -> Iterator[Platform]:
    with running() as platform, clock.at(NOW):
        platform.now = NOW
        yield platform


class TokensInMemory:
    """Tokens in memory, where Secrets Manager is not what is tested."""

    def __init__(self, application: Application) -> None:
        self.ours = application
        self.tokens: dict[str, tuple[str, datetime]] = {}

    def application(self) -> Application:
        return self.ours

    def token_of(self, account: Account) -> str | None:
        token, until = self.tokens.get(account.account_id, (None, NOW))
        return token if until > clock.now() else None

    def save_token(self, account: Account, token: str, until: datetime) -> None:
        self.tokens[account.account_id] = (token, until)

    def delete_token(self, account: Account) -> None:
        self.tokens.pop(account.account_id, None)


@pytest.fixture
def application(platform: Platform) -> Application:
    back = "https://mt.example/back"
    return Application("key", "app-secret", "app-token", back, "mt.example", "192.0.2.7", platform.url)


@pytest.fixture
def secret(aws: None, application: Application) -> None:
    text = json.dumps(vars(application))
    boto3.client("secretsmanager").create_secret(Name=os.environ["WEIBO_SECRET_ARN"], SecretString=text)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def token_store(application: Application) -> TokensInMemory:
    return TokensInMemory(application)


@pytest.fixture
def weibo(token_store: TokensInMemory, pauses: list[float]) -> WeiboNetwork:
    return WeiboNetwork(token_store, pauses.append)


@pytest.fixture
def permitted(weibo: WeiboNetwork, token_store: TokensInMemory) -> WeiboNetwork:
    token_store.save_token(TEA, "tea-token", NOW + timedelta(hours=2))
    return weibo


@pytest.fixture(scope="class")
def attempts() -> Iterator[None]:
    """The table that attempts are written down in, one for all tests of a class: each has a key of its own."""
    with mock_aws():
        forget_clients()
        TasksRecord.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
        yield
    forget_clients()


@pytest.fixture
def publish(attempts: None, permitted: WeiboNetwork) -> Callable[..., Post]:
    key = ids.new("ord")
    return lambda new_post=DRAFT, key=key: publish_once(permitted, "weibo", TEA, new_post, key)


def url_of(platform: Platform, weibo: WeiboNetwork) -> str:
    platform.add("秋茶 广告")
    return weibo.recent_posts(TEA)[0].url


class TestReading:
    def test_a_post_with_its_links_and_figures(self, weibo: WeiboNetwork, platform: Platform) -> None:
        platform.add("秋茶 http://t.cn/A6abc 广告\u200b")
        url = weibo.recent_posts(TEA)[0].url
        post = weibo.fetch_post(url + "?from=feed")
        assert post is not None
        assert (post.url, post.author, post.text) == (url, NAME, "秋茶 https://mt.example/A6abc 广告")
        assert (post.urls, post.posted_at) == (("https://mt.example/A6abc",), NOW)
        assert weibo.fetch_figures([url, GONE, "https://elsewhere.example"]) == {url: PostFigures(None, 3, 1, 2)}
        assert platform.tokens == {"OAuth2 app-token"}

    def test_a_cut_post_is_read_again_and_never_returned(self, weibo: WeiboNetwork, platform: Platform) -> None:
        status = platform.add("秋茶…", isLongText=True)
        url = weibo.recent_posts(TEA)[0].url
        with pytest.raises(Unreadable, match="beginning"):
            weibo.fetch_post(url)
        assert platform.requests["statuses/show"] == 2
        platform.troubles.append(Trouble(body=json.dumps(status).encode()))
        status["longText"] = {"longTextContent": "秋茶到了。 广告"}
        post = weibo.fetch_post(url)
        assert post is not None
        assert post.text == "秋茶到了。 广告"

    def test_an_account(self, weibo: WeiboNetwork, platform: Platform) -> None:
        platform.description = "茶 &lt;MT-1&gt;"
        profile = weibo.fetch_account(Account("acc_tea", UID))
        assert (profile.handle, profile.description) == (NAME, "茶 <MT-1>")
        assert (profile.followers, profile.following, profile.verified) == (120_000, 300, True)

    def test_the_comments_of_a_post(self, weibo: WeiboNetwork, platform: Platform) -> None:
        url = url_of(platform, weibo)
        platform.comments = ["好喝 &amp; 便宜​", *("真好" for _ in range(120))]
        assert weibo.fetch_comments(url)[:2] == ("好喝 & 便宜", "真好")
        assert len(weibo.fetch_comments(url)) == 100
        assert weibo.fetch_comments(GONE) == weibo.fetch_comments("https://elsewhere.example") == ()
        platform.troubles.append(Trouble(body=b'{"comments": [{"no": "text"}]}'))
        with pytest.raises(Unreadable):
            weibo.fetch_comments(url)

    def test_a_deleted_post_is_none_and_foreign_urls_send_nothing(
        self, weibo: WeiboNetwork, platform: Platform
    ) -> None:
        assert weibo.fetch_post(GONE) is None
        assert platform.requests["statuses/show"] == 1
        assert weibo.fetch_post("https://weibo.com/about") is None
        assert sum(platform.requests.values()) == 1

    def test_an_account_that_gave_its_permission_is_read_with_it(
        self, permitted: WeiboNetwork, platform: Platform
    ) -> None:
        url = url_of(platform, permitted)
        assert permitted.fetch_post(url, TEA) is not None
        assert platform.tokens == {"OAuth2 tea-token"}


REFUSALS: list[tuple[Trouble, type[NetworkError]]] = [
    (error(20003), Absent),
    (error(21327), NotPermitted),
    (error(10014, status=403), NotPermitted),
    (error(20112), NotPermitted),
    (error(20021), RefusedByNetwork),
    (error(99999), RefusedByNetwork),
    (Trouble(404, b"<html>"), NotPermitted),
    (Trouble(302, b"", {"Location": "https://elsewhere.example"}), NotPermitted),
    (Trouble(200, b"{"), Unreadable),
    (Trouble(200, b"[" * 100_000), Unreadable),
    (Trouble(200, b'"text"'), Unreadable),
    (Trouble(200, b"x" * 1_000_001), Unreadable),
]


class TestMisbehaviour:
    @pytest.mark.parametrize(("trouble", "kind"), REFUSALS, ids=range(len(REFUSALS)))
    def test_each_failure_has_its_type_and_none_means_gone(
        self, weibo: WeiboNetwork, platform: Platform, trouble: Trouble, kind: type[NetworkError]
    ) -> None:
        platform.troubles.append(trouble)
        with pytest.raises(kind) as raised:
            weibo.fetch_account(TEA)
        assert type(raised.value) is kind
        assert "token" not in str(raised.value)
        assert sum(platform.requests.values()) == 1
        if kind is not Absent:
            platform.troubles.append(trouble)
            with pytest.raises(kind):
                weibo.fetch_post(GONE)

    @pytest.mark.parametrize(
        "trouble",
        [
            Trouble(503, b"busy"),
            error(10001),
            error(10010, status=500),
            Trouble(hang_up=True),
            Trouble(silent=True),
        ],
        ids=["503", "10001", "10010", "hung up", "silent"],
    )
    def test_reading_is_tried_twice_and_not_more(
        self,
        weibo: WeiboNetwork,
        platform: Platform,
        pauses: list[float],
        trouble: Trouble,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(known_host_request, "TIMEOUT_SECONDS", 0.2)
        platform.troubles.append(trouble)
        assert weibo.fetch_account(TEA).handle == NAME
        platform.troubles.extend([trouble, trouble])
        with pytest.raises(Unavailable):
            weibo.fetch_account(TEA)
        assert platform.requests["users/show"] == 4
        assert len(pauses) == 2

    def test_a_cut_off_body_is_unavailable(self, weibo: WeiboNetwork, platform: Platform) -> None:
        platform.troubles.extend([Trouble(body=b"{}", headers={"Content-Length": "9"})] * 2)
        with pytest.raises(Unavailable):
            weibo.fetch_account(TEA)

    @pytest.mark.parametrize(
        ("trouble", "seconds"),
        [
            (error(10022, status=403), 2_401),  # until the hour is over
            (error(10023), 2_401),
            (error(10024, Retry_After="90"), 90),
            (Trouble(429, b"", {"Retry-After": "30"}), 30),
            (Trouble(429, b""), 2_401),
            (error(20016), 600),
        ],
    )
    def test_rate_limits_block_requests_until_they_end(
        self, permitted: WeiboNetwork, platform: Platform, trouble: Trouble, seconds: int
    ) -> None:
        platform.troubles.append(trouble)
        with pytest.raises(RateLimited) as raised:
            permitted.fetch_figures([GONE])
        assert (raised.value.retry_after, raised.value.data) == (seconds, {"retry_after": seconds})
        with clock.at(NOW + timedelta(seconds=seconds - 9)), pytest.raises(RateLimited) as again:
            permitted.fetch_figures([GONE])
        assert again.value.retry_after == 9
        assert sum(platform.requests.values()) == 1
        assert permitted.fetch_account(TEA).handle == NAME, "another token is not held back"
        with clock.at(NOW + timedelta(seconds=seconds)):
            assert permitted.fetch_figures([GONE]) == {}

    def test_a_short_rate_limit_is_waited_for_once(
        self, weibo: WeiboNetwork, platform: Platform, pauses: list[float]
    ) -> None:
        short = Trouble(429, b"", {"Retry-After": "2"})
        platform.troubles.append(short)
        assert weibo.fetch_account(TEA).handle == NAME
        platform.troubles.extend([short, short])
        with pytest.raises(RateLimited):
            weibo.fetch_account(TEA)
        assert pauses == [2, 2]

    def test_tokens_are_sent_over_tls_only(self, application: Application) -> None:
        elsewhere = Application(**{**vars(application), "api_url": "http://api.weibo.example"})
        with pytest.raises(ValueError, match="TLS"):
            WeiboNetwork(TokensInMemory(elsewhere)).fetch_account(TEA)

    def test_without_the_secret_nothing_is_sent(self, aws: None) -> None:
        with pytest.raises(NotPermitted):
            WeiboNetwork().fetch_account(TEA)
        boto3.client("secretsmanager").create_secret(Name=os.environ["WEIBO_SECRET_ARN"], SecretString="{}")
        with pytest.raises(NotPermitted):
            WeiboNetwork().fetch_account(TEA)


class TestPublishing:
    def test_a_post_with_a_link_of_ours(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        post = publish()
        assert (post.author, post.text) == (NAME, "今年的秋茶到了。 广告 https://mt.example/A6abc")
        assert publish().url == post.url
        assert platform.requests["statuses/share"] == 1
        assert platform.tokens == {"OAuth2 tea-token"}
        assert permitted.take_down(post.url, TEA)
        assert permitted.take_down(post.url, TEA), "gone already"
        assert permitted.fetch_post(post.url) is None
        with pytest.raises(RefusedByNetwork, match="has been deleted"):
            publish()
        assert not permitted.take_down(post.url), "without the owner's permission"

    def test_a_repost(self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform) -> None:
        source = url_of(platform, permitted)
        post = publish(NewPost("看看 广告", repost_of=source))
        assert (post.repost_of, post.text) == (source, "看看 广告")
        with pytest.raises(Absent):
            publish(NewPost("看看 广告", repost_of=GONE), "another")

    @pytest.mark.parametrize(
        ("new_post", "why"),
        [
            (NewPost("秋茶 广告"), "mt.example"),
            (NewPost("秋茶 https://mt.example.elsewhere/x"), "mt.example"),
            (NewPost("#秋茶# https://mt.example/x"), "#topic#"),
            (NewPost("秋茶 https://mt.example/x", picture_ids=("pic_1",)), "pictures"),
            (NewPost("秋茶", repost_of="https://elsewhere.example/1"), "source"),
        ],
    )
    def test_posts_weibo_would_refuse_are_not_sent(
        self, permitted: WeiboNetwork, platform: Platform, new_post: NewPost, why: str
    ) -> None:
        with pytest.raises(RefusedByNetwork, match=why):
            permitted.publish(TEA, new_post, "ord_1")
        assert sum(platform.requests.values()) == 0

    def test_without_valid_permission_nothing_is_sent(self, permitted: WeiboNetwork, platform: Platform) -> None:
        with pytest.raises(NotPermitted):
            permitted.publish(Account("acc_other", "other"), DRAFT, "ord_1")
        with clock.at(NOW + timedelta(hours=2)), pytest.raises(NotPermitted):
            permitted.publish(TEA, DRAFT, "ord_1")
        assert sum(platform.requests.values()) == 0

    @pytest.mark.parametrize(
        "lost",
        [
            Trouble(hang_up=True, after=True),
            Trouble(body=b"{", after=True),
            Trouble(502, b"", after=True),
            Trouble(400, error(20032).body, after=True),
        ],
        ids=["hung up", "bad JSON", "502", "20032: published, but slow"],
    )
    def test_a_lost_reply_never_posts_twice(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform, lost: Trouble
    ) -> None:
        platform.troubles.append(lost)
        with pytest.raises((Unavailable, Unreadable)):
            publish()
        platform.hidden = True
        with pytest.raises(Unavailable, match="earlier attempt"):
            publish()
        platform.hidden = False
        post = publish()
        assert post.text.startswith(DRAFT.text)
        assert len(platform.statuses) == platform.requests["statuses/share"] == 1

    def test_a_post_that_never_arrived_is_sent_after_grace(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        platform.troubles.append(Trouble(503, b""))
        with pytest.raises(Unavailable):
            publish()
        with clock.at(NOW + GRACE - timedelta(seconds=1)), pytest.raises(Unavailable):
            publish()
        assert platform.requests["statuses/share"] == 1
        with clock.at(NOW + GRACE):
            publish()
        assert len(platform.statuses) == 1

    def test_an_unsent_request_needs_no_grace(
        self, token_store: TokensInMemory, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        here = token_store.application()
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            token_store.ours = replace(here, api_url=f"http://127.0.0.1:{closed.getsockname()[1]}")
            with pytest.raises(Unreached):
                publish()
        token_store.ours = here
        assert publish().author == NAME

    def test_a_refusal_needs_no_grace(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        platform.troubles.append(error(10014))
        with pytest.raises(NotPermitted):
            publish()
        assert publish().author == NAME

    def test_a_refused_repeat_finds_the_earlier_post(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        platform.troubles.append(Trouble(hang_up=True, after=True))
        with pytest.raises(Unavailable):
            publish()
        platform.troubles.extend([Trouble(body=b'{"statuses": []}'), error(20019)])
        with clock.at(NOW + GRACE):
            post = publish()
        assert post.posted_at == NOW
        assert len(platform.statuses) == 1

    def test_a_lost_post_is_found_in_a_cut_timeline(self, publish: Callable[..., Post], platform: Platform) -> None:
        platform.troubles.append(Trouble(hang_up=True, after=True))
        with pytest.raises(Unavailable):
            publish()
        (status,) = platform.statuses
        whole = {"longText": {"longTextContent": status["text"]}}
        status.update(text="今年的…", isLongText=True)
        platform.long_texts[status["idstr"]] = whole
        with clock.at(NOW + GRACE):
            publish()
        assert len(platform.statuses) == 1

    def test_older_posts_and_other_sources_are_not_ours(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform
    ) -> None:
        platform.add(DRAFT.text, NOW - timedelta(days=1))
        platform.add(DRAFT.text, retweeted_status=platform.add("source"))
        platform.troubles.append(error(20016, Retry_After="1"))
        with pytest.raises(RateLimited):
            publish()
        with clock.at(NOW + timedelta(seconds=1)):
            publish()
        assert len(platform.statuses) == 4

    def test_concurrent_calls_post_once(
        self, permitted: WeiboNetwork, publish: Callable[..., Post], platform: Platform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        send = WeiboNetwork.publish

        def twin(self: WeiboNetwork, account: Account, new_post: NewPost, key: str) -> Any:
            monkeypatch.setattr(WeiboNetwork, "publish", send)
            with pytest.raises(Unavailable):
                publish_once(self, "weibo", account, new_post, key)
            return send(self, account, new_post, key)

        monkeypatch.setattr(WeiboNetwork, "publish", twin)
        publish()
        assert len(platform.statuses) == 1


class TestPermission:
    def test_the_owner_authorises_and_the_code_becomes_a_token(
        self, secret: None, platform: Platform, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, "chalicelib")
        weibo = WeiboNetwork()
        with pytest.raises(Problem) as raised:
            weibo.authorise(TEA, None)
        assert raised.value.code == "publishing_not_authorised"
        assert raised.value.data["authorize_url"].startswith(f"{platform.url}/oauth2/authorize?client_id=key&")
        assert "app-secret" not in str(raised.value.data)
        assert weibo.authorise(TEA, "code1") == NOW + timedelta(hours=1)
        assert tokens.token_of(TEA) == "token-for-code1"
        weibo.authorise(TEA, "code2")
        assert tokens.token_of(TEA) == "token-for-code2"
        weibo.revoke_authorisation(TEA)
        weibo.revoke_authorisation(TEA)
        assert tokens.token_of(TEA) is None
        assert "token-for" not in caplog.text
        secrets = boto3.client("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
        assert not any("publishing/" in secret["Name"] for secret in secrets)

    def test_the_permission_of_another_account_is_refused(
        self, weibo: WeiboNetwork, token_store: TokensInMemory
    ) -> None:
        other = Account("acc_other", "别人")
        with pytest.raises(NotPermitted):
            weibo.authorise(other, "code1")
        assert token_store.tokens == {}

    @pytest.mark.parametrize(("said", "kind"), [(error(21325), NotPermitted), (Trouble(200, b"{}"), Unreadable)])
    def test_a_refused_code_stores_nothing(
        self,
        weibo: WeiboNetwork,
        token_store: TokensInMemory,
        platform: Platform,
        said: Trouble,
        kind: type[NetworkError],
    ) -> None:
        platform.troubles.append(said)
        with pytest.raises(kind):
            weibo.authorise(TEA, "code1")
        assert token_store.tokens == {}


def test_a_stage_without_the_sandbox_proves_and_permits_on_weibo(
    api: Any, secret: None, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX", "off")
    settings.settings.cache_clear()
    networks._weibo.cache_clear()
    cloud.secret.cache_clear()
    try:
        an = api.as_("an", "creator")
        body = {"network": "weibo", "handle": NAME, "category": "美食", "prices": {}}
        path = f"/v1/accounts/{an.post('/v1/accounts', body).json_body['id']}"
        platform.add(f"认证 {an.post(f'{path}/ownership').json_body['code']}")
        url = networks.network("weibo").recent_posts(Account(path.rpartition("/")[2], NAME))[0].url
        card = an.post(f"{path}/ownership/check").json_body
        assert (card["ownership"]["status"], card["ownership"]["evidence"]["where"]) == ("verified", url)
        refused = an.put(f"{path}/publishing", {"allowed": True})
        assert (refused.status_code, refused.json_body["code"]) == (409, "publishing_not_authorised")
        assert refused.json_body["authorize_url"]
        card = an.put(f"{path}/publishing", {"allowed": True, "code": "code1"}).json_body
        assert card["publishing"] == {
            "allowed": True,
            "since": clock.rfc3339(NOW),
            "until": clock.rfc3339(NOW + timedelta(hours=1)),
        }
        platform.troubles.append(Trouble(429, b"", {"Retry-After": "60"}))
        busy = an.put(f"{path}/publishing", {"allowed": True, "code": "code2"})
        assert (busy.status_code, busy.headers["Retry-After"], busy.json_body["retry_after"]) == (503, "60", 60)
        assert an.get(path).json_body["publishing"]["allowed"], "what was permitted stays"
        assert (
            api.request("PUT", f"/sandbox/accounts/{path.rpartition('/')[2]}/profile", {"description": ""}).status_code
            == 404
        )
    finally:
        monkeypatch.undo()
        settings.settings.cache_clear()
        rules.rules.cache_clear()
        networks._weibo.cache_clear()
