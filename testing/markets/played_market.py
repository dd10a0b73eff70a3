"""A small market in which every function does all of its work, with its requests to AWS and its log."""

from __future__ import annotations

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib import click_links
from chalicelib.click_links import clicks
from chalicelib.core import aws, clock
from chalicelib.core.observability import logger
from chalicelib.core.settings import settings
from chalicelib.events import publisher
from chalicelib.grading import regrade_steps as grading_steps
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.records import GradedAccount
from chalicelib.notifications import email_delivery, email_digests, unsubscribe
from chalicelib.outbound.guarded_request import Response
from chalicelib.payments import alipay
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.payments.stripe import client as stripe_client
from chalicelib.shortlists import saved_searches
from chalicelib.social import networks
from chalicelib.social.weibo.tokens import Application
from chalicelib.store.sandbox_clock import in_stage_time
from chalicelib.tasks import review
from chalicelib.tasks.closing import cancellation
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.records.application_record import ApplicationRecord
from chalicelib.tasks.records.task_record import TaskRecord, find_task
from chalicelib.tasks.workflow import outbox, steps, sweep
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Balance
from chalicelib.webhooks import delivery_attempts, endpoint_url_check
from testing.api import Api, served_api
from testing.doubles import moto_machines, stripe_platform
from testing.doubles.alipay_platform import keys
from testing.doubles.mocked_aws import mocked_aws
from testing.doubles.weibo_platform import NAME, Platform, running
from testing.in_force import iam_in_force
from testing.in_force.iam_in_force import Use
from testing.markets.stage import NOON, Stage, cny, text_of
from testing.samples.picture_samples import png

HOUR = timedelta(hours=1)
FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 12_000, "reads_avg_30d": 3_000, "posts_30d": 10}
OUTDATED = {"token": "t", "status": "published", "until": "", "seconds": 1}
"""A wait for a status or a deadline that the item no longer has."""
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) Mobile Weibo"}


class Played:
    """A market in which every function does all of its work."""

    def __init__(self, stage: Stage, patch: pytest.MonkeyPatch) -> None:
        self.stage = stage
        self.patch = patch
        self.finance = stage.api.as_("finance", "finance")
        self.admin = stage.api.as_("root", "admin")

    def send(self, who: Api, method: str, path: str, body: Any = None, **options: Any) -> Any:
        answer = who.request(method, path, body, key=self.stage.key() if method == "POST" else None, **options)
        assert answer.status_code < 400, (path, answer.json_body)
        return answer.json_body if answer.body else None

    def everything(self) -> None:
        with clock.at(NOON):
            self.people()
            self.grades()
            self.money()
            self.calls()
            self.closed()
        self.settled(self.replaced_by_reserve())
        self.preferences()
        self.streams()
        self.emails()
        self.settled(self.replaced_by_reserve(), lost_schedule=True)
        self.neglected()
        with running() as platform:
            self.on_weibo(platform)
        aws.secret.cache_clear()
        with clock.at(NOON + 200 * HOUR), in_stage_time():
            assert reconciliation.reconcile()["status"] == "clean"
        with clock.at(NOON + 300 * HOUR):
            self.send(self.finance, "POST", "/v1/ledger/proof")

    def without_the_sandbox(self, on: bool) -> None:
        self.patch.setenv("SANDBOX", "off" if on else "on")
        for provider in ("ALIPAY", "STRIPE"):
            self.patch.setenv(provider, "on" if on else "off")
        for remembered in (settings, aws.secret, networks._weibo, alipay._keys, alipay._client, stripe_client.keys):
            remembered.cache_clear()

    def people(self) -> None:
        stage = self.stage
        stage.certify(funds=0)
        self.send(stage.advertiser, "GET", "/v1/advertisers/me")
        paying = self.send(stage.advertiser, "POST", "/v1/wallet/topups", {"amount": cny(90_000_000)})
        self.send(stage.api, "POST", f"/sandbox/payments/{paying['id']}/pay")
        stage.bind("an", "bo", "chen")
        self.send(stage.auditor, "GET", "/v1/certifications")
        self.send(self.admin, "POST", "/sandbox/clock", {"advance": "PT1S"})
        self.send(stage.advertiser, "GET", "/v1/accounts")
        self.send(stage.advertiser, "POST", "/v1/searches", {"name": "茶", "alerts": True})
        picture = self.send(
            stage.advertiser, "POST", "/v1/pictures", {"content_type": "image/png", "bytes": len(png())}
        )
        key = picture["upload"]["fields"]["key"]
        boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=key, Body=png())
        content = {"text": "茶", "picture_ids": [picture["id"]], "urls": []}
        pictured = stage.create([stage.accounts["an"]], content=content)
        self.send(stage.auditor, "GET", f"/v1/tasks/{pictured['id']}/pictures")
        with iam_in_force.running("OrderStep"):  # as when it publishes on Bluesky or Mastodon
            assert picture_uploads.file_of(find_task(pictured["id"]), picture["id"]).body == png()

    def grades(self) -> None:
        for name in ("bo", "an"):
            account = self.stage.accounts[name]
            self.send(self.admin, "POST", f"/v1/accounts/{account}/metrics", FIGURES)
        evidence = Evidence.from_json({**FIGURES, "followers": 900_000}).as_json()
        GradedAccount("acc_ungraded", "account", segment="07", evidence=evidence, category="美食").save()
        an = self.stage.creator("an")
        appeal = {"reason": "数字少了一位", "evidence": {"followers": 120_000}}
        lodged = self.send(an, "POST", f"/v1/accounts/{account}/grade/appeals", appeal)
        ruling = {"outcome": "granted", "note": "查过了"}
        self.send(self.stage.auditor, "POST", f"/v1/appeals/{lodged['id']}/ruling", ruling)
        self.send(an, "GET", f"/v1/accounts/{account}/grade/history")
        run = self.send(self.admin, "POST", "/v1/grading/regrade")["execution"]
        moto_machines.join()
        self.send(self.admin, "GET", f"/v1/grading/regrade/{run}")
        with in_stage_time():
            grading_steps.start_nightly()
        with in_stage_time():
            grading_steps.regrade_step({"step": "plan", "run": run})
        grading_steps.regrade_step({"step": "pages", "run": run, "segment": "07"})
        grading_steps.regrade_step({"step": "park", "run": run, "segment": "00", "error": {"Cause": "broken"}})
        grading_steps.regrade_step({"step": "summarise", "run": run})

    def money(self) -> None:
        teahouse, finance = self.stage.advertiser, self.finance
        for outcome in ("paid", "failed"):
            withdrawal = self.send(teahouse, "POST", "/v1/wallet/withdrawals", {"amount": cny(20_000)})
            if outcome == "paid":
                self.send(finance, "POST", f"/v1/withdrawals/{withdrawal['id']}/payout")
            self.send(finance, "POST", f"/v1/withdrawals/{withdrawal['id']}/outcome", {"outcome": outcome})
        payee = {"account": "lose-tea", "name": "tea"}
        withdrawal = self.send(teahouse, "POST", "/v1/wallet/withdrawals", {"amount": cny(20_000), "payee": payee})
        for _ in range(2):
            self.send(finance, "POST", f"/v1/withdrawals/{withdrawal['id']}/payout")
        headers, body = SandboxProvider().sign("pay_nobody", "t1", 100)
        self.send(self.stage.api, "POST", "/v1/payments/sandbox/notifications", body.encode(), headers=headers)
        (found,) = self.send(finance, "GET", "/v1/suspense")["data"]
        placed = {"resolution": "credited", "advertiser_id": self.stage.advertiser_id, "note": "查过了"}
        self.send(finance, "POST", f"/v1/suspense/{found['id']}/resolution", placed)
        self.send(teahouse, "POST", "/v1/wallet/withdrawals", {"amount": cny(10_000)})  # open when the ledger is proved
        for path in ("/v1/wallet", "/v1/wallet/entries", "/v1/wallet/topups", "/v1/wallet/withdrawals"):
            self.send(teahouse, "GET", path)
        self.send(finance, "GET", "/v1/withdrawals")
        text = b"transaction_id,amount\nt1,100\n"
        form = self.send(finance, "POST", "/v1/ledger/settlements/sandbox/uploads", {"bytes": len(text)})
        key = form["upload"]["fields"]["key"]
        boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=key, Body=text)
        self.send(finance, "POST", f"/v1/ledger/settlements/sandbox?upload={form['id']}", b"")

    def replaced_by_reserve(self) -> str:
        """A task with a reserve: the first creator lets the offer lapse, the reserve accepts. The workflow does all steps."""
        stage = self.stage
        first, second = stage.accounts["an"], stage.accounts["bo"]
        with clock.at(NOON):
            task = stage.create([first], reserve_account_ids=[second])
            with self.patch.context() as broken_off:
                broken_off.setattr(review, "offer", lambda task, at: 0)
                stage.approve(task["id"])
            steps.task_step({"step": "offer", "id": task["id"]})
            steps.task_step({"step": "wait", "id": task["id"], "token": "t", "revision": 1})
            (order,) = stage.orders(task["id"])
            steps.order_step({"step": "wait", "id": order["id"], "token": "t", "revision": 1})
        with clock.at(NOON + HOUR):
            assert steps.order_step({"step": "lapsed", "id": order["id"]})["status"] == "lapsed"
            reserve = next(order for order in stage.orders(task["id"]) if order["account_id"] == second)
            self.send(stage.creator("bo"), "POST", f"/v1/orders/{reserve['id']}/accept")
            self.send(
                stage.creator("bo"), "POST", f"/v1/orders/{reserve['id']}/messages", {"text": "今晚八点发，可以吗？"}
            )
            self.send(stage.advertiser, "GET", f"/v1/orders/{reserve['id']}/messages")
            self.send(stage.creator("bo"), "POST", "/v1/notifications/read", {"until": text_of(NOON)})
            alone = stage.create(
                [first], window={"start_at": text_of(NOON + 2 * HOUR), "end_at": text_of(NOON + 3 * HOUR)}
            )
            stage.approve(alone["id"])
            (order,) = stage.orders(alone["id"])
        with clock.at(NOON + 2 * HOUR):
            assert steps.order_step({"step": "lapsed", "id": order["id"]})["status"] == "lapsed"
            steps.task_step({"step": "wait", "id": alone["id"], **OUTDATED})
        return str(reserve["id"])

    def settled(self, order_id: str, *, lost_schedule: bool = False) -> None:
        """An order that is published, clicked, checked twice and paid. With `lost_schedule` the sweep schedules the look again, and
        the clicks are counted as over a long time."""
        stage = self.stage
        with clock.at(NOON + HOUR):
            stage.publish("bo", order_id)
            steps.order_step({"step": "wait", "id": order_id, **OUTDATED})
            (link,) = click_links.for_order(order_id, ["https://tea.example/autumn"])
            assert stage.api.get(link.removeprefix(os.environ["LINK_BASE"]), headers=PHONE).status_code == 302
            self.send(stage.advertiser, "GET", f"/v1/orders/{order_id}/clicks")
        if lost_schedule:
            with clock.at(NOON + 20 * HOUR):
                assert sweep.resume()["scheduled"] == 1
        with clock.at(NOON + 40 * HOUR):
            with self.patch.context() as long_ago:
                long_ago.setattr(clicks, "KEYS_MAX", 0 if lost_schedule else clicks.KEYS_MAX)
                assert steps.order_step({"step": "check", "id": order_id})["status"] == "completed"
            task_id = stage.order(order_id)["task_id"]
            self.send(stage.advertiser, "GET", f"/v1/tasks/{task_id}/report")

    def calls(self) -> None:
        """An open call with a chosen applicant, and one without applications."""
        stage = self.stage
        account = stage.accounts["chen"]
        for applies in (True, False):
            call = stage.create([], call={"budget": cny(600_000)})
            stage.approve(call["id"])
            if applies:
                wish = {"account_id": account, "price": cny(100_000)}
                made = self.send(stage.creator("chen"), "POST", f"/v1/tasks/{call['id']}/applications", wish)
                self.send(stage.advertiser, "POST", f"/v1/applications/{made['id']}/accept")
        with clock.at(NOON + HOUR):
            steps.task_step({"step": "all_settled", "id": call["id"]})
        unseen = stage.create([account])
        with clock.at(NOON + HOUR):
            steps.task_step({"step": "review_missed", "id": unseen["id"]})
        for left in (f"/v1/tasks/{unseen['id']}", "/v1/tasks", "/v1/calls"):
            self.send(stage.creator("chen") if left == "/v1/calls" else stage.advertiser, "GET", left)

    def closed(self) -> None:
        """A task that is cancelled and one that is stopped, ended by their workflows."""
        stage = self.stage
        with self.patch.context() as later:
            later.setattr(cancellation, "ENDED_IN_REQUEST", 0)
            for path, who in (("cancel", stage.advertiser), ("stop", stage.auditor)):
                task = stage.create([stage.accounts["chen"]])
                stage.approve(task["id"])
                self.send(stage.creator("chen"), "POST", f"/v1/orders/{stage.orders(task['id'])[0]['id']}/accept")
                reason = {"reason_code": "plans_changed" if path == "cancel" else "illegal"}
                self.send(who, "POST", f"/v1/tasks/{task['id']}/{path}", reason)
                steps.task_step({"step": "wind_up", "id": task["id"]})

    def neglected(self) -> None:
        """A task whose end was missed, one with neither orders nor a running workflow, and a saved search to be checked."""
        stage = self.stage
        with clock.at(NOON + 25 * HOUR):
            saved_searches.check_due()
        with clock.at(NOON):
            with self.patch.context() as broken_off:
                broken_off.setattr(review, "offer", lambda task, at: 0)
                stage.approve(stage.create([stage.accounts["chen"]])["id"])
            for _ in range(2):
                moto_machines.join()  # an execution that runs is left alone; all of these end by themselves
                sweep.resume()
            waiting = stage.create([stage.accounts["chen"]])["id"]
            steps.task_step({"step": "wait", "id": waiting, "token": "of a state that is over", "revision": -1})
            outdated = stage.create([stage.accounts["chen"]])["id"]
            steps.task_step({"step": "wait", "id": outdated, **OUTDATED})
            with self.patch.context() as asleep:
                asleep.setattr(sweep, "execution_state", lambda item_id, run: "RUNNING")
                assert sweep.resume()["woken"] == 2

    def on_weibo(self, platform: Platform) -> None:
        """The market publishes with a creator's permission, checks, and deletes the posts of stopped tasks."""
        stage = self.stage
        ours = Application(
            "key", "secret", "token", "https://mt.example", "go.micro-task.example", "192.0.2.7", platform.url
        )
        create = boto3.client("secretsmanager").create_secret
        create(Name=os.environ["WEIBO_SECRET_ARN"], SecretString=json.dumps(vars(ours)))
        create(Name=os.environ["ALIPAY_SECRET"], SecretString=json.dumps(keys(platform.url)))
        create(Name=os.environ["STRIPE_SECRET"], SecretString=json.dumps(stripe_platform.keys()))
        self.patch.setattr(stripe_client, "send", stripe_platform.Platform().send)
        self.without_the_sandbox(True)
        tea = stage.creator("tea")
        with clock.at(NOON):
            platform.now = NOON
            for provider in ("alipay", "stripe"):
                self.send(stage.advertiser, "POST", "/v1/wallet/topups", {"amount": cny(600_000), "provider": provider})
            price = {"post": cny(10_000), "repost": cny(10_000)}
            body = {"network": "weibo", "handle": NAME, "category": "美食", "prices": price}
            account = self.send(tea, "POST", "/v1/accounts", body)["id"]
            self.send(stage.auditor, "POST", f"/v1/accounts/{account}/admission", {"decision": "approved"})
        for begin, at_once in ((NOON, 0), (NOON + 48 * HOUR, 20)):
            task_id = self.published_by_the_market(platform, account, begin)
            with clock.at(begin + HOUR / 2), self.patch.context() as later:
                later.setattr(cancellation, "ENDED_IN_REQUEST", at_once)
                self.send(stage.auditor, "POST", f"/v1/tasks/{task_id}/stop", {"reason_code": "illegal"})
                aws.secret.cache_clear()
                steps.task_step({"step": "wind_up", "id": task_id})
        self.send(tea, "PUT", f"/v1/accounts/{account}/publishing", {"allowed": False})
        self.without_the_sandbox(False)

    def published_by_the_market(self, platform: Platform, account: str, begin: datetime) -> str:
        """The task of an order that was published with the creator's permission."""
        stage, tea = self.stage, self.stage.creator("tea")
        start = begin + timedelta(minutes=20)
        with clock.at(begin):
            permission = {"allowed": True, "code": f"code{begin.day}"}
            self.send(tea, "PUT", f"/v1/accounts/{account}/publishing", permission)
            window = {"start_at": text_of(start), "end_at": text_of(start + HOUR)}
            task = stage.create([account], publishing={"mode": "platform"}, window=window, accept_by=text_of(start))
            stage.approve(task["id"])
            order = stage.orders(task["id"])[0]["id"]
            self.send(tea, "POST", f"/v1/orders/{order}/accept")
        with clock.at(start):
            platform.now = start
            aws.secret.cache_clear()
            platform.add("早上好")  # it numbers posts by how many there are
            assert steps.order_step({"step": "publication_missed", "id": order})["status"] == "published"
        return str(task["id"])

    def streams(self) -> None:
        """Return every item of the tables as a record of their streams."""
        stored: list[dict[str, Any]] = []
        for record in (TaskRecord, Balance):
            stored += [raw for page in [record.scan().page_iter] for part in page for raw in part["Items"]]
        records = [
            {"dynamodb": {"SequenceNumber": str(number), "NewImage": image}} for number, image in enumerate(stored)
        ]
        assert outbox.publish({"Records": records}) == {"batchItemFailures": []}
        applications = [raw for part in ApplicationRecord.scan().page_iter for raw in part["Items"]]
        records += [{"dynamodb": {"SequenceNumber": "0", "NewImage": image}} for image in applications]
        self.webhooks(records)
        self.send(self.admin, "GET", "/v1/events")

    def preferences(self) -> None:
        """A creator, an advertiser and an auditor who want e-mail."""
        stage = self.stage
        self.patch.setenv("EMAIL_SENDER", "market@market.example")
        self.patch.setenv("PUBLIC_URL", "https://market.example")
        settings.cache_clear()
        boto3.client("ses").verify_email_identity(EmailAddress="market@market.example")
        for sub, role, types in (
            ("an", "creator", ["order.offered", "order.reminder"]),
            ("teahouse", "advertiser", ["webhook.disabled"]),
            ("auditor", "auditor", ["task.in_review", "order.draft_submitted"]),
        ):
            claims = {"email": f"{sub}@users.example", "email_verified": "true"}
            user = stage.api.as_(sub, role, **claims)
            body = {"off": [], "email_types": types, "language": "zh"}
            self.send(user, "PUT", "/v1/notifications/preferences", body)

    def emails(self) -> None:
        """A reminder and a digest are sent, and one address bounces."""
        stage, sqs, url = self.stage, boto3.client("sqs"), settings().emails_queue_url
        webhook = {"url": "https://hooks.tea.example/an", "event_types": ["order.reminder"]}
        with self.patch.context() as without_names:
            without_names.setattr(endpoint_url_check, "system_resolve", lambda host, port: ["93.184.216.34"])
            self.send(stage.creator("an"), "POST", "/v1/webhooks", webhook)
        accept_by = NOON + 110 * HOUR  # 10:00 in the market's time zone
        with clock.at(NOON + 60 * HOUR):
            window = {"start_at": text_of(accept_by), "end_at": text_of(accept_by + 2 * HOUR)}
            task = stage.create([stage.accounts["an"]], accept_by=text_of(accept_by), window=window)
            stage.approve(task["id"])
            orders = [raw for part in TaskRecord.scan().page_iter for raw in part["Items"] if raw["sk"]["S"] == "order"]
            records = [{"dynamodb": {"SequenceNumber": "1", "NewImage": image}} for image in orders]
            assert publisher.publish({"Records": records}) == {"batchItemFailures": []}
        with clock.at(accept_by - timedelta(minutes=20)):
            assert sweep.resume()["reminded"] >= 1
            assert email_digests.queue_digests() == 1
            aws.secret.cache_clear()
            while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
                for message in found:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    record = {"messageId": "1", "body": message["Body"]}
                    with in_stage_time():
                        assert email_delivery.deliver({"Records": [record]}) == {"batchItemFailures": []}
            tags = {"recipient": [stage.creator_id("an")], "user": ["an"]}
            bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": "an@users.example"}]}
            feedback = {"eventType": "Bounce", "bounce": bounce, "mail": {"tags": tags}}
            email_delivery.deliver({"Records": [{"messageId": "2", "body": json.dumps(feedback)}]})
            answer = stage.api.post(unsubscribe.link("an").removeprefix("https://market.example"))
            assert answer.status_code == 200
            self.send(stage.advertiser, "POST", f"/v1/tasks/{task['id']}/cancel", {"reason_code": "budget"})
        assert float(boto3.client("ses").get_send_quota()["SentLast24Hours"]) >= 2
        sqs.purge_queue(QueueUrl=settings().deliveries_queue_url)

    def webhooks(self, records: list[dict[str, Any]]) -> None:
        """A webhook that is created, rotated twice, tested, and deleted; its endpoint fails, works again, and is gone."""
        teahouse = self.stage.advertiser
        statuses = iter([500, 204, 410])
        url = settings().deliveries_queue_url
        sqs = boto3.client("sqs")

        def post(*arguments: Any, **options: Any) -> Response:
            return Response(next(statuses, 204), {}, b"")

        with self.patch.context() as without_network:
            without_network.setattr(endpoint_url_check, "system_resolve", lambda host, port: ["93.184.216.34"])
            without_network.setattr(delivery_attempts, "post", post)
            body = {"url": "https://hooks.tea.example/", "event_types": ["*"]}
            made = self.send(teahouse, "POST", "/v1/webhooks", body)["id"]
            others = {"url": "https://hooks.tea.example/others", "event_types": ["webhook.disabled"]}
            self.send(teahouse, "POST", "/v1/webhooks", others)
            for _ in range(2):
                self.send(teahouse, "POST", f"/v1/webhooks/{made}/rotate", {})
            self.send(teahouse, "PATCH", f"/v1/webhooks/{made}", {"description": "till"})
            assert publisher.publish({"Records": records}) == {"batchItemFailures": []}
            self.send(teahouse, "POST", f"/v1/webhooks/{made}/test", {})
            message = sqs.receive_message(QueueUrl=url)["Messages"][0]
            record = {"messageId": "1", "receiptHandle": message["ReceiptHandle"], "body": message["Body"]}
            for hours, failed in ((0, True), (1, False)):
                with clock.at(NOON + hours * HOUR):
                    assert bool(delivery_attempts.deliver({"Records": [record]})["batchItemFailures"]) == failed
            later = sqs.receive_message(QueueUrl=url)["Messages"][0]
            with in_stage_time():
                delivery_attempts.deliver({"Records": [{**record, "body": later["Body"]}]})
            self.send(teahouse, "GET", f"/v1/webhooks/{made}/deliveries")
            self.send(teahouse, "DELETE", f"/v1/webhooks/{made}")


def machines() -> None:
    """The three state machines, each without work."""
    for name in ("TASK", "ORDER", "REGRADE"):
        definition = {"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}}
        boto3.client("stepfunctions").create_state_machine(
            name=os.environ[f"{name}_MACHINE_ARN"].rpartition(":")[2],
            definition=json.dumps(definition),
            roleArn="arn:aws:iam::123456789012:role/machine",
        )


# -- records ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """The uses of each function; the lines of the log with metrics; and all content of users: bodies, tokens, signatures."""

    uses: frozenset[tuple[str, Use]]
    lines: tuple[str, ...]
    user_texts: frozenset[str]


class LogLines(logging.Handler):
    """The log's lines as CloudWatch gets them."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logger.registered_formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def recorded_log() -> Iterator[tuple[LogLines, set[str]]]:
    """Collect the lines of the log at level DEBUG, and the content of users, within the block."""
    log, user_texts = LogLines(), set[str]()
    inner, level = logging.getLogger("micro-task"), logger.log_level
    request = Api.request

    def recorded_request(self: Api, method: str, path: str, body: Any = None, **options: Any) -> Any:
        user_texts.update(words(json.loads(body) if isinstance(body, bytes) and body[:1] == b"{" else body))
        user_texts.update(text for text in (options.get("headers") or {}).values() if len(text) > 20)
        user_texts.update([self._token] if self._token else [])
        return request(self, method, path, body, **options)

    inner.addHandler(log)
    logger.setLevel("DEBUG")
    Api.request = recorded_request  # type: ignore[method-assign]
    try:
        yield log, user_texts
    finally:
        Api.request = request  # type: ignore[method-assign]
        logger.setLevel(level)
        inner.removeHandler(log)


PERMITTED = re.compile(r"[a-z]{3}_\w{26}|[A-Za-z0-9_.:#-]{1,40}|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?")
"""Texts that a log may contain: ids, codes and moments."""


def words(document: Any) -> Iterator[str]:
    """Return every text in a body other than ids, codes and moments."""
    if isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from words(part)
    elif isinstance(document, str) and not PERMITTED.fullmatch(document):
        yield document


def play() -> Record:
    """Play the market in its own mocked AWS."""
    printed = io.StringIO()
    with (
        mocked_aws(),
        served_api() as api,
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(printed),
        iam_in_force.recorded() as uses,
        recorded_log() as (log, user_texts),
    ):
        machines()
        played = Played(Stage(api), patch)
        played.everything()
        played.without_the_sandbox(False)
    return Record(frozenset(uses), (*log.lines, *printed.getvalue().splitlines()), frozenset(user_texts))
