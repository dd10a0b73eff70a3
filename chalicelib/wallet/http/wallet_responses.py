"""What the routes of wallets and of the ledger answer."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from chalicelib.core.response_types import Count, Day, Link, Moment, Money, TypedDict, UploadForm


class Wallet(TypedDict):
    """What is at hand, held for orders, and on its way out."""

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
    """A payment to the wallet; it is credited once the provider has said so."""

    id: str
    status: str
    amount: Money
    provider: str
    pay_url: Link
    created_at: Moment
    expires_at: Moment
    paid_at: Moment | None


class MaskedPayee(TypedDict):
    """Enough of an account to recognise one's own by."""

    account: str


class PayoutState(TypedDict):
    """How far the provider is with a payout."""

    status: str
    reason: str | None
    at: Moment


class Withdrawal(TypedDict):
    """Money on its way out (rule 21)."""

    id: str
    revision: Count
    status: Literal["requested", "paid", "failed"]
    owner_id: str
    amount: Money
    provider: str
    payee: MaskedPayee | None
    payout: PayoutState | None
    requested_at: Moment
    decided_at: Moment | None
    note: str | None


class Confirmation(TypedDict):
    """The first of two people who decide about a large amount (rule 26), and the second one after the decision: ids of users."""

    decision: str
    confirmed_by: str
    confirmed_at: Moment
    decided_by: str | None


class StaffWithdrawal(Withdrawal):
    """A withdrawal as staff see it."""

    confirmation: Confirmation | None
    decided_by: str | None


class SuspenseItem(TypedDict):
    """Money that fits no open payment (rule 4)."""

    id: str
    revision: Count
    status: Literal["open", "credited", "returned"]
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


class NearbyEntry(TypedDict):
    """An entry beside a difference; `amount` in minor units."""

    at: str
    id: str
    amount: int


class LedgerDifference(TypedDict):
    """Where the ledger does not prove itself."""

    account: str
    kind: str
    expected: Any
    found: Any
    near: list[NearbyEntry]
    day: NotRequired[Day]


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


class SettlementDifference(TypedDict):
    """A transaction that ledger and file tell differently; amounts in minor units, null where it is missing."""

    transaction_id: str
    kind: str
    ledger: int | None
    file: int | None


class Comparison(ComparisonSummary):
    """A comparison with its differences."""

    differences: list[SettlementDifference]


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


class SettlementUpload(TypedDict):
    """A settlement file that waits for its upload."""

    id: str
    upload: UploadForm
