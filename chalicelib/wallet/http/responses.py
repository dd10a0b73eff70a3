"""Responses of the routes of the wallet, of top-ups, withdrawals, suspense and the ledger."""

from __future__ import annotations

from typing import Literal, NotRequired, cast

from chalicelib.core import clock
from chalicelib.core.money import Money as Amount
from chalicelib.core.response_types import Count, Day, Link, Moment, Money, TypedDict, UploadForm
from chalicelib.core.rules import rules
from chalicelib.payments.port import OnboardingLink as ProviderLink
from chalicelib.payments.port import PayeeStatus
from chalicelib.wallet import records, two_person_rule
from chalicelib.wallet.proof.difference_list import LedgerDifference


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


class SuspenseItem(TypedDict):
    """Money that fits no open payment (rule 4)."""

    id: str
    revision: Count
    status: records.SuspenseStatus
    provider: str
    transaction_id: str
    payment_id: str | None
    amount: Money
    reason: str
    at: Moment
    advertiser_id: str | None
    note: str | None
    resolved_at: Moment | None
    confirmation: Confirmation | None
    decided_by: str | None


def suspense_response(item: records.SuspenseItem) -> SuspenseItem:
    """Return the suspense item, with the user ids of those who decided."""
    return {
        "id": item.pk,
        "revision": int(item.revision),
        "status": cast(records.SuspenseStatus, item.status),
        "provider": item.provider,
        "transaction_id": item.transaction_id,
        "payment_id": item.payment_id,
        "amount": money(item.amount),
        "reason": item.reason,
        "at": clock.parse(item.at),
        "advertiser_id": item.advertiser_id,
        "note": item.note,
        "resolved_at": clock.parse(item.resolved_at) if item.resolved_at else None,
        "confirmation": confirmation_response(item.confirmation),
        "decided_by": item.resolved_by,
    }


class ProofTotals(TypedDict):
    """Sums of all ledger accounts by class; debits equal credits."""

    debits: Money
    credits: Money
    advertisers: Money
    held: Money
    creators: Money
    withdrawing: Money
    commission: Money
    suspense: Money
    providers: Money


class ComparisonSummary(TypedDict):
    """A comparison with a provider's settlement file."""

    id: str
    provider: str
    compared_at: Moment
    since: Moment | None
    until: Moment | None
    status: Literal["clean", "differences"]
    matched: Count
    ledger_total: Money
    file_total: Money
    differences_found: Count


def comparison_summary_response(item: records.SettlementFigures) -> ComparisonSummary:
    """Return the comparison without its differences."""
    return {
        "id": item.settlement_id,
        "provider": item.provider,
        "compared_at": clock.parse(item.at),
        "since": clock.parse(item.since) if item.since else None,
        "until": clock.parse(item.until) if item.until else None,
        "status": "differences" if item.differences_found else "clean",
        "matched": int(item.matched),
        "ledger_total": money(item.ledger_total),
        "file_total": money(item.file_total),
        "differences_found": int(item.differences_found),
    }


class SettlementDifference(TypedDict):
    """A transaction that differs between ledger and file; amounts in minor units, null where it is missing."""

    transaction_id: str
    kind: str
    ledger: int | None
    file: int | None


class Comparison(ComparisonSummary):
    """A comparison with its differences."""

    differences: list[SettlementDifference]


def comparison_response(item: records.SettlementFigures, differences: list[records.SettlementDifference]) -> Comparison:
    """Return the comparison with its differences."""
    return {**comparison_summary_response(item), "differences": [{**difference} for difference in differences]}


class Proof(TypedDict):
    """A reconciliation: balances against entries, seals, held money against open orders, open withdrawals and suspense, settlement
    files. Entries after `settled_until` are compared between accounts by the next one."""

    status: Literal["clean", "differences"]
    as_of: Moment
    settled_until: NotRequired[Moment]
    accounts_checked: Count
    entries_checked: Count
    entries_unsettled: NotRequired[Count]
    sealed_through: Day | None
    totals: ProofTotals
    differences: list[LedgerDifference]
    differences_found: Count
    unverified: list[str]
    unverified_found: Count
    settlements: NotRequired[list[ComparisonSummary]]


def proof_response(document: records.ProofDocument, settlements: list[ComparisonSummary]) -> Proof:
    """Return a stored reconciliation, with the last comparison with a settlement file of each provider."""
    totals = {name: money(total) for name, total in document["totals"].items()}
    response: Proof = {
        "status": document["status"],
        "as_of": clock.parse(document["as_of"]),
        "accounts_checked": document["accounts_checked"],
        "entries_checked": document["entries_checked"],
        "sealed_through": document["sealed_through"],
        "totals": {
            "debits": totals["debits"],
            "credits": totals["credits"],
            "advertisers": totals["advertisers"],
            "held": totals["held"],
            "creators": totals["creators"],
            "withdrawing": totals["withdrawing"],
            "commission": totals["commission"],
            "suspense": totals["suspense"],
            "providers": totals["providers"],
        },
        "differences": [{**difference} for difference in document["differences"]],
        "differences_found": document["differences_found"],
        "unverified": document["unverified"],
        "unverified_found": document["unverified_found"],
        "settlements": settlements,
    }
    if "settled_until" in document:
        response["settled_until"] = clock.parse(document["settled_until"])
    if "entries_unsettled" in document:
        response["entries_unsettled"] = document["entries_unsettled"]
    return response


class SettlementUpload(TypedDict):
    """A settlement file that waits for its upload."""

    id: str
    upload: UploadForm


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
