"""Rule 2: a creator's account is admitted by review; an account that its network has verified passes at once.

An imported account that no creator has bound yet is `unclaimed`: everybody sees its grade and nobody can order from it.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class AdmissionReason(StrEnum):
    """Why an account is not admitted (rule 2)."""

    COMMUNITY_RULES = "community_rules"
    CONTACT_FALSE = "contact_false"
    WRONG_CATEGORY = "wrong_category"
    LOW_FAN_QUALITY = "low_fan_quality"


NEXT = MappingProxyType(
    {
        ("unclaimed", "bound"): "pending",
        ("rejected", "bound"): "pending",
        ("pending", "approved"): "admitted",
        ("pending", "rejected"): "rejected",
        ("pending", "verified"): "admitted",
    }
)
"""(status, event) -> status. What is not here does not happen. A handle that nobody knows is bound into `pending` too."""

LISTED = frozenset({"unclaimed", "admitted"})
"""The statuses that the search shows."""
