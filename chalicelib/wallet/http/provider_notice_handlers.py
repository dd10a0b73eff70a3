"""The use case of each kind of a provider's notice."""

from __future__ import annotations

from chalicelib.payments.port import Notice, PaidNotice, PayeeNotice, PayoutNotice, Provider
from chalicelib.wallet import reversals, topups
from chalicelib.wallet.withdrawals import payees, payouts


def book(notice: Notice | None, provider: Provider) -> str:
    """Act upon a verified notice, which may be repeated. Return the outcome; `ignored` without one."""
    if notice is None:
        return "ignored"
    if isinstance(notice, PaidNotice):
        return topups.credit(notice)
    if isinstance(notice, PayoutNotice):
        return payouts.refresh(notice.withdrawal_id, provider)
    if isinstance(notice, PayeeNotice):
        return payees.refresh(notice)
    return reversals.book(notice)
