"""The table of errors, and the exceptions of its rows.

    Problem(code, detail)      raised by every layer; `code` is a row of TABLE
    ├── InvalidBody            422 with one Fault per field that is wrong
    └── InsufficientFunds      402 with `available` and `needed` (wallet/insufficient_funds.py)

The edge (api/problems.py) renders a Problem as RFC 9457 `application/problem+json`. docs/reference/errors.md lists the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """A row of the table: the HTTP status, and the title, which is the same for every occurrence of the code."""

    status: int
    title: str


TABLE: dict[str, Kind] = {
    # reading the request
    "bad_request": Kind(400, "The request cannot be read"),
    "body_unreadable": Kind(400, "The body is not valid JSON"),
    "cursor_invalid": Kind(400, "The cursor does not belong to this list"),
    "parameter_invalid": Kind(400, "A query parameter is invalid"),
    "idempotency_key_missing": Kind(400, "An Idempotency-Key header is required"),
    "idempotency_key_invalid": Kind(400, "The Idempotency-Key is repeated or not 1-64 printable characters"),
    "payload_too_large": Kind(413, "The body is too large"),
    "unsupported_media_type": Kind(415, "The body must be application/json"),
    "body_invalid": Kind(422, "The body has invalid fields"),
    "idempotency_key_reused": Kind(422, "The Idempotency-Key was used with another body"),
    # identity and roles of the caller
    "unauthenticated": Kind(401, "A valid token is required"),
    "signature_invalid": Kind(401, "The notification is not signed by the provider"),
    "forbidden": Kind(403, "Your role may not do this"),
    "conflict_of_interest": Kind(403, "You may not decide about a subject of your own"),
    "advertiser_not_certified": Kind(403, "Only a certified advertiser may do this"),
    "not_found": Kind(404, "The resource does not exist or is not visible to you"),
    "method_not_allowed": Kind(405, "This resource has no such method"),
    # money
    "insufficient_funds": Kind(402, "The available balance does not cover this"),
    "topup_too_small": Kind(422, "The top-up is below the minimum amount"),
    "withdrawal_too_small": Kind(422, "The withdrawal is below the minimum amount"),
    "provider_unknown": Kind(409, "This stage does not have that payment provider"),
    "payee_missing": Kind(409, "The withdrawal has no payee"),
    "payee_refused": Kind(409, "The provider did not open an account for this payee"),
    "onboarding_unknown": Kind(409, "This provider does not open accounts for payees"),
    "payout_unresolved": Kind(409, "The outcome of the payout is unknown; ask the provider"),
    "provider_not_funded": Kind(409, "The provider does not hold this amount for the market"),
    "record_altered": Kind(409, "The stored record has been altered"),
    "withdrawal_open": Kind(409, "Another withdrawal is still open"),
    "total_above_max": Kind(409, "The task costs more than max_total"),
    # state
    "already_exists": Kind(409, "The resource already exists"),
    "claimed": Kind(409, "Another member of staff has claimed this"),
    "already_decided": Kind(409, "A decision has already been made"),
    "revision_changed": Kind(409, "The subject has changed since it was read"),
    "state_conflict": Kind(409, "This is not possible in the present state"),
    "advertiser_missing": Kind(409, "Register as an advertiser first"),
    "account_not_available": Kind(409, "An account cannot take orders now"),
    "price_unknown": Kind(409, "An account has neither its own nor an advised price for this kind"),
    "accept_by_passed": Kind(409, "The time to answer is over"),
    "frequency_cap": Kind(409, "The account would publish too many paid posts, or too close together"),
    "counter_used": Kind(409, "The only counter-offer has already been made"),
    "counter_not_open": Kind(409, "There is no counter-offer to answer"),
    "draft_not_approved": Kind(409, "The draft has to be approved first"),
    "draft_not_waiting": Kind(409, "No draft is waiting for an answer"),
    "draft_rounds_used": Kind(409, "No further changes can be requested"),
    "window_not_open": Kind(409, "The publication window is not open"),
    "mend_by_passed": Kind(409, "The time to mend the post is over"),
    "dispute_closed": Kind(409, "The dispute has already been decided"),
    "appeal_used": Kind(409, "The only appeal has already been made"),
    "same_auditor": Kind(409, "An appeal is decided by another auditor"),
    "call_closed": Kind(409, "The open call no longer accepts applications or picks"),
    "call_not_met": Kind(409, "The account does not meet the conditions of the call"),
    "budget_spent": Kind(409, "The remaining budget does not cover this price"),
    "report_expired": Kind(410, "The link has expired"),
    "plan_stale": Kind(409, "The plan is out of date; make a new one"),
    "list_full": Kind(409, "The list has the maximum number of entries"),
    "task_full": Kind(409, "The task has the maximum number of accounts"),
    "post_check_failed": Kind(422, "The post differs from what was agreed"),
    "content_forbidden": Kind(422, "The content may not be advertised"),
    "ownership_code_missing": Kind(409, "Ask for an ownership code first"),
    "ownership_not_proven": Kind(409, "The account does not show the code"),
    "publishing_not_authorised": Kind(409, "The network requires the owner's permission first"),
    "network_absent": Kind(409, "The social network has no such account or post"),
    "network_refused": Kind(409, "The social network refused the request"),
    "network_not_permitted": Kind(409, "The social network does not permit the request"),
    "write_contention": Kind(503, "Too many changes at once; try again"),
    # the service itself
    "rate_limited": Kind(429, "Too many requests"),
    "internal_error": Kind(500, "An internal error occurred"),
    "upstream_unavailable": Kind(503, "A required service did not respond; try again"),
}


@dataclass(frozen=True)
class Fault:
    """An error in the body: a JSON pointer to it, a stable code, and a message for people."""

    pointer: str
    code: str
    message: str


class Problem(Exception):
    """An error that is returned to the client.

    `code` is a row of TABLE; `detail` describes this occurrence; `faults` point into the body; `data` are extra members of the
    problem document (JSON values or Money)."""

    def __init__(self, code: str, detail: str, *, faults: Iterable[Fault] = (), **data: Any) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.kind = TABLE[code]
        self.detail = detail
        self.faults = tuple(faults)
        self.data = data


class InvalidBody(Problem):
    """422 `body_invalid`: at least one Fault."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("body_invalid", "; ".join(fault.message for fault in faults[:3]), faults=faults)


def not_found(noun: str) -> Problem:
    """Return 404, the same for a thing that does not exist and for one that belongs to another user."""
    return Problem("not_found", f"No such {noun}.")
