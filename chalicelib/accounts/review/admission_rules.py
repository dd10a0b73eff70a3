"""The statuses of accounts and their transitions (rule 2): auditors admit accounts, and accounts verified by their network are
admitted at once. Pure.

An imported account that no creator has bound yet is `unclaimed`: its grade is public, and it takes no orders."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from chalicelib.accounts.review.auditor_decisions import Decision, require_reason
from chalicelib.grading.model.account_figures import AccountFigures


class AdmissionReason(StrEnum):
    """The reasons of a rejection (rule 2)."""

    COMMUNITY_RULES = "community_rules"
    CONTACT_FALSE = "contact_false"
    WRONG_CATEGORY = "wrong_category"
    LOW_FAN_QUALITY = "low_fan_quality"


def require_complete(decision: Decision) -> None:
    """Raise InvalidBody unless a rejection names an AdmissionReason and an approval none. A note is optional."""
    require_reason(decision)


NEXT = MappingProxyType(
    {
        ("unclaimed", "bound"): "pending",
        ("rejected", "bound"): "pending",
        ("pending", "approved"): "admitted",
        ("pending", "rejected"): "rejected",
        ("pending", "verified"): "admitted",
        ("admitted", "revoked"): "revoked",
        ("revoked", "approved"): "admitted",
        ("revoked", "rejected"): "rejected",
        ("revoked", "bound"): "pending",
        ("revoked", "proved"): "pending",
        ("rejected", "proved"): "pending",
        ("pending", "unbound"): "unclaimed",
        ("admitted", "unbound"): "unclaimed",
        ("rejected", "unbound"): "unclaimed",
        ("revoked", "unbound"): "revoked",
    }
)
"""(status, event) -> status. Other transitions do not exist. An unknown handle is bound into `pending`, too. `proved`: a creator
other than the owner proved the account; a status without this event stays."""

REASONS = r"^[a-z][a-z0-9_]{0,39}$"
"""The form of the reason of a revocation: an AdmissionReason, or another code chosen by the auditor."""


def is_proof_missing(
    evidence: AccountFigures | None,
    ownership: Mapping[str, object] | None,
    known_at_binding: bool | None,
    proof_of_graded: bool,
) -> bool:
    """Return whether the account can be ordered only after its owner has proved it (rule 25): its network has verified it, or the
    market had its figures before its owner bound it; with `proof_of_graded`, whenever it has figures."""
    needed = evidence is not None and (evidence.get("verified") is True or proof_of_graded or known_at_binding is True)
    return needed and "evidence" not in (ownership or {})


def is_admitted_at_once(status: str, evidence: AccountFigures | None, was_revoked: bool) -> bool:
    """Return whether an account is admitted without an auditor (rule 2): its network has verified it, and it was never revoked."""
    is_verified = evidence is not None and bool(evidence.get("verified"))
    return is_verified and not was_revoked and (status, "verified") in NEXT


LISTED = frozenset({"unclaimed", "admitted"})
"""The statuses that the search shows."""
