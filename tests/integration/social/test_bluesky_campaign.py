"""A whole campaign in dollars, paid through the double of Stripe and published on Bluesky's reference servers, live or replayed:
top up by a Checkout Session, bind, prove, offer, publish, check; posts that were edited or deleted fail; the other one is paid, and
its creator withdraws to a connected account.

The people of the market act through its HTTP API. Two things are no requests to it, on a deployment either: a creator who
publishes by hand writes, edits and deletes posts on Bluesky itself, and times of the workflow are steps that Step Functions
calls (`run`)."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts import publishing_permission
from chalicelib.core import aws, clock, rules, settings
from chalicelib.core.regions import region
from chalicelib.social import networks
from chalicelib.social.port import NewPost
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.workflow import steps
from testing.api import Api
from testing.markets.stage import Stage
from testing.payment_providers.case import Message
from testing.payment_providers.stripe import Stripe
from testing.samples.picture_samples import png
from testing.social_networks.bluesky import BlueskyHarness
from testing.social_networks.recording import Recorder
from testing.social_networks.servers import is_live

HOUR = timedelta(hours=1)
STEPS = {"accepted": "publication_missed", "published": "check"}
TEXT = "The autumn tea is here. 秋茶到了。"
TOP_UP, PRICE, COMMISSION = 500_000, 10_000, 3_000


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder("bluesky/test_campaign", is_live=is_live("bluesky"))
    yield recorder
    recorder.finish()


@pytest.fixture
def stage(api: Api, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A certified advertiser without money on a stage of the region us that is connected to Bluesky, an hour before the time of the
    recording."""
    with clock.at(recorder.at - HOUR):
        monkeypatch.setenv("REGION", "us")
        monkeypatch.setenv("SANDBOX", "off")
        monkeypatch.setenv("RULES", '{"posts_per_day_max": 9, "posts_gap_min": 0}')
        monkeypatch.setenv("BLUESKY_URL", "https://app-view.example")
        forget()
        stage = Stage(api)
        stage.certify(funds=0)
        yield stage
        monkeypatch.undo()
        forget()


@pytest.fixture
def stripe(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    case = Stripe(monkeypatch)
    yield case
    case.close()


@pytest.fixture
def bluesky(stage: Stage, recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Iterator[BlueskyHarness]:
    with clock.at(recorder.at), BlueskyHarness.running(recorder, in_memory=False) as harness:
        monkeypatch.setattr(networks, "_bluesky", lambda: harness.network)
        monkeypatch.setattr(secrets, "choice", random.Random(7).choice)  # the code is in the recording
        with clock.at(recorder.at - HOUR):
            yield harness


def forget() -> None:
    region.region.cache_clear()
    settings.settings.cache_clear()
    rules.rules.cache_clear()
    aws.secret.cache_clear()


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def deliver(stage: Stage, message: Message) -> tuple[int, str]:
    """Deliver an event of Stripe; return the status, and the outcome or the code."""
    answer = stage.api.request("POST", "/v1/payments/stripe/notifications", message[1], headers=message[0])
    return answer.status_code, str(answer.json_body.get("outcome") or answer.json_body["code"])


def top_up(stage: Stage, stripe: Stripe) -> None:
    """Pay a top-up on the page of a Checkout Session; only the event that Stripe signed credits it."""
    body = {"amount": usd(TOP_UP), "provider": "stripe"}
    started = stage.advertiser.post("/v1/wallet/topups", body, key=stage.key())
    assert started.status_code == 201, started.json_body
    [session] = stripe.platform.all("checkout.session")
    assert (started.json_body["pay_url"], session["currency"]) == (session["url"], "usd")
    event = stripe.paid(started.json_body, TOP_UP)
    assert deliver(stage, stripe.forged(event)) == (401, "signature_invalid")
    assert [deliver(stage, event) for _ in range(2)] == [(200, "credited"), (200, "repeated")]
    assert stage.advertiser.get("/v1/wallet").json_body["available"] == usd(TOP_UP)


def withdraw(stage: Stage, stripe: Stripe, amount: int) -> None:
    """Withdraw a creator's earnings to the account that Stripe has opened for the creator, and from there to a bank."""
    creator, finance = stage.creator("tea"), stage.api.as_("finance", "finance")
    opened = creator.post("/v1/wallet/payees", {"country": "US", "provider": "stripe"}, key=stage.key())
    assert (opened.status_code, opened.json_body["status"]) == (200, "incomplete"), opened.json_body
    requested = creator.post("/v1/wallet/withdrawals", {"amount": usd(amount), "provider": "stripe"}, key=stage.key())
    assert requested.status_code == 201, requested.json_body
    path = f"/v1/withdrawals/{requested.json_body['id']}/payout"
    assert finance.post(path).json_body["payout"]["status"] == "waiting"
    [account] = stripe.platform.all("account")
    assert deliver(stage, stripe.platform.onboard(account["id"])) == (200, "updated")
    assert finance.post(path).json_body["payout"]["status"] == "pending"
    [transfer], [payout] = stripe.platform.all("transfer"), stripe.platform.all("payout")
    assert (transfer["destination"], transfer["amount"], transfer["currency"]) == (account["id"], amount, "usd")
    assert deliver(stage, stripe.platform.end_payout(payout["id"], "paid")) == (200, "paid")
    [listed] = creator.get("/v1/wallet/withdrawals").json_body["data"]
    assert (listed["status"], listed["amount"]) == ("paid", usd(amount))
    assert stripe.platform.balances == {"platform": TOP_UP - amount, account["id"]: 0}


def bound(stage: Stage, bluesky: BlueskyHarness) -> str:
    """Bind the account by the URL of its profile and prove it by a code in the profile; return its id."""
    body = {
        "network": "bluesky",
        "handle": f"https://bsky.app/profile/{bluesky.handle}",
        "category": "生活",
        "prices": {"post": usd(PRICE), "repost": usd(8_000)},
    }
    creator = stage.creator("tea")
    account = creator.post("/v1/accounts", body)
    assert account.status_code == 201, account.json_body
    path = f"/v1/accounts/{account.json_body['id']}"
    code = creator.post(f"{path}/ownership").json_body["code"]
    assert creator.post(f"{path}/ownership/check").json_body["code"] == "ownership_not_proven"
    bluesky.describe(f"Tea. {code}")
    proved = creator.post(f"{path}/ownership/check").json_body
    assert (proved["handle"], proved["ownership"]["status"]) == (bluesky.handle, "verified")
    stage.auditor.post(f"{path}/admission", {"decision": "approved"})
    return str(account.json_body["id"])


def permit(stage: Stage, bluesky: BlueskyHarness, account: str) -> None:
    creator, path = stage.creator("tea"), f"/v1/accounts/{account}/publishing"
    needed = creator.put(path, {"allowed": True})
    assert (needed.status_code, needed.json_body["code"]) == (409, "publishing_not_authorised")
    assert needed.json_body["authorize_url"] == "https://bsky.app/settings/app-passwords"
    for wrong in ("password", bluesky.wrong_permission):
        assert creator.put(path, {"allowed": True, "code": wrong}).json_body["code"] == "network_not_permitted"
    permitted = creator.put(path, {"allowed": True, "code": bluesky.permission})
    assert permitted.status_code == 200, permitted.json_body
    stored = boto3.client("secretsmanager").get_secret_value(SecretId=f"microtask-test/publishing/{account}")
    assert bluesky.permission in stored["SecretString"]


def picture(stage: Stage) -> str:
    made = stage.advertiser.post("/v1/pictures", {"content_type": "image/png", "bytes": len(png())}).json_body
    key, bucket = made["upload"]["fields"]["key"], settings.settings().pictures_bucket
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=png())
    return str(made["id"])


def accepted(stage: Stage, account: str, **changes: Any) -> tuple[str, str]:
    """An approved task and its accepted order."""
    content = {"text": TEXT, "picture_ids": [], "urls": ["https://tea.example/autumn"]}
    task = stage.create([account], **{"content": content, **changes})
    stage.approve(task["id"])
    order_id = str(stage.orders(task["id"])[0]["id"])
    assert stage.act("tea", order_id, "accept").status_code == 200
    return str(task["id"]), order_id


def written(stage: Stage, bluesky: BlueskyHarness, order_id: str) -> str:
    """The creator publishes the order's post by hand; the name of the account in the URL is the handle."""
    content = stage.order(order_id)["content"]
    url = bluesky.write(content["text"], link=content["urls"][0])
    url = url.replace(bluesky.did, bluesky.handle)
    published = stage.act("tea", order_id, "publish", {"post_url": f" {url}?ref=share"})
    assert (published.status_code, published.json_body["status"]) == (200, "published"), published.json_body
    return url


def run(order_id: str, until: datetime) -> str:
    """Play the order's workflow up to this moment; return the status then."""
    while True:
        order = find_order(order_id)
        next_action_at = order.next_action_at
        if next_action_at is None or next_action_at > until or order.status not in STEPS:
            return str(order.status)
        with clock.at(max(next_action_at, clock.now())):
            steps.order_step({"step": STEPS[order.status], "id": order_id})


def require_source(stage: Stage, bluesky: BlueskyHarness, account: str) -> None:
    """A task of reposts needs the URL of a post on Bluesky that is there."""

    def repost(source_url: str) -> Any:
        body = stage.body([account], kind="repost", source_url=source_url)
        return stage.advertiser.post("/v1/tasks", body, key=stage.key())

    for url, code in ((bluesky.unknown_urls[0], "url_form_unknown"), (bluesky.missing_url, "post_missing")):
        assert [fault["code"] for fault in repost(url).json_body["errors"]] == [code]
    source = bluesky.write("The tea that everybody quotes.").replace(bluesky.did, bluesky.handle)
    accepted = repost(source)
    assert accepted.status_code == 201, accepted.json_body
    findings = accepted.json_body["review"]["findings"]
    assert "source-unread" not in {finding["rule"] for finding in findings}
    cancelled = stage.advertiser.post(f"/v1/tasks/{accepted.json_body['id']}/cancel", {"reason_code": "other"})
    assert cancelled.json_body["status"] == "cancelled", cancelled.json_body


def test_a_campaign(stage: Stage, bluesky: BlueskyHarness, stripe: Stripe, recorder: Recorder) -> None:
    top_up(stage, stripe)
    account = bound(stage, bluesky)
    permit(stage, bluesky, account)
    too_long = stage.body(
        [account], content={"text": "茶" * 280, "picture_ids": [], "urls": ["https://tea.example/autumn"]}
    )
    refused = stage.advertiser.post("/v1/tasks", too_long, key=stage.key())
    assert [(fault["pointer"], fault["code"]) for fault in refused.json_body["errors"]] == [
        ("/content/text", "text_too_long")
    ]

    require_source(stage, bluesky, account)

    content = {"text": TEXT, "picture_ids": [picture(stage)], "urls": ["https://tea.example/autumn"]}
    paid_task, paid = accepted(stage, account, content=content, publishing={"mode": "platform"})
    _, edited = accepted(stage, account)
    _, deleted = accepted(stage, account)
    assert stage.advertiser.get("/v1/wallet").json_body["held"] == usd(3 * PRICE)

    with clock.at(recorder.at):
        for url in bluesky.unknown_urls:
            unknown = stage.act("tea", edited, "publish", {"post_url": url})
            assert [fault["code"] for fault in unknown.json_body["errors"]] == ["url_form_unknown"]
        assert steps.order_step({"step": "publication_missed", "id": paid})["status"] == "published", stage.order(paid)
        bluesky.settle()
        order = find_order(paid)
        assert order.post_url is not None
        published = bluesky.network.fetch_post(order.post_url)
        assert published is not None
        assert published.text.startswith(f"#ad {TEXT}")
        again = publishing_permission.publish_for(account, NewPost(order.content.text, order.content.urls), paid)
        assert again.url == order.post_url, "the repeat made no second post"
        edited_url = written(stage, bluesky, edited)
        deleted_url = written(stage, bluesky, deleted)

    bluesky.comment(str(order.post_url), "How much is it?")
    bluesky.edit(edited_url, "Buy two, get one!")
    bluesky.delete(deleted_url)
    end = recorder.at + 25 * HOUR
    with clock.at(recorder.at + HOUR):
        assert [run(order_id, end) for order_id in (paid, edited, deleted)] == ["completed", "failed", "failed"]
    assert [stage.order(order_id)["reason"]["code"] for order_id in (edited, deleted)] == ["post_changed", "post_gone"]
    assert "edited after it was accepted" in stage.order(edited)["reason"]["note"]

    with clock.at(end):
        earned = stage.creator("tea").get("/v1/wallet").json_body["available"]
        assert earned == usd(PRICE - COMMISSION)
        assert stage.advertiser.get("/v1/wallet").json_body["available"] == usd(TOP_UP - PRICE)
        withdraw(stage, stripe, earned["amount"])
        figures = stage.order(paid)["snapshots"][-1]
        assert (figures["likes"], figures["comments"], "reads" in figures) == (1, 1, False)
        report = stage.advertiser.get(f"/v1/tasks/{paid_task}/report").json_body
        assert (report["orders"][0]["reads"], report["orders"][0]["cpm"]) == (None, None)
        assert report["orders"][0]["interactions"] == 2
        link = stage.advertiser.post(f"/v1/tasks/{paid_task}/report/link").json_body["url"]
        page = stage.api.get(link.partition("://")[2].partition("/")[2].join(["/", ""]))
        assert page.status_code == 200
        measured = stage.api.as_("admin", "admin").post(f"/v1/accounts/{account}/metrics/fetch")
        assert measured.status_code == 201, measured.json_body
        assert "reads_avg_30d" not in measured.json_body
        graded = stage.advertiser.get(f"/v1/accounts/{account}/grade")
        assert graded.status_code == 200, graded.json_body
        assert report["orders"][0]["spend"] == usd(PRICE)
    stage.proven(recorder.at + timedelta(days=100))
