"""The envelope of an event on the bus, in responses and in deliveries."""

from __future__ import annotations

import json

from chalicelib.core import clock
from chalicelib.core.money import Money
from chalicelib.events.event import Event
from chalicelib.events.event_envelope import envelope, webhook_body
from chalicelib.events.publisher import bus_entry
from chalicelib.events.records import stored

AT = clock.parse("2026-11-22T10:00:00.987Z")
DATA = {"topup_id": "pay_1", "amount": Money(5, "CNY"), "url": "/v1/wallet/topups/pay_1"}
EVENT = Event("evt_1", "wallet.topup_paid", AT, 3, "pay_1", DATA, {"advertiser": "adv_1"})
[RECORD] = stored(EVENT)


def test_a_delivery_has_type_time_and_data_with_absolute_url() -> None:
    assert webhook_body(RECORD, "https://market.example/api") == (
        b'{"type":"wallet.topup_paid","timestamp":"2026-11-22T10:00:00Z","data":{"topup_id":"pay_1",'
        b'"amount":{"amount":5,"currency":"CNY"},"url":"https://market.example/api/v1/wallet/topups/pay_1"}}'
    )


def test_an_absolute_url_is_not_changed() -> None:
    data = {**DATA, "url": "https://a.example/x"}
    [record] = stored(Event("evt_1", "wallet.topup_paid", AT, 3, "pay_1", data, {"advertiser": "adv_1"}))
    assert json.loads(webhook_body(record, "https://market.example"))["data"]["url"] == "https://a.example/x"


def test_the_bus_gets_the_same_members_with_id_and_path() -> None:
    sent = json.loads(webhook_body(RECORD, ""))
    assert json.loads(bus_entry(EVENT)["Detail"]) == {"id": "evt_1", **sent}


def test_making_urls_absolute_leaves_the_event_unchanged() -> None:
    assert envelope(EVENT, str.upper)["data"]["url"] == "/V1/WALLET/TOPUPS/PAY_1"
    assert EVENT.data["url"] == "/v1/wallet/topups/pay_1"
