"""HTTP routes of the history that auditors read before they decide."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.accounts import advertisers
from chalicelib.accounts.http.account_responses import STAFF, account_response
from chalicelib.accounts.http.advertiser_responses import advertiser_response
from chalicelib.accounts.records import get_account
from chalicelib.api import ApiRequest, route
from chalicelib.overview import auditor_history
from chalicelib.overview.http import response_types

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "GET",
    "/v1/advertisers/{advertiser_id}/history",
    roles=("auditor",),
    response=response_types.AdvertiserHistory,
    client="advertisers.history",
)
def advertiser_history(request: ApiRequest, advertiser_id: str) -> response_types.AdvertiserHistory:
    """Return an enterprise with its newest tasks, rejections, disputes and the decisions about it; for auditors."""
    return {
        "advertiser": advertiser_response(advertisers.find(advertiser_id)),
        "tasks": auditor_history.tasks_of(advertiser_id),
        "disputes": auditor_history.disputes_of(advertiser_id),
        "decisions": auditor_history.decisions_about(advertiser_id),
    }


@route(
    blueprint,
    "GET",
    "/v1/accounts/{account_id}/history",
    roles=("auditor",),
    response=response_types.AccountHistory,
    client="accounts.history",
)
def account_history(request: ApiRequest, account_id: str) -> response_types.AccountHistory:
    """Return an account with its newest orders, its owner's disputes and the decisions about it; for auditors."""
    account = get_account(account_id)
    return {
        "account": account_response(account, STAFF),
        "orders": auditor_history.orders_of(account),
        "disputes": auditor_history.disputes_of(account.owner) if account.owner else [],
        "decisions": auditor_history.decisions_about(account_id),
    }
