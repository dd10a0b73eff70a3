"""Saved searches: the filters of a search for accounts, and which of its first results are new since the advertiser viewed them.

A result is new if it is among the first RESULTS of the search now and was not when the results were viewed last. The number is
bounded, so a check is one page of a search however many accounts match."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.accounts.search import account_search
from chalicelib.accounts.search.account_search import Wanted
from chalicelib.core import clock
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.rules import rules
from chalicelib.shortlists.own_lists import change_own, delete_own, find_own, save_new
from chalicelib.shortlists.records import SavedSearchRecord
from chalicelib.store import Page, read_page

SEARCH = "search"
QUEUE = "saved_search"
RESULTS = 100
CHECK_AGAIN = timedelta(hours=24)


def create(
    advertiser_id: str, name: str, filters: dict[str, Any], sort: str, alerts: bool, attempt: Attempt | None
) -> tuple[SavedSearchRecord, bool]:
    """Store a search; its present results count as viewed. Return it, and whether an earlier attempt of the request has stored it.

    Raise Problem `list_full` if the advertiser has `saved_searches_max`."""
    search_id, at = id_for(attempt, "sch"), clock.stamp(clock.now())
    record = SavedSearchRecord(
        search_id,
        SEARCH,
        advertiser_id=advertiser_id,
        owner=_listed(advertiser_id),
        listed_at=f"{at}#{search_id}",
        name=name,
        filters=filters,
        sort=sort,
        fingerprint=attempt.fingerprint if attempt else None,
        created_at=at,
        updated_at=at,
    )
    _set_alerts(record, alerts)
    _view(record)
    return save_new(record, rules().saved_searches_max, attempt)


def of_advertiser(advertiser_id: str, limit: int, after: dict[str, Any] | None) -> Page[SavedSearchRecord]:
    """Return a page of the advertiser's saved searches as they were checked last, newest first."""
    return read_page(SavedSearchRecord, _listed(advertiser_id), index="by_owner", limit=limit, after=after)


def checked(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Return the advertiser's search, compared with its results of this moment; nothing is stored. Raise Problem `not_found`."""
    record = find_own(SavedSearchRecord, SEARCH, search_id, advertiser_id)
    compare(record)
    return record


def revise(search_id: str, advertiser_id: str, changes: dict[str, Any]) -> SavedSearchRecord:
    """Change name, filters, sort and alerts, as far as `changes` has them. With other filters or another sort, the results of this
    moment count as viewed. Raise Problem `not_found`."""

    def change(record: SavedSearchRecord) -> None:
        asked = (record.filters, record.sort)
        record.name = changes.get("name", record.name)
        record.filters = changes.get("filters", record.filters)
        record.sort = changes.get("sort", record.sort)
        if changes.get("alerts", record.alerts) != record.alerts:
            _set_alerts(record, changes["alerts"])
        if (record.filters, record.sort) != asked:
            _view(record)

    return change_own(SavedSearchRecord, SEARCH, search_id, advertiser_id, change)


def view(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Note that the results of this moment were viewed: none of them is new from now on. Raise Problem `not_found`."""
    return change_own(SavedSearchRecord, SEARCH, search_id, advertiser_id, _view)


def remove(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Delete the search and return it as it was. Raise Problem `not_found`."""
    return delete_own(SavedSearchRecord, SEARCH, search_id, advertiser_id)


def compare(record: SavedSearchRecord) -> None:
    """Set the new results of this moment on the record, in memory."""
    seen = set(record.seen)
    record.new = [account for account in _results(record) if account not in seen]
    record.checked_at = clock.stamp(clock.now())


def _view(record: SavedSearchRecord) -> None:
    record.seen, record.new = _results(record), []
    record.viewed_at = record.checked_at = clock.stamp(clock.now())


def _set_alerts(record: SavedSearchRecord, on: bool) -> None:
    record.alerts = on
    record.queue = QUEUE if on else None
    record.due_at = clock.stamp(clock.now() + CHECK_AGAIN) if on else None


def _results(record: SavedSearchRecord) -> list[str]:
    wanted = Wanted(**record.filters, sort=record.sort)  # type: ignore[arg-type]
    return [account.pk for account in account_search.find(wanted, RESULTS).items]


def _listed(advertiser_id: str) -> str:
    return f"searches#{advertiser_id}"
