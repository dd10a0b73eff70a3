"""Request types of the search for accounts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from chalicelib.accounts.http.requests import COUNT_MAX, Network
from chalicelib.accounts.search.account_search import Sort, Wanted
from chalicelib.accounts.search.categories import searched
from chalicelib.api import Paging, Query, QueryNumber
from chalicelib.api.validation.time_fields import refusal
from chalicelib.core.order_kinds import Kind
from chalicelib.grading.model.methodology import GradeName


class SearchFilters(Query):
    """The filters of a search for accounts. Prices in fen."""

    category: Annotated[str, AfterValidator(searched)] | None = Field(default=None, min_length=1, max_length=50)
    grade_min: GradeName | None = None
    price_min: QueryNumber | None = Field(default=None, ge=0, le=10**12)
    price_max: QueryNumber | None = Field(default=None, ge=0, le=10**12)
    followers_min: QueryNumber | None = Field(default=None, ge=0, le=COUNT_MAX)
    kind: Kind | None = None
    network: Network | None = None
    q: str | None = Field(default=None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _coherent(self) -> SearchFilters:
        if None not in (self.price_min, self.price_max) and self.price_min > self.price_max:  # type: ignore[operator]
            raise refusal("price_range", "This is above price_max.", "price_min")
        return self

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(exclude={"limit", "cursor", "owner"}))


class SearchQuery(SearchFilters, Paging):
    """The query of GET /v1/accounts. Prices in fen; `owner=me` lists the caller's own accounts, without filters."""

    sort: Sort = "-grade"
    owner: Literal["me"] | None = None


class FacetsQuery(SearchFilters):
    """The query of GET /v1/accounts/facets."""


class SimilarQuery(Paging):
    """The query of GET /v1/accounts/{account_id}/similar."""

    limit: QueryNumber = Field(default=10, ge=1, le=100)
