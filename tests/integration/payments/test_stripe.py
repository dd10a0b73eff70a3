"""Stripe through a double that checks every object against Stripe's types: webhooks, disputes, payees, payouts, settlements, and a
crash at each request."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.decisions.decider import Decider
from chalicelib.payments.port import Payee
from chalicelib.payments.providers import provider_named
from chalicelib.wallet import ledger, movements, topups
from chalicelib.wallet.http import provider_notice_handlers
from chalicelib.wallet.postings import SUSPENSE
from chalicelib.wallet.records import Balance, Payment, SuspenseItem, Withdrawal
from chalicelib.wallet.withdrawals import manual_outcomes, payees, payouts, withdrawal_requests
from testing.api import Api
from testing.doubles.mocked_aws import create_resources, forget_clients, tables_of_moto
from testing.doubles.stripe_platform import CONNECT_SECRET, WEBHOOK_SECRET, Platform, signature
from testing.fault_injection import Lost, failing
from testing.markets.stage import FUNDS, NOON, Stage, cny
from testing.payment_providers.stripe import Stripe

AMOUNT, NET = 600_050, 214_900
ADV, CRE = ids.derive("adv", "teahouse"), ids.derive("cre", "an")
ATTEMPT = Attempt("teahouse", "key", "fingerprint")
FIN = Decider("fin", frozenset())
PATH = "/v1/payments/stripe/notifications"


@pytest.fixture
def case(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    with clock.at(NOON):
        case = Stripe(monkeypatch)
        yield case
        case.close()


@pytest.fixture
def stage(api: Api, case: Stripe) -> Stage:
    stage = Stage(api)
    stage.certify(funds=FUNDS)
    return stage


def top_up(stage: Stage, case: Stripe) -> dict[str, Any]:
    body = {"amount": cny(AMOUNT), "provider": "stripe"}
    started: dict[str, Any] = stage.advertiser.post("/v1/wallet/topups", body, key=stage.key()).json_body
    return started


def paid(stage: Stage, case: Stripe) -> str:
    """Pay a top-up. Return the PaymentIntent."""
    started = top_up(stage, case)
    assert deliver(stage, case.paid(started, AMOUNT)) == "credited"
    return case.intents[started["id"]]


def deliver(stage: Stage, message: tuple[dict[str, str], bytes]) -> str:
    answer = stage.api.request("POST", PATH, message[1], headers=message[0])
    return str(answer.json_body.get("outcome") or answer.json_body["code"])


def balances(stage: Stage) -> tuple[int, int]:
    return stage.money()["available"], ledger.balance(SUSPENSE)


# -- webhooks ----------------------------------------------------------------------------------------------------------


def test_one_valid_signature_of_any_endpoint_is_enough(stage: Stage, case: Stripe) -> None:
    _, body = case.paid(top_up(stage, case), AMOUNT)
    text = body.decode()
    good, other = signature(text, WEBHOOK_SECRET), signature(text, "whsec_stranger")
    wrong: tuple[str, ...] = ("", "t=1", good.replace("v1=", "v0="), good.replace("t=", "u="), other, "t=x,v1=y")
    old = signature(text, WEBHOOK_SECRET, int(NOON.timestamp()) - 301)
    for header in (*wrong, old, signature(text, WEBHOOK_SECRET, int(NOON.timestamp()) + 301)):
        assert deliver(stage, ({"Stripe-Signature": header}, body)) == "signature_invalid"
    assert deliver(stage, ({"Stripe-Signature": good}, body + b" ")) == "signature_invalid"
    assert balances(stage) == (FUNDS, 0)
    rotated = f"{good},{other.split(',')[1]}"
    assert deliver(stage, ({"Stripe-Signature": rotated}, body)) == "credited"
    assert deliver(stage, ({"Stripe-Signature": signature(text, CONNECT_SECRET)}, body)) == "repeated"


def test_money_of_connected_accounts_and_of_another_mode_is_not_ours(stage: Stage, case: Stripe) -> None:
    case.paid(top_up(stage, case), AMOUNT)
    session = case.platform.all("checkout.session")[-1]
    kind = "checkout.session.completed"
    assert deliver(stage, case.platform.event(kind, session, "acct_of_a_creator")) == "ignored"
    assert deliver(stage, case.platform.event(kind, session, livemode=True)) == "ignored"
    assert deliver(stage, case.platform.event(kind, {**session, "payment_status": "unpaid"})) == "ignored"
    assert deliver(stage, case.platform.event(kind, {**session, "currency": "usd"})) == "ignored"
    assert deliver(stage, case.platform.event("checkout.session.expired", session)) == "ignored"
    assert balances(stage) == (FUNDS, 0)
    assert deliver(stage, case.platform.event("checkout.session.async_payment_succeeded", session)) == "credited"


def test_a_signed_event_that_cannot_be_read(stage: Stage, case: Stripe) -> None:
    for body in ("", "[]", "{}", json.dumps({"livemode": False, "type": "refund.created", "data": {}})):
        header = {"Stripe-Signature": signature(body, WEBHOOK_SECRET)}
        assert deliver(stage, (header, body.encode())) == "bad_request"


# -- refunds and disputes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "left"), [("won", 0), ("lost", AMOUNT)])
def test_a_dispute_waits_in_suspense_for_its_outcome(stage: Stage, case: Stripe, status: str, left: int) -> None:
    intent = paid(stage, case)
    opened = case.platform.dispute(intent, AMOUNT)
    for expected in ("claimed", "claimed"):
        assert deliver(stage, opened) == expected
        assert balances(stage) == (FUNDS, AMOUNT)
    [item] = stage.api.as_("fin", "finance").get("/v1/suspense").json_body["data"]
    assert (item["reason"], item["advertiser_id"]) == ("payment_disputed", stage.advertiser_id)
    closed = case.platform.close(case.platform.all("dispute")[0]["id"], status)
    outcome = {"won": "reinstated", "lost": "returned"}[status]
    assert deliver(stage, closed) == outcome
    assert balances(stage) == (FUNDS + AMOUNT - left, 0)
    assert deliver(stage, opened) in (outcome, "repeated"), "its state is read, not taken from the event"
    assert balances(stage)[0] == FUNDS + AMOUNT - left
    stage.proven()


def test_an_inquiry_moves_nothing(stage: Stage, case: Stripe) -> None:
    assert deliver(stage, case.platform.dispute(paid(stage, case), AMOUNT, inquiry=True)) == "ignored"
    assert balances(stage) == (FUNDS + AMOUNT, 0)


def test_a_refund_that_fails_comes_back(stage: Stage, case: Stripe) -> None:
    intent = paid(stage, case)
    assert deliver(stage, case.platform.refund(intent, 1_000, "pending")) == "claimed"
    assert deliver(stage, case.platform.end_refund(case.platform.all("refund")[0]["id"], "failed")) == "reinstated"
    assert balances(stage) == (FUNDS + AMOUNT, 0)
    assert deliver(stage, case.platform.refund(intent, 2_000)) == "returned"
    again = case.platform.end_refund(case.platform.all("refund")[1]["id"], "failed")
    assert deliver(stage, again) == "reinstated"
    assert deliver(stage, again) == "repeated"
    assert balances(stage) == (FUNDS + AMOUNT - 2_000, 2_000), "money without a claim waits for finance"
    stage.proven()


def test_a_refund_of_money_in_suspense_ends_its_item(stage: Stage, case: Stripe) -> None:
    started = top_up(stage, case)
    assert deliver(stage, case.paid(started, AMOUNT - 1)) == "suspended"
    refund = case.platform.refund(case.intents[started["id"]], AMOUNT - 1)
    assert deliver(stage, refund) == "returned"
    assert deliver(stage, refund) == "ignored"
    assert balances(stage) == (FUNDS, 0)
    stage.proven()


def test_finance_resolves_a_claim_for_its_advertiser_only(stage: Stage, case: Stripe) -> None:
    assert deliver(stage, case.platform.dispute(paid(stage, case), AMOUNT)) == "claimed"
    finance = stage.api.as_("fin", "finance")
    [item] = finance.get("/v1/suspense").json_body["data"]
    path = f"/v1/suspense/{item['id']}/resolution"
    contact = {"name": "李雷", "phone": "+86 21 5555 0101", "email": "li@other.example"}
    body = {"name": "其他商业有限公司", "licence_no": "91310000MA1K4XYZ1B", "contact": contact}
    assert stage.api.as_("other", "advertiser").post("/v1/advertisers", body).status_code == 201
    other = {"resolution": "credited", "advertiser_id": ids.derive("adv", "other")}
    assert finance.post(path, other).json_body["code"] == "state_conflict"
    own = {"resolution": "credited", "advertiser_id": stage.advertiser_id}
    assert finance.post(path, own).json_body["status"] == "credited"
    assert balances(stage) == (FUNDS + AMOUNT, 0)
    stage.proven()


def test_an_altered_claim_moves_nothing(stage: Stage, case: Stripe) -> None:
    assert deliver(stage, case.platform.dispute(paid(stage, case), AMOUNT)) == "claimed"
    dispute_id = case.platform.all("dispute")[0]["id"]
    item = SuspenseItem.find(ids.derive("sus", "stripe", dispute_id), "suspense")
    assert item is not None
    item.advertiser_id = ids.derive("adv", "thief")
    item.save()
    assert deliver(stage, case.platform.close(dispute_id, "won")) == "record_altered"
    assert balances(stage) == (FUNDS, AMOUNT)


def test_a_balance_below_zero_without_claims_is_found(stage: Stage, case: Stripe) -> None:
    assert deliver(stage, case.platform.dispute(paid(stage, case), AMOUNT)) == "claimed"
    account = f"advertiser:{stage.advertiser_id}:available"
    item = Balance.find(account, ledger.BALANCE)
    assert item is not None
    item.balance = -AMOUNT - 1
    item.save()
    found = stage.api.as_("fin", "finance").post("/v1/ledger/proof").json_body["differences"]
    assert {(one["kind"], one["expected"]) for one in found if one["account"] == account} >= {("overdraft", -AMOUNT)}


# -- payees and payouts ------------------------------------------------------------------------------------------------


def earned(stage: Stage, case: Stripe) -> None:
    paid(stage, case)
    for transfer in (
        movements.hold("tsk_1", 1, stage.advertiser_id, NET),
        movements.settle("ord_1", "tsk_1", stage.creator_id("an"), NET, 0),
    ):
        assert ledger.post(transfer, NOON)


def withdraw(stage: Stage) -> Any:
    return stage.creator("an").post("/v1/wallet/withdrawals", {"amount": cny(NET), "provider": "stripe"}, key="out")


def open_payee(stage: Stage, key: str = "payee") -> dict[str, Any]:
    opened = stage.creator("an").post("/v1/wallet/payees", {"country": "US", "provider": "stripe"}, key=key)
    assert opened.status_code == 200, opened.json_body
    found: dict[str, Any] = opened.json_body
    return found


def pay_out(stage: Stage, withdrawal_id: str) -> dict[str, Any]:
    answer = stage.api.as_("fin", "finance").post(f"/v1/withdrawals/{withdrawal_id}/payout")
    assert answer.status_code == 200, answer.json_body
    found: dict[str, Any] = answer.json_body
    return found


def test_catalogue_says_that_stripe_opens_accounts(case: Stripe, api: Api) -> None:
    market = api.get("/v1/catalogue").json_body["market"]
    assert market["providers"] == [{"name": "stripe", "opens_accounts": True}]


def test_rule_21_a_payee_is_an_account_with_a_state(stage: Stage, case: Stripe) -> None:
    earned(stage, case)
    creator = stage.creator("an")
    assert creator.get("/v1/wallet/payees/stripe").status_code == 404
    assert withdraw(stage).json_body["code"] == "payee_missing"
    opened = open_payee(stage)
    assert (opened["status"], opened["missing"][0]) == ("incomplete", "external_account")
    assert opened["onboarding"]["url"].startswith("https://connect.stripe.example/")
    assert open_payee(stage) == opened
    assert open_payee(stage, "later")["onboarding"]["url"] != opened["onboarding"]["url"], "a link is used once"
    [account] = case.platform.all("account")
    named = {"amount": cny(NET), "provider": "stripe", "payee": {"account": account["id"], "name": "an"}}
    assert creator.post("/v1/wallet/withdrawals", named, key="named").json_body["code"] == "body_invalid"
    assert deliver(stage, case.platform.onboard(account["id"])) == "updated"
    stored = payees.find(stage.creator_id("an"), "stripe")
    assert stored is not None
    assert stored.status == "ready"
    assert creator.get("/v1/wallet/payees/stripe").json_body["onboarding"] is None
    stranger = case.platform.event("account.updated", {**account, "id": "acct_stranger"}, "acct_stranger")
    assert deliver(stage, stranger) == "ignored"


def test_rule_21_a_payout_waits_for_its_payee(stage: Stage, case: Stripe) -> None:
    earned(stage, case)
    open_payee(stage)
    withdrawal_id = withdraw(stage).json_body["id"]
    waiting = pay_out(stage, withdrawal_id)
    assert (waiting["status"], waiting["payout"]["status"]) == ("requested", "waiting")
    [account] = case.platform.all("account")
    case.platform.onboard(account["id"])
    assert pay_out(stage, withdrawal_id)["payout"]["status"] == "pending"
    [payout] = case.platform.all("payout")
    done = case.platform.end_payout(payout["id"], "paid")
    assert [deliver(stage, done) for _ in range(2)] == ["paid", "paid"]
    [listed] = stage.creator("an").get("/v1/wallet/withdrawals").json_body["data"]
    assert listed["status"] == "paid"
    assert (case.platform.balances["platform"], ledger.balance("provider:stripe")) == (AMOUNT - NET, NET - AMOUNT)
    stage.proven()


def test_rule_21_a_failed_bank_payout_is_repeated_or_taken_back(stage: Stage, case: Stripe) -> None:
    earned(stage, case)
    open_payee(stage)
    [account] = case.platform.all("account")
    case.platform.onboard(account["id"])
    withdrawal_id = withdraw(stage).json_body["id"]
    pay_out(stage, withdrawal_id)
    failed = case.platform.end_payout(case.platform.all("payout")[0]["id"], "failed", "account_closed")
    assert deliver(stage, failed) == "requested"
    [listed] = stage.creator("an").get("/v1/wallet/withdrawals").json_body["data"]
    assert (listed["payout"]["status"], listed["payout"]["reason"]) == ("pending", "account_closed")
    assert pay_out(stage, withdrawal_id)["payout"]["status"] == "pending"
    first, second = case.platform.all("payout")
    assert (first["status"], second["status"]) == ("failed", "pending")
    path, finance = f"/v1/withdrawals/{withdrawal_id}/outcome", stage.api.as_("fin", "finance")
    second["status"] = "in_transit"
    assert finance.post(path, {"outcome": "failed"}).json_body["code"] == "payout_unresolved"
    second["status"] = "pending"
    assert finance.post(path, {"outcome": "failed"}).json_body["status"] == "failed"
    assert stage.money(creators=("an",))["an"] == NET
    assert case.platform.balances == {"platform": AMOUNT, account["id"]: 0}
    stage.proven()


def test_rule_21_a_payout_that_returns_after_paid_raises_an_alarm(
    stage: Stage, case: Stripe, capfd: pytest.CaptureFixture[str]
) -> None:
    earned(stage, case)
    open_payee(stage)
    case.platform.onboard(case.platform.all("account")[0]["id"])
    withdrawal_id = withdraw(stage).json_body["id"]
    pay_out(stage, withdrawal_id)
    [payout] = case.platform.all("payout")
    assert deliver(stage, case.platform.end_payout(payout["id"], "paid")) == "paid"
    assert deliver(stage, case.platform.end_payout(payout["id"], "failed", "no_account")) == "paid"
    assert "ProviderContradictions" in capfd.readouterr().out


# -- settlements -------------------------------------------------------------------------------------------------------


def test_balance_transactions_are_compared_with_the_ledger(stage: Stage, case: Stripe) -> None:
    paid(stage, case)
    case.paid(top_up(stage, case), AMOUNT)  # its event is lost
    lost = case.platform.all("payment_intent")[-1]["id"]
    finance = stage.api.as_("fin", "finance")
    until = clock.rfc3339(NOON + timedelta(hours=1))
    path = f"/v1/ledger/settlements/stripe?source=provider&since={clock.rfc3339(NOON)}&until={until}"
    compared = finance.post(path, b"", headers={"Content-Type": "text/csv"}).json_body
    assert (compared["matched"], compared["file_total"]) == (1, cny(2 * AMOUNT))
    assert [(one["transaction_id"], one["kind"]) for one in compared["differences"]] == [(lost, "not_in_ledger")]
    open_ended = finance.post(
        "/v1/ledger/settlements/stripe?source=provider", b"", headers={"Content-Type": "text/csv"}
    )
    assert (open_ended.status_code, open_ended.json_body["code"]) == (422, "body_invalid")


# -- a crash at each request ---------------------------------------------------------------------------------------------


def provider() -> Any:
    return provider_named("stripe")


def event(case: Stripe, make: Callable[[Platform], tuple[dict[str, str], bytes]]) -> Callable[[], object]:
    """Return the delivery of an event that happens once, at Stripe, before the first delivery."""
    made: list[tuple[dict[str, str], bytes]] = []

    def act() -> None:
        if not made:
            made.append(make(case.platform))
        headers, body = made[0]
        lowered = {name.lower(): text for name, text in headers.items()}
        provider_notice_handlers.book(provider().verify(lowered, body), provider())

    return act


def start_topup() -> None:
    topups.start(ADV, Money(AMOUNT, "CNY"), provider(), ATTEMPT)


def pay_session(platform: Platform) -> tuple[dict[str, str], bytes]:
    payment = Payment.find(ATTEMPT.id("pay"), "payment")
    assert payment is not None
    assert payment.provider_id is not None
    return platform.pay(payment.provider_id)


def credited(case: Stripe) -> None:
    start_topup()
    event(case, pay_session)()


def refund(platform: Platform) -> tuple[dict[str, str], bytes]:
    return platform.refund(platform.all("payment_intent")[0]["id"], AMOUNT)


def dispute(platform: Platform) -> tuple[dict[str, str], bytes]:
    return platform.dispute(platform.all("payment_intent")[0]["id"], AMOUNT)


def requested(case: Stripe) -> None:
    credited(case)
    for transfer in (
        movements.hold("tsk_1", 1, ADV, NET),
        movements.settle("ord_1", "tsk_1", CRE, NET, 0),
    ):
        ledger.post(transfer, NOON)
    item, _ = payees.open_payee(CRE, provider(), "US", ATTEMPT)
    case.platform.onboard(item.account)
    withdrawal_requests.request(CRE, Money(NET, "CNY"), "stripe", ATTEMPT, Payee(item.account, ""))


def pay() -> None:
    item = payouts.pay_out(ATTEMPT.id("wdr"), provider_named, FIN)
    if item.payout is not None and item.payout["status"] == "sent":
        raise Lost("the payout's response")


def take_back() -> None:
    item = withdrawal_requests.find(ATTEMPT.id("wdr"))
    manual_outcomes.report_outcome(
        item.pk, "failed", None, Decider("fin", frozenset(), int(item.revision)), provider_named
    )


def sent(case: Stripe) -> None:
    requested(case)
    pay()


def bank_pays(platform: Platform) -> tuple[dict[str, str], bytes]:
    return platform.end_payout(platform.all("payout")[0]["id"], "paid")


def started(case: Stripe) -> None:
    start_topup()


def paid_at_stripe(case: Stripe) -> None:
    start_topup()
    pay_session(case.platform)


PATHS: dict[str, tuple[Callable[[Stripe], object], Callable[[Stripe], Callable[[], object]]]] = {
    "top-up started": (lambda case: None, lambda case: start_topup),
    "top-up credited": (started, lambda case: event(case, pay_session)),
    "refund": (credited, lambda case: event(case, refund)),
    "refund of a payment without notice": (
        paid_at_stripe,
        lambda case: event(case, refund),
    ),
    "dispute": (credited, lambda case: event(case, dispute)),
    "payee": (lambda case: None, lambda case: lambda: payees.open_payee(CRE, provider(), "US", ATTEMPT)),
    "payout": (requested, lambda case: pay),
    "payout paid": (sent, lambda case: event(case, bank_pays)),
    "payout taken back": (sent, lambda case: take_back),
}


def figures(case: Stripe) -> Any:
    """Return what must be the same after a crash: every balance of the ledger, Stripe's balances and objects, and open items."""
    accounts = [f"advertiser:{ADV}:available", f"creator:{CRE}:available", f"creator:{CRE}:withdrawing", SUSPENSE]
    platform = case.platform
    withdrawal = Withdrawal.find(ATTEMPT.id("wdr"), "withdrawal")
    return (
        ledger.balances([*accounts, "provider:stripe"]),
        dict(platform.balances),
        {kind: len(platform.all(kind)) for kind in ("account", "transfer", "payout", "transfer_reversal", "refund")},
        withdrawal and withdrawal.status,
    )


@contextmanager
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stripe]:
    with mock_aws(), monkeypatch.context() as patch:
        forget_clients()
        create_resources()
        with clock.at(NOON):
            case = Stripe(patch)
            yield case
            case.close()
    forget_clients()


def saved(case: Stripe) -> Callable[[], None]:
    """Return a function that restores the present state of Stripe and of the tables."""
    tables = tables_of_moto()
    assert tables is not None
    state = deepcopy((tables, vars(case.platform)))

    def restore() -> None:
        items, platform = deepcopy(state)
        tables.update(items)
        vars(case.platform).update(platform)

    return restore


@pytest.mark.parametrize("path", PATHS)
def test_a_crash_at_any_request_loses_nothing_and_pays_once(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, action = PATHS[path]
    with fresh(monkeypatch) as case:
        prepare(case)
        restore, before = saved(case), len(case.platform.made)
        with failing(None, after=False) as calls:
            action(case)()
        expected, to_stripe, to_store = figures(case), len(case.platform.made) - before, len(calls)
        crashes = [("stripe", n, after) for n in range(to_stripe) for after in (False, True)]
        crashes += [("dynamodb", n, after) for n in range(to_store) for after in (False, True)]
        for where, n, after in crashes:
            restore()
            assert len(case.platform.made) == before
            act = action(case)
            if where == "stripe":
                case.platform.lost = (before + n, after)
                with suppress(Lost, Problem):
                    act()
                case.platform.lost = None
            else:
                with failing(n, after), pytest.raises(Lost):
                    act()
            act()
            assert figures(case) == expected, (
                f"{path}: {where} request {n} lost {'after' if after else 'before'} effect"
            )
