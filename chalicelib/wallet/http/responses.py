"""Responses of the routes of the wallet, of top-ups and notifications, and what other responses of the wallet share."""

from __future__ import annotations

from typing import Literal

from chalicelib.core import clock
from chalicelib.core.money import Money as Amount
from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.core.rules import rules
from chalicelib.wallet import records, two_person_rule


class Wallet(TypedDict):
    """The amounts that are available, held for orders, and being withdrawn."""

    available: Money
    held: Money
    withdrawing: Money


class Entry(TypedDict):
    """A line of a statement: an amount in or out, the balance after it, and the order that it is about, with its price and the
    commission in it."""

    id: str
    kind: str
    amount: Money
    direction: Literal["in", "out"]
    balance_after: Money
    reference: str
    at: Moment
    task_id: str | None
    order_id: str | None
    price: Money | None
    commission: Money | None


class KindSummary(TypedDict):
    """The entries of one kind in a period."""

    entries: Count
    received: Money
    spent: Money


class WalletSummary(TypedDict):
    """A period: opening + received - spent = closing."""

    opening: Money
    received: Money
    spent: Money
    closing: Money
    entries: Count
    by_kind: dict[str, KindSummary]


class TopUp(TypedDict):
    """A payment to the wallet; it is credited when the provider has confirmed it."""

    id: str
    status: str
    amount: Money
    provider: str
    pay_url: Link
    created_at: Moment
    expires_at: Moment
    paid_at: Moment | None


def topup_response(payment: records.Payment) -> TopUp:
    """Return the top-up; a pending one past its time is `expired`."""
    return {
        "id": payment.pk,
        "status": payment.status_now,
        "amount": money(payment.amount),
        "provider": payment.provider,
        "pay_url": payment.pay_url,
        "created_at": clock.parse(payment.created_at),
        "expires_at": clock.parse(payment.expires_at),
        "paid_at": clock.parse(payment.paid_at) if payment.paid_at else None,
    }


class Confirmation(TypedDict):
    """The first of two people who decide about a large amount (rule 26), and the second one after the decision: ids of users."""

    decision: str
    confirmed_by: str
    confirmed_at: Moment
    decided_by: str | None


def confirmation_response(confirmation: two_person_rule.Confirmation | None) -> Confirmation | None:
    """Return the confirmation, None without one."""
    if confirmation is None:
        return None
    return {
        "decision": confirmation["decision"],
        "confirmed_by": confirmation["by"],
        "confirmed_at": clock.parse(confirmation["at"]),
        "decided_by": confirmation.get("second"),
    }


class NotificationOutcome(TypedDict):
    """The outcome of a notification: `credited`, `suspended`, `repeated`, `contradicted` or `ignored`; of a refund or dispute
    `claimed`, `returned` or `reinstated`; of a payee `updated`; of a payout the withdrawal's status."""

    outcome: str


class Notification(TypedDict):
    """A notification with the signature of the sandbox provider; it can be delivered again."""

    headers: dict[str, str]
    body: str


class SandboxPayment(TypedDict):
    """A payment by the sandbox provider."""

    payment_id: str
    notification: Notification
    answer: NotificationOutcome


def money(amount: float) -> Amount:
    """Return minor units as money of the market's currency."""
    return Amount(int(amount), rules().currency)
