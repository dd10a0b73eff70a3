"""The wallet over HTTP: what its owners see and do, and what finance does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from chalice.app import Blueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chalicelib.accounts import advertisers
from chalicelib.api import Answer, Body, Call, MoneyIn, Paging, route
from chalicelib.errors import Fault, InvalidBody, Problem
from chalicelib.payments.port import Payee
from chalicelib.payments.providers import provider_for, provider_named
from chalicelib.wallet import reconciliation, settlement_files, statements, suspense, topups, wallets, withdrawals
from chalicelib.wallet.postings import available
from chalicelib.wallet.statements import Period

blueprint = Blueprint(__name__)
OWNERS = ("advertiser", "creator")
FINANCE = ("finance",)

Side = Literal["advertiser", "creator"]


class OfSide(BaseModel):
    """`as` says which wallet is meant, for who is advertiser and creator."""

    model_config = ConfigDict(extra="forbid")

    side: Side | None = Field(default=None, alias="as")


class InPeriod(OfSide):
    """`since <= at < until`."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Entries(Paging, InPeriod):
    kind: str | None = Field(default=None, max_length=32, pattern=r"^[a-z_]+$")
    sort: Literal["at", "-at"] = "-at"


class OfPeriod(BaseModel):
    """`since <= at < until`."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class Withdrawals(Paging, OfSide):
    pass


ProviderName = Annotated[str, Field(pattern=r"^[a-z]{1,20}$")]


class Topup(Body):
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


class Payout(Body):
    outcome: Literal["paid", "failed"]
    note: str | None = Field(default=None, max_length=500)


class Resolution(Body):
    """`credited` needs `advertiser_id`; `returned` goes back to the provider."""

    resolution: Literal["credited", "returned"]
    advertiser_id: str | None = None
    note: str | None = Field(default=None, max_length=500)


def _owner(call: Call[Any]) -> str:
    """Whose wallet: the side asked for if the caller has that role, else the one the caller has."""
    caller = call.caller
    side = call.query.side or ("advertiser" if caller.has("advertiser") else "creator")
    if not caller.has(side):
        raise Problem("forbidden", f"This needs the role: {side}.")
    return caller.advertiser_id if side == "advertiser" else caller.creator_id


def _period(call: Call[Any]) -> Period:
    return Period(call.query.since, call.query.until)


@route(blueprint, "GET", "/v1/wallet", roles=OWNERS, query=OfSide)
def wallet(call: Call[None]) -> dict[str, Any]:
    """The caller's wallet: available, held, withdrawing."""
    return wallets.of_owner(_owner(call))


@route(blueprint, "GET", "/v1/wallet/entries", roles=OWNERS, query=Entries)
def entries(call: Call[None]) -> dict[str, Any] | Answer:
    """The caller's statement with the balance after each entry; as CSV with `Accept: text/csv`."""
    account = available(_owner(call))
    query = call.query
    if call.request.headers.get("accept", "").partition(";")[0].strip().lower() == "text/csv":
        text = statements.as_csv(account, _period(call), query.kind)
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="entries.csv"',
        }
        return Answer(text, headers=headers)
    page = statements.page(
        account, query.limit, call.after, period=_period(call), kind=query.kind, oldest_first=query.sort == "at"
    )
    return call.listed(page, lambda line: line)


@route(blueprint, "GET", "/v1/wallet/summary", roles=OWNERS, query=InPeriod)
def summary(call: Call[None]) -> dict[str, Any]:
    """Opening and closing balance of a period, and what came and went between, by kind."""
    return statements.summary(available(_owner(call)), _period(call))


@route(blueprint, "POST", "/v1/wallet/topups", roles=("advertiser",), body=Topup, needs_key=True)
def start_topup(call: Call[Topup]) -> Answer:
    """Starts a top-up; the payer goes to pay_url."""
    amount = call.body.amount.money("/amount")
    body, replayed = topups.start(call.caller.advertiser_id, amount, provider_for(call.body.provider), call.once)
    return Answer(body, 201, replayed)


@route(blueprint, "GET", "/v1/wallet/topups/{topup_id}", roles=("advertiser",))
def show_topup(call: Call[None], topup_id: str) -> dict[str, Any]:
    """One of the caller's top-ups."""
    return topups.show(call.caller.advertiser_id, topup_id)


@route(
    blueprint,
    "POST",
    "/v1/wallet/withdrawals",
    roles=OWNERS,
    body=WithdrawalRequest,
    query=OfSide,
    needs_key=True,
)
def request_withdrawal(call: Call[WithdrawalRequest]) -> Answer:
    """Takes earnings, or an unspent balance, out of the market."""
    amount = call.body.amount.money("/amount")
    payee = Payee(call.body.payee.account, call.body.payee.name) if call.body.payee else None
    provider = provider_for(call.body.provider).name
    body, replayed = withdrawals.request(_owner(call), amount, provider, call.once, payee)
    return Answer(body, 201, replayed)


@route(blueprint, "GET", "/v1/wallet/withdrawals", roles=OWNERS, query=Withdrawals)
def list_withdrawals(call: Call[None]) -> dict[str, Any]:
    """The caller's withdrawals, newest first."""
    return call.listed(withdrawals.of_owner(_owner(call), call.query.limit, call.after), withdrawals.present)


@route(blueprint, "GET", "/v1/wallet/withdrawals/{withdrawal_id}", roles=OWNERS)
def show_withdrawal(call: Call[None], withdrawal_id: str) -> dict[str, Any]:
    """One of the caller's withdrawals."""
    mine = (call.caller.advertiser_id, call.caller.creator_id)
    return withdrawals.present(withdrawals.show(withdrawal_id, mine))


@route(blueprint, "GET", "/v1/withdrawals", roles=FINANCE, query=Paging)
def waiting_withdrawals(call: Call[None]) -> dict[str, Any]:
    """Withdrawals to be paid out, oldest first."""
    return call.listed(withdrawals.waiting(call.query.limit, call.after), withdrawals.present)


@route(blueprint, "POST", "/v1/withdrawals/{withdrawal_id}/payout", roles=FINANCE)
def pay_out_withdrawal(call: Call[None], withdrawal_id: str) -> dict[str, Any]:
    """Has the provider pay it out, or asks what became of it; once, however often it is called."""
    return withdrawals.present(withdrawals.pay_out(withdrawal_id, provider_named, call.caller.sub))


@route(blueprint, "POST", "/v1/withdrawals/{withdrawal_id}/outcome", roles=FINANCE, body=Payout)
def settle_withdrawal(call: Call[Payout], withdrawal_id: str) -> dict[str, Any]:
    """What came of the payout: paid, or failed and the money is at hand again."""
    item = withdrawals.settle(withdrawal_id, call.body.outcome, call.body.note, call.caller.sub)
    return withdrawals.present(item)


@route(blueprint, "GET", "/v1/suspense", roles=FINANCE, query=Paging)
def waiting_suspense(call: Call[None]) -> dict[str, Any]:
    """Money that fits no open payment, oldest first."""
    return call.listed(suspense.waiting(call.query.limit, call.after), suspense.present)


@route(blueprint, "POST", "/v1/suspense/{suspense_id}/resolution", roles=FINANCE, body=Resolution)
def resolve_suspense(call: Call[Resolution], suspense_id: str) -> dict[str, Any]:
    """Credits the money to an advertiser, or returns it to the provider."""
    wish = call.body
    if (wish.advertiser_id is None) is (wish.resolution == "credited"):
        raise InvalidBody(Fault("/advertiser_id", "mismatch", "`credited` needs advertiser_id, `returned` has none."))
    if wish.advertiser_id is not None:
        advertisers.find(wish.advertiser_id)
    item = suspense.resolve(suspense_id, wish.resolution, wish.advertiser_id, wish.note, call.caller.sub)
    return suspense.present(item)


@route(blueprint, "GET", "/v1/ledger/proof", roles=FINANCE)
def proof(call: Call[None]) -> dict[str, Any]:
    """The latest reconciliation; the first caller of a new market gets a fresh one."""
    return reconciliation.latest() or reconciliation.reconcile()


@route(blueprint, "POST", "/v1/ledger/proof", roles=FINANCE)
def prove(call: Call[None]) -> dict[str, Any]:
    """Reconciles now."""
    return reconciliation.reconcile()


@route(blueprint, "POST", "/v1/ledger/settlements/{provider}", roles=FINANCE, query=OfPeriod, raw=True)
def compare_settlement(call: Call[None], provider: str) -> dict[str, Any]:
    """Compares a provider's settlement file (the body, CSV: transaction_id, amount) with what the ledger has received."""
    name = provider_named(provider).name
    try:
        text = call.raw_body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("body_unreadable", "The file is not UTF-8.") from error
    return settlement_files.compare(name, _period(call), settlement_files.read(text))
