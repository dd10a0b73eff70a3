"""New results of a saved search."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from chalicelib.accounts.search import account_search
from chalicelib.accounts.search.account_search import Wanted
from chalicelib.shortlists import saved_searches
from chalicelib.shortlists.http.requests import SavedSearchIn, SavedSearchPatch
from chalicelib.shortlists.records import SavedSearchRecord


def record(seen: list[str]) -> SavedSearchRecord:
    return SavedSearchRecord("sch_1", "search", filters={"category": "tea"}, sort="-value", seen=seen, new=[])


def test_results_that_were_not_viewed_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[tuple[Wanted, int]] = []

    def find(wanted: Wanted, limit: int) -> SimpleNamespace:
        searched.append((wanted, limit))
        return SimpleNamespace(items=[SimpleNamespace(pk=name) for name in ("c", "a", "b")])

    monkeypatch.setattr(account_search, "find", find)
    found = record(["a", "gone"])
    saved_searches.compare(found)
    assert found.new == ["c", "b"]
    assert searched == [(Wanted(category="tea", sort="-value"), saved_searches.RESULTS)]


def test_only_members_that_were_sent_are_changed() -> None:
    assert SavedSearchPatch(alerts=True).changes() == {"alerts": True}
    assert SavedSearchPatch.model_validate({"filters": {"category": None}}).changes() == {"filters": {}}


def test_filters_that_are_not_set_are_not_stored() -> None:
    sent = SavedSearchIn.model_validate({"name": "tea", "filters": {"followers_min": 0, "q": None}})
    assert sent.stored_filters() == {"followers_min": 0}
