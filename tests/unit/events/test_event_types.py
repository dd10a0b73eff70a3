"""Every transition of every table has a type in the catalogue, and every type has a transition."""

from __future__ import annotations

from typing import get_args

import pytest

from apispec import documents, events
from chalicelib.accounts.review import admission_rules, certification_rules
from chalicelib.events import payloads
from chalicelib.events.event_types import EVENT_TYPES, OPERATOR, PARTIES, STAFF, type_of
from chalicelib.tasks.model.lifecycle import APPEAL, DISPUTE, ORDER, PAYMENT, TASK, Machine
from chalicelib.wallet.records import SuspenseStatus, WithdrawalStatus


def _types_of(machine: Machine) -> set[str]:
    return {type_of(machine.name, row.then, row.state, row.event) for row in machine.transitions}


FROM_TABLES = {
    "task": _types_of(TASK) | {"task.stuck", "task.retried"},
    "order": _types_of(ORDER) | {"order.stuck", "order.retried", "order.reminder"},
    "dispute": {f"dispute.{state}" for state in DISPUTE.states},
    "review": {f"review.appeal_{state}" for state in APPEAL.states},
    "account": {f"account.{status}" for status in admission_rules.NEXT.values()} | {"account.graded"},
    "certification": {f"certification.{status}" for status in certification_rules.NEXT.values()},
    "application": {f"application.{status}" for status in get_args(payloads.ApplicationStatus)},
    "appeal": {f"appeal.{status}" for status in get_args(payloads.AppealStatus)},
    "withdrawal": {f"withdrawal.{status}" for status in get_args(WithdrawalStatus)},
    "wallet": {f"wallet.suspense_{status}" for status in get_args(SuspenseStatus)}
    | {"wallet.claimed", "wallet.topup_paid"},
    "plan": {"plan.ordered"},
    "search": {"search.new_results"},
    "message": {"message.sent"},
    "webhook": {"webhook.disabled", "webhook.test"},
}


@pytest.mark.parametrize("noun", FROM_TABLES)
def test_types_and_transitions_match(noun: str) -> None:
    assert {name for name in EVENT_TYPES if name.startswith(f"{noun}.")} == FROM_TABLES[noun]


def test_every_noun_has_a_table() -> None:
    assert {row.noun for row in EVENT_TYPES.values()} == set(FROM_TABLES)


def test_every_payment_moves_with_an_order_event() -> None:
    """A payment has no event of its own: order events have its status."""
    moved = {row.money for row in ORDER.transitions if row.money}
    assert {row.event for row in PAYMENT.transitions} == moved
    assert "payment" in payloads.OrderChange.__annotations__


def test_a_change_of_status_is_named_after_the_status() -> None:
    assert type_of("order", "completed", "published", "retained") == "order.completed"
    assert type_of("order", "accepted", "accepted", "draft_submitted") == "order.draft_submitted"
    assert type_of("order", "published", "disputed", "dispute_expired") == "order.dispute_expired"


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_rows_are_consistent(name: str) -> None:
    row = EVENT_TYPES[name]
    assert set(row.inbox) <= set(row.recipients) <= {*PARTIES, *STAFF, OPERATOR}
    assert row.recipients
    assert row.summary.endswith(".")


def test_the_reference_page_is_current() -> None:
    assert documents.EVENTS.read_text("utf-8") == events.rendered(), "run `make docs`"


def test_names_are_unique() -> None:
    from chalicelib.events.event_types import _ROWS

    assert len(_ROWS) == len(EVENT_TYPES)
