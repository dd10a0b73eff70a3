"""Decisions and revocations by auditors; a repeated decision changes nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.decisions.decider import Decider


@dataclass(frozen=True)
class Decision:
    """The outcome, the reason of a rejection, the auditor's note to the applicant, and the decider with the revision that was
    read."""

    outcome: Literal["approved", "rejected"]
    reason_code: str | None
    note: str | None
    by: Decider


@dataclass(frozen=True)
class Revocation:
    """The reason of a revocation of an admission or a certification, with the decider."""

    reason_code: str
    note: str | None
    by: Decider


def require_reason(decision: Decision) -> None:
    """Raise InvalidBody unless a rejection has a reason and an approval has none."""
    if (decision.outcome == "rejected") != (decision.reason_code is not None):
        message = "A rejection needs a reason_code and an approval has none."
        raise InvalidBody(Fault("/reason_code", "reason_code", message))


def is_repeat(outcome: str | None, reason_code: str | None, decision: Decision) -> bool:
    """Return whether the decision repeats the earlier one. `outcome` is None without an earlier decision.

    Raise Problem `already_decided` if the earlier outcome or reason differs."""
    if outcome is None:
        return False
    if (outcome, reason_code) != (decision.outcome, decision.reason_code):
        raise Problem("already_decided", f"The decision was: {outcome}{f', {reason_code}' if reason_code else ''}.")
    return True
