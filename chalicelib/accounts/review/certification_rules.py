"""The statuses of advertisers and their transitions (rule 1): an auditor certifies an advertiser before it may create tasks.
Pure.

A rejection can be corrected and resubmitted. A revoked certification (rule 28) can be resubmitted or approved again."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from chalicelib.accounts.review.auditor_decisions import Decision, require_reason


class CertificationReason(StrEnum):
    """The reasons of a rejection (rule 1)."""

    LICENCE_INVALID = "licence_invalid"
    NAME_MISMATCH = "name_mismatch"
    CONTACT_FALSE = "contact_false"
    CATEGORY_FORBIDDEN = "category_forbidden"


def require_complete(decision: Decision) -> None:
    """Raise InvalidBody unless a rejection names a CertificationReason and an approval none. A note is optional."""
    require_reason(decision)


NEXT = MappingProxyType(
    {
        ("pending", "approved"): "approved",
        ("pending", "rejected"): "rejected",
        ("rejected", "resubmitted"): "pending",
        ("approved", "revoked"): "revoked",
        ("revoked", "approved"): "approved",
        ("revoked", "rejected"): "rejected",
        ("revoked", "resubmitted"): "pending",
    }
)
"""(status, event) -> status. Other transitions do not exist."""
