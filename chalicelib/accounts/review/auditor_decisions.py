"""What an auditor decides, and that deciding twice is no second decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.core.errors import Problem
from chalicelib.decisions.decider import Decider


@dataclass(frozen=True)
class Decision:
    """`outcome`, with the reason of a rejection; what the auditor wrote to the applicant, and who decides on which revision."""

    outcome: Literal["approved", "rejected"]
    reason_code: str | None
    note: str | None
    by: Decider


@dataclass(frozen=True)
class Revocation:
    """Why an admission or a certification is taken back, and by whom."""

    reason_code: str
    note: str | None
    by: Decider


def is_repeat(outcome: str | None, reason_code: str | None, decision: Decision) -> bool:
    """Whether the decision already taken (`outcome` None: none yet) is this one again.

    Raises Problem `already_decided` if it was another one: the other outcome, or rejected for another reason."""
    if outcome is None:
        return False
    if (outcome, reason_code) != (decision.outcome, decision.reason_code):
        raise Problem("already_decided", f"The decision was: {outcome}{f', {reason_code}' if reason_code else ''}.")
    return True
