"""Payouts that Stripe cannot make in full."""

from __future__ import annotations

import pytest

from chalicelib.core.money import Money
from chalicelib.payments.port import Payee, Payout, PayoutOrder
from chalicelib.payments.stripe import client, payouts


@pytest.mark.parametrize(("amount", "currency"), [(50_050, "MGA"), (1_050, "HUF")])
def test_a_stored_withdrawal_with_part_of_a_unit_is_not_paid_in_part(
    monkeypatch: pytest.MonkeyPatch, amount: int, currency: str
) -> None:
    posts: list[object] = []
    monkeypatch.setattr(client, "each", lambda *_: iter(()))
    monkeypatch.setattr(client, "get", lambda *_: {"capabilities": {"transfers": "active"}, "payouts_enabled": True})
    monkeypatch.setattr(client, "post", lambda *sent: posts.append(sent))
    order = PayoutOrder("wdr_1", Money(amount, currency), Payee("acct_1", ""))
    assert payouts.pay_out(order) == Payout("refused", "amount_not_payable")
    assert posts == []
