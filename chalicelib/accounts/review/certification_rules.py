"""Rule 1: an auditor certifies an advertiser before it may create tasks; a rejection can be corrected and resubmitted.

A certification can be revoked (rule 28); it is then corrected and resubmitted, or given again."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class CertificationReason(StrEnum):
    """Why a certification is rejected (rule 1)."""

    LICENCE_INVALID = "licence_invalid"
    NAME_MISMATCH = "name_mismatch"
    CONTACT_FALSE = "contact_false"
    CATEGORY_FORBIDDEN = "category_forbidden"


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
"""(status, event) -> status. What is not here does not happen."""
