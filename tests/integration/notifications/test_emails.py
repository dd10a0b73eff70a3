"""Notifications by e-mail: chosen by the user, sent once with a one-click link, a digest for staff, and stopped by a bounce."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_string
from email.message import Message
from typing import Any

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

import app  # noqa: F401 - the publisher queues e-mails
from chalicelib.core import clock
from chalicelib.core.settings import settings
from chalicelib.notifications import email_addresses, email_delivery, email_digests
from testing.api import Api
from testing.markets.played_market import recorded_log
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage

SENDER = "market@market.example"
BASE = "https://market.example"
ADDRESS = "an@users.example"


@pytest.fixture
def mail(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment that sends e-mail."""
    monkeypatch.setenv("EMAIL_SENDER", SENDER)
    monkeypatch.setenv("PUBLIC_URL", BASE)
    settings.cache_clear()
    boto3.client("ses").verify_email_identity(EmailAddress=SENDER)
    yield
    settings.cache_clear()


@pytest.fixture
def published(stage: Stage) -> PublishedEvents:
    return PublishedEvents()


def user(stage: Stage, sub: str, role: str, **claims: str) -> Api:
    return stage.api.as_(sub, role, **{"email": f"{sub}@users.example", "email_verified": "true", **claims})


def prefer(who: Api, *types: str, language: str = "en") -> Any:
    return who.put("/v1/notifications/preferences", {"off": [], "email_types": list(types), "language": language})


def run(times: int = 1) -> int:
    """Deliver the messages of the queue, each `times`, and return their number."""
    sqs, url, handled = boto3.client("sqs"), settings().emails_queue_url, 0
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            for _ in range(times):
                records = [{"messageId": "1", "body": message["Body"]}]
                assert email_delivery.deliver({"Records": records}) == {"batchItemFailures": []}
            handled += 1
    return handled


def sent() -> list[tuple[list[str], Message]]:
    """Return the destinations and the message of each e-mail."""
    stored: list[Any] = list(ses_backends[DEFAULT_ACCOUNT_ID]["ap-east-1"].sent_messages)
    return [(one.destinations, message_from_string(one.raw_data)) for one in stored]


def parts(message: Message) -> tuple[str, str]:
    payloads: list[Any] = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    plain, page = (payload.decode() for payload in payloads)
    return plain, page


def feedback(kind: str, address: str, stage: Stage, **more: Any) -> None:
    named = {"Bounce": "bouncedRecipients", "Complaint": "complainedRecipients"}[kind]
    body = {
        "eventType": kind,
        kind.lower(): {named: [{"emailAddress": address}], **more},
        "mail": {"tags": {"recipient": [stage.creator_id("an")], "user": ["an"]}},
    }
    result = email_delivery.deliver({"Records": [{"messageId": "1", "body": json.dumps(body)}]})
    assert result == {"batchItemFailures": []}


def status(stage: Stage) -> str:
    answer = user(stage, "an", "creator").get("/v1/notifications/preferences").json_body
    return str(answer["email"]["status"])


def test_a_creator_receives_the_chosen_types_once(mail: None, stage: Stage, published: PublishedEvents) -> None:
    shown = prefer(user(stage, "an", "creator"), "order.offered", language="zh").json_body["email"]
    assert shown == {"status": "on", "address": ADDRESS, "types": ["order.offered"], "language": "zh"}
    (order_id,) = stage.accepted("an")
    published.deliver(times=2)
    run(times=2)
    ((destinations, message),) = sent()
    assert set(destinations) == {ADDRESS}
    assert message["From"] == SENDER
    plain, page = parts(message)
    assert "订单：已派单" in plain
    assert f"{BASE}/console/#/orders/{order_id}" in plain
    assert "<html" in page
    assert order_id in page
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"][1:-1] in plain


def test_no_address_is_logged(mail: None, stage: Stage, published: PublishedEvents) -> None:
    with recorded_log() as (log, _):
        prefer(user(stage, "an", "creator"), "order.offered")
        stage.offered("an")
        published.deliver()
        run()
        feedback("Complaint", ADDRESS, stage)
    lines = "\n".join(log.lines)
    assert "address disabled" in lines
    assert "users.example" not in lines


def test_one_click_turns_email_off_and_deletes_the_address(
    mail: None, stage: Stage, published: PublishedEvents
) -> None:
    prefer(user(stage, "an", "creator"), "order.offered")
    stage.offered("an")
    published.deliver()
    run()
    link = sent()[0][1]["List-Unsubscribe"][1:-1].removeprefix(BASE)
    page = stage.api.get(link)
    assert page.status_code == 200
    assert b"<form" in page.body
    assert status(stage) == "on", "a program that opens the link changes nothing"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = stage.api.request("POST", link, b"List-Unsubscribe=One-Click", headers=headers)
    assert answer.status_code == 200
    assert status(stage) == "off"
    assert email_addresses.of_recipient(stage.creator_id("an")) == []
    forged = link[:-1] + ("0" if link[-1] != "0" else "1")
    assert stage.api.request("POST", forged, b"", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("Bounce", {"bounceType": "Permanent"}, "bounced"),
        ("Bounce", {"bounceType": "Transient"}, "on"),
        ("Complaint", {}, "complained"),
    ],
)
def test_permanent_bounces_and_complaints_disable(
    mail: None, stage: Stage, published: PublishedEvents, kind: str, more: dict[str, str], expected: str
) -> None:
    creator = user(stage, "an", "creator")
    prefer(creator, "order.offered")
    feedback(kind, "other@users.example", stage, **more)
    assert status(stage) == "on", "another address"
    feedback(kind, ADDRESS, stage, **more)
    assert status(stage) == expected
    assert prefer(creator, "order.offered").json_body["email"]["status"] == expected, "the same address stays disabled"
    stage.offered("an")
    published.deliver()
    run()
    assert len(sent()) == (expected == "on")
    changed = user(stage, "an", "creator", email="an2@users.example")
    assert prefer(changed, "order.offered").json_body["email"]["status"] == "on"


def test_staff_receive_one_digest_a_day(mail: None, stage: Stage, published: PublishedEvents) -> None:
    prefer(user(stage, "auditor", "auditor"), "task.in_review", "account.pending")
    with clock.at(NOON):
        account = stage.bind("an")
        stage.create(account)
        stage.create(account)
        published.deliver()
        assert run() == 0, "no e-mail for each event"
    morning = NOON.replace(hour=1) + timedelta(days=1)  # 09:00 in the market's time zone
    with clock.at(morning - timedelta(minutes=1)):
        assert email_digests.queue_digests() == 0
    with clock.at(morning):
        assert email_digests.queue_digests() == 1
        assert email_digests.queue_digests() == 0
        assert run(times=2) == 1
    ((_, digest),) = sent()
    assert "Task: In review (2)" in parts(digest)[0]


def test_email_is_off_without_a_sender_or_a_verified_address(
    stage: Stage, mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unverified = user(stage, "an", "creator", email_verified="false")
    answer = prefer(unverified, "order.offered")
    assert (answer.status_code, answer.json_body["errors"][0]["code"]) == (422, "email_unverified")
    answer = prefer(user(stage, "an", "creator"), "task.in_review")
    assert (answer.status_code, answer.json_body["errors"][0]["code"]) == (422, "event_type"), "a type of auditors"
    monkeypatch.setenv("EMAIL_SENDER", "")
    settings.cache_clear()
    answer = prefer(user(stage, "an", "creator"), "order.offered")
    assert (answer.status_code, answer.json_body["errors"][0]["code"]) == (422, "email_unavailable")
    assert status(stage) == "unavailable"
    assert prefer(unverified).status_code == 200
