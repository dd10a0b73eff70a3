"""The wallet over HTTP: what its owners see and do, and what finance does."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from chalice.app import Blueprint
from pydantic import Field, model_validator

from chalicelib.accounts import advertisers
from chalicelib.api import (
    ApiRequest,
    ApiResponse,
    Body,
    DecisionBody,
    Listed,
    ListedBothWays,
    MoneyIn,
    Paging,
    Query,
    TextResponse,
    pagination,
    route,
)
from chalicelib.api.validation.time_fields import QueryMoment, refusal
from chalicelib.core import csv_text
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.payments.port import Payee
from chalicelib.payments.providers import provider_for, provider_named
from chalicelib.wallet import balances, settlement_files, statements, suspense, topups, withdrawals
from chalicelib.wallet.http import wallet_responses
from chalicelib.wallet.postings import available
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.statements import Period

blueprint = Blueprint(__name__)
OWNERS = ("advertiser", "creator")
FINANCE = ("finance",)

Side = Literal["advertiser", "creator"]


class OfSide(Query):
    """`as` says which wallet is meant, for who is advertiser and creator."""

    side: Side | None = Field(default=None, alias="as")


class OfPeriod(Query):
    """`since <= at < until`, or a `month` (YYYY-MM) in the market's time zone."""

    since: QueryMoment | None = None
    until: QueryMoment | None = None
    month: Annotated[str, Field(pattern=r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])$")] | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.month and (self.since or self.until):
            raise refusal("period", "Use month, or since and until.", "month")
        if self.since and self.until and self.until < self.since:
            raise refusal("period", "This is before since.", "until")
        return self


class InPeriod(OfSide, OfPeriod):
    """`since <= at < until`."""


class Entries(Paging, InPeriod):
    kind: str | None = Field(default=None, max_length=32, pattern=r"^[a-z_]+$")
    sort: Literal["at", "-at"] = "-at"


class Comparison(OfPeriod):
    """`upload` names a file that was uploaded; without it the file is the body."""

    upload: str | None = Field(default=None, max_length=32)


class Comparisons(Paging):
    provider: str | None = Field(default=None, max_length=32)


class Upload(Body):
    bytes: int = Field(strict=True, ge=1, le=settlement_files.UPLOAD_MAX_BYTES)


class Withdrawals(Paging, OfSide):
    status: withdrawals.Status | None = None


class AllWithdrawals(Paging):
    status: withdrawals.Status = "requested"


class AllSuspense(Paging):
    status: suspense.Status = "open"


class TopUps(Paging):
    status: topups.Status | None = None


ProviderName = Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]


class TopUpBody(Body):
    """`provider`: one that the stage has; without it, its first."""

    amount: MoneyIn
    provider: ProviderName | None = None


class PayeeIn(Body):
    """The account at the provider that is to be paid, and the name it is in."""

    account: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class WithdrawalRequest(Body):
    """`payee` is needed for a payout through a provider; finance can pay by hand without."""

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


def _owner(request: ApiRequest[Any, Any]) -> str:
    """Whose wallet: the side asked for if the caller has that role, else the one the caller has."""
    caller = request.caller
    side = request.query.side or ("advertiser" if caller.has("advertiser") else "creator")
    if not caller.has(side):
        raise Problem("forbidden", f"This needs the role: {side}.")
    return caller.advertiser_id if side == "advertiser" else caller.creator_id


def _payable(request: ApiRequest[Any, Any], topup: dict[str, Any]) -> dict[str, Any]:
    """The top-up with an absolute `pay_url`; the sandbox provider is a part of this API and names only a path."""
    return {**topup, "pay_url": request.url(topup["pay_url"])}


def _period(request: ApiRequest[Any, Any]) -> Period:
    if request.query.month:
        return Period.of_month(request.query.month)
    return Period(request.query.since, request.query.until)


@route(
    blueprint, "GET", "/v1/wallet", roles=OWNERS, query=OfSide, response=wallet_responses.Wallet, client="wallet.read"
)
def wallet(request: ApiRequest[None, OfSide]) -> dict[str, Any]:
    """The caller's wallet: available, held, withdrawing."""
    return balances.of_owner(_owner(request))


@route(
    blueprint,
    "GET",
    "/v1/wallet/entries",
    roles=OWNERS,
    query=Entries,
    response=ListedBothWays[wallet_responses.Entry],
    errors=("write_contention",),
    media_types=("text/csv",),
    client="wallet.entries",
)
def entries(request: ApiRequest[None, Entries]) -> ListedBothWays[wallet_responses.Entry] | TextResponse:
    """The caller's statement with the balance after each entry, paged both ways; as CSV with `Accept: text/csv`."""
    account = available(_owner(request))
    query = request.query
    if request.prefers("text/csv"):
        text = statements.as_csv(account, _period(request), query.kind)
        return TextResponse(text, csv_text.MEDIA_TYPE, headers=csv_text.headers("entries.csv"))
    page = statements.page(
        account, query.limit, request.after, period=_period(request), kind=query.kind, oldest_first=query.sort == "at"
    )
    listed = request.page_response(page, lambda line: line)
    return {**listed, "prev_cursor": pagination.seal(page.before, request.scope) if page.before else None}


@route(
    blueprint,
    "GET",
    "/v1/wallet/summary",
    roles=OWNERS,
    query=InPeriod,
    response=wallet_responses.WalletSummary,
    errors=("write_contention",),
    client="wallet.summary",
)
def summary(request: ApiRequest[None, InPeriod]) -> dict[str, Any]:
    """Opening and closing balance of a period, and what came and went between, by kind."""
    return statements.summary(available(_owner(request)), _period(request))


@route(
    blueprint,
    "POST",
    "/v1/wallet/topups",
    roles=("advertiser",),
    request=TopUpBody,
    key_required=True,
    response=wallet_responses.TopUp,
    errors=("provider_unknown", "topup_too_small"),
    status=201,
    client="wallet.top_up",
)
def start_topup(request: ApiRequest[TopUpBody]) -> ApiResponse[Any]:
    """Starts a top-up; the payer goes to pay_url."""
    amount = request.body.amount.money("/amount")
    body, replayed = topups.start(
        request.caller.advertiser_id, amount, provider_for(request.body.provider), request.required_attempt
    )
    return ApiResponse(_payable(request, body), replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/wallet/topups",
    roles=("advertiser",),
    query=TopUps,
    response=Listed[wallet_responses.TopUp],
    client="wallet.top_ups",
)
def list_topups(request: ApiRequest[None, TopUps]) -> Listed[Any]:
    """The caller's top-ups, newest first; of one `status` or all."""
    page = topups.of_owner(request.caller.advertiser_id, request.query.status, request.query.limit, request.after)
    return request.page_response(page, lambda topup: _payable(request, topups.present(topup)))


@route(
    blueprint,
    "GET",
    "/v1/wallet/topups/{topup_id}",
    roles=("advertiser",),
    response=wallet_responses.TopUp,
    client="wallet.read_top_up",
)
def show_topup(request: ApiRequest, topup_id: str) -> dict[str, Any]:
    """One of the caller's top-ups."""
    return _payable(request, topups.show(request.caller.advertiser_id, topup_id))


@route(
    blueprint,
    "POST",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    request=WithdrawalRequest,
    query=OfSide,
    key_required=True,
    response=wallet_responses.Withdrawal,
    errors=("insufficient_funds", "payee_missing", "provider_unknown", "withdrawal_open", "withdrawal_too_small"),
    status=201,
    client="wallet.withdraw",
)
def request_withdrawal(request: ApiRequest[WithdrawalRequest, OfSide]) -> ApiResponse[Any]:
    """Takes earnings, or an unspent balance, out of the market."""
    amount = request.body.amount.money("/amount")
    payee = Payee(request.body.payee.account, request.body.payee.name) if request.body.payee else None
    provider = provider_for(request.body.provider).name
    body, replayed = withdrawals.request(_owner(request), amount, provider, request.required_attempt, payee)
    return ApiResponse(body, replayed=replayed)


@route(
    blueprint,
    "GET",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    query=Withdrawals,
    response=Listed[wallet_responses.Withdrawal],
    client="wallet.withdrawals",
)
def list_withdrawals(request: ApiRequest[None, Withdrawals]) -> Listed[Any]:
    """The caller's withdrawals, newest first."""
    return request.page_response(
        withdrawals.of_owner(_owner(request), request.query.status, request.query.limit, request.after),
        withdrawals.present,
    )


@route(
    blueprint,
    "GET",
    "/v1/wallet/withdrawals/{withdrawal_id}",
    roles=OWNERS,
    response=wallet_responses.Withdrawal,
    client="wallet.read_withdrawal",
)
def show_withdrawal(request: ApiRequest, withdrawal_id: str) -> dict[str, Any]:
    """One of the caller's withdrawals."""
    mine = (request.caller.advertiser_id, request.caller.creator_id)
    return withdrawals.present(withdrawals.show(withdrawal_id, mine))


@route(
    blueprint,
    "GET",
    "/v1/withdrawals",
    roles=FINANCE,
    query=AllWithdrawals,
    response=Listed[wallet_responses.StaffWithdrawal],
    client="payouts.waiting",
)
def waiting_withdrawals(request: ApiRequest[None, AllWithdrawals]) -> Listed[Any]:
    """Withdrawals to be paid out, oldest first; with `status` those that were paid or failed, newest first."""
    page = withdrawals.listed(request.query.status, request.query.limit, request.after)
    return request.page_response(page, withdrawals.present_to_staff)


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/payout",
    roles=FINANCE,
    response=wallet_responses.StaffWithdrawal,
    errors=("conflict_of_interest", "payee_missing", "provider_not_funded", "record_altered"),
    client="payouts.pay",
)
def pay_out_withdrawal(request: ApiRequest, withdrawal_id: str) -> dict[str, Any]:
    """Ask the provider to pay it, or what became of it; paid once, however often it is called. Large amounts need two people."""
    return withdrawals.present_to_staff(withdrawals.pay_out(withdrawal_id, provider_named, request.caller.decider()))


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/outcome",
    roles=FINANCE,
    request=Payout,
    response=wallet_responses.StaffWithdrawal,
    errors=(
        "already_decided",
        "conflict_of_interest",
        "payout_unresolved",
        "provider_not_funded",
        "record_altered",
        "revision_changed",
    ),
    client="payouts.settle",
)
def settle_withdrawal(request: ApiRequest[Payout], withdrawal_id: str) -> dict[str, Any]:
    """Report the payout's outcome: paid, or failed and the money is available again. Large amounts need two people."""
    body, by = request.body, request.caller.decider(request.body.revision)
    item = withdrawals.settle(withdrawal_id, body.outcome, body.note, by, provider_named)
    return withdrawals.present_to_staff(item)


@route(
    blueprint,
    "GET",
    "/v1/suspense",
    roles=FINANCE,
    query=AllSuspense,
    response=Listed[wallet_responses.SuspenseItem],
    client="suspense.waiting",
)
def waiting_suspense(request: ApiRequest[None, AllSuspense]) -> Listed[Any]:
    """Money that fits no open payment, oldest first; with `status` what was resolved, newest first."""
    return request.page_response(
        suspense.listed(request.query.status, request.query.limit, request.after), suspense.present
    )


@route(
    blueprint,
    "POST",
    "/v1/suspense/{suspense_id}/resolution",
    roles=FINANCE,
    request=Resolution,
    response=wallet_responses.SuspenseItem,
    errors=("already_decided", "conflict_of_interest", "record_altered", "revision_changed"),
    client="suspense.resolve",
)
def resolve_suspense(request: ApiRequest[Resolution], suspense_id: str) -> dict[str, Any]:
    """Credit the money to an advertiser, or return it to the provider. Large amounts need two people."""
    wish = request.body
    if (wish.advertiser_id is None) is (wish.resolution == "credited"):
        raise InvalidBody(Fault("/advertiser_id", "mismatch", "`credited` needs advertiser_id, `returned` has none."))
    if wish.advertiser_id is not None:
        advertisers.find(wish.advertiser_id)
    by = request.caller.decider(wish.revision)
    item = suspense.resolve(suspense_id, wish.resolution, wish.advertiser_id, wish.note, by)
    return suspense.present(item)


@route(blueprint, "GET", "/v1/ledger/proof", roles=FINANCE, response=wallet_responses.Proof, client="ledger.proof")
def proof(request: ApiRequest) -> dict[str, Any]:
    """The latest reconciliation; the first caller of a new market gets a fresh one."""
    return reconciliation.latest() or reconciliation.reconcile()


@route(blueprint, "POST", "/v1/ledger/proof", roles=FINANCE, response=wallet_responses.Proof, client="ledger.prove")
def prove(request: ApiRequest) -> dict[str, Any]:
    """Reconciles now."""
    return reconciliation.reconcile()


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}",
    roles=FINANCE,
    query=Comparison,
    request_media_type="text/csv",
    response=wallet_responses.Comparison,
    errors=("body_invalid",),
    client="ledger.compare",
)
def compare_settlement(request: ApiRequest[None, Comparison], provider: str) -> dict[str, Any]:
    """Compares a provider's settlement file (CSV: transaction_id, amount; the body, or an upload) with what the ledger received."""
    name = provider_named(provider).name
    upload_id = request.query.upload
    parts = settlement_files.uploaded(name, upload_id) if upload_id else [request.raw_body]
    return settlement_files.compare(name, _period(request), settlement_files.read(parts))


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}/uploads",
    roles=FINANCE,
    request=Upload,
    response=wallet_responses.SettlementUpload,
    status=201,
    client="ledger.announce_settlement",
)
def announce_settlement(request: ApiRequest[Upload], provider: str) -> ApiResponse[wallet_responses.SettlementUpload]:
    """The form that uploads a settlement file of up to 64 MiB; compare it with `?upload=` and its id."""
    upload_id, form = settlement_files.announce(provider_named(provider).name, request.body.bytes)
    return ApiResponse({"id": upload_id, "upload": form})


@route(
    blueprint,
    "GET",
    "/v1/ledger/settlements",
    roles=FINANCE,
    query=Comparisons,
    response=Listed[wallet_responses.ComparisonSummary],
    client="ledger.settlements",
)
def list_settlements(request: ApiRequest[None, Comparisons]) -> Listed[Any]:
    """Comparisons with settlement files, newest first."""
    query = request.query
    return request.page_response(
        settlement_files.listed(query.provider, query.limit, request.after), settlement_files.present
    )


@route(
    blueprint,
    "GET",
    "/v1/ledger/settlements/{provider}/{settlement_id}",
    roles=FINANCE,
    response=wallet_responses.Comparison,
    client="ledger.read_settlement",
)
def show_settlement(request: ApiRequest, provider: str, settlement_id: str) -> dict[str, Any]:
    """One comparison with its differences, up to 1,000 of them."""
    return settlement_files.show(provider, settlement_id)
