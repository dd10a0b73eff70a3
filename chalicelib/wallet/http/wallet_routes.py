"""Routes of a wallet: its balances and its statement."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ListedBothWays, TextResponse, pagination, route
from chalicelib.core import csv_text
from chalicelib.wallet import statements
from chalicelib.wallet.http import balance_responses, responses
from chalicelib.wallet.http.requests import OWNERS, Entries, InPeriod, OfSide, owner_of
from chalicelib.wallet.postings import available

blueprint = Blueprint(__name__)


@route(blueprint, "GET", "/v1/wallet", roles=OWNERS, query=OfSide, response=responses.Wallet, client="wallet.read")
def wallet(request: ApiRequest[None, OfSide]) -> responses.Wallet:
    """The caller's wallet: available, held, withdrawing."""
    return balance_responses.wallet_response(owner_of(request))


@route(
    blueprint,
    "GET",
    "/v1/wallet/entries",
    roles=OWNERS,
    query=Entries,
    response=ListedBothWays[responses.Entry],
    errors=("write_contention",),
    media_types=("text/csv",),
    client="wallet.entries",
)
def entries(request: ApiRequest[None, Entries]) -> ListedBothWays[responses.Entry] | TextResponse:
    """The caller's statement with the balance after each entry, paged both ways; as CSV with `Accept: text/csv`."""
    account = available(owner_of(request))
    query = request.query
    if request.prefers("text/csv"):
        text = statements.as_csv(account, query.period, query.kind, query.csv_zone)
        return TextResponse(text, csv_text.MEDIA_TYPE, headers=csv_text.headers("entries.csv"))
    page = statements.page(
        account,
        query.limit,
        request.after,
        period=request.query.period,
        kind=query.kind,
        oldest_first=query.sort == "at",
    )
    listed = request.page_response(page, statements.entry_response)
    return {**listed, "prev_cursor": pagination.seal(page.before, request.scope) if page.before else None}


@route(
    blueprint,
    "GET",
    "/v1/wallet/summary",
    roles=OWNERS,
    query=InPeriod,
    response=responses.WalletSummary,
    errors=("write_contention",),
    client="wallet.summary",
)
def summary(request: ApiRequest[None, InPeriod]) -> responses.WalletSummary:
    """Opening and closing balance of a period, and the money received and spent between, by kind."""
    return statements.summary_response(available(owner_of(request)), request.query.period)
