"""Check the URL that a user gives to a webhook, with the sentence of each refusal."""

from __future__ import annotations

from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.settings import settings
from chalicelib.outbound.guarded_request import RequestFailed, RequestRefused, addresses_of, system_resolve, target_of

_REFUSALS = {
    "https_only": "A webhook needs an https URL.",
    "userinfo": "A URL must not hold a user name or password.",
    "host_invalid": "The URL cannot be requested.",
    "not_public": "The host is not on the public internet.",
}


def require_url(url: str) -> None:
    """Raise InvalidBody for a URL that no delivery could be sent to. A host that does not resolve now is allowed."""
    local = settings().local_webhooks
    try:
        addresses_of(target_of(url, local=local), system_resolve, local=local)
    except RequestRefused as refused:
        raise InvalidBody(Fault("/url", f"url_{refused.code}", _REFUSALS[refused.code])) from refused
    except RequestFailed:
        return
