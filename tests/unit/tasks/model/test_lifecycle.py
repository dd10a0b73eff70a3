"""The transition tables are complete, and docs/reference/lifecycle.md and the shipped workflows match them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from chalicelib.tasks.model import lifecycle
from chalicelib.tasks.model.lifecycle import (
    APPEAL,
    DISPUTE,
    MACHINES,
    ORDER,
    PAYMENT,
    TASK,
    UNOFFERED,
    Illegal,
    Machine,
)
from chalicelib.tasks.workflow import steps
from chalicelib.tasks.workflow.resume_workflows import USUAL_NEXT

ROOT = Path(__file__).parents[4]
DRIVEN = {"task": TASK, "order": ORDER}


def asl(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "infra" / f"{name}.asl.json").read_text())
    return document


def steps_of(name: str) -> set[str]:
    states = asl(name)["States"].values()
    return {state["Parameters"]["Payload"]["step"] for state in states if state["Type"] == "Task"}


@pytest.mark.parametrize(
    ("names", "machine"),
    [(lifecycle.TaskStatus, TASK), (lifecycle.OrderStatus, ORDER), (lifecycle.Payment, PAYMENT)],
)
def test_response_types_name_the_states(names: Any, machine: Machine) -> None:
    assert get_args(names) == machine.states


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_row_is_between_known_states_and_unambiguous(machine: Machine) -> None:
    pairs = [(row.state, row.event) for row in machine.transitions]
    assert len(pairs) == len(set(pairs))
    for row in machine.transitions:
        assert {row.state, row.then} <= set(machine.states)
    assert machine.first in machine.states


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_wait_has_a_default_that_the_table_allows(machine: Machine) -> None:
    for state, (_, event) in machine.waits.items():
        assert machine.allows(state, event)
        assert state not in machine.ends


PEOPLE = ("advertiser", "creator", "auditor", "the task")


@pytest.mark.parametrize("state", [state for state in ORDER.states if state not in ORDER.ends])
def test_rule_30_every_open_order_has_two_ways_out(state: str) -> None:
    """A default with a time, and an act of people; both lead to another state. What was not offered yet waits with its task."""
    if state == ORDER.first:
        assert UNOFFERED[TASK.then("in_review", TASK.waits["in_review"][1])] == ("cancelled", "refunded")
    else:
        timer, event = ORDER.waits[state]
        assert timer
        assert ORDER.then(state, event) != state
    acts = [row for row in ORDER.transitions if row.state == state and row.then != state]
    assert any(person in row.by for row in acts for person in PEOPLE)


@pytest.mark.parametrize("machine", [TASK, DISPUTE, APPEAL], ids=lambda machine: machine.name)
def test_every_open_state_can_be_left_by_people(machine: Machine) -> None:
    """A draft and a rejected task hold no money, so they have no default."""
    for state in set(machine.states) - machine.ends:
        acts = [row for row in machine.transitions if row.state == state and row.then != state]
        assert any(person in row.by for row in acts for person in PEOPLE), state
        assert state in machine.waits or UNOFFERED.get(state, ("", None))[1] != "held", state


def test_what_the_table_does_not_allow_is_illegal() -> None:
    with pytest.raises(Illegal):
        ORDER.then("completed", "accepted")
    with pytest.raises(Illegal):
        TASK.then("running", "approved")


def test_the_money_of_an_order_moves_exactly_when_it_ends() -> None:
    for row in ORDER.transitions:
        assert (row.money is not None) == (row.then in ORDER.ends), row
        assert row.money is None or PAYMENT.allows("held", row.money)


def test_dispute_and_appeal_events_exist_in_order_and_task_tables() -> None:
    for event in {row.event for row in DISPUTE.transitions}:
        assert ORDER.allows("disputed", event)
    for event in {row.event for row in APPEAL.transitions}:
        assert TASK.allows("in_review", event)
    assert {row.event for row in TASK.transitions if row.state == "in_review"} == {
        row.event for row in APPEAL.transitions
    }


def test_an_unoffered_order_follows_its_task_by_its_own_table() -> None:
    ends = {row.then for row in TASK.transitions} & set(UNOFFERED) & TASK.ends
    assert ends == {"cancelled", "stopped"}
    for row in TASK.transitions:
        if row.then in ends and row.state in UNOFFERED:
            (state, _), (then, payment) = UNOFFERED[row.state], UNOFFERED[row.then]
            assert ORDER.then(state, row.then) == then
            assert payment == "refunded"


def test_the_document_is_current() -> None:
    assert (ROOT / "docs" / "reference" / "lifecycle.md").read_text() == lifecycle.rendered()


@pytest.mark.parametrize("name", ["task", "order"])
def test_the_workflow_waits_in_the_states_the_table_waits_in(name: str) -> None:
    machine, states = DRIVEN[name], asl(name)["States"]
    chosen = {choice["StringEquals"] for choice in states["ByStatus"]["Choices"]}
    assert chosen - {"winding_up"} == set(machine.waits)
    assert chosen.isdisjoint(machine.ends)


@pytest.mark.parametrize("name", ["task", "order"])
def test_each_default_event_is_a_step_of_the_workflow(name: str) -> None:
    defaults = {event for _, event in DRIVEN[name].waits.values()}
    # A published post is not taken to be retained: it is checked.
    expected = {"check" if event == "retained" else event for event in defaults}
    assert expected <= steps_of(name)


@pytest.mark.parametrize("name", ["task", "order"])
def test_every_asl_state_has_comment_retry_and_catch(name: str) -> None:
    states = asl(name)["States"]
    for title, state in states.items():
        assert state["Comment"], title
        if state["Type"] != "Task":
            continue
        assert state["Retry"], title
        assert title == "Park" or any(c["Next"] == "Park" for c in state["Catch"]), title
        if state["Resource"].endswith("waitForTaskToken"):
            assert state.get("TimeoutSecondsPath") == "$.seconds" or state["TimeoutSeconds"] == 300


@pytest.mark.parametrize("name", ["task", "order"])
def test_success_leads_to_the_wait_for_the_usual_status(name: str) -> None:
    states = asl(name)["States"]
    waits = {
        state["Parameters"]["Payload"]["status"]: state for title, state in states.items() if title.startswith("Await")
    }
    assert set(waits) == set(DRIVEN[name].waits)
    for status, state in waits.items():
        then, caught = USUAL_NEXT[status], {c["ErrorEquals"][0]: c["Next"] for c in state["Catch"]}
        assert caught["Ended"] == "Ended"
        assert caught["Changed"] == "Load"
        if then in DRIVEN[name].ends:
            assert state["End"]
        else:
            chosen = {choice["StringEquals"]: choice["Next"] for choice in states["ByStatus"]["Choices"]}
            assert state["Next"] == chosen[then]


@pytest.mark.parametrize("name", ["task", "order"])
def test_every_step_of_the_workflow_is_one_the_function_knows(name: str) -> None:
    documented = (steps.task_step if name == "task" else steps.order_step).__doc__ or ""
    for step in steps_of(name):
        assert f"`{step}`" in documented
