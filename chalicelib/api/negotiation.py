"""Content negotiation (RFC 9110, 12.5.1) for routes that respond with JSON or CSV."""

from __future__ import annotations

import re

_WEIGHT = re.compile(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.IGNORECASE)


def prefers(accept: str, media_type: str, other: str = "application/json") -> bool:
    """Return True if the Accept header names `media_type` with a weight above 0 and not below the weight of `other`. Wildcards do
    not name it: a client that accepts anything gets `other`."""
    weights: dict[str, float] = {}
    for part in accept.split(","):
        name, *parameters = (text.strip() for text in part.split(";"))
        stated = next((match for match in map(_WEIGHT.fullmatch, parameters) if match), None)
        weight = float(stated[1]) if stated else 1.0
        weights[name.lower()] = max(weight, weights.get(name.lower(), 0.0))
    return 0 < weights.get(media_type, 0.0) >= weights.get(other, 0.0)
