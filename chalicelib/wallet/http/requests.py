"""Requests of the routes of the wallet, of top-ups, withdrawals, suspense and the ledger."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.api import ApiRequest, Body, DecisionBody, MoneyIn, Paging, Query
from chalicelib.api.period_parameters import CsvTimes, OfPeriod
from chalicelib.core.errors import Problem
from chalicelib.wallet import records, settlement_file_comparison

OWNERS = ("advertiser", "creator")
FINANCE = ("finance",)

Side = Literal["advertiser", "creator"]
ProviderName = Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]


class OfSide(Query):
    """`as` names the wallet of a caller who is advertiser and creator."""

    side: Side | None = Field(default=None, alias="as")


class InPeriod(OfSide, OfPeriod):
    """`since <= at < until`."""


class Entries(Paging, InPeriod, CsvTimes):
    kind: str | None = Field(default=None, max_length=32, pattern=r"^[a-z_]+$")
    sort: Literal["at", "-at"] = "-at"


class Comparison(OfPeriod):
    """`upload` names a file that was uploaded; without it the file is the body. With `source=provider` the provider is asked for
    the payments of the period instead."""

    upload: str | None = Field(default=None, max_length=32)
    source: Literal["file", "provider"] = "file"


class Comparisons(Paging):
    provider: str | None = Field(default=None, max_length=32)


class Upload(Body):
    bytes: int = Field(strict=True, ge=1, le=settlement_file_comparison.UPLOAD_MAX_BYTES)


class Withdrawals(Paging, OfSide):
    status: records.WithdrawalStatus | None = None


class AllWithdrawals(Paging, OfSide):
    """The query of GET /v1/withdrawals. For finance the `status` is `requested` if it is missing."""

    status: records.WithdrawalStatus | None = None


class AllSuspense(Paging):
    status: records.SuspenseStatus = "open"


class TopUps(Paging):
    """The query of GET /v1/wallet/topups. `advertiser_id` is for finance."""

    status: records.TopUpStatus | None = None
    advertiser_id: str | None = Field(default=None, min_length=1, max_length=40)


class TopUpBody(Body):
    """`provider`: one that the stage has; without it, its first."""

    amount: MoneyIn
    provider: ProviderName | None = None


class PayeeIn(Body):
    """The account at the provider that is to be paid, and the name it is in."""

    account: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class PayeeBody(Body):
    """The country (ISO 3166-1 alpha-2) in which the payee lives or is registered, and the provider; without it, the first."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    provider: ProviderName | None = None


class WithdrawalRequest(Body):
    """`payee` is needed for a payout through a provider that opens no accounts; finance can pay by hand without."""

    amount: MoneyIn
    provider: ProviderName | None = None
    payee: PayeeIn | None = None


class Payout(DecisionBody):
    """The outcome of a payout."""

    outcome: Literal["paid", "failed"]
    note: str | None = Field(default=None, max_length=500)


class Resolution(DecisionBody):
    """`credited` needs `advertiser_id`; `returned` goes back to the provider."""

    resolution: Literal["credited", "returned"]
    advertiser_id: str | None = Field(default=None, max_length=40)
    note: str | None = Field(default=None, max_length=500)


class SandboxPay(Body):
    """The amount and the transaction that the sandbox provider claims; by default, those of the top-up."""

    amount: int | None = Field(default=None, gt=0, lt=10**12, strict=True)
    transaction_id: str | None = Field(default=None, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")


def owner_of(request: ApiRequest[Any, Any]) -> str:
    """Return the id of the wallet's owner: of the requested side if the caller has that role, else of the caller's own side.

    Raises Problem `forbidden` for a role that the caller does not have."""
    caller = request.caller
    side = request.query.side or ("advertiser" if caller.has("advertiser") else "creator")
    if not caller.has(side):
        raise Problem("forbidden", f"This needs the role: {side}.")
    return caller.advertiser_id if side == "advertiser" else caller.creator_id
