"""Two people for large amounts (rule 26): the first person confirms a decision, a second one makes it. Pure: no store.

A confirmation is the JSON object `{decision, by, at}`: what was decided, by which user, when. Who makes the decision afterwards is
added as `second`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.core import clock
from chalicelib.core.rules import rules

Confirmation = dict[str, Any]


def needed(amount: int) -> bool:
    """Whether a decision about `amount` (minor units) needs two people."""
    return amount > rules().two_people_above


def given(confirmation: Confirmation | None, decision: str, by: str) -> bool:
    """Whether another person confirmed this very decision before."""
    if confirmation is None or confirmation["decision"] != decision:
        return False
    return confirmation["by"] != by or "second" in confirmation


def is_first(confirmation: Confirmation | None, decision: str, by: str) -> bool:
    """Whether `by` is the person who gave the confirmation of this very decision."""
    return confirmation is not None and (confirmation["decision"], confirmation["by"]) == (decision, by)


def first(confirmation: Confirmation | None, decision: str, by: str, at: datetime) -> Confirmation:
    """The first person's confirmation; the same one if that person gave it already. Another decision takes its place."""
    if confirmation is not None and is_first(confirmation, decision, by):
        return confirmation
    return {"decision": decision, "by": by, "at": clock.stamp(at)}


def second(confirmation: Confirmation | None, by: str) -> Confirmation | None:
    """The confirmation once the decision is made by a second person."""
    if confirmation is None or "second" in confirmation:
        return confirmation
    return {**confirmation, "second": by}


def present(confirmation: Confirmation | None) -> dict[str, Any] | None:
    """`{decision, confirmed_by, confirmed_at, decided_by}`; None without one."""
    if confirmation is None:
        return None
    return {
        "decision": confirmation["decision"],
        "confirmed_by": confirmation["by"],
        "confirmed_at": clock.parse(confirmation["at"]),
        "decided_by": confirmation.get("second"),
    }
