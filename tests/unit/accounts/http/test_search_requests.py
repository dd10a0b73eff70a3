"""The query of a search becomes its filters."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from chalicelib.accounts.http.search_requests import SearchQuery
from chalicelib.accounts.search.account_search import Wanted


def test_a_query_becomes_search_filters() -> None:
    query = SearchQuery.model_validate({"price_min": "5", "kind": "repost", "sort": "-price", "limit": "3", "q": "茶"})
    assert query.wanted() == Wanted(price_min=5, kind="repost", sort="-price", q="茶")


def test_the_least_price_is_not_above_the_greatest() -> None:
    assert SearchQuery.model_validate({"price_min": "5", "price_max": "5"}).wanted().price_max == 5
    with pytest.raises(ValidationError, match="above price_max"):
        SearchQuery.model_validate({"price_min": "6", "price_max": "5"})
