"""Base classes of request bodies."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.core.errors import Fault, InvalidBody
from chalicelib.core.money import Money
from chalicelib.core.rules import rules

Flag = Annotated[bool, Field(strict=True)]
Revision = Annotated[int, Field(strict=True, ge=0, le=2**53 - 1)]


class Body(BaseModel):
    """Base of all request bodies: unknown fields are refused, so that a typo is not ignored.

    pydantic builds a model when the first body arrives: building all of them at start would take a quarter of the import time
    (bench.cold)."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class DecisionBody(Body):
    """Base of the bodies of decisions. `revision` is the one that was read in the subject or in its queue item (rule 27)."""

    revision: Revision


class MoneyIn(Body):
    """Money in a request: `{"amount": 500000, "currency": "CNY"}`."""

    amount: int = Field(strict=True, ge=0, le=2**53 - 1)
    currency: str = Field(max_length=16)

    def money(self, pointer: str) -> Money:
        """Return the domain value. Raise InvalidBody if the currency is not this market's."""
        if self.currency != rules().currency:
            raise InvalidBody(Fault(f"{pointer}/currency", "currency", f"This market works in {rules().currency}."))
        return Money(self.amount, self.currency)
