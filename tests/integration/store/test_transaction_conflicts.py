"""A transfer when DynamoDB reports conflicts, mixed reasons, or does not respond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from chalicelib.core import ids
from chalicelib.core.errors import Problem
from chalicelib.store import tables, transactions
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.postings import advertiser_available
from testing.markets.stage import NOON

ADVERTISER = ids.derive("adv", "ann")
FUNDS = advertiser_available(ADVERTISER)
HOLD = movements.hold("tsk_1", 1, ADVERTISER, 10)
Fault = Callable[[int, dict[str, Any]], Exception | None]


def inject(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> list[dict[str, Any]]:
    """Raise the result of `fault` for the n-th TransactWriteItems. Return the requests."""
    client = tables.connection().client
    send, seen = client._make_api_call, []

    def call(operation: str, request: dict[str, Any]) -> Any:
        if operation == "TransactWriteItems":
            seen.append(request)
            error = fault(len(seen), request)
            if error is not None:
                raise error
        return send(operation, request)

    monkeypatch.setattr(client, "_make_api_call", call)
    monkeypatch.setattr("chalicelib.store.transactions.time.sleep", lambda seconds: None)
    return seen


def cancelled(codes: list[str]) -> ClientError:
    reasons = [{"Code": code, "Message": "m"} for code in codes]
    answer: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "m"}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")


def conflict(request: dict[str, Any]) -> ClientError:
    return cancelled(["TransactionConflict"] + ["None"] * (len(request["TransactItems"]) - 1))


@pytest.fixture(autouse=True)
def funded(aws: None) -> None:
    ledger.post(movements.topup("pay_0", "sandbox", ADVERTISER, 15), NOON)


def test_a_conflict_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = inject(monkeypatch, lambda n, request: conflict(request) if n <= 2 else None)
    assert ledger.post(HOLD, NOON)
    assert [len(request["TransactItems"]) for request in seen] == [4, 4, 4]
    assert ledger.balance(FUNDS) == 5


def test_endless_conflict_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = inject(monkeypatch, lambda n, request: conflict(request))
    with pytest.raises(Problem, match="write_contention"):
        ledger.post(HOLD, NOON)
    assert len(seen) == transactions.ATTEMPTS_MAX
    assert ledger.balance(FUNDS) == 15


def test_a_refusal_is_not_believed_while_something_conflicts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ledger.post(HOLD, NOON)

    def mixed(n: int, request: dict[str, Any]) -> ClientError | None:
        codes = [
            "TransactionConflict" if "Put" in item else "ConditionalCheckFailed" for item in request["TransactItems"]
        ]
        return cancelled(codes) if n == 1 else None

    inject(monkeypatch, mixed)
    assert ledger.post(HOLD, NOON) is False
    assert ledger.balance(FUNDS) == 5


def test_timeout_is_reported_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    inject(monkeypatch, lambda n, request: ReadTimeoutError(endpoint_url="http://x") if n == 1 else None)
    with pytest.raises(TransactWriteError):
        ledger.post(HOLD, NOON)
    assert ledger.post(HOLD, NOON)
    assert ledger.balance(FUNDS) == 5
