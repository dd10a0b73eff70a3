"""The interface of a payment provider: start a payment, verify a notification, open a payee's account, pay out.

A new provider is one file (or package) beside the others, one line in providers.py and one entry in the conformance suite
(tests/integration/payments/conformance).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, Protocol

from chalicelib.core.money import Money

PayoutStatus = Literal["paid", "failed", "refused", "waiting", "pending", "unknown"]
"""`paid` and `failed` are final. `refused`: nothing was done, and the payout can be requested again. `waiting`: nothing was done,
because the payee has to act at the provider first. `pending`: the money is on its way to the payee; `pay_out` continues it and
`recall_payout` takes it back. `unknown`: it may be done or under way; `find_payout` returns the state."""

PayeeStatus = Literal["incomplete", "in_review", "ready", "rejected"]
"""`incomplete`: the payee has to enter data at the provider. `in_review`: the provider checks them. `ready`: it can be paid."""

ReversalKind = Literal["refunded", "disputed"]

ReversalState = Literal["open", "final", "withdrawn"]
"""`open`: the outcome is not known. `final`: the payer has the money. `withdrawn`: the market has it again."""


@dataclass(frozen=True)
class StartedPayment:
    """A payment that was started: where the payer pays, and the provider's own id of it, if it has one."""

    url: str
    provider_id: str | None = None


@dataclass(frozen=True)
class PaidNotice:
    """A verified notification: `amount` minor units arrived in the provider's transaction, for the payment `payment_id` if it
    names one."""

    kind: ClassVar[Literal["paid"]] = "paid"
    provider: str
    transaction_id: str
    payment_id: str | None
    amount: int


@dataclass(frozen=True)
class ReversalNotice:
    """A verified notification that a payment of `paid` minor units was refunded or disputed.

    `amount` is that of the reversal `reversal_id`; without an id it is the total of all reversals of the transaction so far."""

    kind: ReversalKind
    provider: str
    transaction_id: str
    payment_id: str | None
    paid: int
    amount: int
    state: ReversalState = "final"
    reversal_id: str | None = None


@dataclass(frozen=True)
class PayoutNotice:
    """A verified notification that the payout of this withdrawal has changed its state; `find_payout` returns it."""

    kind: ClassVar[Literal["payout"]] = "payout"
    provider: str
    withdrawal_id: str


@dataclass(frozen=True)
class PayeeAccount:
    """The state of a payee's account at the provider; `missing` are the provider's codes of what it needs."""

    account: str
    status: PayeeStatus
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class PayeeNotice:
    """A verified notification of the state of the account that was opened for an owner."""

    kind: ClassVar[Literal["payee"]] = "payee"
    provider: str
    owner_id: str
    account: PayeeAccount


Notice = PaidNotice | ReversalNotice | PayoutNotice | PayeeNotice


@dataclass(frozen=True)
class Payee:
    """The receiver of a payout: the account at the provider, and the name of its holder, empty if the provider knows it."""

    account: str
    name: str


@dataclass(frozen=True)
class PayoutOrder:
    """A payout: once per withdrawal. `attempt` counts the requests that the provider has declined, and no others, so that a
    request whose response was lost is repeated unchanged."""

    withdrawal_id: str
    amount: Money
    payee: Payee | None
    attempt: int = 0


@dataclass(frozen=True)
class Payout:
    """The state of a payout; `reason` is the provider's code, for people. `declined`: the last request was declined, so that the
    next one has to differ from it."""

    status: PayoutStatus
    reason: str | None = None
    declined: bool = False


@dataclass(frozen=True)
class OnboardingLink:
    """The page on which a payee enters its data. It can be used once and expires within minutes."""

    url: str
    expires_at: datetime


class Onboarding(Protocol):
    """The opening of payees' accounts at a provider that pays out to accounts of its own only."""

    def open_account(self, owner_id: str, country: str) -> PayeeAccount:
        """Open the owner's account in a country (ISO 3166-1 alpha-2), once. Raises Problem `upstream_unavailable`, and
        `payee_refused` for an account that the provider does not open."""

    def account(self, account: str) -> PayeeAccount:
        """Return the present state of an account. Raises Problem `upstream_unavailable`."""

    def link(self, account: str, request_id: str) -> OnboardingLink:
        """Return the page for the account; the same one for the same request. Raises Problem `upstream_unavailable`."""


class Provider(Protocol):
    """A payment provider."""

    acknowledgement: str | None
    """The plain text that the provider expects as the response to a notification; None: it accepts JSON."""

    needs_payee: bool
    """True if a payout has to name an account."""

    onboarding: Onboarding | None
    """The opening of payees' accounts; None if the owner of a withdrawal names an account that it has at the provider."""

    @property
    def name(self) -> str:
        """Return the name in paths and ledger accounts."""

    def least_amount(self, currency: str) -> int:
        """Return the number of minor units of which every amount that the provider receives or pays has to be a multiple."""

    def start_payment(self, payment_id: str, amount: Money, expires_at: datetime) -> StartedPayment:
        """Start a payment that can be paid until `expires_at`. A repeat may start another one, whose address no payer has if it
        was not stored. Raises Problem `upstream_unavailable`."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """Return the notice in a notification; None if it is genuine and about nothing that concerns the market. Raises Problem
        `signature_invalid` (401), `bad_request` (400) for a signed body that cannot be read, `upstream_unavailable` (503)."""

    def pay_out(self, order: PayoutOrder) -> Payout:
        """Pay, once per withdrawal, or continue an earlier payout of it. Return its state."""

    def find_payout(self, withdrawal_id: str) -> Payout:
        """Return the state of an earlier `pay_out`; `refused` if the provider does not know it. Changes nothing."""

    def recall_payout(self, order: PayoutOrder) -> Payout:
        """Take a `pending` payout back. Return its state: `failed` if the market has the money again."""

    def receipts(self, since: datetime, until: datetime) -> Iterator[tuple[str, int]] | None:
        """Yield transaction and amount of each payment that the provider received in a period; None if it offers no such list
        other than a file for download. Raises Problem `upstream_unavailable`."""
