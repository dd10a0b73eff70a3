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

from chalicelib.core import clock
from chalicelib.core.aws import secret
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.settings import settings
from chalicelib.payments.port import PaidNotice, Payee, Payout, PayoutStatus

TOLERANCE_SECONDS = 300
_AMOUNT_MAX = 10**12
STATUS_BY_ACCOUNT: dict[str, PayoutStatus] = {"fail": "failed", "refuse": "refused", "lose": "unknown"}
"""The state of a payout to an account whose name begins so. After `lose` the payout was made: `find_payout` returns `paid`."""


class SandboxProvider:
    """Implements payments.port.Provider."""

    name = "sandbox"
    acknowledgement: str | None = None
    needs_payee = False

    def pay_url(self, payment_id: str, amount: Money, expires_at: datetime) -> str:
        return f"/sandbox/payments/{payment_id}/pay"

    def sign(self, payment_id: str, transaction_id: str, amount: int) -> tuple[dict[str, str], str]:
        """Return the headers and the body of the notification of a payment."""
        notice = {"payment_id": payment_id, "transaction_id": transaction_id, "amount": amount, "status": "paid"}
        body = json.dumps(notice, separators=(",", ":"))
        timestamp = str(int(clock.now().timestamp()))
        return {"X-Sandbox-Timestamp": timestamp, "X-Sandbox-Signature": _signature(timestamp, body.encode())}, body

    def verify(self, headers: Mapping[str, str], body: bytes) -> PaidNotice | None:
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
        try:
            notice = json.loads(body)
            amount, transaction_id = notice["amount"], notice["transaction_id"]
            payment_id = notice.get("payment_id")
            readable = (
                type(amount) is int
                and 0 < amount < _AMOUNT_MAX
                and isinstance(transaction_id, str)
                and 0 < len(transaction_id) <= 64
                and (payment_id is None or isinstance(payment_id, str))
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            readable = False
        if not readable:
            raise Problem("bad_request", "The notification is signed but cannot be read.")
        return PaidNotice(self.name, transaction_id, payment_id, amount)

    def pay_out(self, withdrawal_id: str, amount: Money, payee: Payee | None) -> Payout:
        account = payee.account if payee else ""
        status = next((status for prefix, status in STATUS_BY_ACCOUNT.items() if account.startswith(prefix)), None)
        return Payout(status, "SANDBOX") if status else Payout("paid")

    def find_payout(self, withdrawal_id: str) -> Payout:
        return Payout("paid")


def _signature(timestamp: str, body: bytes) -> str:
    key = secret(settings().sandbox_provider_secret_arn)
    return hmac.digest(key, timestamp.encode() + b"." + body, hashlib.sha256).hex()
