"""Responses of withdrawals and payees."""

from __future__ import annotations

from typing import cast

from chalicelib.core import clock
from chalicelib.core.response_types import Count, Link, Moment, Money, TypedDict
from chalicelib.payments.port import OnboardingLink as ProviderLink
from chalicelib.payments.port import PayeeStatus
from chalicelib.wallet import records
from chalicelib.wallet.http.responses import Confirmation, confirmation_response, money


class OnboardingLink(TypedDict):
    """The provider's page for a payee's data. It can be used once and expires within minutes."""

    url: Link
    expires_at: Moment


class Payee(TypedDict):
    """The account that a provider opened for a payee. `missing` are the provider's codes of what it still needs."""

    provider: str
    account: str
    country: str
    status: PayeeStatus
    missing: list[str]
    onboarding: OnboardingLink | None


def payee_response(item: records.PayeeRecord, link: ProviderLink | None = None) -> Payee:
    """Return the payee for its owner; the account is masked."""
    return {
        "provider": item.provider,
        "account": _masked(item.account),
        "country": item.country,
        "status": cast(PayeeStatus, item.status),
        "missing": item.missing,
        "onboarding": {"url": link.url, "expires_at": link.expires_at} if link else None,
    }


class MaskedPayee(TypedDict):
    """Enough of an account for its owner to recognise it."""

    account: str


class PayoutState(TypedDict):
    """The state of a payout at the provider."""

    status: str
    reason: str | None
    at: Moment


class Withdrawal(TypedDict):
    """Money on its way out (rule 21)."""

    id: str
    revision: Count
    status: records.WithdrawalStatus
    owner_id: str
    amount: Money
    provider: str
    payee: MaskedPayee | None
    payout: PayoutState | None
    requested_at: Moment
    decided_at: Moment | None
    note: str | None


def withdrawal_response(item: records.Withdrawal) -> Withdrawal:
    """Return the withdrawal for its owner; the payee's account is masked."""
    return {
        "id": item.pk,
        "revision": int(item.revision),
        "status": cast(records.WithdrawalStatus, item.status),
        "owner_id": str(item.owner),
        "amount": money(item.amount),
        "provider": item.provider,
        "payee": {"account": _masked(item.payee["account"])} if item.payee else None,
        "payout": _payout_response(item.payout) if item.payout else None,
        "requested_at": clock.parse(item.requested_at),
        "decided_at": clock.parse(item.decided_at) if item.decided_at else None,
        "note": item.note,
    }


def _payout_response(payout: records.PayoutProgress) -> PayoutState:
    return {"status": payout["status"], "reason": payout["reason"], "at": clock.parse(payout["at"])}


def _masked(account: str) -> str:
    name, at, host = account.partition("@")
    return f"{name[:3]}***{at}{host}" if at else f"{account[:3]}***{account[-2:]}"


class StaffWithdrawal(Withdrawal):
    """A withdrawal as staff see it."""

    confirmation: Confirmation | None
    decided_by: str | None


def staff_withdrawal_response(item: records.Withdrawal) -> StaffWithdrawal:
    """Return the withdrawal for staff, with the user ids of those who decided."""
    return {
        **withdrawal_response(item),
        "confirmation": confirmation_response(item.confirmation),
        "decided_by": item.decided_by,
    }


def own_withdrawal_response(item: records.Withdrawal) -> StaffWithdrawal:
    """Return the withdrawal for its owner in the list of staff: without those who decided."""
    return {**withdrawal_response(item), "confirmation": None, "decided_by": None}
