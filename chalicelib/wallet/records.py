"""Items of the wallet table."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock
from chalicelib.store import JSONAttribute, WalletRecord
from chalicelib.wallet.proof.difference_list import LedgerDifference
from chalicelib.wallet.two_person_rule import Confirmation

TopUpStatus = Literal["pending", "paid", "expired"]
WithdrawalStatus = Literal["requested", "paid", "failed"]
SuspenseStatus = Literal["open", "credited", "returned"]
CLAIM_REASONS = {"refunded": "payment_refunded", "disputed": "payment_disputed"}
"""The reason of a claim in suspense, by the kind of the provider's notice."""


class PayeeAccount(TypedDict):
    """The account at the provider that is paid, and the name it is in. Never logged, shown masked."""

    account: str
    name: str


class PayoutProgress(TypedDict):
    """The last state of a payout at the provider, and who set it. `number` counts how often it was sent, last at `sent_at`, and
    `declined` how often the provider declined a request; `paying` is the amount while it may be under way."""

    status: Literal["sent", "refused", "waiting", "pending"]
    reason: str | None
    at: str
    by: str
    number: NotRequired[int]
    sent_at: NotRequired[str]
    declined: NotRequired[int]
    paying: NotRequired[int]


class SettlementDifference(TypedDict):
    """A transaction of which ledger and settlement file have different amounts; None where it is missing."""

    transaction_id: str
    kind: str
    ledger: int | None
    file: int | None


class Balance(WalletRecord):
    """pk = account, sk = `balance`: the balance of the account, and the number of its entries."""

    balance = NumberAttribute(default=0)
    entries = NumberAttribute(default=0)
    paying = NumberAttribute(null=True)  # of a provider's account: payouts that were sent and have no outcome yet
    updated_at = UnicodeAttribute(null=True)


class Entry(WalletRecord):
    """pk = account, sk = `entry#…`: the net `amount` of one transfer in this account. Written once, never changed."""

    transfer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    reference = UnicodeAttribute()
    amount = NumberAttribute()
    at = UnicodeAttribute()


class Payment(WalletRecord):
    """pk = `pay_…`, sk = `payment`: a top-up from its start to the provider's notification; `seal` as in sealed_items.py."""

    status = UnicodeAttribute()  # pending, paid
    provider = UnicodeAttribute()
    amount = NumberAttribute()
    pay_url = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    paid_at = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)  # the provider's own id of the payment that was started
    transaction_id = UnicodeAttribute(null=True)
    seal = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()

    @property
    def is_late(self) -> bool:
        """Return True after the time in which a payment is credited."""
        return clock.stamp(clock.now()) > self.expires_at

    @property
    def status_now(self) -> str:
        """Return the status; that of a pending payment past its time is `expired`."""
        return "expired" if self.status == "pending" and self.is_late else self.status


class SuspenseItem(WalletRecord):
    """pk = `sus_…`, sk = `suspense`: verified money that fits no open payment. Its queue is `suspense` while it is open and
    `suspense:{status}` afterwards.

    `reason` is payment_unknown, payment_expired, payment_altered, amount_wrong, already_paid, refunded or reinstated; of a claim
    on the balance of `advertiser_id` it is payment_refunded or payment_disputed, and `transaction_id` is that of the reversal."""

    status = UnicodeAttribute()  # SuspenseStatus
    provider = UnicodeAttribute()
    transaction_id = UnicodeAttribute()
    payment_id = UnicodeAttribute(null=True)
    amount = NumberAttribute()
    reason = UnicodeAttribute()
    at = UnicodeAttribute()
    advertiser_id = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    resolved_at = UnicodeAttribute(null=True)
    resolved_by = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    decided_revision = NumberAttribute(null=True)  # the revision that the decision was taken on
    confirmation = JSONAttribute[Confirmation | None](null=True)
    seal = UnicodeAttribute(null=True)

    @property
    def is_claim(self) -> bool:
        """Return True if a refund or dispute of a credited payment made this item."""
        return self.reason in CLAIM_REASONS.values()

    @property
    def begin(self) -> str:
        """Return the id of the transfer that brought the money into suspense."""
        return f"{'claimed' if self.is_claim else 'received'}:{self.provider}:{self.transaction_id}"


class PayeeRecord(WalletRecord):
    """pk = `pye_…`, derived from owner and provider, sk = `payee`: the account that the provider opened for the owner, and its
    state there; `seal` as in sealed_items.py."""

    provider = UnicodeAttribute()
    account = UnicodeAttribute()
    status = UnicodeAttribute()  # payments.port.PayeeStatus
    missing = JSONAttribute[list[str]]()
    country = UnicodeAttribute()
    at = UnicodeAttribute()
    seal = UnicodeAttribute(null=True)


class Withdrawal(WalletRecord):
    """pk = `wdr_…`, sk = `withdrawal`: money on its way out. Its queue is `withdrawal` until it has an outcome and
    `withdrawal:{status}` afterwards."""

    status = UnicodeAttribute()  # WithdrawalStatus
    provider = UnicodeAttribute()
    amount = NumberAttribute()
    requested_at = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    decided_revision = NumberAttribute(null=True)
    payee = JSONAttribute[PayeeAccount | None](null=True)
    payout = JSONAttribute[PayoutProgress | None](null=True)
    confirmation = JSONAttribute[Confirmation | None](null=True)
    seal = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()


class Seal(WalletRecord):
    """pk = `seal#{account}`, sk = day: an account's entries of that day, sealed. pk = `seal`, sk = day: the sign-off over the
    days up to that one, `content` being the root of each. Written once."""

    content = JSONAttribute[Any]()
    mac = UnicodeAttribute()


class ProofDocument(TypedDict):
    """The stored result of a reconciliation. Moments are text; `totals` are minor units by class of account. Results from before
    2026-11-24 have no `settled_until` and no `entries_unsettled`."""

    status: Literal["clean", "differences"]
    as_of: str
    settled_until: NotRequired[str]
    accounts_checked: int
    entries_checked: int
    entries_unsettled: NotRequired[int]
    sealed_through: str | None
    totals: dict[str, int]
    differences: list[LedgerDifference]
    differences_found: int
    unverified: list[str]
    unverified_found: int


class Proof(WalletRecord):
    """pk = `proof`, sk = `latest`: the result of the last reconciliation; sk = `run`: the progress of the present one; sk =
    `inside`: its progress within one account."""

    document = JSONAttribute[dict[str, Any]]()


class SettlementFigures(WalletRecord):
    """The figures of a comparison of a provider's file with the ledger."""

    settlement_id = UnicodeAttribute()
    provider = UnicodeAttribute()
    at = UnicodeAttribute()
    since = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    matched = NumberAttribute()
    ledger_total = NumberAttribute()
    file_total = NumberAttribute()
    differences_found = NumberAttribute()


class Settlement(SettlementFigures):
    """pk = `stl_…`, sk = `settlement`: one comparison, listed under the owner `settlements`."""


class LastSettlement(SettlementFigures):
    """pk = `settlements`, sk = provider: a copy of its last comparison."""


class SettlementDifferences(WalletRecord):
    """pk = `stl_…`, sk = `differences`: the differences of one comparison, apart so that the list of comparisons stays small."""

    differences = JSONAttribute[list[SettlementDifference]]()


class SettlementUpload(WalletRecord):
    """pk = `stu_…`, sk = `upload`: an announced file; after its upload it is in the bucket as `settlements/{id}`."""

    provider = UnicodeAttribute()
    bytes = NumberAttribute()
