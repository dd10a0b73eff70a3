"""Payouts by Stripe: each step is made once, and continued after a crash or a decline."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.money import Money
from chalicelib.payments.port import Payee, Payout, PayoutOrder
from chalicelib.payments.stripe import client, payouts


@pytest.mark.parametrize(("amount", "currency"), [(50_050, "MGA"), (1_050, "HUF")])
def test_a_withdrawal_with_part_of_a_unit_is_not_paid(
    monkeypatch: pytest.MonkeyPatch, amount: int, currency: str
) -> None:
    posts: list[object] = []
    monkeypatch.setattr(client, "each", lambda *_: iter(()))
    monkeypatch.setattr(client, "get", lambda *_: {"capabilities": {"transfers": "active"}, "payouts_enabled": True})
    monkeypatch.setattr(client, "post", lambda *sent: posts.append(sent))
    order = PayoutOrder("wdr_1", Money(amount, currency), Payee("acct_1", ""))
    assert payouts.pay_out(order) == Payout("refused", "amount_not_payable")
    assert posts == []


class Stripe:
    """Stripe with one account: its transfers and payouts, newest first, and the requests that it got."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.transfers: list[client.Document] = []
        self.payouts: list[client.Document] = []
        self.account: client.Document = {
            "id": "acct_1",
            "capabilities": {"transfers": "active"},
            "payouts_enabled": True,
        }
        self.posts: list[tuple[str, str]] = []
        self.fails: dict[str, Exception] = {}
        monkeypatch.setattr(
            client, "each", lambda path, *_: iter({"/v1/transfers": self.transfers}.get(path, self.payouts))
        )
        monkeypatch.setattr(client, "get", lambda *_: self.account)
        monkeypatch.setattr(client, "post", self._post)

    def _post(self, path: str, fields: Any, key: str, account: str | None = None) -> client.Document:
        self.posts.append((path, key))
        if path in self.fails:
            raise self.fails[path]
        if path == "/v1/transfers":
            return transfer()
        return {"id": "po_9", "status": "pending", "metadata": {"withdrawal_id": "wdr_1"}}


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Stripe:
    return Stripe(monkeypatch)


ORDER = PayoutOrder("wdr_1", Money(5_000, "USD"), Payee("acct_1", ""))


def transfer(*, is_reversed: bool = False) -> client.Document:
    return {
        "id": "tr_1",
        "amount": 5_000,
        "currency": "usd",
        "created": 1_795_000_000,
        "destination": "acct_1",
        "metadata": {"withdrawal_id": "wdr_1"},
        "reversed": is_reversed,
    }


def payout(status: str, name: str = "po_1", withdrawal_id: str = "wdr_1", **more: Any) -> client.Document:
    return {"id": name, "status": status, "metadata": {"withdrawal_id": withdrawal_id}, **more}


def test_a_new_payout_is_a_transfer_and_a_payout(stripe: Stripe) -> None:
    assert payouts.pay_out(ORDER) == Payout("pending", "pending")
    assert stripe.posts == [("/v1/transfers", "wdr_1:transfer:0"), ("/v1/payouts", "wdr_1:payout:0:0")]


def test_a_payee_who_is_not_ready_gets_no_transfer(stripe: Stripe) -> None:
    stripe.account = {"id": "acct_1", "details_submitted": True}
    assert payouts.pay_out(ORDER) == Payout("waiting", "in_review")
    assert stripe.posts == []


def test_a_crash_after_the_transfer_is_continued_by_its_payout(stripe: Stripe) -> None:
    stripe.transfers = [transfer()]
    assert payouts.find("wdr_1") == Payout("pending", "transferred")
    assert payouts.pay_out(ORDER).status == "pending"
    assert stripe.posts == [("/v1/payouts", "wdr_1:payout:0:0")]


@pytest.mark.parametrize("status", ["pending", "in_transit", "paid"])
def test_a_payout_under_way_or_made_is_not_repeated(stripe: Stripe, status: str) -> None:
    stripe.transfers, stripe.payouts = [transfer()], [payout(status)]
    assert payouts.pay_out(ORDER) == (Payout("paid") if status == "paid" else Payout("pending", status))
    assert stripe.posts == []


def test_a_failed_payout_is_made_again_with_another_key(stripe: Stripe) -> None:
    failed = payout("failed", failure_code="account_closed")
    stripe.transfers, stripe.payouts = [transfer()], [failed, payout("paid", withdrawal_id="wdr_2")]
    assert payouts.find("wdr_1") == Payout("pending", "account_closed")
    payouts.pay_out(ORDER)
    assert stripe.posts == [("/v1/payouts", "wdr_1:payout:0:1")]


def test_a_declined_transfer_moves_nothing_and_a_declined_payout_waits(stripe: Stripe) -> None:
    stripe.fails["/v1/transfers"] = client.Declined("balance_insufficient")
    assert payouts.pay_out(ORDER) == Payout("refused", "balance_insufficient", declined=True)
    stripe.transfers = [transfer()]
    stripe.fails["/v1/payouts"] = client.Declined("payouts_not_allowed")
    assert payouts.pay_out(ORDER) == Payout("pending", "payouts_not_allowed", declined=True)


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/payouts"])
def test_without_a_response_the_outcome_is_unknown(stripe: Stripe, path: str) -> None:
    stripe.fails[path] = client.NoResponse("timeout")
    assert payouts.pay_out(ORDER) == Payout("unknown", "timeout")


def test_a_pending_payout_is_cancelled_before_the_transfer_is_reversed(stripe: Stripe) -> None:
    stripe.transfers, stripe.payouts = [transfer()], [payout("pending")]
    assert payouts.recall(ORDER) == Payout("failed", "recalled")
    assert stripe.posts == [
        ("/v1/payouts/po_1/cancel", "cancel:po_1"),
        ("/v1/transfers/tr_1/reversals", "wdr_1:reversal:0"),
    ]


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([payout("in_transit")], Payout("pending", "in_transit")),
        ([payout("paid")], Payout("paid")),
    ],
)
def test_a_payout_that_the_bank_has_is_not_recalled(
    stripe: Stripe, found: list[client.Document], state: Payout
) -> None:
    stripe.transfers, stripe.payouts = [transfer()], found
    assert payouts.recall(ORDER) == state
    assert stripe.posts == []


def test_a_reversed_transfer_has_failed(stripe: Stripe) -> None:
    stripe.transfers = [transfer(is_reversed=True)]
    assert payouts.find("wdr_1") == payouts.recall(ORDER) == Payout("failed", "reversed")
    stripe.transfers = []
    assert payouts.recall(ORDER) == Payout("refused", "no_transfer")
