"""Proof of ownership by a code, and the permission to publish, on the sandbox network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts import ownership, publishing_permission
from chalicelib.accounts.records import account_id
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.social import request_deadline
from chalicelib.social.port import Account, NewPost, NotPermitted, RefusedByNetwork, Unavailable
from chalicelib.social.sandbox import SandboxNetwork

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEA = account_id("weibo", "tea")
PATH = f"/v1/accounts/{TEA}"


@pytest.fixture
def an(api: Any) -> Any:
    creator = api.as_("an", "creator")
    body = {"network": "weibo", "handle": "tea", "category": "美食", "prices": {}}
    with clock.at(NOW):
        assert creator.post("/v1/accounts", body).status_code == 201
        yield creator


def code(an: Any) -> str:
    answer = an.post(f"{PATH}/ownership")
    assert (answer.status_code, answer.json_body["status"]) == (201, "code_given")
    assert answer.json_body["expires_at"] == clock.rfc3339(NOW + timedelta(hours=48))
    return str(answer.json_body["code"])


def describe(api: Any, text: str) -> None:
    answer = api.put(f"/sandbox/accounts/{TEA}/profile", {"description": text})
    assert (answer.status_code, answer.json_body["description"]) == (200, text)


class SlowNetwork:
    """Requests to it last 3 seconds, or less if the deadline is earlier, of the clock that the deadline reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = 0.0
        monkeypatch.setattr(request_deadline, "monotonic", lambda: self.seconds)

    def wait(self) -> None:
        self.seconds += request_deadline.at_most(3.0)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowNetwork:
    return SlowNetwork(monkeypatch)


class TestOwnership:
    def test_a_code_in_the_profile_verifies_the_account(self, api: Any, an: Any) -> None:
        wanted = code(an)
        assert code(an) == wanted, "asked again"
        refused = an.post(f"{PATH}/ownership/check")
        assert (refused.status_code, refused.json_body["code"]) == (409, "ownership_not_proven")
        assert an.get(PATH).json_body["ownership"]["status"] == "code_given"
        describe(api, f"爱喝茶 {wanted}")
        card = an.post(f"{PATH}/ownership/check").json_body
        assert (card["ownership"]["status"], card["ownership"]["verified_at"]) == ("verified", clock.rfc3339(NOW))
        assert card["ownership"]["evidence"]["where"] == "profile"
        assert wanted not in str(card)
        describe(api, "爱喝茶")
        assert an.post(f"{PATH}/ownership/check").json_body == card, "verified once, for good"
        assert an.post(f"{PATH}/ownership").json_body["code"] == "state_conflict"

    def test_a_code_in_a_new_post_verifies_the_account(self, api: Any, an: Any) -> None:
        post = {"account_id": TEA, "text": f"认证 {code(an)}"}
        with clock.at(NOW - timedelta(days=1)):
            api.post("/sandbox/posts", post)
        other = api.post("/sandbox/posts", {**post, "account_id": account_id("weibo", "other")}).json_body
        assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_not_proven", other
        deleted = api.post("/sandbox/posts", post).json_body
        api.request("DELETE", f"/sandbox/posts/{deleted['id']}")
        assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_not_proven"
        url = api.post("/sandbox/posts", post).json_body["post_url"]
        assert an.post(f"{PATH}/ownership/check").json_body["ownership"]["evidence"]["where"] == url

    def test_only_owner_and_staff_see_it(self, api: Any, an: Any) -> None:
        describe(api, code(an))
        an.post(f"{PATH}/ownership/check")
        auditor = api.as_("aud", "auditor")
        [waiting] = auditor.get("/v1/admissions").json_body["data"]
        assert waiting["ownership"]["status"] == "verified"
        assert auditor.get(PATH).json_body["ownership"] == an.get(PATH).json_body["ownership"]
        for other in (api.as_("bo", "creator"), api.as_("adv", "advertiser")):
            assert {"ownership", "publishing"}.isdisjoint(other.get(PATH).json_body)

    def test_an_expired_code_is_replaced(self, api: Any, an: Any) -> None:
        assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_code_missing"
        first = code(an)
        describe(api, first)
        with clock.at(NOW + timedelta(hours=48)):
            assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_code_missing"
            assert an.post(f"{PATH}/ownership").json_body["code"] != first
            assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_not_proven"

    def test_a_check_requires_a_code(self, api: Any, an: Any) -> None:
        bo = api.as_("bo", "creator")
        assert bo.post(f"{PATH}/ownership/check").status_code == 404
        assert bo.put(f"{PATH}/publishing", {"allowed": True}).status_code == 404
        assert api.as_("aud", "auditor").post(f"{PATH}/ownership").status_code == 403

    def test_rebinding_a_rejected_account_requires_a_new_proof(self, api: Any, an: Any) -> None:
        describe(api, code(an))
        an.post(f"{PATH}/ownership/check")
        an.put(f"{PATH}/publishing", {"allowed": True})
        rejection = {"decision": "rejected", "reason_code": "contact_false"}
        api.as_("aud", "auditor").post(f"{PATH}/admission", rejection)
        assert an.put(f"{PATH}/publishing", {"allowed": True}).json_body["code"] == "state_conflict"
        body = {"network": "weibo", "handle": "tea", "category": "美食", "prices": {}}
        card = api.as_("bo", "creator").post("/v1/accounts", body).json_body
        assert (card["ownership"]["status"], card["publishing"]["allowed"]) == ("unverified", False)
        assert publishing_permission.allowed([TEA]) == frozenset()

    def test_a_network_that_does_not_answer_proves_nothing(self, an: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        code(an)

        def away(self: SandboxNetwork, account: Account) -> None:
            raise Unavailable("The network does not answer.")

        monkeypatch.setattr(SandboxNetwork, "fetch_account", away)
        answer = an.post(f"{PATH}/ownership/check")
        assert (answer.status_code, answer.json_body["code"]) == (503, "upstream_unavailable")
        assert an.get(PATH).json_body["ownership"]["status"] == "code_given"

    def test_all_requests_of_a_check_share_one_deadline(
        self, an: Any, slow: SlowNetwork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fetch(self: SandboxNetwork, account: Account) -> None:
            for _ in range(20):
                slow.wait()

        code(an)
        monkeypatch.setattr(SandboxNetwork, "fetch_account", fetch)
        answer = an.post(f"{PATH}/ownership/check")
        assert (answer.status_code, answer.json_body["code"]) == (503, "upstream_unavailable")
        assert slow.seconds == request_deadline.REQUEST_SECONDS

    def test_posts_that_may_not_be_read_prove_nothing(self, an: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        code(an)

        def unreadable(self: SandboxNetwork, account: Account) -> None:
            raise NotPermitted("Only the author's own.")

        monkeypatch.setattr(SandboxNetwork, "recent_posts", unreadable)
        assert an.post(f"{PATH}/ownership/check").json_body["code"] == "ownership_not_proven"

    def test_a_code_replaced_during_the_check_proves_nothing(self, an: Any) -> None:
        code(an)
        with pytest.raises(Problem, match="ownership_code_missing"):
            ownership.verified(TEA, ids.derive("cre", "an"), {"at": clock.stamp(NOW), "where": "profile"}, "MT-ANOTHER")


class TestPublishing:
    def test_the_owner_gives_and_revokes_permission_to_publish(self, an: Any) -> None:
        assert an.get(PATH).json_body["publishing"] == {"allowed": False, "since": None, "until": None}
        permitted = {"allowed": True, "since": clock.rfc3339(NOW), "until": None}
        assert an.put(f"{PATH}/publishing", {"allowed": True}).json_body["publishing"] == permitted
        with clock.at(NOW + timedelta(hours=1)):
            assert an.put(f"{PATH}/publishing", {"allowed": True}).json_body["publishing"] == permitted
            assert publishing_permission.allowed([TEA, account_id("weibo", "nobody")]) == {TEA}
            later = {"allowed": False, "since": clock.rfc3339(NOW + timedelta(hours=1)), "until": None}
            assert an.put(f"{PATH}/publishing", {"allowed": False}).json_body["publishing"] == later
        assert publishing_permission.allowed([TEA]) == frozenset()
        with pytest.raises(NotPermitted):
            publishing_permission.publish_for(TEA, NewPost("秋茶 广告"), "ord_1")

    def test_a_wrong_body_is_refused(self, an: Any) -> None:
        for body in ({}, {"allowed": "yes"}, {"allowed": True, "code": ""}, {"allowed": True, "token": "x"}):
            assert an.put(f"{PATH}/publishing", body).status_code == 422

    def test_the_market_publishes_once_for_each_order(self, api: Any, an: Any) -> None:
        an.put(f"{PATH}/publishing", {"allowed": True})
        new_post = NewPost("秋茶 广告", ("https://tea.example/a",), ("pic_1",))
        post = publishing_permission.publish_for(TEA, new_post, "ord_1")
        with clock.at(NOW + timedelta(hours=1)):
            again = publishing_permission.publish_for(TEA, new_post, "ord_1")
            assert (again.url, again.posted_at) == (post.url, NOW)
            assert publishing_permission.publish_for(TEA, new_post, "ord_2").url != post.url
        assert (post.author, post.text, post.edited) == (TEA, new_post.text, False)
        assert (post.urls, post.picture_ids) == (new_post.urls, new_post.picture_ids)
        repost = publishing_permission.publish_for(TEA, NewPost("看看 广告", repost_of=post.url), "ord_3")
        assert repost.repost_of == post.url
        assert publishing_permission.take_down_for(TEA, post.url)
        with pytest.raises(RefusedByNetwork):
            publishing_permission.publish_for(TEA, NewPost("看看 广告", repost_of=post.url), "ord_4")
        again = publishing_permission.publish_for(TEA, NewPost("看看 广告", repost_of=post.url), "ord_3")
        assert again.url == repost.url, "published before its source was deleted"

    def test_figures_grow_and_edits_show(self, api: Any, an: Any) -> None:
        posted = api.post("/sandbox/posts", {"account_id": TEA, "text": "秋茶"}).json_body
        assert posted["figures"] == {"reads": 0, "likes": 0, "reposts": 0, "comments": 0}
        with clock.at(NOW + timedelta(hours=6)):
            api.put(f"/sandbox/posts/{posted['id']}", {"text": "红茶"})
            network = SandboxNetwork()
            post = network.fetch_post(posted["post_url"])
            assert post is not None
            assert post.edited
            assert (post.figures.reads or 0) > 20
            gone = api.post("/sandbox/posts", {"account_id": TEA, "text": "x"}).json_body
            api.request("DELETE", f"/sandbox/posts/{gone['id']}")
            urls = [post.url, post.url + "?x", gone["post_url"], "https://elsewhere.example"]
            assert network.fetch_figures(urls) == {post.url: post.figures, post.url + "?x": post.figures}
            assert [post.text for post in network.recent_posts(Account(TEA, "tea"))] == ["红茶"]

    def test_profiles_of_the_sandbox_belong_to_accounts(self, api: Any, an: Any) -> None:
        profile = api.get(f"/sandbox/accounts/{TEA}/profile").json_body
        assert profile["description"] == ""
        assert profile["followers"] == SandboxNetwork().fetch_account(Account(TEA, "tea")).followers
        assert api.get("/sandbox/accounts/tsk_1/profile").status_code == 404


class TestMeasuring:
    def test_metrics_are_read_from_the_network(self, api: Any, an: Any) -> None:
        admin = api.as_("root", "admin")
        old = {"account_id": TEA, "text": "x"}
        for days, repost_of in ((40, None), (10, None), (5, "https://elsewhere.example/1")):
            with clock.at(NOW - timedelta(days=days)):
                api.post("/sandbox/posts", {**old, "repost_of": repost_of})
        answer = admin.post(f"{PATH}/metrics/fetch")
        metrics = answer.json_body["metrics"]
        reads = [post.figures.reads or 0 for post in SandboxNetwork().recent_posts(Account(TEA, "tea"))]
        assert (answer.status_code, metrics["posts_30d"], metrics["active_days_30d"]) == (201, 2, 2)
        assert metrics["reads_avg_30d"] == round(min(reads) / 8, 2), (
            "the mean of the third to the tenth greatest of three posts"
        )
        assert metrics["followers"] == api.get(f"/sandbox/accounts/{TEA}/profile").json_body["followers"]
        assert answer.json_body["grade"] is not None
        assert admin.post(f"{PATH}/metrics/fetch").json_body == answer.json_body
        assert an.post(f"{PATH}/metrics/fetch").status_code == 403

    def test_repeated_texts_and_copied_comments_are_read(self, api: Any, an: Any) -> None:
        texts = ["first text here"] * 12 + [f"comment number {number}" for number in range(12)]
        for days in range(1, 6):
            with clock.at(NOW - timedelta(days=days)):
                sent = {"account_id": TEA, "text": "the same text"}
                made = api.post("/sandbox/posts", sent).json_body["id"]
            api.put(f"/sandbox/posts/{made}/comments", {"comments": texts})
        metrics = api.as_("root", "admin").post(f"{PATH}/metrics/fetch").json_body["metrics"]
        assert metrics["duplicates_share"] == 0.8
        assert metrics["copied_comments_share"] == round(11 / 24, 4)

    def test_comments_are_read_until_the_deadline(
        self, api: Any, an: Any, slow: SlowNetwork, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        texts, fetch = ["first text here"] * 12, SandboxNetwork.fetch_comments
        for days in range(1, 6):
            with clock.at(NOW - timedelta(days=days)):
                made = api.post("/sandbox/posts", {"account_id": TEA, "text": f"text {days}"}).json_body["id"]
            api.put(f"/sandbox/posts/{made}/comments", {"comments": texts if days < 4 else list(map(str, range(12)))})

        def fetch_slowly(self: SandboxNetwork, url: str, account: Account) -> Any:
            slow.wait()
            return fetch(self, url, account)

        monkeypatch.setattr(SandboxNetwork, "fetch_comments", fetch_slowly)
        measured = api.as_("root", "admin").post(f"{PATH}/metrics/fetch")
        assert measured.status_code == 201, measured.json_body
        assert slow.seconds == request_deadline.REQUEST_SECONDS
        assert measured.json_body["metrics"]["copied_comments_share"] == round(11 / 12, 4), "of the three newest posts"

    def test_unreadable_posts_are_unknown(self, api: Any, an: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        def unreadable(self: SandboxNetwork, account: Account) -> None:
            raise NotPermitted("Only the author's own.")

        monkeypatch.setattr(SandboxNetwork, "recent_posts", unreadable)
        metrics = api.as_("root", "admin").post(f"{PATH}/metrics/fetch").json_body["metrics"]
        assert set(metrics) == {"as_of", "followers"}
