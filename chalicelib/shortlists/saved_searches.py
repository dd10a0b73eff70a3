"""Saved searches: the filters of a search for accounts, and which of its first results are new since the advertiser viewed them.

A result is new if it is among the first RESULTS of the search now and was not when the results were viewed last. The number is
bounded, so a check is one page of a search however many accounts match."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from chalicelib.accounts.search import account_search
from chalicelib.accounts.search.account_search import Sort, Wanted
from chalicelib.core import clock
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.observability import count
from chalicelib.core.response_types import TypedDict
from chalicelib.core.rules import rules
from chalicelib.shortlists.own_lists import change_own, delete_own, find_own, save_new
from chalicelib.shortlists.records import SavedFilters, SavedSearchRecord
from chalicelib.store import Page, PageKey, Refused, read_page, transact, update

SEARCH = "search"
QUEUE = "saved_search"
RESULTS = 100
CHECK_AGAIN = timedelta(hours=24)
CHECKED_MAX = 20
"""The number of searches that one run of the sweep checks: 5,760 a day."""
MARGIN_MS = 20_000
"""No search is checked with less time left."""


class SearchChanges(TypedDict, total=False):
    """The changed members of a saved search; the others stay."""

    name: str
    filters: SavedFilters
    sort: Sort
    alerts: bool


def create(
    advertiser_id: str, name: str, filters: SavedFilters, sort: Sort, alerts: bool, attempt: Attempt | None
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


def of_advertiser(advertiser_id: str, limit: int, after: PageKey | None) -> Page[SavedSearchRecord]:
    """Return a page of the advertiser's saved searches as they were checked last, newest first."""
    return read_page(SavedSearchRecord, _listed(advertiser_id), index="by_owner", limit=limit, after=after)


def checked(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Return the advertiser's search, compared with its results of this moment; nothing is stored. Raise Problem `not_found`."""
    record = find_own(SavedSearchRecord, SEARCH, search_id, advertiser_id)
    compare(record)
    return record


def revise(search_id: str, advertiser_id: str, changes: SearchChanges) -> SavedSearchRecord:
    """Change name, filters, sort and alerts, as far as `changes` has them. With other filters or another sort, the results of this
    moment count as viewed. Raise Problem `not_found`."""

    def change(record: SavedSearchRecord) -> None:
        before = (record.filters, record.sort)
        record.name = changes.get("name", record.name)
        record.filters = changes.get("filters", record.filters)
        record.sort = changes.get("sort", record.sort)
        if changes.get("alerts", record.alerts) != record.alerts:
            _set_alerts(record, changes["alerts"])
        if (record.filters, record.sort) != before:
            _view(record)

    return change_own(SavedSearchRecord, SEARCH, search_id, advertiser_id, change)


def view(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Note that the results of this moment were viewed: none of them is new from now on. Raise Problem `not_found`."""
    return change_own(SavedSearchRecord, SEARCH, search_id, advertiser_id, _view)


def remove(search_id: str, advertiser_id: str) -> SavedSearchRecord:
    """Delete the search and return it as it was. Raise Problem `not_found`."""
    return delete_own(SavedSearchRecord, SEARCH, search_id, advertiser_id)


def check_due(left_ms: Callable[[], int] | None = None) -> int:
    """Compare the saved searches with alerts whose last check is CHECK_AGAIN ago with their results, at most CHECKED_MAX, as far as
    the time lasts. Return the number of searches that have more new results than before; the list of searches shows them.

    A search that its owner changes meanwhile is left to the next run."""
    due = SavedSearchRecord.due_at <= clock.stamp(clock.now())
    page = read_page(
        SavedSearchRecord, QUEUE, index="by_queue", limit=CHECKED_MAX, range_condition=due, newest_first=False
    )
    found = 0
    for record in page.items:
        if left_ms is not None and left_ms() < MARGIN_MS:
            break
        before = len(record.new)
        compare(record)
        changes = [
            SavedSearchRecord.new.set(record.new),
            SavedSearchRecord.checked_at.set(record.checked_at),
            SavedSearchRecord.due_at.set(clock.stamp(clock.now() + CHECK_AGAIN)),
        ]
        unchanged = (SavedSearchRecord.revision == record.revision) & SavedSearchRecord.deleted_at.does_not_exist()
        try:
            transact([update(SEARCH, record, changes, unchanged)])
        except Refused:
            continue
        found += len(record.new) > before
    count("SearchesChecked", len(page.items))
    return found


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
    wanted = Wanted(**record.filters, sort=cast("Sort", record.sort))
    return [account.pk for account in account_search.find(wanted, RESULTS).items]


def _listed(advertiser_id: str) -> str:
    return f"searches#{advertiser_id}"
