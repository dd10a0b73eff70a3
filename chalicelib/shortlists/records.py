"""Items of the accounts table that shortlists and saved searches use."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import Count, TypedDict
from chalicelib.grading.model.methodology import GradeName
from chalicelib.store import AccountsRecord, JSONAttribute


class Entry(TypedDict):
    """An account in a shortlist, and the moment at which it was added (in the form of `clock.stamp`)."""

    id: str
    at: str


class ShortlistRecord(AccountsRecord):
    """pk is the shortlist's id, sk = "shortlist": a folder of accounts, the one that was added last at the head. owner is
    `shortlists#` and the advertiser's id."""

    advertiser_id = UnicodeAttribute()
    name = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    entries = JSONAttribute[list[Entry]]()
    revision = NumberAttribute(default=1)
    fingerprint = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    deleted_at = UnicodeAttribute(null=True)

    def clear(self) -> None:
        """Remove the contents in memory."""
        self.entries = []


class SavedFilters(TypedDict, total=False):
    """The filters of a saved search, as the query parameters of GET /v1/accounts; prices in fen."""

    category: str
    grade_min: GradeName
    price_min: Count
    price_max: Count
    followers_min: Count
    kind: Kind
    network: str
    q: str


class SavedSearchRecord(AccountsRecord):
    """pk is the search's id, sk = "search". owner is `searches#` and the advertiser's id.

    `seen`: ids of the first results when the advertiser viewed them last; `new`: those of the first results that were not among
    them at `checked_at`. While `alerts` is on, the item is in the queue `saved_search`, due at its next check."""

    advertiser_id = UnicodeAttribute()
    name = UnicodeAttribute()
    filters = JSONAttribute[SavedFilters]()
    sort = UnicodeAttribute()
    alerts = BooleanAttribute()
    seen = JSONAttribute[list[str]]()
    new = JSONAttribute[list[str]]()
    revision = NumberAttribute(default=1)
    fingerprint = UnicodeAttribute(null=True)
    viewed_at = UnicodeAttribute()
    checked_at = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    deleted_at = UnicodeAttribute(null=True)

    def clear(self) -> None:
        """Remove the contents in memory."""
        self.seen, self.new = [], []
