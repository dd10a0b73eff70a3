"""Faults of the network in money paths: requests that fail before or after they took effect, concurrent and repeated requests.

Every path is played once undisturbed, counting its calls; then once for every call n and both ways of failing, repeated until it
succeeds as a client would. The end state must be the same each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto import mock_aws

from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem
from chalicelib.core.idempotency import Attempt
from chalicelib.core.money import Money
from chalicelib.decisions.decider import Decider
from chalicelib.payments.port import PaidNotice
from chalicelib.payments.providers import provider_named
from chalicelib.payments.sandbox import SandboxProvider
from chalicelib.store import WalletRecord, tables
from chalicelib.wallet import ledger, movements, suspense, topups
from chalicelib.wallet.insufficient_funds import InsufficientFunds
from chalicelib.wallet.postings import advertiser_available
from chalicelib.wallet.withdrawals import manual_outcomes, withdrawal_requests
from infra import monitoring
from testing.api import Api
from testing.doubles.mocked_aws import create_resources, forget_clients
from testing.fault_injection import Lost, failing
from testing.markets.advertiser_records import store_advertiser
from testing.markets.stage import NOON
from testing.threads import at_once

FIN = Decider("fin", frozenset(), 0)
ROOT = Path(__file__).parents[3]
ADV, CRE = ids.derive("adv", "ann"), ids.derive("cre", "cai")
ATTEMPT = Attempt("ann", "key", "fingerprint")
PAYMENT, WITHDRAWAL = ATTEMPT.id("pay"), ATTEMPT.id("wdr")
SUSPENSE_ID = ids.derive("sus", "sandbox", "t1")


def fund(amount: int = 600_000) -> None:
    ledger.post(movements.topup("pay_0", "sandbox", ADV, amount), NOON)


def hold() -> None:
    fund()
    ledger.post(movements.hold("tsk_1", 1, ADV, 1_000), NOON)


def earn() -> None:
    hold()
    ledger.post(movements.hold("tsk_2", 1, ADV, 50_000), NOON)
    ledger.post(movements.settle("ord_2", "tsk_2", CRE, 50_000, 0), NOON)


def start_topup() -> None:
    topups.start(ADV, Money(600_000, "CNY"), SandboxProvider(), ATTEMPT)


def register_advertiser() -> None:
    store_advertiser(ADV, NOON)


def ask_withdrawal() -> None:
    withdrawal_requests.request(CRE, Money(20_000, "CNY"), "sandbox", ATTEMPT)


def each(*steps: Callable[[], object]) -> Callable[[], object]:
    """One after the other."""

    def take() -> None:
        for step in steps:
            step()

    return take


def posting(transfer: Any) -> Callable[[], object]:
    return lambda: ledger.post(transfer, clock.now())


def notified(amount: int) -> Callable[[], object]:
    return lambda: topups.credit(PaidNotice("sandbox", "t1", PAYMENT, amount))


PATHS: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "topup started": (each(), start_topup),
    "topup credited": (start_topup, notified(600_000)),
    "topup suspended": (start_topup, notified(1)),
    "suspense credited": (
        each(register_advertiser, start_topup, notified(1)),
        lambda: suspense.resolve(SUSPENSE_ID, "credited", ADV, "n", FIN),
    ),
    "suspense returned": (
        each(start_topup, notified(1)),
        lambda: suspense.resolve(SUSPENSE_ID, "returned", None, None, FIN),
    ),
    "hold": (fund, posting(movements.hold("tsk_1", 1, ADV, 1_000))),
    "return of a submission": (hold, posting(movements.return_hold("tsk_1", 1, ADV, 1_000))),
    "return of an order": (hold, posting(movements.return_order("ord_1", "tsk_1", ADV, 400))),
    "substitution": (hold, posting(movements.substitute("ord_1", "ord_2", "tsk_1", ADV, 700, 400))),
    "reprice": (hold, posting(movements.reprice("ord_1", "tsk_1", ADV, 300, 700))),
    "return of a call": (hold, posting(movements.return_unallocated("tsk_1", ADV, 400))),
    "return of what was not offered": (hold, posting(movements.return_unoffered("tsk_1", ADV, 400))),
    "settle": (hold, posting(movements.settle("ord_1", "tsk_1", CRE, 700, 300))),
    "compensate": (hold, posting(movements.compensate("ord_1", "tsk_1", ADV, CRE, net=70, fee=30, rest=900))),
    "split": (hold, posting(movements.split("ord_1", "tsk_1", ADV, CRE, net=350, fee=150, rest=500))),
    "withdrawal requested": (earn, ask_withdrawal),
    "withdrawal paid": (
        each(earn, ask_withdrawal),
        lambda: manual_outcomes.report_outcome(WITHDRAWAL, "paid", None, FIN, provider_named),
    ),
    "withdrawal failed": (
        each(earn, ask_withdrawal),
        lambda: manual_outcomes.report_outcome(WITHDRAWAL, "failed", "account closed", FIN, provider_named),
    ),
}


def state() -> list[dict[str, Any]]:
    client: Any = tables.connection().client
    raw = client.scan(TableName=WalletRecord.Meta.table_name, ConsistentRead=True)["Items"]
    return sorted(raw, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@contextmanager
def fresh() -> Iterator[None]:
    with mock_aws():
        forget_clients()
        create_resources()
        with clock.at(NOON):
            yield
    forget_clients()


@pytest.mark.parametrize("path", PATHS)
def test_a_lost_call_or_answer_changes_nothing_in_the_end(path: str) -> None:
    prepare, act = PATHS[path]
    with fresh():
        prepare()
        with failing(None, after=False) as calls:
            act()
        expected = state()
    writes = [call for call in calls if call not in ("GetItem", "Query", "BatchGetItem")]
    assert writes == ["TransactWriteItems"], "one round trip moves everything"
    for n in range(len(calls)):
        for after in (False, True):
            with fresh():
                prepare()
                with failing(n, after) as made, pytest.raises(Lost):
                    act()
                assert made == calls[: n + 1]
                act()
                assert state() == expected, (
                    f"{path}: call {n} ({calls[n]}) lost {'after' if after else 'before'} effect"
                )


@pytest.mark.parametrize("path", PATHS)
def test_three_repeats_have_the_effect_of_one(path: str) -> None:
    prepare, act = PATHS[path]
    with fresh():
        prepare()
        act()
        expected = state()
        for _ in range(2):
            act()
        assert state() == expected


# -- responses to the caller ---------------------------------------------------------------------------------------------


def refused_by_dynamodb(code: str, status: int) -> ClientError:
    document: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(document, "GetItem")


UNAVAILABLE: dict[str, Exception] = {
    "no connection": EndpointConnectionError(endpoint_url="e"),
    "no connection in time": ConnectTimeoutError(endpoint_url="e"),
    "no answer in time": ReadTimeoutError(endpoint_url="e"),
    "connection closed": ConnectionClosedError(endpoint_url="e"),
    "its own fault": refused_by_dynamodb("InternalServerError", 500),
    "throttled": refused_by_dynamodb("ProvisionedThroughputExceededException", 400),
}


@pytest.mark.parametrize("case", UNAVAILABLE)
def test_a_dynamodb_that_does_not_answer_is_503(api: Api, case: str) -> None:
    ann, body = api.as_("ann", "advertiser"), {"amount": {"amount": 600_000, "currency": "CNY"}}
    for n, after in ((0, False), (1, False), (2, False), (2, True)):
        with failing(n, after, UNAVAILABLE[case]) as made:
            answer = ann.post("/v1/wallet/topups", body, key=f"key-{n}-{after}")
        assert made[n:] == [["GetItem", "GetItem", "TransactWriteItems"][n]], "the sandbox clock is read first"
        assert (answer.status_code, answer.json_body["code"]) == (503, "upstream_unavailable")
        assert answer.headers["Retry-After"] == "1"
        assert answer.headers["Content-Type"] == "application/problem+json"
        again = ann.post("/v1/wallet/topups", body, key=f"key-{n}-{after}")
        assert (again.status_code, "Idempotency-Replayed" in again.headers) == (201, after)
    with failing(0, False, UNAVAILABLE[case]):
        assert ann.get("/v1/wallet/entries").status_code == 503


def test_a_fault_of_ours_stays_500(api: Api) -> None:
    with failing(0, False, refused_by_dynamodb("ValidationException", 400)):
        answer = api.as_("ann", "advertiser").get("/v1/wallet/entries")
    assert (answer.status_code, answer.json_body["code"]) == (500, "internal_error")


# -- messages for the operator -------------------------------------------------------------------------------------------


def test_a_contradiction_and_suspense_reach_their_alarms(aws: None, capfd: pytest.CaptureFixture[str]) -> None:
    start_topup()
    for amount in (1, 2):
        notified(amount)()
    found = [json.loads(row) for row in capfd.readouterr().out.splitlines() if '"_aws"' in row]
    emitted = {
        (metric["Name"], *(f"{name}={line[name]}" for name in sorted(dimensions)))
        for line in found
        for part in line["_aws"]["CloudWatchMetrics"]
        for metric in part["Metrics"]
        for dimensions in part["Dimensions"]
    }
    of_the_stage = ("service=micro-task", "stage=test")
    assert emitted == {
        ("SuspenseReceived", *of_the_stage),
        ("SuspenseReceived", "reason=amount_wrong", *of_the_stage),
        ("ProviderContradictions", *of_the_stage),
    }
    for name in ("SuspenseReceived", "ProviderContradictions", "LedgerDifferences", "SettlementDifferences"):
        [alarm] = [watch.properties for watch in monitoring.alarms_of({}) if watch.metric == name]
        assert {dimension["Name"] for dimension in alarm["Dimensions"]} == {"stage", "service"}
        assert (alarm["Namespace"], alarm["Threshold"]) == ("MicroTask", 0)


# -- many at once ------------------------------------------------------------------------------------------------------


def spend(number: int) -> str:
    try:
        ledger.post(movements.hold(f"tsk_{number}", 1, ADV, 7), NOON)
    except InsufficientFunds:
        return "refused"
    return "held"


def test_sixteen_workers_never_overdraw_one_balance(aws: None) -> None:
    fund(7 * 40 + 3)
    outcomes = at_once(spend, 64)
    assert (outcomes.count("held"), outcomes.count("refused")) == (40, 24)
    assert ledger.balance(advertiser_available(ADV)) == 3
    held = ledger.balances([f"task:tsk_{number}:held" for number in range(64)])
    assert [held[f"task:tsk_{number}:held"] for number in range(64)] == [
        7 if outcome == "held" else 0 for outcome in outcomes
    ]


def test_sixteen_deliveries_at_once_are_one(aws: None) -> None:
    start_topup()
    outcomes = at_once(lambda _: notified(600_000)(), 16)
    assert sorted(map(str, outcomes)) == ["credited"] + ["repeated"] * 15
    assert ledger.balance(advertiser_available(ADV)) == 600_000


def test_of_sixteen_withdrawals_one_is_open(aws: None) -> None:
    with clock.at(NOON):
        earn()

    def request_payout(number: int) -> str:
        try:
            withdrawal_requests.request(CRE, Money(10_000, "CNY"), "sandbox", Attempt("cai", f"key-{number}", "f"))
        except Problem as problem:
            return problem.code
        return "requested"

    outcomes = at_once(request_payout, 16)
    assert sorted(outcomes) == ["requested"] + ["withdrawal_open"] * 15
    assert ledger.balance(f"creator:{CRE}:withdrawing") == 10_000
