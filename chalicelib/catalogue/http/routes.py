"""HTTP route of the catalogue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, route
from chalicelib.catalogue.http import responses

blueprint = Blueprint(__name__)
_CACHED = {"Cache-Control": "public, max-age=3600"}


@route(blueprint, "GET", "/v1/catalogue", roles=None, response=responses.Catalogue, client="catalogue.read")
def catalogue(request: ApiRequest) -> ApiResponse[responses.Catalogue]:
    """Return the texts of statuses, reasons, events, timers, grades and categories in English and Chinese."""
    from chalicelib.accounts.search.categories import CATEGORIES
    from chalicelib.catalogue.texts import GROUPS, OPEN  # imported by the first request, not at start

    groups: list[responses.CatalogueGroup] = [
        {
            "group": name,
            "open": name in OPEN,
            "codes": [{"code": code, "en": english, "zh": chinese} for code, (english, chinese) in texts.items()],
        }
        for name, texts in GROUPS.items()
    ]
    categories: list[responses.CatalogueText] = [
        {"code": code, "en": english, "zh": code} for code, english in CATEGORIES.items()
    ]
    groups.append({"group": "category", "open": False, "codes": categories})
    return ApiResponse({"groups": groups}, headers=_CACHED)
