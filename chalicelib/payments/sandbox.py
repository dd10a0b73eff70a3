"""The sandbox provider: simulates payments and payouts, and signs its notifications as a real provider does.

The signature is HMAC-SHA256 over `{timestamp}.{body}` in `X-Sandbox-Signature`, the time is in `X-Sandbox-Timestamp`; notifications
older than five minutes are refused. The key is in Secrets Manager.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from chalicelib.core import clock
from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.settings import settings
from chalicelib.payments.port import (
    Notice,
    Onboarding,
    PaidNotice,
    Payout,
    PayoutOrder,
    PayoutStatus,
    ReversalKind,
    ReversalNotice,
    ReversalState,
    StartedPayment,
)

TOLERANCE_SECONDS = 300
_AMOUNT_MAX = 10**12
STATUS_BY_ACCOUNT: dict[str, PayoutStatus] = {
    "fail": "failed",
    "refuse": "refused",
    "wait": "waiting",
    "slow": "pending",
    "lose": "unknown",
}
"""The state of a payout to an account whose name begins so. After `lose` and `slow`, `find_payout` returns `paid`."""


class SandboxProvider:
    """Implements payments.port.Provider."""

    name = "sandbox"
    acknowledgement: str | None = None
    needs_payee = False
    onboarding: Onboarding | None = None

    def least_amount(self, currency: str) -> int:
        return 1

    def start_payment(self, payment_id: str, amount: Money, expires_at: datetime) -> StartedPayment:
        return StartedPayment(f"/sandbox/payments/{payment_id}/pay")

    def sign(self, payment_id: str, transaction_id: str, amount: int) -> tuple[dict[str, str], str]:
        """Return the headers and the body of the notification of a payment."""
        return self._signed(
            {"payment_id": payment_id, "transaction_id": transaction_id, "amount": amount, "status": "paid"}
        )

    def sign_reversal(
        self,
        payment_id: str,
        transaction_id: str,
        amount: int,
        reversal_id: str,
        reversed_amount: int,
        kind: ReversalKind,
        state: ReversalState = "final",
    ) -> tuple[dict[str, str], str]:
        """Return the headers and the body of the notification of a refund or dispute of a payment of `amount`."""
        return self._signed(
            {
                "payment_id": payment_id,
                "transaction_id": transaction_id,
                "amount": amount,
                "status": kind,
                "state": state,
                "reversal_id": reversal_id,
                "reversed": reversed_amount,
            }
        )

    def _signed(self, notice: dict[str, Any]) -> tuple[dict[str, str], str]:
        body = json.dumps(notice, separators=(",", ":"))
        timestamp = str(int(clock.now().timestamp()))
        return {"X-Sandbox-Timestamp": timestamp, "X-Sandbox-Signature": _signature(timestamp, body.encode())}, body

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        timestamp = headers.get("x-sandbox-timestamp", "")
        signature = headers.get("x-sandbox-signature", "")
        if (
            not timestamp.isascii()
            or not signature.isascii()
            or not hmac.compare_digest(signature, _signature(timestamp, body))
        ):
            raise Problem("signature_invalid", "The signature does not fit the body.")
        if abs(clock.now().timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
            raise Problem("signature_invalid", "The notification is too old.")
        notice = _read(body)
        if notice is None:
            raise Problem("bad_request", "The notification is signed but cannot be read.")
        return notice

    def pay_out(self, order: PayoutOrder) -> Payout:
        account = order.payee.account if order.payee else ""
        status = next((status for prefix, status in STATUS_BY_ACCOUNT.items() if account.startswith(prefix)), None)
        return Payout(status, "SANDBOX") if status else Payout("paid")

    def find_payout(self, withdrawal_id: str) -> Payout:
        return Payout("paid")

    def recall_payout(self, order: PayoutOrder) -> Payout:
        return Payout("paid")

    def receipts(self, since: datetime, until: datetime) -> None:
        return None


def _read(body: bytes) -> Notice | None:
    """Return the notice in a signed body; None if it cannot be read."""
    try:
        notice = json.loads(body)
        status, amount, transaction_id = notice.get("status", "paid"), notice["amount"], notice["transaction_id"]
        payment_id = notice.get("payment_id")
        if not (_is_amount(amount) and _is_id(transaction_id) and (payment_id is None or isinstance(payment_id, str))):
            return None
        if status == "paid":
            return PaidNotice(SandboxProvider.name, transaction_id, payment_id, amount)
        state, reversal_id, reversed_amount = notice["state"], notice["reversal_id"], notice["reversed"]
        if status not in get_args(ReversalKind) or state not in get_args(ReversalState) or not _is_id(reversal_id):
            return None
        if not _is_amount(reversed_amount) or reversed_amount > amount:
            return None
        provider = SandboxProvider.name
        return ReversalNotice(status, provider, transaction_id, payment_id, amount, reversed_amount, state, reversal_id)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_amount(amount: object) -> bool:
    return type(amount) is int and 0 < amount < _AMOUNT_MAX


def _is_id(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= 64


def _signature(timestamp: str, body: bytes) -> str:
    key = secret(settings().sandbox_provider_secret_arn)
    return hmac.digest(key, timestamp.encode() + b"." + body, hashlib.sha256).hex()
