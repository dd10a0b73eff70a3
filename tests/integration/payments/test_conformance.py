"""The cases that every payment provider passes. A new provider is one file and one entry in testing/payment_providers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.payments.providers import provider_named
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import SUSPENSE
from chalicelib.wallet.postings import provider as provider_account
from testing.api import Api
from testing.fault_injection import Lost, failing
from testing.markets.stage import FUNDS, NOON, PRICE, Stage, money
from testing.payment_providers import PROVIDERS
from testing.payment_providers.case import Message, ProviderCase, forget

AMOUNT, NET, FEE = 600_050, 214_900, 92_100


CURRENCIES = {"stripe": ("CNY", "USD", "JPY", "KWD")}
"""The currencies of a provider's cases, of two, no and three decimals; of the others, yuan."""


VARIANTS = [(name, currency) for name in PROVIDERS for currency in CURRENCIES.get(name, ("CNY",))]
"""Each provider with each currency that it is tried in."""


@pytest.fixture(params=VARIANTS, ids="-".join)
def provider(request: pytest.FixtureRequest, api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProviderCase]:
    name, currency = request.param
    with clock.at(NOON), monkeypatch.context() as patch:
        patch.setenv("REGION", "none")
        patch.setenv("RULES", json.dumps({"currency": currency, "two_people_above": FUNDS}))
        case = PROVIDERS[name](patch)
        yield case
        case.close()
    forget(monkeypatch)


@pytest.fixture
def stage(api: Api, provider: ProviderCase) -> Stage:
    stage = Stage(api)
    stage.certify(funds=FUNDS)
    return stage


def top_up(stage: Stage, provider: ProviderCase, amount: int = AMOUNT) -> dict[str, Any]:
    body = {"amount": money(amount), "provider": provider.name}
    key = stage.key()
    answer = stage.advertiser.post("/v1/wallet/topups", body, key=key)
    assert answer.status_code == 201, answer.json_body
    assert stage.advertiser.post("/v1/wallet/topups", body, key=key).json_body == answer.json_body
    started: dict[str, Any] = answer.json_body
    return started


def deliver(stage: Stage, provider: ProviderCase, message: Message) -> int:
    answer = stage.api.request("POST", f"/v1/payments/{provider.name}/notifications", message[1], headers=message[0])
    return int(answer.status_code)


def available(stage: Stage) -> int:
    return stage.money()["available"]


def prove(stage: Stage, *expected: str) -> None:
    found = stage.api.as_("fin", "finance").post("/v1/ledger/proof").json_body
    assert [difference["kind"] for difference in found["differences"] if difference["kind"] != "open"] == list(expected)


def test_rule_4_a_payment_is_credited_once(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    message = provider.paid(started, AMOUNT)
    assert deliver(stage, provider, provider.forged(message)) == 401
    assert available(stage) == FUNDS
    for _ in range(3):
        assert deliver(stage, provider, message) == 200
        assert available(stage) == FUNDS + AMOUNT
    assert stage.advertiser.get(f"/v1/wallet/topups/{started['id']}").json_body["status"] == "paid"
    assert ledger.balance(SUSPENSE) == 0


def test_rule_4_amounts_have_the_decimals_of_the_currency(stage: Stage, provider: ProviderCase) -> None:
    least = provider_named(provider.name).least_amount(rules().currency)
    for path, more in (("topups", {}), ("withdrawals", provider.payee(stage.advertiser))):
        body = {"amount": money(AMOUNT + 1), "provider": provider.name, **more}
        answer = stage.advertiser.post(f"/v1/wallet/{path}", body, key=stage.key())
        if least == 1:
            assert answer.status_code == 201, answer.json_body
        else:
            assert [fault["code"] for fault in answer.json_body["errors"]] == ["not_payable"]
    assert top_up(stage, provider)["amount"] == money(AMOUNT)


def test_rule_4_another_amount_goes_to_suspense(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    message = provider.paid(started, AMOUNT - 10)
    for _ in range(2):
        assert deliver(stage, provider, message) == 200
    assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, AMOUNT - 10)
    [item] = stage.api.as_("fin", "finance").get("/v1/suspense").json_body["data"]
    assert (item["reason"], item["payment_id"]) == ("amount_wrong", started["id"])


def test_refunds_are_claimed_from_the_balance_once(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    assert deliver(stage, provider, provider.paid(started, AMOUNT)) == 200
    for amount, left in ((100_000, AMOUNT - 100_000), (AMOUNT - 100_000, 0)):
        message = provider.reversed(started, amount)
        for _ in range(3):
            assert deliver(stage, provider, message) == 200
            assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS + left, 0)
    assert ledger.balance(provider_account(provider.name)) == (-FUNDS if provider.name == "sandbox" else 0)
    finance = stage.api.as_("fin", "finance")
    items = finance.get("/v1/suspense?status=returned").json_body["data"]
    assert {(item["reason"], item["advertiser_id"]) for item in items} == {("payment_refunded", stage.advertiser_id)}
    assert sum(item["amount"]["amount"] for item in items) == AMOUNT
    prove(stage)


def test_a_full_refund_before_its_payment_ends_alike(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    paid = provider.paid(started, AMOUNT)
    refund = provider.reversed(started, AMOUNT)
    for message in (refund, paid, refund, paid):
        assert deliver(stage, provider, message) == 200
        assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, 0)
    prove(stage)


def test_a_refund_interrupted_at_any_write_is_claimed_once(stage: Stage, provider: ProviderCase) -> None:
    def refund(lost: int | None, after: bool) -> list[str]:
        started = top_up(stage, provider)
        assert deliver(stage, provider, provider.paid(started, AMOUNT)) == 200
        message = provider.reversed(started, AMOUNT)
        with failing(lost, after) as requests, suppress(Lost):
            deliver(stage, provider, message)
        assert deliver(stage, provider, message) == 200
        assert (available(stage), ledger.balance(SUSPENSE)) == (FUNDS, 0), (lost, after)
        return requests

    writes = [number for number, name in enumerate(refund(None, False)) if name == "TransactWriteItems"]
    assert len(writes) == 2, "the claim, and its end"
    for number in writes:
        for after in (False, True):
            assert len(refund(number, after)) == number + 1
    prove(stage)


def test_a_refund_of_spent_money_leaves_a_debt(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    deliver(stage, provider, provider.paid(started, AMOUNT))
    spent = FUNDS + AMOUNT - 50
    assert ledger.post(movements.hold("tsk_9", 1, stage.advertiser_id, spent), NOON)
    assert deliver(stage, provider, provider.reversed(started, AMOUNT)) == 200
    assert available(stage) == 50 - AMOUNT
    refused = stage.advertiser.post(
        "/v1/wallet/withdrawals",
        {"amount": money(20_000), "provider": "sandbox"}
        if provider.name == "sandbox"
        else {"amount": money(20_000), "provider": provider.name, **provider.payee(stage.advertiser)},
        key="out",
    )
    assert (refused.status_code, refused.json_body["available"]) == (402, money(50 - AMOUNT))
    again = top_up(stage, provider, AMOUNT + 1_000)
    deliver(stage, provider, provider.paid(again, AMOUNT + 1_000))
    assert available(stage) == 1_050


def earn(stage: Stage, provider: ProviderCase) -> None:
    started = top_up(stage, provider)
    deliver(stage, provider, provider.paid(started, AMOUNT))
    owner = stage.advertiser_id
    for transfer in (
        movements.hold("tsk_1", 1, owner, PRICE),
        movements.settle("ord_1", "tsk_1", stage.creator_id("an"), NET, FEE),
    ):
        assert ledger.post(transfer, NOON)


def withdraw(stage: Stage, provider: ProviderCase) -> str:
    earn(stage, provider)
    creator = stage.creator("an")
    body = {"amount": money(NET), "provider": provider.name, **provider.payee(creator)}
    made = creator.post("/v1/wallet/withdrawals", body, key="out")
    assert made.status_code == 201, made.json_body
    return str(made.json_body["id"])


def pay_out(stage: Stage, withdrawal_id: str) -> dict[str, Any]:
    answer = stage.api.as_("fin", "finance").post(f"/v1/withdrawals/{withdrawal_id}/payout")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def test_rule_21_a_payout_is_made_once(stage: Stage, provider: ProviderCase) -> None:
    withdrawal_id = withdraw(stage, provider)
    pay_out(stage, withdrawal_id)
    provider.deliver()
    for _ in range(2):
        assert pay_out(stage, withdrawal_id)["status"] == "paid"
    assert provider.payouts() == 1
    assert stage.money(creators=("an",))["an"] == 0
    prove(stage)


def test_rule_21_a_declined_payout_is_repeated_or_failed(stage: Stage, provider: ProviderCase) -> None:
    withdrawal_id = withdraw(stage, provider)
    provider.decline(True)
    for _ in range(2):
        declined = pay_out(stage, withdrawal_id)
        assert (declined["status"], declined["payout"]["status"]) == ("requested", "refused")
    provider.decline(False)
    pay_out(stage, withdrawal_id)
    provider.deliver()
    assert pay_out(stage, withdrawal_id)["status"] == "paid"
    assert provider.payouts() == 1


def test_rule_21_a_declined_payout_can_be_reported_failed(stage: Stage, provider: ProviderCase) -> None:
    withdrawal_id = withdraw(stage, provider)
    provider.decline(True)
    pay_out(stage, withdrawal_id)
    path = f"/v1/withdrawals/{withdrawal_id}/outcome"
    failed = stage.api.as_("fin", "finance").post(path, {"outcome": "failed"})
    assert failed.json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == NET
    assert provider.payouts() == 0


@pytest.mark.parametrize(
    "provider", [variant for variant in VARIANTS if PROVIDERS[variant[0]].can_lose], ids="-".join, indirect=True
)
def test_rule_21_a_lost_response_pays_once(stage: Stage, provider: ProviderCase) -> None:
    withdrawal_id = withdraw(stage, provider)
    provider.lose(True)
    unknown = pay_out(stage, withdrawal_id)
    assert (unknown["status"], unknown["payout"]["status"]) == ("requested", "sent")
    path = f"/v1/withdrawals/{withdrawal_id}/outcome"
    early = stage.api.as_("fin", "finance").post(path, {"outcome": "failed"})
    assert (early.status_code, early.json_body.get("code")) in ((409, "payout_unresolved"), (200, None))
    provider.lose(False)
    if early.status_code == 200:  # the provider took the payout back
        assert early.json_body["status"] == "failed"
        return
    pay_out(stage, withdrawal_id)
    provider.deliver()
    assert pay_out(stage, withdrawal_id)["status"] == "paid"
    assert provider.payouts() == 1
