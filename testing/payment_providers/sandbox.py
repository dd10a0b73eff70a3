"""The sandbox in the conformance suite. Its payouts follow the name of the payee's account."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.payments.sandbox import SandboxProvider
from testing.payment_providers.case import Message, forget


class Sandbox:
    """Implements testing.payment_providers.case.ProviderCase."""

    name = "sandbox"
    can_lose = False

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        self.paid_amounts: dict[str, int] = {}
        self.count = 0
        self.declining = False
        forget(patch, sandbox="on")
        really = SandboxProvider.pay_out

        def pay_out(provider: SandboxProvider, order: Any) -> Any:
            if self.declining:
                from chalicelib.payments.port import Payout

                return Payout("refused", "SANDBOX")
            self.count += 1
            return really(provider, order)

        patch.setattr(SandboxProvider, "pay_out", pay_out)

    def close(self) -> None:
        forget(self.patch)

    def paid(self, topup: dict[str, Any], amount: int) -> Message:
        self.paid_amounts[topup["id"]] = amount
        headers, body = SandboxProvider().sign(topup["id"], f"t-{topup['id'][-8:]}", amount)
        return headers, body.encode()

    def reversed(self, topup: dict[str, Any], amount: int) -> Message:
        self.count_of_reversals = getattr(self, "count_of_reversals", 0) + 1
        headers, body = SandboxProvider().sign_reversal(
            topup["id"],
            f"t-{topup['id'][-8:]}",
            self.paid_amounts[topup["id"]],
            f"r-{topup['id'][-8:]}-{self.count_of_reversals}",
            amount,
            "refunded",
        )
        return headers, body.encode()

    def forged(self, message: Message) -> Message:
        return {**message[0], "X-Sandbox-Signature": "0" * 64}, message[1]

    def payee(self, creator: Any) -> dict[str, Any]:
        return {"payee": {"account": "an", "name": "an"}}

    def decline(self, on: bool) -> None:
        self.declining = on

    def lose(self, on: bool) -> None:
        raise AssertionError("the sandbox has no API")

    def deliver(self) -> None:
        return None

    def payouts(self) -> int:
        return self.count
