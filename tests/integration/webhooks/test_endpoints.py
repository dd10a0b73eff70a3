"""Webhooks of a caller: created, changed, rotated, deleted, and never readable by others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from chalicelib.core import clock
from chalicelib.webhooks import endpoint_url_check
from testing.doubles.delivery_queue import DeliveryQueue
from testing.in_force import iam_in_force
from testing.in_force.iam_in_force import Use
from testing.markets.stage import NOON, Stage

URL = "https://hooks.tea.example/market"
Subscribe = Callable[..., Any]


def test_the_secret_is_shown_once(stage: Stage, subscribe: Subscribe) -> None:
    made = subscribe(stage.advertiser, description="till")
    assert made["secret"].startswith("whsec_")
    shown = stage.advertiser.get(f"/v1/webhooks/{made['id']}").json_body
    assert shown == {name: value for name, value in made.items() if name != "secret"}
    assert (shown["side"], shown["enabled"], shown["description"]) == ("advertiser", True, "till")
    listed = stage.advertiser.get("/v1/webhooks").json_body
    assert listed == {"data": [shown], "next_cursor": None}
    assert made["secret"] not in json.dumps([shown, listed])


def test_no_function_but_the_one_that_signs_reads_secrets() -> None:
    table = f"arn:aws:dynamodb:{iam_in_force.REGION}:{iam_in_force.ACCOUNT}:table/{iam_in_force.STACK}-webhook-secrets"
    for action in ("GetItem", "BatchGetItem", "Query", "Scan", "UpdateItem", "TransactGetItems"):
        use = Use(f"dynamodb:{action}", table, frozenset({"whk_1"}), frozenset({"pk", "sk", "secret"}))
        readers = {name for name in iam_in_force.FUNCTIONS if iam_in_force.allowed(name, use)}
        assert readers == ({"Webhooks"} if action == "GetItem" else set()), action


def test_a_repeated_request_makes_no_second_webhook(stage: Stage, queue: DeliveryQueue) -> None:
    body = {"url": URL, "event_types": ["order.accepted"]}
    first = stage.advertiser.post("/v1/webhooks", body, key="k")
    again = stage.advertiser.post("/v1/webhooks", body, key="k")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json_body == {**first.json_body, "secret": None}
    assert len(stage.advertiser.get("/v1/webhooks").json_body["data"]) == 1
    other = stage.advertiser.post("/v1/webhooks", {**body, "url": URL + "2"}, key="k")
    assert other.json_body["code"] == "idempotency_key_reused"


def test_an_owner_has_at_most_ten(stage: Stage, subscribe: Subscribe) -> None:
    made = [subscribe(stage.advertiser, f"{URL}/{number}") for number in range(10)]
    refused = stage.advertiser.post("/v1/webhooks", {"url": URL, "event_types": ["*"]})
    assert (refused.status_code, refused.json_body["code"]) == (409, "state_conflict")
    assert stage.advertiser.request("DELETE", f"/v1/webhooks/{made[0]['id']}").status_code == 200
    subscribe(stage.advertiser)
    subscribe(stage.creator("an"))


def test_a_key_creates_no_second_webhook_for_another_side(stage: Stage) -> None:
    both = stage.api.as_("both", "advertiser", "creator")
    body = {"url": URL, "event_types": ["*"]}
    assert both.post("/v1/webhooks", {**body, "side": "creator"}, key="one").status_code == 201
    other = both.post("/v1/webhooks", {**body, "side": "advertiser"}, key="one")
    assert other.json_body["code"] == "idempotency_key_reused"
    assert both.post("/v1/webhooks", {**body, "side": "creator"}, key="one").status_code == 201


def test_webhooks_of_others_do_not_exist(stage: Stage, subscribe: Subscribe) -> None:
    made = subscribe(stage.advertiser)["id"]
    other = stage.api.as_("bookshop", "advertiser")
    for method, path, body in (
        ("GET", "", None),
        ("PATCH", "", {"enabled": False}),
        ("DELETE", "", None),
        ("POST", "/rotate", {}),
        ("POST", "/test", {}),
        ("GET", "/deliveries", None),
        ("POST", "/replay", {"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"}),
    ):
        assert other.request(method, f"/v1/webhooks/{made}{path}", body).status_code == 404, path
    assert other.get("/v1/webhooks").json_body["data"] == []
    assert stage.auditor.get("/v1/webhooks").status_code == 403


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.tea.example/", "url_https_only"),
        ("https://u:p@hooks.tea.example/", "url_userinfo"),
        ("https://127.0.0.1/", "url_not_public"),
        ("https://[::1]/", "url_not_public"),
        ("https://169.254.169.254/latest/meta-data/", "url_not_public"),
        ("https://hooks tea.example/", "url_host_invalid"),
    ],
)
def test_urls_that_cannot_be_requested_are_refused(stage: Stage, url: str, code: str) -> None:
    answer = stage.advertiser.post("/v1/webhooks", {"url": url, "event_types": ["*"]})
    assert answer.status_code == 422
    assert [fault["code"] for fault in answer.json_body["errors"]] == [code]


def test_a_name_of_an_internal_address_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_url_check, "system_resolve", lambda host, port: ["10.0.0.7"])
    answer = stage.advertiser.post("/v1/webhooks", {"url": URL, "event_types": ["*"]})
    assert answer.json_body["errors"][0]["code"] == "url_not_public"


def test_unknown_event_types_are_named(stage: Stage, queue: DeliveryQueue) -> None:
    answer = stage.advertiser.post("/v1/webhooks", {"url": URL, "event_types": ["order.accepted", "order.eaten"]})
    assert [fault["pointer"] for fault in answer.json_body["errors"]] == ["/event_types/1"]


def test_both_secrets_sign_for_a_day_after_a_rotation(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    made = subscribe(stage.advertiser)
    path = f"/v1/webhooks/{made['id']}"
    new = stage.advertiser.post(f"{path}/rotate", {}).json_body["secret"]
    for hours, valid in ((1, {made["secret"], new}), (25, {new})):
        with clock.at(NOON + timedelta(hours=hours)):
            stage.advertiser.post(f"{path}/test", {})
            queue.run()
        sent = queue.received[-1]
        assert {secret for secret in (made["secret"], new) if _verifies(secret, sent)} == valid


def _verifies(secret: str, sent: Any) -> bool:
    """Return True if one of the signatures is the one that the library makes with this secret."""
    expected = Webhook(secret).sign(sent.id, clock.parse(clock.stamp(sent.at)), sent.body.decode())
    return expected in sent.headers["webhook-signature"].split()


def test_a_test_goes_to_its_webhook_alone(stage: Stage, subscribe: Subscribe, queue: DeliveryQueue) -> None:
    made = subscribe(stage.advertiser)
    subscribe(stage.advertiser, URL + "/other")
    answer = stage.advertiser.post(f"/v1/webhooks/{made['id']}/test", {})
    assert answer.status_code == 202
    queue.run()
    assert [one.url for one in queue.received] == [URL]
    assert json.loads(queue.received[0].body)["type"] == "webhook.test"
    (delivery,) = stage.advertiser.get(f"/v1/webhooks/{made['id']}/deliveries").json_body["data"]
    assert (delivery["id"], delivery["status"]) == (answer.json_body["delivery_id"], "delivered")
