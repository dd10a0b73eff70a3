"""Response types of the catalogue."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.regions.region import Name as RegionName
from chalicelib.core.response_types import Count, Money, TypedDict


class CatalogueText(TypedDict):
    """A code with its texts in English and simplified Chinese."""

    code: str
    en: str
    zh: str


class CatalogueGroup(TypedDict):
    """The codes of one kind, in their usual order. `open`: they are suggestions, and a request may have another code."""

    group: str
    open: bool
    codes: list[CatalogueText]


class AdMark(TypedDict):
    """The mark that is added to a post without one, and where a mark counts."""

    text: str
    position: Literal["start", "anywhere"]


class PaymentProvider(TypedDict):
    """A payment provider of the stage. `opens_accounts`: it pays out only to the account that it has opened for the owner of the
    money (`POST /v1/wallet/payees`); otherwise a withdrawal names the account."""

    name: str
    opens_accounts: bool


class MarketRegion(TypedDict):
    """The region of the deployment and what follows from it. `minor_units` is the number of decimals of the currency; months and
    working days are those of `time_zone`; pages are in `languages`. The first of `providers` is the default; `networks` are those
    whose accounts can be bound."""

    region: RegionName
    currency: str
    minor_units: Count
    time_zone: str
    languages: list[str]
    ad_mark: AdMark
    topup_min: Money
    withdrawal_min: Money
    price_min: Money
    price_max: Money
    providers: list[PaymentProvider]
    networks: list[str]


class Catalogue(TypedDict):
    """Texts for every code that people read, the categories of accounts, and the region of the market."""

    groups: list[CatalogueGroup]
    market: MarketRegion
