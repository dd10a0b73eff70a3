"""Which clicks are not people's. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_PROGRAMS = re.compile(
    r"(?<!cu)bot\b|spider|crawl|slurp|preview|scan|monitor|headless|phantom|lighthouse|facebookexternalhit|whatsapp/"
    r"|curl|wget|python|java/|okhttp|go-http|libwww|httpclient|axios|node-fetch|postman|feed",
    re.IGNORECASE,
)


def is_bot(headers: Mapping[str, str]) -> bool:
    """Whether the request says of itself that no person sent it: by its User-Agent, by having none, or by being a prefetch.
    `headers` by lower-case name."""
    agent = headers.get("user-agent", "").strip()
    ahead = f"{headers.get('purpose', '')} {headers.get('sec-purpose', '')} {headers.get('x-moz', '')}".lower()
    return not agent or "prefetch" in ahead or _PROGRAMS.search(agent) is not None
