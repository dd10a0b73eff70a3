"""Two people for large amounts (rule 26): the first person confirms a decision, a second person makes it. Pure: no store.

A confirmation is stored with the item about which is decided. Before a decision by a second person there is no `second`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from chalicelib.core import clock
from chalicelib.core.rules import rules


class Confirmation(TypedDict):
    """The decision, the user who confirmed it, the moment, and the user who made the decision afterwards."""

    decision: str
    by: str
    at: str
    second: NotRequired[str]


def is_needed(amount: int) -> bool:
    """Return True if a decision about `amount` (minor units) needs two people."""
    return amount > rules().two_people_above


def is_given(confirmation: Confirmation | None, decision: str, by: str) -> bool:
    """Return True if another person than `by` has confirmed the same decision."""
    if confirmation is None or confirmation["decision"] != decision:
        return False
    return confirmation["by"] != by or "second" in confirmation


def is_first(confirmation: Confirmation | None, decision: str, by: str) -> bool:
    """Return True if `by` has confirmed the same decision."""
    return confirmation is not None and (confirmation["decision"], confirmation["by"]) == (decision, by)


def first(confirmation: Confirmation | None, decision: str, by: str, at: datetime) -> Confirmation:
    """Return the confirmation by the first person. It replaces one of another decision; the same one is returned unchanged."""
    if confirmation is not None and is_first(confirmation, decision, by):
        return confirmation
    return {"decision": decision, "by": by, "at": clock.stamp(at)}


def second(confirmation: Confirmation | None, by: str) -> Confirmation | None:
    """Return the confirmation after the decision of a second person."""
    if confirmation is None or "second" in confirmation:
        return confirmation
    return {**confirmation, "second": by}
