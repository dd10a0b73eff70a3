"""HTTP route of the catalogue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, route
from chalicelib.catalogue.http import response_types
from chalicelib.core.money import Money
from chalicelib.core.regions.currencies import minor_units
from chalicelib.core.regions.region import region
from chalicelib.core.rules import rules

blueprint = Blueprint(__name__)
_CACHED = {"Cache-Control": "public, max-age=3600"}


@route(blueprint, "GET", "/v1/catalogue", roles=None, response=response_types.Catalogue, client="catalogue.read")
def catalogue(request: ApiRequest) -> ApiResponse[response_types.Catalogue]:
    """Return the texts of statuses, reasons, events, timers, grades and categories in English and Chinese, and the region."""
    from chalicelib.accounts.search import categories
    from chalicelib.catalogue.status_and_reason_texts import GROUPS, OPEN  # imported by the first request, not at start

    groups: list[response_types.CatalogueGroup] = [
        {
            "group": name,
            "open": name in OPEN,
            "codes": [{"code": code, "en": english, "zh": chinese} for code, (english, chinese) in texts.items()],
        }
        for name, texts in GROUPS.items()
    ]
    codes: list[response_types.CatalogueText] = [
        {"code": code, "en": names.english, "zh": names.chinese} for code, names in categories.listed().items()
    ]
    groups.append({"group": "category", "open": False, "codes": codes})
    return ApiResponse({"groups": groups, "market": _market()}, headers=_CACHED)


def _market() -> response_types.MarketRegion:
    from chalicelib.payments.providers import all_providers  # as above
    from chalicelib.social import networks

    own, numbers = region(), rules()
    return {
        "region": own.name,
        "currency": numbers.currency,
        "minor_units": minor_units(numbers.currency),
        "time_zone": numbers.time_zone,
        "languages": list(own.languages),
        "ad_mark": {"text": numbers.ad_mark, "position": own.ad_mark.position},
        "topup_min": Money(numbers.topup_min, numbers.currency),
        "withdrawal_min": Money(numbers.withdrawal_min, numbers.currency),
        "price_min": Money(numbers.price_min, numbers.currency),
        "price_max": Money(numbers.price_max, numbers.currency),
        "providers": [{"name": one.name, "opens_accounts": one.onboarding is not None} for one in all_providers()],
        "networks": networks.offered(),
    }
