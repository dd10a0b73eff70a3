"""The ledger against a real DynamoDB engine over HTTP: the local cloud's, or the one at DYNAMODB_ENDPOINT.

Counted here, because moto does not: round trips, and the write and read units that the engine reports. With DYNAMODB_ENDPOINT set
(DynamoDB Local, or a regional endpoint with credentials in the environment) nothing is started; a table of its own is made and
removed.

Units are asserted where a small item written in a transaction costs 2, as AWS documents. DynamoDB Local says 4 for every
transaction, whatever is in it, so there only round trips are.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.core import clock, ids
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.decisions.decider import Decider
from chalicelib.payments.port import PaidNotice
from chalicelib.payments.providers import provider_named
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.store import AccountsRecord, WalletRecord, put, tables, transact
from chalicelib.wallet import ledger, movements, statements, suspense, task_callbacks, topups
from chalicelib.wallet.http import balance_responses
from chalicelib.wallet.insufficient_funds import InsufficientFunds
from chalicelib.wallet.postings import advertiser_available, creator_available, task_held
from chalicelib.wallet.proof import reconciliation, sealed_items, sign_offs
from chalicelib.wallet.records import Balance, Proof
from chalicelib.wallet.withdrawals import manual_outcomes, withdrawal_requests
from testing.doubles.mocked_aws import forget_clients
from testing.markets.advertiser_records import store_advertiser
from testing.markets.stage import NOON
from testing.threads import at_once

pytestmark = pytest.mark.xdist_group("engine")  # it is started once
ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
ATTEMPT = Attempt("ann", "key", "fingerprint")
USE_CASES = {
    "top-up requested": (3, 1),
    "credited": (11, 1),
    "suspended": (11, 0),
    "resolved": (15, 2),
    "withdrawal requested": (12, 1),
    "failed": (16, 1),
    "paid": (16, 1),
    "wallet": (0, 0.5),
    "statement": (0, 3),
}
WRITES = {"TransactWriteItems", "PutItem", "UpdateItem"}


@pytest.fixture(scope="session")
def endpoint(request: pytest.FixtureRequest) -> str:
    """Return the address of the engine."""
    return os.environ.get("DYNAMODB_ENDPOINT") or str(request.getfixturevalue("dynamodb_engine"))


@pytest.fixture
def engine(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty wallet table, and one for the record of decisions, on that engine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    monkeypatch.setattr(WalletRecord.Meta, "table_name", f"ledger-test-{secrets.token_hex(6)}")
    monkeypatch.setattr(reconciliation, "secret", lambda _: b"key")
    monkeypatch.setattr(sealed_items, "secret", lambda _: b"key")
    head = ["{}"]
    monkeypatch.setattr(sign_offs, "secret_now", lambda _: head[0])
    monkeypatch.setattr(sign_offs, "put_secret", lambda _, text: head.__setitem__(0, text))
    monkeypatch.setattr(task_callbacks, "_worth_of_tasks", None)
    forget_clients()
    monkeypatch.setattr(AccountsRecord.Meta, "table_name", f"decisions-test-{secrets.token_hex(6)}")
    for record in (WalletRecord, AccountsRecord):
        assert not record.exists(), "only tables of our own are removed at the end"
        record.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
    yield
    for record in (WalletRecord, AccountsRecord):
        record.delete_table()
    forget_clients()


class Costs:
    """The number of requests, and capacity units by direction."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.units: Counter[str] = Counter()

    @property
    def round_trips(self) -> int:
        return self.calls.total()


@contextmanager
def counted() -> Iterator[Costs]:
    client: Any = tables.connection().client
    costs = Costs()
    send = client._make_api_call

    def call(operation: str, arguments: dict[str, Any]) -> Any:
        answer = send(operation, {**arguments, "ReturnConsumedCapacity": "TOTAL"})
        consumed = answer.get("ConsumedCapacity", [])  # not every engine reports it for BatchGetItem
        costs.calls[operation] += 1
        for part in consumed if isinstance(consumed, list) else [consumed]:
            costs.units["write" if operation in WRITES else "read"] += part["CapacityUnits"]
        return answer

    client._make_api_call = call
    try:
        yield costs
    finally:
        client._make_api_call = send


def funded() -> None:
    at = NOON
    ledger.post(movements.topup("pay_0", "sandbox", ADV, 1_000_000), at)
    for number in (1, 2):
        transact(ledger.actions(movements.hold(f"tsk_{number}", 1, ADV, 100_000), at, holder=ADV))
    ledger.post(movements.settle("ord_0", "tsk_2", CRE, 70_000, 30_000), at)


def post(transfer: Any) -> Callable[[], object]:
    return lambda: ledger.post(transfer, NOON)


def held() -> None:
    transact(ledger.actions(movements.hold("tsk_9", 1, ADV, 5), NOON, holder=ADV))


def close() -> None:
    ledger.close_hold("tsk_2")


MOVEMENTS: dict[str, tuple[Callable[[], object], float]] = {
    "topup": (post(movements.topup("pay_9", "sandbox", ADV, 5)), 8),
    "suspense": (post(movements.suspense("sandbox", "t9", 5)), 8),
    "suspense_credited": (post(movements.suspense_credited("sus_1", ADV, 5)), 8),
    "suspense_returned": (post(movements.suspense_returned("sus_1", "sandbox", 5)), 8),
    "hold": (post(movements.hold("tsk_9", 1, ADV, 5)), 8),
    "return_hold": (post(movements.return_hold("tsk_1", 1, ADV, 5)), 8),
    "return_order": (post(movements.return_order("ord_1", "tsk_1", ADV, 5)), 8),
    "substitute": (post(movements.substitute("ord_1", "ord_2", "tsk_1", ADV, 9, 5)), 8),
    "return_unallocated": (post(movements.return_unallocated("tsk_1", ADV, 5)), 8),
    "reprice": (post(movements.reprice("ord_1", "tsk_1", ADV, 5, 9)), 8),
    "settle": (post(movements.settle("ord_1", "tsk_1", CRE, 7, 3)), 12),
    "return_unoffered": (post(movements.return_unoffered("tsk_1", ADV, 5)), 8),
    "compensate": (post(movements.compensate("ord_1", "tsk_1", ADV, CRE, net=4, fee=1, rest=5)), 16),
    "split": (post(movements.split("ord_1", "tsk_1", ADV, CRE, net=4, fee=1, rest=5)), 16),
    "withdrawal_requested": (post(movements.withdrawal_requested("wdr_2", CRE, 5)), 8),
    "withdrawal_paid": (post(movements.withdrawal_paid("wdr_1", CRE, "sandbox", 5)), 8),
    "withdrawal_failed": (post(movements.withdrawal_failed("wdr_1", CRE, 5)), 8),
    "hold, with its holder": (held, 9),
    "the holder removed": (close, 2),
}


@pytest.fixture
def unit(engine: None) -> float:
    """Return the units that this engine charges for a small item in a transaction."""
    with counted() as costs:
        transact([put("one", Proof("unit", "unit", document={}), None)])
    return costs.units["write"]


@pytest.mark.parametrize("name", MOVEMENTS)
def test_what_a_movement_costs(engine: None, unit: float, name: str) -> None:
    act, units = MOVEMENTS[name]
    funded()
    ledger.post(movements.suspense("sandbox", "t0", 5), NOON)
    ledger.post(movements.withdrawal_requested("wdr_1", CRE, 5), NOON)
    with counted() as costs:
        act()
    assert costs.calls == {"UpdateItem" if act is close else "TransactWriteItems": 1}
    assert costs.units["read"] == 0
    if unit == 2:
        assert costs.units["write"] == units


def test_what_the_use_cases_cost(engine: None, unit: float) -> None:
    other = Attempt("ann", "other", "fingerprint")
    costs: dict[str, Costs] = {}

    def cost(name: str, act: Callable[[], object]) -> None:
        with counted() as costs[name]:
            act()

    fin = Decider("fin", frozenset(), 0)
    with clock.at(NOON):
        funded()
        cost("top-up requested", lambda: topups.start(ADV, Money(600_000, "CNY"), SandboxProvider(), ATTEMPT))
        cost("credited", lambda: topups.credit(PaidNotice("sandbox", "t1", ATTEMPT.id("pay"), 600_000)))
        cost("suspended", lambda: topups.credit(PaidNotice("sandbox", "t2", None, 600_000)))
        suspense_id = ids.derive("sus", "sandbox", "t2")
        store_advertiser(ADV, NOON)
        cost("resolved", lambda: suspense.resolve(suspense_id, "credited", ADV, None, fin))
        cost("withdrawal requested", lambda: withdrawal_requests.request(CRE, Money(10_000, "CNY"), "sandbox", ATTEMPT))
        cost("failed", lambda: manual_outcomes.report_outcome(ATTEMPT.id("wdr"), "failed", None, fin, provider_named))
        withdrawal_requests.request(CRE, Money(10_000, "CNY"), "sandbox", other)
        cost("paid", lambda: manual_outcomes.report_outcome(other.id("wdr"), "paid", None, fin, provider_named))
        cost("wallet", lambda: balance_responses.wallet_response(ADV))
        cost("statement", lambda: statements.page(advertiser_available(ADV), 20, None))
    assert {name: dict(cost.calls) for name, cost in costs.items()} == {
        "top-up requested": {"GetItem": 1, "TransactWriteItems": 1},
        "credited": {"GetItem": 1, "TransactWriteItems": 1},
        "suspended": {"TransactWriteItems": 1},
        "resolved": {"GetItem": 2, "BatchGetItem": 1, "TransactWriteItems": 1},
        "withdrawal requested": {"GetItem": 1, "TransactWriteItems": 1},
        "failed": {"GetItem": 1, "BatchGetItem": 1, "TransactWriteItems": 1},
        "paid": {"GetItem": 1, "BatchGetItem": 1, "TransactWriteItems": 1},
        "wallet": {"Query": 1, "BatchGetItem": 1},
        "statement": {"GetItem": 2, "Query": 1},
    }
    if unit == 2:
        assert {name: (cost.units["write"], cost.units["read"]) for name, cost in costs.items()} == USE_CASES


def test_the_movements_and_their_repeats(engine: None) -> None:
    funded()
    settle = movements.settle("ord_1", "tsk_1", CRE, 70_000, 30_000)
    assert [ledger.post(settle, NOON + timedelta(minutes=n)) for n in range(3)] == [True, False, False]
    with pytest.raises(ledger.TransferMismatch):
        ledger.post(movements.settle("ord_1", "tsk_1", CRE, 69_999, 30_001), NOON)
    with pytest.raises(InsufficientFunds):
        ledger.post(movements.return_order("ord_2", "tsk_1", ADV, 1), NOON)
    assert ledger.balance(task_held("tsk_1")) == 0
    ledger.close_hold("tsk_1")
    assert balance_responses.wallet_response(ADV)["held"] == Money(0, "CNY")
    page = statements.page(advertiser_available(ADV), 2, None)
    assert page.items[0].balance_after == 800_000
    assert len(statements.page(advertiser_available(ADV), 2, page.after).items) == 1
    with clock.at(NOON + timedelta(days=2)):
        assert reconciliation.reconcile()["status"] == "clean"
        assert reconciliation.reconcile()["sealed_through"] == "2026-11-23"


def test_accounts_are_found_in_whatever_order_items_come(engine: None) -> None:
    """Engines return the items of a scan in different orders; each account is read once."""
    funded()
    with clock.at(NOON + timedelta(days=2)):
        assert reconciliation.reconcile()["accounts_checked"] == 6
        Balance.get(task_held("tsk_2"), "balance").delete()
        for item in WalletRecord.query(creator_available(CRE)):
            item.delete()
        proof = reconciliation.reconcile()
    assert proof["accounts_checked"] == 6
    assert {(found["account"], found["kind"]) for found in proof["differences"]} == {
        (task_held("tsk_2"), "balance"),
        (task_held("tsk_2"), "entries"),
        (creator_available(CRE), "balance"),
        (creator_available(CRE), "seal"),
        ("all accounts", "conservation"),
    }


def test_sixteen_workers_on_one_balance(engine: None) -> None:
    """No overdraft and no lost update: 40 of 64 transfers are covered."""
    ledger.post(movements.topup("pay_0", "sandbox", ADV, 7 * 40 + 3), NOON)

    def spend(number: int) -> bool:
        try:
            return ledger.post(movements.hold(f"tsk_{number}", 1, ADV, 7), NOON)
        except InsufficientFunds:
            return False

    assert at_once(spend, 64).count(True) == 40
    assert ledger.balance(advertiser_available(ADV)) == 3
    with clock.at(NOON + timedelta(minutes=1)):
        proof = reconciliation.reconcile()
    assert (proof["status"], proof["entries_checked"], proof["totals"]["held"]) == ("clean", 82, Money(280, "CNY"))


def test_sixteen_workers_settle_one_task_thrice(engine: None) -> None:
    ledger.post(movements.topup("pay_0", "sandbox", ADV, 320), NOON)
    ledger.post(movements.hold("tsk_1", 1, ADV, 320), NOON)
    done = at_once(lambda n: ledger.post(movements.settle(f"ord_{n % 32}", "tsk_1", CRE, 7, 3), NOON), 96)
    assert done.count(True) == 32
    assert ledger.balances([creator_available(CRE), task_held("tsk_1")]) == {
        creator_available(CRE): 224,
        task_held("tsk_1"): 0,
    }
