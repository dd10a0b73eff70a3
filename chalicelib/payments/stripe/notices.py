"""Webhooks of Stripe: the signature, and the notices that the market acts upon.

Stripe's events come more than once and in any order. Of a refund or a dispute only its id is taken from the event: its state is
read from Stripe, so that an old event does not bring an old state back. Events of connected accounts (`account` is set) are notices
about payees and payouts only: their owners could create payments of their own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.observability import logger
from chalicelib.core.rules import rules
from chalicelib.payments.port import (
    Notice,
    PaidNotice,
    PayeeNotice,
    PayoutNotice,
    ReversalKind,
    ReversalNotice,
    ReversalState,
)
from chalicelib.payments.stripe import accounts, client
from chalicelib.payments.stripe.amounts import read_amount

NAME = "stripe"
TOLERANCE_SECONDS = 300
_SIGNATURES_MAX = 20
_DISPUTES: dict[str, ReversalState] = {
    "needs_response": "open",
    "under_review": "open",
    "lost": "final",
    "won": "withdrawn",
}
_REFUNDS: dict[str, ReversalState] = {
    "pending": "open",
    "requires_action": "open",
    "succeeded": "final",
    "failed": "withdrawn",
    "canceled": "withdrawn",
}


def verify(headers: Mapping[str, str], body: bytes) -> Notice | None:
    """Return the notice in a signed event. Raises Problem `signature_invalid`, `bad_request`, `upstream_unavailable`."""
    _require_signature(headers.get("stripe-signature", ""), body)
    try:
        event = json.loads(body)
        if event["livemode"] is not client.is_live():
            return None
        return _notice(str(event["type"]), event["data"]["object"], event.get("account"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem("bad_request", "The event is signed but cannot be read.") from error
    except (client.Declined, client.NoResponse) as error:
        raise client.unavailable(error) from error


def _notice(kind: str, subject: client.Document, account: str | None) -> Notice | None:
    if account is not None:
        return _notice_of_account(kind, subject)
    if kind in ("checkout.session.completed", "checkout.session.async_payment_succeeded"):
        return _paid(subject)
    if kind.startswith("charge.dispute."):
        return _disputed(str(subject["id"]))
    if kind.startswith("refund.") or kind == "charge.refund.updated":
        return _refunded(str(subject["id"]))
    return None


def _notice_of_account(kind: str, subject: client.Document) -> Notice | None:
    metadata = subject.get("metadata") or {}
    if kind == "account.updated" and "owner_id" in metadata:
        return PayeeNotice(NAME, str(metadata["owner_id"]), accounts.state_of(subject))
    if kind.startswith("payout.") and "withdrawal_id" in metadata:
        return PayoutNotice(NAME, str(metadata["withdrawal_id"]))
    return None


def _paid(session: client.Document) -> Notice | None:
    """Return the notice of a paid session; None while a delayed payment method has not paid, and for an amount of 0."""
    if session["mode"] != "payment" or session["payment_status"] != "paid" or not session["payment_intent"]:
        return None
    amount = _amount(session["amount_total"], session["currency"])
    if not amount:
        return None
    return PaidNotice(NAME, str(session["payment_intent"]), session["client_reference_id"], amount)


def _disputed(dispute_id: str) -> Notice | None:
    """Return the notice of a dispute for which Stripe withdrew the money; None for an inquiry."""
    dispute = client.get(f"/v1/disputes/{dispute_id}", {"expand[]": "payment_intent"})
    state = _DISPUTES.get(dispute["status"])
    return _reversal("disputed", dispute, state) if state and dispute["balance_transactions"] else None


def _refunded(refund_id: str) -> Notice | None:
    refund = client.get(f"/v1/refunds/{refund_id}", {"expand[]": "payment_intent"})
    state = _REFUNDS.get(refund["status"])
    return _reversal("refunded", refund, state) if state else None


def _reversal(kind: ReversalKind, subject: client.Document, state: ReversalState) -> Notice | None:
    intent = subject["payment_intent"]
    if not isinstance(intent, dict):
        return None
    amount = _amount(subject["amount"], subject["currency"])
    paid = _amount(intent["amount_received"], intent["currency"])
    if not amount or not paid:
        return None
    payment_id = intent["metadata"].get("payment_id")
    return ReversalNotice(kind, NAME, str(intent["id"]), payment_id, paid, amount, state, str(subject["id"]))


def _amount(amount: int, currency: str) -> int | None:
    """Return an amount in minor units; None in another currency than the market's, in which it started no payment."""
    if currency != rules().currency.lower():
        logger.error("payment in another currency", extra={"currency": currency})
        return None
    return read_amount(int(amount), currency)


def _require_signature(header: str, body: bytes) -> None:
    """Raise Problem `signature_invalid` unless one of the signatures (scheme v1: HMAC-SHA256 over time and body) is that of one of
    the endpoints' secrets, and not older than five minutes."""
    parts = [part.strip().partition("=")[::2] for part in header.split(",")[:_SIGNATURES_MAX]]
    timestamp = next((text for name, text in parts if name == "t"), "")
    signatures = [text.encode() for name, text in parts if name == "v1"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Problem("signature_invalid", "The notification has no time of its signature.")
    signed = timestamp.encode() + b"." + body
    expected = [
        hmac.digest(str(secret).encode(), signed, hashlib.sha256).hex().encode()
        for secret in client.keys()["webhook_secrets"]
    ]
    if not any(hmac.compare_digest(one, other) for one in signatures for other in expected):
        raise Problem("signature_invalid", "The signature does not fit the body.")
    if abs(clock.now().timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise Problem("signature_invalid", "The notification is too old.")
