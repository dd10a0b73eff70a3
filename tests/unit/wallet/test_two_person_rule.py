"""Two people decide about large amounts (rule 26)."""

from __future__ import annotations

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.wallet import two_person_rule
from chalicelib.wallet.two_person_rule import Confirmation

AT = clock.parse("2026-11-24T12:00:00Z")
FIRST: Confirmation = {"decision": "paid", "by": "ann", "at": "2026-11-24T12:00:00.000Z"}


def test_only_amounts_above_the_limit_need_two_people() -> None:
    assert not two_person_rule.is_needed(rules().two_people_above)
    assert two_person_rule.is_needed(rules().two_people_above + 1)


def test_a_second_person_completes_the_same_decision_only() -> None:
    assert two_person_rule.is_given(FIRST, "paid", "bob")
    assert not two_person_rule.is_given(FIRST, "paid", "ann")
    assert not two_person_rule.is_given(FIRST, "failed", "bob")
    assert not two_person_rule.is_given(None, "paid", "bob")


def test_confirming_again_changes_nothing() -> None:
    assert two_person_rule.first(None, "paid", "ann", AT) == FIRST
    assert two_person_rule.first(FIRST, "paid", "ann", clock.parse("2026-11-25T12:00:00Z")) is FIRST
    assert two_person_rule.first(FIRST, "failed", "bob", AT) == {"decision": "failed", "by": "bob", "at": FIRST["at"]}


def test_after_the_second_person_both_may_repeat_the_decision() -> None:
    decided = two_person_rule.second(FIRST, "bob")
    assert decided == {**FIRST, "second": "bob"}
    assert two_person_rule.is_given(decided, "paid", "ann")
    assert two_person_rule.second(decided, "eve") is decided
    assert two_person_rule.second(None, "bob") is None
