"""Queries and bodies of discovery."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from chalicelib.accounts.prices import Kind


class ForecastQuery(BaseModel):
    """Which kind of order is meant."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "post"
