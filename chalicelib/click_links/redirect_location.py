"""The URL to which a click link redirects. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from chalicelib.click_links.host_names import ascii_url, with_query
from chalicelib.core.errors import not_found

LOCATION_MAX = 8_000
"""The maximum length of the redirect target; with a longer query the audited URL alone is used."""


def redirect_location(url: str, parameters: Any) -> str:
    """Return the audited URL in ASCII, with the query parameters of the request (a MultiDict, or None) that it does not have
    itself. A click cannot change the audited parameters. Raise Problem `not_found` for a URL that has no form in ASCII."""
    try:
        audited = ascii_url(url)
    except ValueError:  # audited before hosts were validated
        raise not_found("link") from None
    own = {name for name, _ in parse_qsl(urlsplit(audited).query, keep_blank_values=True)}
    added = [(name, text) for name in parameters or () if name not in own for text in parameters.getlist(name)]
    location = with_query(audited, urlencode(added))
    return location if len(location) <= LOCATION_MAX else audited
