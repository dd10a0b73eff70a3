"""Alipay with generated keys: requests are signed, messages of Alipay are accepted only with its signature, and no payout is made
twice, whatever Alipay responds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import boto3
import pytest

from chalicelib.core import aws, clock
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.payments import alipay
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import SUSPENSE, provider
from testing.api import Api
from testing.doubles.alipay_platform import (
    ALIPAYS,
    APP,
    NOTIFY,
    OURS,
    SELLER,
    STRANGERS,
    Fault,
    Gateway,
    Signer,
    keys,
    unsigned,
)
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, cny

AMOUNT = 600_050
FEE = 92_100
EARNED = PRICE - FEE


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway()
    yield gateway
    gateway.server.shutdown()
    gateway.server.server_close()


@pytest.fixture
def stage(api: Api, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A market with Alipay on, the sandbox off, and Alipay's keys in Secrets Manager."""
    boto3.client("secretsmanager").create_secret(
        Name=os.environ["ALIPAY_SECRET"], SecretString=json.dumps(keys(gateway.url))
    )
    monkeypatch.setenv("ALIPAY", "on")
    monkeypatch.setenv("SANDBOX", "off")
    cached = (settings, rules, aws.secret, alipay._keys, alipay._client)
    for function in cached:
        function.cache_clear()
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify(funds=FUNDS)
    yield stage
    for function in cached:
        function.cache_clear()


# -- paying in ---------------------------------------------------------------------------------------------------------


def top_up(stage: Stage) -> dict[str, Any]:
    with clock.at(NOON):
        body = {"amount": cny(AMOUNT), "provider": "alipay"}
        answer = stage.advertiser.post("/v1/wallet/topups", body, key=stage.key())
    assert answer.status_code == 201, answer.json_body
    started: dict[str, Any] = answer.json_body
    return started


def notice(payment_id: str, **fields: str) -> dict[str, str]:
    return {
        "notify_time": "2026-11-22 20:05:00",
        "notify_type": "trade_status_sync",
        "notify_id": "91722adff935e8cfa58b3aabf4dead6ibe",
        "app_id": APP,
        "seller_id": SELLER,
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": "2026112222001400000000000001",
        "out_trade_no": payment_id,
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "6000.50",
        "subject": "微任务",
        "passback_params": "",
        **fields,
    }


def form(fields: dict[str, str], signer: Signer = ALIPAYS, charset: str = "utf-8") -> bytes:
    signature = signer.sign(unsigned(fields), charset)
    return urlencode({**fields, "sign": signature, "sign_type": "RSA2"}, encoding=charset).encode()


def deliver(stage: Stage, body: bytes, at: datetime = NOON) -> Any:
    with clock.at(at):
        path = "/v1/payments/alipay/notifications"
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return stage.api.request("POST", path, body, headers=headers)


def available(stage: Stage) -> int:
    return stage.money()["available"]


def test_the_payer_goes_to_a_signed_page(stage: Stage, gateway: Gateway) -> None:
    started = top_up(stage)
    assert started["provider"] == "alipay"
    url = urlsplit(started["pay_url"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == gateway.url
    fields = {name: texts[0] for name, texts in parse_qs(url.query).items()}
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "sign")
    assert OURS.signed(text, fields["sign"])
    assert (fields["app_id"], fields["method"], fields["notify_url"]) == (APP, "alipay.trade.page.pay", NOTIFY)
    assert fields["timestamp"] == "2026-11-22 20:00:00"  # China's time
    order = json.loads(fields["biz_content"])
    assert (order["out_trade_no"], order["total_amount"]) == (started["id"], "6000.50")
    assert order["time_expire"] == "2026-11-22 22:00:00"


def test_rule_4_repeated_and_reordered_notifications_credit_once(stage: Stage) -> None:
    payment_id = top_up(stage)["id"]
    fields = notice(payment_id)
    backwards = dict(reversed(list(fields.items())))
    for body in (form(fields), form(fields), form(backwards), form({**fields, "trade_status": "TRADE_FINISHED"})):
        answer = deliver(stage, body)
        assert (answer.status_code, answer.body) == (200, b"success")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert available(stage) == FUNDS + AMOUNT
    assert stage.advertiser.get(f"/v1/wallet/topups/{payment_id}").json_body["status"] == "paid"
    assert ledger.balance(provider("alipay")) == -AMOUNT


@pytest.mark.parametrize(
    "forge",
    [
        lambda fields: form({**fields, "total_amount": "9000.00"}).replace(b"9000.00", b"6000.50"),
        lambda fields: form(fields, STRANGERS),
        lambda fields: form(fields).replace(b"RSA2", b"RSA"),
        lambda fields: urlencode(fields).encode(),
        lambda fields: urlencode({**fields, "sign": "", "sign_type": "RSA2"}).encode(),
        lambda fields: urlencode({**fields, "sign": "not base64!", "sign_type": "RSA2"}).encode(),
        lambda fields: form({**fields, "app_id": "2021000000000009"}),
        lambda fields: form({**fields, "seller_id": "2088000000000009"}),
        lambda fields: form(fields) + b"&total_amount=6000.50",
        lambda fields: "sign=签".encode(),
        lambda fields: b"",
        lambda fields: b"&".join(b"a%d=1" % number for number in range(500)),
    ],
    ids=[
        *("amount", "stranger", "weaker", "unsigned", "empty", "garbage", "other-app", "other-seller"),
        *("twice", "not-ascii", "nothing", "too-many"),
    ],
)
def test_a_forged_notification_is_refused_and_moves_nothing(stage: Stage, forge: Any) -> None:
    payment_id = top_up(stage)["id"]
    answer = deliver(stage, forge(notice(payment_id)))
    assert (answer.status_code, answer.json_body["code"]) == (401, "signature_invalid")
    assert available(stage) == FUNDS


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"total_amount": "6000.51"}, NOON),
        ({"out_trade_no": "pay_00000000000000000000000000"}, NOON),
        ({"out_trade_no": "somebody else's"}, NOON),
        ({}, NOON + timedelta(hours=2, seconds=1)),
    ],
    ids=["wrong-amount", "unknown", "not-ours", "expired"],
)
def test_rule_4_money_that_fits_no_payment_goes_to_suspense(stage: Stage, fields: dict[str, str], at: datetime) -> None:
    body = form(notice(top_up(stage)["id"], **fields))
    for _ in range(2):
        assert deliver(stage, body, at).body == b"success"
    amount = 600_051 if "total_amount" in fields else AMOUNT
    assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, amount)
    assert len(stage.api.as_("fin", "finance").get("/v1/suspense").json_body["data"]) == 1


@pytest.mark.parametrize(
    "fields", [{"trade_status": "WAIT_BUYER_PAY"}, {"trade_status": "TRADE_CLOSED"}, {"refund_fee": "6000.50"}]
)
def test_notification_without_money_is_accepted_and_moves_nothing(stage: Stage, fields: dict[str, str]) -> None:
    assert deliver(stage, form(notice(top_up(stage)["id"], **fields))).body == b"success"
    assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, 0)


@pytest.mark.parametrize("refund_fee", ["", "0.00"])
def test_a_refund_of_nothing_is_a_payment(stage: Stage, refund_fee: str) -> None:
    payment_id = top_up(stage)["id"]
    assert deliver(stage, form(notice(payment_id, refund_fee=refund_fee))).body == b"success"
    assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS + AMOUNT, 0)
    assert stage.advertiser.get(f"/v1/wallet/topups/{payment_id}").json_body["status"] == "paid"


def test_a_partial_refund_without_its_payment_goes_to_suspense(stage: Stage) -> None:
    payment_id = top_up(stage)["id"]
    refund = form(notice(payment_id, refund_fee="1000.00"))
    for body in (refund, refund, form(notice(payment_id)), form(notice(payment_id, refund_fee="6000.50"))):
        assert deliver(stage, body).body == b"success"
        assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, AMOUNT - 100_000)
    [item] = stage.api.as_("fin", "finance").get("/v1/suspense").json_body["data"]
    assert (item["reason"], item["amount"], item["payment_id"]) == ("refunded", cny(AMOUNT - 100_000), payment_id)


def test_the_total_of_refunds_is_claimed_once(stage: Stage) -> None:
    """Alipay names the total that was refunded so far; its notifications come repeatedly and out of order."""
    payment_id = top_up(stage)["id"]
    totals = (("", 0), ("1000.00", 100_000), ("1000.00", 100_000), ("6000.50", AMOUNT), ("1000.00", AMOUNT))
    for total, claimed in totals:
        assert deliver(stage, form(notice(payment_id, **({"refund_fee": total} if total else {})))).body == b"success"
        assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS + AMOUNT - claimed, 0)


@pytest.mark.parametrize("charset", ["GBK", "gbk", "GB2312", "GB18030"])
def test_a_notification_in_gbk_is_verified_and_read(stage: Stage, charset: str) -> None:
    payment_id = top_up(stage)["id"]
    fields = notice(payment_id, charset=charset, subject="微任务充值")
    genuine = form(fields, charset="gbk")
    for forged in (genuine.replace(b"6000.50", b"6000.51"), form(fields, STRANGERS, charset="gbk")):
        assert deliver(stage, forged).json_body["code"] == "signature_invalid"
        assert available(stage) == FUNDS
    assert deliver(stage, genuine).body == b"success"
    assert available(stage) == FUNDS + AMOUNT


@pytest.mark.parametrize("fields", [{"charset": "utf-16"}, {"refund_fee": "6000.51"}, {"refund_fee": "1e3"}])
def test_a_signed_notification_that_cannot_be_read(stage: Stage, fields: dict[str, str]) -> None:
    answer = deliver(stage, form(notice(top_up(stage)["id"], **fields)))
    assert (answer.status_code, answer.json_body["code"]) == (400, "bad_request")
    assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, 0)


@pytest.mark.parametrize("fields", [{"total_amount": "6e3"}, {"total_amount": "-1.00"}, {"trade_no": ""}])
def test_what_is_signed_and_unreadable_is_refused(stage: Stage, fields: dict[str, str]) -> None:
    answer = deliver(stage, form(notice(top_up(stage)["id"], **fields)))
    assert (answer.status_code, answer.json_body["code"]) == (400, "bad_request")
    assert available(stage) == FUNDS


def test_a_provider_that_the_stage_does_not_have_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"amount": cny(AMOUNT), "provider": "paypal"}
    assert stage.advertiser.post("/v1/wallet/topups", body, key="a").json_body["code"] == "provider_unknown"
    monkeypatch.setenv("ALIPAY", "off")
    settings.cache_clear()
    assert deliver(stage, form(notice("pay_x"))).status_code == 404


# -- paying out --------------------------------------------------------------------------------------------------------


@pytest.fixture
def withdrawal_id(stage: Stage) -> str:
    """Return the withdrawal of a creator's earnings, which came in through Alipay."""
    earn(stage, PRICE, FEE)
    made = ask(stage, EARNED)
    assert made["payee"] == {"account": "an.***@mail.example"}
    return str(made["id"])


def earn(stage: Stage, price: int, fee: int = 0) -> None:
    """An advertiser pays through Alipay, and a creator's order is settled."""
    owner = stage.advertiser_id
    with clock.at(NOON):
        for transfer in (
            movements.topup("pay_1", "alipay", owner, price),
            movements.hold("tsk_1", 1, owner, price),
            movements.settle("ord_1", "tsk_1", stage.creator_id("an"), price - fee, fee),
        ):
            assert ledger.post(transfer, NOON)


def ask(stage: Stage, amount: int, key: str = "out") -> dict[str, Any]:
    payee = {"account": "an.writer@mail.example", "name": "安"}
    body = {"amount": cny(amount), "provider": "alipay", "payee": payee}
    with clock.at(NOON + timedelta(hours=1)):
        made = stage.creator("an").post("/v1/wallet/withdrawals", body, key=key)
    assert made.status_code == 201, made.json_body
    found: dict[str, Any] = made.json_body
    return found


def pay_out(stage: Stage, withdrawal_id: str) -> dict[str, Any]:
    answer = stage.api.as_("fin", "finance").post(f"/v1/withdrawals/{withdrawal_id}/payout")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def fail_by_hand(stage: Stage, withdrawal_id: str) -> Any:
    path = f"/v1/withdrawals/{withdrawal_id}/outcome"
    return stage.api.as_("fin", "finance").post(path, {"outcome": "failed"})


def test_rule_21_a_payout_is_made_once(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    paid = pay_out(stage, withdrawal_id)
    assert (paid["status"], paid["payout"]["status"]) == ("paid", "sent")
    assert pay_out(stage, withdrawal_id) == paid
    ((method, content),) = gateway.requests
    assert method == "alipay.fund.trans.uni.transfer"
    assert (content["out_biz_no"], content["trans_amount"]) == (withdrawal_id, "2149.00")
    assert content["payee_info"] == {
        "identity": "an.writer@mail.example",
        "identity_type": "ALIPAY_LOGON_ID",
        "name": "安",
    }
    assert stage.money(creators=("an",))["an"] == 0
    assert ledger.balance(provider("alipay")) == EARNED - PRICE
    assert stage.api.as_("fin", "finance").post(f"/v1/withdrawals/{withdrawal_id}/payout").status_code == 200
    assert stage.creator("an").post(f"/v1/withdrawals/{withdrawal_id}/payout").status_code == 403


@pytest.mark.parametrize("fault", ["lost", "unsigned", "forged", "unreadable", "error"])
def test_rule_21_unverified_response_is_requested_again(
    stage: Stage, gateway: Gateway, withdrawal_id: str, fault: Fault
) -> None:
    gateway.fault = fault
    waiting = pay_out(stage, withdrawal_id)
    assert (waiting["status"], waiting["payout"]["status"]) == ("requested", "sent")
    assert pay_out(stage, withdrawal_id)["status"] == "requested"
    refused = fail_by_hand(stage, withdrawal_id)
    assert (refused.status_code, refused.json_body["code"]) == (409, "payout_unresolved")
    gateway.fault = None
    assert pay_out(stage, withdrawal_id)["status"] == "paid"
    assert gateway.transfers[withdrawal_id] == 1
    assert ledger.balance(provider("alipay")) == EARNED - PRICE
    assert stage.money(creators=("an",))["an"] == 0


@pytest.mark.parametrize(
    "overrides", [{"status": "DEALING"}, {"code": "40004", "sub_code": "SYSTEM_ERROR"}, {"code": "20000"}]
)
def test_rule_21_what_alipay_does_not_know_yet_stays_open(
    stage: Stage, gateway: Gateway, withdrawal_id: str, overrides: dict[str, str]
) -> None:
    gateway.overrides = overrides
    assert pay_out(stage, withdrawal_id)["payout"]["status"] == "sent"
    assert fail_by_hand(stage, withdrawal_id).status_code == 409
    gateway.overrides = {}
    assert pay_out(stage, withdrawal_id)["status"] == "paid"
    assert gateway.transfers[withdrawal_id] == 1


def test_rule_21_unknown_payee_returns_the_money(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    gateway.overrides = {"code": "40004", "sub_code": "PAYEE_NOT_EXIST"}
    failed = pay_out(stage, withdrawal_id)
    assert (failed["status"], failed["note"]) == ("failed", "PAYEE_NOT_EXIST")
    assert stage.money(creators=("an",))["an"] == EARNED
    assert gateway.transfers.total() == 0


def test_rule_21_refused_payout_can_be_repeated_or_failed(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    gateway.overrides = {"code": "40004", "sub_code": "PAYER_BALANCE_NOT_ENOUGH"}
    for _ in range(2):
        refused = pay_out(stage, withdrawal_id)
        assert (refused["status"], refused["payout"]["status"]) == ("requested", "refused")
        assert refused["payout"]["reason"] == "PAYER_BALANCE_NOT_ENOUGH"
    assert fail_by_hand(stage, withdrawal_id).json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == EARNED
    assert pay_out(stage, withdrawal_id)["status"] == "failed"
    assert gateway.transfers.total() == 0


@pytest.mark.parametrize("code", ["20001", "40001", "40002", "40003", "40006"])
def test_rule_21_request_not_carried_out_can_be_failed(
    stage: Stage, gateway: Gateway, withdrawal_id: str, code: str
) -> None:
    gateway.overrides = {"code": code, "sub_code": "isv.missing-signature"}
    assert pay_out(stage, withdrawal_id)["payout"]["status"] == "refused"
    assert fail_by_hand(stage, withdrawal_id).json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == EARNED


def test_rule_21_without_certificates_no_payout_is_sent(
    stage: Stage, gateway: Gateway, withdrawal_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(alipay._keys(), "alipay_root_cert")
    refused = pay_out(stage, withdrawal_id)
    assert (refused["status"], refused["payout"]["reason"]) == ("requested", "CERTIFICATES_MISSING")
    assert gateway.requests == []
    assert fail_by_hand(stage, withdrawal_id).json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == EARNED


def fail(stage: Stage, withdrawal_id: str, by: str, at: datetime, note: str | None = None) -> Any:
    with clock.at(at):
        body = {"outcome": "failed", "note": note}
        return stage.api.as_(by, "finance").post(f"/v1/withdrawals/{withdrawal_id}/outcome", body)


def test_rule_21_payout_unknown_to_alipay_can_be_failed(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    gateway.fault = "error"
    with clock.at(NOON):
        assert pay_out(stage, withdrawal_id)["payout"]["status"] == "sent"
    gateway.fault = None
    early = fail(stage, withdrawal_id, "fin", NOON + timedelta(minutes=9))
    assert (early.status_code, early.json_body["code"]) == (409, "payout_unresolved")
    assert early.json_body["possible_at"] == "2026-11-22T12:10:00Z"
    assert fail(stage, withdrawal_id, "fin", NOON + timedelta(minutes=10)).json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == EARNED
    with clock.at(NOON + timedelta(hours=1)):
        assert pay_out(stage, withdrawal_id)["status"] == "failed"
    assert gateway.transfers.total() == 0


def test_rule_21_paid_payout_cannot_be_failed(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    gateway.fault = "lost"
    with clock.at(NOON):
        assert pay_out(stage, withdrawal_id)["payout"]["status"] == "sent"
    gateway.fault = None
    answer = fail(stage, withdrawal_id, "fin", NOON + timedelta(days=9), "not paid")
    assert (answer.status_code, answer.json_body["code"]) == (409, "already_decided")
    assert stage.money(creators=("an",))["an"] == 0
    assert ledger.balance(provider("alipay")) == EARNED - PRICE


def test_rule_21_two_people_end_a_payout_without_an_answer(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    gateway.fault = "lost"
    with clock.at(NOON):
        assert pay_out(stage, withdrawal_id)["payout"]["status"] == "sent"
    late = NOON + timedelta(hours=24)
    for by, at, note in (("fin", late - timedelta(seconds=1), "not paid"), ("fin", late, None)):
        refused = fail(stage, withdrawal_id, by, at, note)
        assert (refused.status_code, refused.json_body["code"]) == (409, "payout_unresolved")
    for by in ("fin", "fin"):
        first = fail(stage, withdrawal_id, by, late, "Alipay's console shows no transfer").json_body
        assert (first["status"], first["confirmation"]["confirmed_by"]) == ("requested", "fin")
    second = fail(stage, withdrawal_id, "fin2", late, "Alipay's console shows no transfer").json_body
    assert (second["status"], second["confirmation"]["decided_by"]) == ("failed", "fin2")
    assert stage.money(creators=("an",))["an"] == EARNED


def test_a_payout_needs_a_provider_that_holds_the_money(stage: Stage, gateway: Gateway, withdrawal_id: str) -> None:
    """The advertiser's own funds came in through another provider."""
    body = {"amount": cny(20_000), "provider": "alipay", "payee": {"account": "tea@mail.example", "name": "tea"}}
    with clock.at(NOON):
        made = stage.advertiser.post("/v1/wallet/withdrawals", {**body, "amount": cny(FEE + 1)}, key="out").json_body
        gateway.fault = "lost"
        assert pay_out(stage, withdrawal_id)["payout"]["status"] == "sent", "which leaves the fee"
        finance = stage.api.as_("fin", "finance")
        for path, outcome in (("payout", None), ("outcome", {"outcome": "paid"})):
            if path == "outcome":
                gateway.fault = None
                assert pay_out(stage, withdrawal_id)["status"] == "paid"
            refused = finance.post(f"/v1/withdrawals/{made['id']}/{path}", outcome)
            assert (refused.status_code, refused.json_body["code"]) == (409, "provider_not_funded")
        assert ledger.balance(provider("alipay")) == EARNED - PRICE
        assert fail_by_hand(stage, made["id"]).json_body["status"] == "failed"
        smaller = stage.advertiser.post("/v1/wallet/withdrawals", {**body, "amount": cny(FEE)}, key="less").json_body
        assert pay_out(stage, smaller["id"])["status"] == "paid"
    assert ledger.balance(provider("alipay")) == 0
    assert gateway.transfers.total() == 2


def test_a_withdrawal_without_payee_cannot_be_paid_by_the_provider(stage: Stage) -> None:
    body = {"amount": cny(20_000), "provider": "alipay"}
    made = stage.advertiser.post("/v1/wallet/withdrawals", body, key="out").json_body
    answer = stage.api.as_("fin", "finance").post(f"/v1/withdrawals/{made['id']}/payout")
    assert (answer.status_code, answer.json_body["code"]) == (409, "payee_missing")
    assert fail_by_hand(stage, made["id"]).json_body["status"] == "failed"


@pytest.mark.parametrize(
    ("account", "status", "then"),
    [("an", "paid", "paid"), ("fail-an", "failed", "failed"), ("lose-an", "requested", "paid")],
)
def test_the_sandbox_provider_pays_out_as_its_accounts_are_named(
    api: Api, account: str, status: str, then: str
) -> None:
    stage = Stage(api)
    with clock.at(NOON):
        stage.certify()
    body = {"amount": cny(20_000), "provider": "sandbox", "payee": {"account": account, "name": "安"}}
    made = stage.advertiser.post("/v1/wallet/withdrawals", body, key="out").json_body
    assert pay_out(stage, made["id"])["status"] == status
    assert pay_out(stage, made["id"])["status"] == then
