"""Transitions of rules 1 and 2, effective prices (rule 10), and repeated decisions."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.accounts.review import admission_rules, certification_rules
from chalicelib.accounts.review.auditor_decisions import Decision, is_repeat
from chalicelib.accounts.valuation.effective_prices import effective
from chalicelib.core.errors import InvalidBody, Problem
from chalicelib.decisions.decider import Decider
from chalicelib.grading.model.account_figures import AccountFigures


def test_the_reasons_are_those_of_the_rules() -> None:
    assert set(certification_rules.CertificationReason) == {
        "licence_invalid",
        "name_mismatch",
        "contact_false",
        "category_forbidden",
    }
    assert set(admission_rules.AdmissionReason) == {
        "community_rules",
        "contact_false",
        "wrong_category",
        "low_fan_quality",
    }


@pytest.mark.parametrize(
    ("table", "statuses"),
    [
        (certification_rules.NEXT, {"pending", "approved", "rejected", "revoked"}),
        (admission_rules.NEXT, {"unclaimed", "pending", "admitted", "rejected", "revoked"}),
    ],
)
def test_a_decision_needs_a_pending_or_revoked_status(table: dict[tuple[str, str], str], statuses: set[str]) -> None:
    assert {status for status, _ in table} | set(table.values()) <= statuses
    assert {status for status, event in table if event in ("approved", "rejected")} == {"pending", "revoked"}


def test_approval_and_admission_are_left_by_revocation_or_the_owner() -> None:
    assert [event for status, event in certification_rules.NEXT if status == "approved"] == ["revoked"]
    assert [event for status, event in admission_rules.NEXT if status == "admitted"] == ["revoked", "unbound"]


def test_only_admitted_and_unclaimed_accounts_are_listed() -> None:
    assert sorted(admission_rules.LISTED) == ["admitted", "unclaimed"]


ANN, BOB = Decider("ann", frozenset(), 1), Decider("bob", frozenset(), 1)
DECISIONS = [
    Decision("approved", None, None, ANN),
    Decision("rejected", "contact_false", None, ANN),
    Decision("rejected", "wrong_category", "a note", BOB),
]


RULES = [certification_rules.require_complete, admission_rules.require_complete]


@pytest.mark.parametrize("require_complete", RULES)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_rejection_with_a_reason_and_an_approval_are_complete(
    require_complete: Callable[[Decision], None], decision: Decision
) -> None:
    require_complete(decision)


@pytest.mark.parametrize("require_complete", RULES)
@pytest.mark.parametrize(
    "decision", [Decision("rejected", None, "a note", ANN), Decision("approved", "contact_false", None, ANN)]
)
def test_a_rejection_without_or_approval_with_reason_is_refused(
    require_complete: Callable[[Decision], None], decision: Decision
) -> None:
    with pytest.raises(InvalidBody) as refused:
        require_complete(decision)
    assert [fault.pointer for fault in refused.value.faults] == ["/reason_code"]


@pytest.mark.parametrize(("first", "second"), list(itertools.product(DECISIONS, DECISIONS)))
def test_only_the_same_decision_is_a_repeat(first: Decision, second: Decision) -> None:
    if first == second:
        assert is_repeat(first.outcome, first.reason_code, second)
    else:
        with pytest.raises(Problem, match="already_decided"):
            is_repeat(first.outcome, first.reason_code, second)


def test_only_outcome_and_reason_make_another_decision() -> None:
    assert not is_repeat(None, None, DECISIONS[0])
    assert is_repeat("rejected", "contact_false", Decision("rejected", "contact_false", "in other words", BOB))


@given(own=st.none() | st.integers(1, 10**9), mid=st.none() | st.integers(1, 10**9))
def test_the_own_price_goes_before_the_advised_one(own: int | None, mid: int | None) -> None:
    advised = None if mid is None else {"low": 1, "mid": mid, "high": 10**9}
    expected = (own, "own") if own is not None else (mid, "advised") if mid is not None else None
    assert effective(own, advised) == expected


@pytest.mark.parametrize(
    ("status", "evidence", "was_revoked", "expected"),
    [
        ("pending", {"verified": True}, False, True),
        ("pending", {"verified": True}, True, False),
        ("pending", {"verified": False}, False, False),
        ("pending", {}, False, False),
        ("pending", None, False, False),
        ("admitted", {"verified": True}, False, False),
        ("unclaimed", {"verified": True}, False, False),
    ],
)
def test_a_verified_account_is_admitted_at_once(
    status: str, evidence: AccountFigures | None, was_revoked: bool, expected: bool
) -> None:
    assert admission_rules.is_admitted_at_once(status, evidence, was_revoked) is expected
