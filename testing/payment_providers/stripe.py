"""Stripe in the conformance suite."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.payments.stripe import client
from chalicelib.wallet.records import Payment
from testing.doubles.stripe_platform import Platform, keys, signature
from testing.payment_providers.case import Message, forget, store_secret


class Stripe:
    """Implements testing.payment_providers.case.ProviderCase."""

    name = "stripe"
    can_lose = True

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.platform = patch, Platform()
        self.intents: dict[str, str] = {}
        store_secret("STRIPE_SECRET", json.dumps(keys()))
        forget(patch, client.keys, sandbox="off", stripe="on")
        patch.setattr(client, "send", self.platform.send)

    def close(self) -> None:
        forget(self.patch, client.keys)

    def paid(self, topup: dict[str, Any], amount: int) -> Message:
        payment = Payment.find(topup["id"], "payment")
        assert payment is not None
        assert payment.provider_id is not None
        message = self.platform.pay(payment.provider_id, amount)
        self.intents[topup["id"]] = self.platform.all("payment_intent")[-1]["id"]
        return message

    def reversed(self, topup: dict[str, Any], amount: int) -> Message:
        return self.platform.refund(self.intents[topup["id"]], amount)

    def forged(self, message: Message) -> Message:
        return {"Stripe-Signature": signature(message[1].decode(), "whsec_stranger")}, message[1]

    def payee(self, creator: Any) -> dict[str, Any]:
        opened = creator.post("/v1/wallet/payees", {"country": "US", "provider": "stripe"}, key="payee")
        assert opened.status_code == 200, opened.json_body
        self.platform.onboard(self.platform.all("account")[-1]["id"])
        return {}

    def decline(self, on: bool) -> None:
        self.platform.declines = {"/v1/transfers": "balance_insufficient"} if on else {}

    def lose(self, on: bool) -> None:
        self.platform.lost_path = ("POST", "/v1/transfers") if on else None

    def deliver(self) -> None:
        for payout in self.platform.all("payout"):
            if payout["status"] == "pending":
                self.platform.end_payout(payout["id"], "paid")

    def payouts(self) -> int:
        return len(self.platform.all("transfer"))
