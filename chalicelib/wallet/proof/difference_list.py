"""The differences that a proof finds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NotRequired

from chalicelib.core.response_types import Day, TypedDict
from chalicelib.wallet.proof.running_totals import Line

LISTED_MAX = 100


class NearbyEntry(TypedDict):
    """An entry beside a difference; `amount` in minor units."""

    at: str
    id: str
    amount: int


class LedgerDifference(TypedDict):
    """A place where the ledger does not prove itself."""

    account: str
    kind: str
    expected: Any
    found: Any
    near: list[NearbyEntry]
    day: NotRequired[Day]


@dataclass
class Differences:
    """All differences of a run: `found` counts them, `listed` has the first LISTED_MAX."""

    found: int = 0
    listed: list[LedgerDifference] = field(default_factory=list)

    def expect(
        self,
        account: str,
        kind: str,
        expected: Any,
        found: Any,
        near: Sequence[Line] | Callable[[], Sequence[Line]] = (),
        day: str | None = None,
    ) -> None:
        """Add a difference if the values differ. `near` are the entries beside it, or a function that reads them."""
        if expected == found:
            return
        self.found += 1
        if len(self.listed) == LISTED_MAX:
            return
        entries = near() if callable(near) else near
        difference: LedgerDifference = {
            "account": account,
            "kind": kind,
            "expected": expected,
            "found": found,
            "near": [{"at": at, "id": id_, "amount": amount} for at, id_, amount in entries],
        }
        if day:
            difference["day"] = day
        self.listed.append(difference)
