"""Request types of shortlists and saved searches."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import Field, StringConstraints

from chalicelib.accounts.http.requests import Count
from chalicelib.accounts.http.search_requests import SearchFilters
from chalicelib.accounts.search.account_search import Sort
from chalicelib.api import Body, Flag, Paging
from chalicelib.api.validation.rule_limits import AtMost
from chalicelib.shortlists.records import SavedFilters
from chalicelib.shortlists.saved_searches import SearchChanges

Id = Annotated[str, Field(min_length=1, max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000)]
Amount = Annotated[int, Field(strict=True, ge=0, le=10**12)]
AccountIds = Annotated[list[Id], AtMost("task_accounts_max")]


class ShortlistIn(Body):
    """A new shortlist, and the accounts that it begins with."""

    name: Name
    note: Note | None = None
    account_ids: AccountIds = Field(default_factory=list)


class ShortlistPatch(Body):
    """Changes of a shortlist; missing members stay unchanged, a null note removes it."""

    name: Name = ""
    note: Note | None = None

    def changes(self) -> dict[str, str | None]:
        return self.model_dump(exclude_unset=True)


class ShortlistAccountsIn(Body):
    """Accounts to be added to a shortlist."""

    account_ids: Annotated[AccountIds, Field(min_length=1)]


class ShortlistsQuery(Paging):
    """The query of GET /v1/shortlists. `account_id`: only shortlists that have this account."""

    account_id: Id | None = None


class SavedFiltersIn(SearchFilters):
    """The filters of a saved search: as the query parameters of GET /v1/accounts. Prices in fen."""

    price_min: Amount | None = None
    price_max: Amount | None = None
    followers_min: Count | None = None


class SavedSearchIn(Body):
    """A search to be saved. `alerts`: new results are announced."""

    name: Name
    filters: SavedFiltersIn = Field(default_factory=SavedFiltersIn)
    sort: Sort = "-grade"
    alerts: Flag = False

    def stored_filters(self) -> SavedFilters:
        """Return the filters that are set, as they are stored."""
        return _stored(self.filters)


class SavedSearchPatch(Body):
    """Changes of a saved search; missing members stay unchanged, `filters` are replaced as a whole."""

    name: Name = ""
    filters: SavedFiltersIn = Field(default_factory=SavedFiltersIn)
    sort: Sort = "-grade"
    alerts: Flag = False

    def changes(self) -> SearchChanges:
        """Return the members that were sent, the filters as they are stored."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if "filters" in sent:
            sent["filters"] = _stored(self.filters)
        return cast("SearchChanges", sent)


def _stored(filters: SavedFiltersIn) -> SavedFilters:
    return cast("SavedFilters", filters.model_dump(exclude_none=True))
