"""Response types of the catalogue."""

from __future__ import annotations

from chalicelib.core.response_types import TypedDict


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


class Catalogue(TypedDict):
    """Texts for every code that people read, and the categories of accounts with their English names."""

    groups: list[CatalogueGroup]
