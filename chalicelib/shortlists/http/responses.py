"""The responses about shortlists and saved searches: their types, and functions that build them."""

from __future__ import annotations

from typing import cast

from chalicelib.accounts.http.response_types import Account
from chalicelib.accounts.search.account_search import Sort
from chalicelib.core import clock
from chalicelib.core.response_types import Count, Moment, TypedDict
from chalicelib.shortlists.records import SavedFilters, SavedSearchRecord, ShortlistRecord


class Shortlist(TypedDict):
    """A folder of accounts; `accounts` is their number."""

    id: str
    revision: Count
    name: str
    note: str | None
    accounts: Count
    created_at: Moment
    updated_at: Moment


class ShortlistedAccount(Account):
    """An account of a shortlist, and the moment at which it was added."""

    added_at: Moment


class SavedSearch(TypedDict):
    """A saved search. `new_account_ids` are those of its first 100 results at `checked_at` that were not among them at
    `viewed_at`; `new_accounts` is their number."""

    id: str
    revision: Count
    name: str
    filters: SavedFilters
    sort: Sort
    alerts: bool
    new_accounts: Count
    new_account_ids: list[str]
    viewed_at: Moment
    checked_at: Moment
    created_at: Moment
    updated_at: Moment


def shortlist_response(record: ShortlistRecord) -> Shortlist:
    """Return a shortlist without its accounts."""
    return {
        "id": record.pk,
        "revision": int(record.revision),
        "name": record.name,
        "note": record.note,
        "accounts": len(record.entries),
        "created_at": clock.parse(record.created_at),
        "updated_at": clock.parse(record.updated_at),
    }


def saved_search_response(record: SavedSearchRecord) -> SavedSearch:
    """Return a saved search as it was checked last."""
    return {
        "id": record.pk,
        "revision": int(record.revision),
        "name": record.name,
        "filters": record.filters,
        "sort": cast("Sort", record.sort),
        "alerts": record.alerts,
        "new_accounts": len(record.new),
        "new_account_ids": record.new,
        "viewed_at": clock.parse(record.viewed_at),
        "checked_at": clock.parse(record.checked_at),
        "created_at": clock.parse(record.created_at),
        "updated_at": clock.parse(record.updated_at),
    }
