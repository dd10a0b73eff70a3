"""Messages about orders and disputes: who reads and sends them, read marks, evidence, warnings, events and exports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from testing.api import Api
from testing.markets.published_events import PublishedEvents
from testing.markets.stage import NOON, Stage
from testing.samples.picture_samples import png


@pytest.fixture
def order_id(stage: Stage) -> str:
    (order_id,) = stage.accepted("an")
    return order_id


def send(api: Api, path: str, text: str, **more: Any) -> dict[str, Any]:
    answer = api.post(f"{path}/messages", {"text": text, **more})
    assert answer.status_code == 201, answer.json_body
    message: dict[str, Any] = answer.json_body
    return message


def texts(api: Api, path: str) -> list[str]:
    answer = api.get(f"{path}/messages?limit=100")
    assert answer.status_code == 200, answer.json_body
    return [message["text"] for message in reversed(answer.json_body["data"])]


def test_both_sides_exchange_messages(stage: Stage, order_id: str) -> None:
    path = f"/v1/orders/{order_id}"
    for minutes, (api, text) in enumerate(
        ((stage.advertiser, "什么时候发？"), (stage.creator("an"), "今晚八点"), (stage.advertiser, "好"))
    ):
        with clock.at(NOON + timedelta(minutes=minutes)):
            send(api, path, text)
    for api in (stage.advertiser, stage.creator("an")):
        assert texts(api, path) == ["什么时候发？", "今晚八点", "好"]
    page = stage.advertiser.get(f"{path}/messages?limit=2").json_body
    assert [message["text"] for message in page["data"]] == ["好", "今晚八点"]
    rest = stage.advertiser.get(f"{path}/messages?limit=2&cursor={page['next_cursor']}").json_body
    assert ([message["text"] for message in rest["data"]], rest["next_cursor"]) == (["什么时候发？"], None)


def test_only_parties_see_the_thread_of_an_order(stage: Stage, order_id: str) -> None:
    path = f"/v1/orders/{order_id}/messages"
    for api in (stage.creator("bo"), stage.api.as_("bookshop", "advertiser"), stage.api.as_("root", "admin")):
        assert api.get(path).status_code == 404
        assert api.post(path, {"text": "hello"}).status_code == 404
    assert stage.auditor.get(path).status_code == 403


def test_a_repeated_request_sends_one_message(stage: Stage, order_id: str) -> None:
    path = f"/v1/orders/{order_id}/messages"
    first = stage.advertiser.post(path, {"text": "好"}, key="k")
    with clock.at(NOON + timedelta(minutes=1)):
        again = stage.advertiser.post(path, {"text": "好"}, key="k")
    assert again.json_body == first.json_body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(stage.advertiser.get(path).json_body["data"]) == 1
    assert stage.advertiser.post(path, {"text": "不"}, key="k").json_body["code"] == "idempotency_key_reused"


def test_read_marks_are_seen_by_the_sender(stage: Stage, order_id: str) -> None:
    path = f"/v1/orders/{order_id}"
    sent = []
    for minutes in range(3):
        with clock.at(NOON + timedelta(minutes=minutes)):
            sent.append(send(stage.advertiser, path, f"{minutes}")["id"])
    creator = stage.creator("an")
    assert creator.post(f"{path}/messages/read", {"message_id": sent[1]}).status_code == 200
    assert creator.post(f"{path}/messages/read", {"message_id": sent[0]}).status_code == 200
    shown = stage.advertiser.get(f"{path}/messages").json_body["data"]
    assert [message["read_by"] for message in shown] == [[], ["creator"], ["creator"]]
    assert creator.post(f"{path}/messages/read", {"message_id": "msg_unknown"}).status_code == 404


def test_a_dispute_shows_the_messages_of_before_it(stage: Stage, order_id: str) -> None:
    path = f"/v1/orders/{order_id}"
    with clock.at(NOON + timedelta(hours=1)):
        stage.publish("an", order_id)
        send(stage.advertiser, path, "发错了")
    with clock.at(NOON + timedelta(hours=2)):
        reason = {"reason_code": "other", "note": "不对"}
        dispute = f"/v1/disputes/{stage.act('an', order_id, 'dispute', reason).json_body['dispute_id']}"
    with clock.at(NOON + timedelta(hours=3)):
        send(stage.advertiser, path, "后来说的")
        send(stage.creator("an"), dispute, "请看截图")
    with clock.at(NOON + timedelta(hours=4)):
        send(stage.auditor, dispute, "收到")
    for api in (stage.auditor, stage.advertiser, stage.creator("an")):
        assert texts(api, dispute) == ["发错了", "请看截图", "收到"]
    assert texts(stage.advertiser, path) == ["发错了", "后来说的"]
    assert stage.creator("bo").get(f"{dispute}/messages").status_code == 404
    stage.auditor.post(f"{dispute}/ruling", {"outcome": "pay", "note": "查过了"})
    closed = stage.advertiser.post(f"{dispute}/messages", {"text": "谢谢"})
    assert (closed.status_code, closed.json_body["code"]) == (409, "dispute_closed")
    assert texts(stage.auditor, dispute) == ["发错了", "请看截图", "收到"]


def test_contact_details_are_warnings(stage: Stage, order_id: str) -> None:
    sent = send(stage.creator("an"), f"/v1/orders/{order_id}", "加我微信 teahouse_88")
    (finding,) = sent["findings"]
    assert (finding["rule"], finding["start"]) == ("contact_messenger", 2)
    assert texts(stage.advertiser, f"/v1/orders/{order_id}") == ["加我微信 teahouse_88"]


@pytest.mark.parametrize("text", ["", " ", "x" * 2_001, "\u0000"])
def test_texts_out_of_bounds_are_refused(stage: Stage, order_id: str, text: str) -> None:
    assert stage.advertiser.post(f"/v1/orders/{order_id}/messages", {"text": text}).status_code == 422


def test_pictures_of_the_sender_are_shown(stage: Stage, order_id: str) -> None:
    creator = stage.creator("an")
    made = creator.post("/v1/pictures", {"content_type": "image/png", "bytes": len(png())}).json_body
    key = made["upload"]["fields"]["key"]
    boto3.client("s3").put_object(Bucket=settings().pictures_bucket, Key=key, Body=png())
    sent = send(creator, f"/v1/orders/{order_id}", "截图", picture_ids=[made["id"]])
    assert [picture["id"] for picture in sent["pictures"]] == [made["id"]]
    refused = stage.advertiser.post(f"/v1/orders/{order_id}/messages", {"text": "x", "picture_ids": [made["id"]]})
    assert refused.json_body["errors"][0] == {
        "pointer": "/picture_ids/0",
        "code": "picture_unknown",
        "message": refused.json_body["errors"][0]["message"],
    }


def test_rule_31_limits_messages(stage: Stage, order_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RULES", '{"messages_per_hour_max": 2}')
    rules.cache_clear()
    path = f"/v1/orders/{order_id}/messages"
    found = [stage.advertiser.post(path, {"text": "?"}).status_code for _ in range(3)]
    rules.cache_clear()
    assert found == [201, 201, 429]


def test_the_other_side_has_an_event_without_the_text(stage: Stage, order_id: str) -> None:
    published = PublishedEvents()
    sent = send(stage.advertiser, f"/v1/orders/{order_id}", "什么时候发？")
    published.deliver(times=2)
    (event,) = stage.creator("an").get("/v1/events?type=message.sent").json_body["data"]
    assert event["data"] == {
        "message_id": sent["id"],
        "order_id": order_id,
        "dispute_id": None,
        "sender": "advertiser",
        "url": f"https://api.micro-task.example/v1/orders/{order_id}/messages",
    }
    assert stage.advertiser.get("/v1/events?type=message.sent").json_body["data"] == []
