"""The wallet over HTTP: what its owners see and do, and what finance does."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from chalice.app import Blueprint
from pydantic import Field, model_validator

from chalicelib.accounts import advertisers
from chalicelib.api import Answer, Body, Call, DecisionBody, MoneyIn, Paging, Query, pagination, route
from chalicelib.api.time_fields import QueryMoment, refusal
from chalicelib.core import csv_text
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.payments.port import Payee
from chalicelib.payments.providers import provider_for, provider_named
from chalicelib.wallet import balances, settlement_files, statements, suspense, topups, withdrawals
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


def _owner(call: Call[Any]) -> str:
    """Whose wallet: the side asked for if the caller has that role, else the one the caller has."""
    caller = call.caller
    side = call.query.side or ("advertiser" if caller.has("advertiser") else "creator")
    if not caller.has(side):
        raise Problem("forbidden", f"This needs the role: {side}.")
    return caller.advertiser_id if side == "advertiser" else caller.creator_id


def _payable(call: Call[Any], topup: dict[str, Any]) -> dict[str, Any]:
    """The top-up with an absolute `pay_url`; the sandbox provider is a part of this API and names only a path."""
    return {**topup, "pay_url": call.url(topup["pay_url"])}


def _period(call: Call[Any]) -> Period:
    if call.query.month:
        return Period.of_month(call.query.month)
    return Period(call.query.since, call.query.until)


@route(blueprint, "GET", "/v1/wallet", roles=OWNERS, query=OfSide, answer="Wallet")
def wallet(call: Call[None]) -> dict[str, Any]:
    """The caller's wallet: available, held, withdrawing."""
    return balances.of_owner(_owner(call))


@route(
    blueprint, "GET", "/v1/wallet/entries", roles=OWNERS, query=Entries, answer="Entry", refuses=("write_contention",)
)
def entries(call: Call[None]) -> dict[str, Any] | Answer:
    """The caller's statement with the balance after each entry, paged both ways; as CSV with `Accept: text/csv`."""
    account = available(_owner(call))
    query = call.query
    if call.prefers("text/csv"):
        text = statements.as_csv(account, _period(call), query.kind)
        return Answer(text, headers=csv_text.headers("entries.csv"))
    page = statements.page(
        account, query.limit, call.after, period=_period(call), kind=query.kind, oldest_first=query.sort == "at"
    )
    listed = call.listed(page, lambda line: line)
    return {**listed, "prev_cursor": pagination.seal(page.before, call.scope) if page.before else None}


@route(
    blueprint,
    "GET",
    "/v1/wallet/summary",
    roles=OWNERS,
    query=InPeriod,
    answer="WalletSummary",
    refuses=("write_contention",),
)
def summary(call: Call[None]) -> dict[str, Any]:
    """Opening and closing balance of a period, and what came and went between, by kind."""
    return statements.summary(available(_owner(call)), _period(call))


@route(
    blueprint,
    "POST",
    "/v1/wallet/topups",
    roles=("advertiser",),
    body=TopUpBody,
    needs_key=True,
    answer="TopUp",
    refuses=("provider_unknown", "topup_too_small"),
)
def start_topup(call: Call[TopUpBody]) -> Answer:
    """Starts a top-up; the payer goes to pay_url."""
    amount = call.body.amount.money("/amount")
    body, replayed = topups.start(call.caller.advertiser_id, amount, provider_for(call.body.provider), call.once)
    return Answer(_payable(call, body), 201, replayed)


@route(blueprint, "GET", "/v1/wallet/topups", roles=("advertiser",), query=TopUps, answer="TopUp")
def list_topups(call: Call[None]) -> dict[str, Any]:
    """The caller's top-ups, newest first; of one `status` or all."""
    page = topups.of_owner(call.caller.advertiser_id, call.query.status, call.query.limit, call.after)
    return call.listed(page, lambda topup: _payable(call, topups.present(topup)))


@route(blueprint, "GET", "/v1/wallet/topups/{topup_id}", roles=("advertiser",), answer="TopUp")
def show_topup(call: Call[None], topup_id: str) -> dict[str, Any]:
    """One of the caller's top-ups."""
    return _payable(call, topups.show(call.caller.advertiser_id, topup_id))


@route(
    blueprint,
    "POST",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    body=WithdrawalRequest,
    query=OfSide,
    needs_key=True,
    answer="Withdrawal",
    refuses=("insufficient_funds", "payee_missing", "provider_unknown", "withdrawal_open", "withdrawal_too_small"),
)
def request_withdrawal(call: Call[WithdrawalRequest]) -> Answer:
    """Takes earnings, or an unspent balance, out of the market."""
    amount = call.body.amount.money("/amount")
    payee = Payee(call.body.payee.account, call.body.payee.name) if call.body.payee else None
    provider = provider_for(call.body.provider).name
    body, replayed = withdrawals.request(_owner(call), amount, provider, call.once, payee)
    return Answer(body, 201, replayed)


@route(blueprint, "GET", "/v1/wallet/withdrawals", roles=OWNERS, query=Withdrawals, answer="Withdrawal")
def list_withdrawals(call: Call[None]) -> dict[str, Any]:
    """The caller's withdrawals, newest first."""
    return call.listed(
        withdrawals.of_owner(_owner(call), call.query.status, call.query.limit, call.after), withdrawals.present
    )


@route(blueprint, "GET", "/v1/wallet/withdrawals/{withdrawal_id}", roles=OWNERS, answer="Withdrawal")
def show_withdrawal(call: Call[None], withdrawal_id: str) -> dict[str, Any]:
    """One of the caller's withdrawals."""
    mine = (call.caller.advertiser_id, call.caller.creator_id)
    return withdrawals.present(withdrawals.show(withdrawal_id, mine))


@route(blueprint, "GET", "/v1/withdrawals", roles=FINANCE, query=AllWithdrawals, answer="StaffWithdrawal")
def waiting_withdrawals(call: Call[None]) -> dict[str, Any]:
    """Withdrawals to be paid out, oldest first; with `status` those that were paid or failed, newest first."""
    page = withdrawals.listed(call.query.status, call.query.limit, call.after)
    return call.listed(page, withdrawals.present_to_staff)


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/payout",
    roles=FINANCE,
    answer="StaffWithdrawal",
    refuses=("conflict_of_interest", "payee_missing", "provider_not_funded", "record_altered"),
)
def pay_out_withdrawal(call: Call[None], withdrawal_id: str) -> dict[str, Any]:
    """Ask the provider to pay it, or what became of it; paid once, however often it is called. Large amounts need two people."""
    return withdrawals.present_to_staff(withdrawals.pay_out(withdrawal_id, provider_named, call.caller.decider()))


@route(
    blueprint,
    "POST",
    "/v1/withdrawals/{withdrawal_id}/outcome",
    roles=FINANCE,
    body=Payout,
    answer="StaffWithdrawal",
    refuses=(
        "already_decided",
        "conflict_of_interest",
        "payout_unresolved",
        "provider_not_funded",
        "record_altered",
        "revision_changed",
    ),
)
def settle_withdrawal(call: Call[Payout], withdrawal_id: str) -> dict[str, Any]:
    """Report the payout's outcome: paid, or failed and the money is available again. Large amounts need two people."""
    body, by = call.body, call.caller.decider(call.body.revision)
    item = withdrawals.settle(withdrawal_id, body.outcome, body.note, by, provider_named)
    return withdrawals.present_to_staff(item)


@route(blueprint, "GET", "/v1/suspense", roles=FINANCE, query=AllSuspense, answer="SuspenseItem")
def waiting_suspense(call: Call[None]) -> dict[str, Any]:
    """Money that fits no open payment, oldest first; with `status` what was resolved, newest first."""
    return call.listed(suspense.listed(call.query.status, call.query.limit, call.after), suspense.present)


@route(
    blueprint,
    "POST",
    "/v1/suspense/{suspense_id}/resolution",
    roles=FINANCE,
    body=Resolution,
    answer="SuspenseItem",
    refuses=("already_decided", "conflict_of_interest", "record_altered", "revision_changed"),
)
def resolve_suspense(call: Call[Resolution], suspense_id: str) -> dict[str, Any]:
    """Credit the money to an advertiser, or return it to the provider. Large amounts need two people."""
    wish = call.body
    if (wish.advertiser_id is None) is (wish.resolution == "credited"):
        raise InvalidBody(Fault("/advertiser_id", "mismatch", "`credited` needs advertiser_id, `returned` has none."))
    if wish.advertiser_id is not None:
        advertisers.find(wish.advertiser_id)
    by = call.caller.decider(wish.revision)
    item = suspense.resolve(suspense_id, wish.resolution, wish.advertiser_id, wish.note, by)
    return suspense.present(item)


@route(blueprint, "GET", "/v1/ledger/proof", roles=FINANCE, answer="Proof")
def proof(call: Call[None]) -> dict[str, Any]:
    """The latest reconciliation; the first caller of a new market gets a fresh one."""
    return reconciliation.latest() or reconciliation.reconcile()


@route(blueprint, "POST", "/v1/ledger/proof", roles=FINANCE, answer="Proof")
def prove(call: Call[None]) -> dict[str, Any]:
    """Reconciles now."""
    return reconciliation.reconcile()


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}",
    roles=FINANCE,
    query=Comparison,
    raw="text/csv",
    answer="Comparison",
    refuses=("body_invalid",),
)
def compare_settlement(call: Call[None], provider: str) -> dict[str, Any]:
    """Compares a provider's settlement file (CSV: transaction_id, amount; the body, or an upload) with what the ledger received."""
    name = provider_named(provider).name
    upload_id = call.query.upload
    parts = settlement_files.uploaded(name, upload_id) if upload_id else [call.raw_body]
    return settlement_files.compare(name, _period(call), settlement_files.read(parts))


@route(
    blueprint,
    "POST",
    "/v1/ledger/settlements/{provider}/uploads",
    roles=FINANCE,
    body=Upload,
    answer="SettlementUpload",
)
def announce_settlement(call: Call[Upload], provider: str) -> Answer:
    """The form that uploads a settlement file of up to 64 MiB; compare it with `?upload=` and its id."""
    upload_id, form = settlement_files.announce(provider_named(provider).name, call.body.bytes)
    return Answer({"id": upload_id, "upload": form}, 201)


@route(blueprint, "GET", "/v1/ledger/settlements", roles=FINANCE, query=Comparisons, answer="ComparisonSummary")
def list_settlements(call: Call[None]) -> dict[str, Any]:
    """Comparisons with settlement files, newest first."""
    query = call.query
    return call.listed(settlement_files.listed(query.provider, query.limit, call.after), settlement_files.present)


@route(blueprint, "GET", "/v1/ledger/settlements/{provider}/{settlement_id}", roles=FINANCE, answer="Comparison")
def show_settlement(call: Call[None], provider: str, settlement_id: str) -> dict[str, Any]:
    """One comparison with its differences, up to 1,000 of them."""
    return settlement_files.show(provider, settlement_id)
