"""Request types of the decisions of auditors: certification, admission, revocation, category, ruling of an appeal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.accounts.http.requests import ListedCategory, Note
from chalicelib.accounts.review import admission_rules, certification_rules
from chalicelib.accounts.review.auditor_decisions import Decision, Revocation
from chalicelib.api import DecisionBody, Paging
from chalicelib.decisions.decider import Decider


class _DecisionIn(DecisionBody):
    decision: Literal["approved", "rejected"]
    note: Note | None = None


class CertificationIn(_DecisionIn):
    """The decision about an advertiser (rule 1)."""

    reason_code: certification_rules.CertificationReason | None = None

    def decided(self, by: Decider) -> Decision:
        return _decided(self, by)


class AdmissionIn(_DecisionIn):
    """The decision about an account (rule 2). `category` corrects the category of the account."""

    category: ListedCategory | None = None
    reason_code: admission_rules.AdmissionReason | None = None

    def decided(self, by: Decider) -> Decision:
        return _decided(self, by)


def _decided(sent: CertificationIn | AdmissionIn, by: Decider) -> Decision:
    return Decision(sent.decision, None if sent.reason_code is None else str(sent.reason_code), sent.note, by)


class RevocationIn(DecisionBody):
    """The revocation of a certification (rule 28)."""

    reason_code: Annotated[str, Field(pattern=admission_rules.REASONS)]
    note: Note | None = None

    def revocation(self, by: Decider) -> Revocation:
        return Revocation(self.reason_code, self.note, by)


class AccountRevocationIn(RevocationIn):
    """The revocation of an admission (rule 28). `stop_accepted`: accepted orders that are not published end too, free of charge."""

    stop_accepted: Annotated[bool, Field(strict=True)] = False


class CategoryIn(DecisionBody):
    """The category of an account, corrected by a review."""

    category: ListedCategory
    note: Note | None = None


class AppealRulingIn(DecisionBody):
    """The ruling of an appeal. `evidence`: the corrected figures; without it those of the appeal."""

    outcome: Literal["granted", "rejected"]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
    evidence: dict[str, Any] = Field(default_factory=dict, max_length=50)


class DecisionsQuery(Paging):
    """The query of GET /v1/decisions. `subject_id`: only decisions about this advertiser, account, task, …"""

    subject_id: str | None = Field(default=None, min_length=1, max_length=40)
