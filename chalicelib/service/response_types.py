"""Types of the responses about the service itself."""

from __future__ import annotations

from typing import Literal

from chalicelib.core.response_types import TypedDict


class Health(TypedDict):
    """The result of reading each table: `ok`, or the kind of error."""

    status: Literal["ok"]
    checks: dict[str, str]


class Version(TypedDict):
    """The running version."""

    version: str
    stage: str
    methodology_version: str
