"""Types of the responses about the service itself."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.response_types import TypedDict


class Health(TypedDict):
    """Whether the market can read its tables; `ok`, or what stands in the way."""

    status: Literal["ok"]
    checks: dict[str, str]


class Version(TypedDict):
    """What runs."""

    version: str
    stage: str
    methodology_version: str
