"""The costs of the main routes, counted on a DynamoDB engine over HTTP, equal those in docs/reference/performance.md."""

from __future__ import annotations

import pytest

from bench.harness import counted
from bench.harness.measured_market import Meter, market
from bench.routes import count
from chalicelib.api import ROUTES

pytestmark = pytest.mark.xdist_group("counts")  # they are counted once


@pytest.fixture(scope="module")
def counts() -> dict[str, Meter]:
    with market() as stage:
        return count(stage)


def test_each_route_sends_the_documented_requests(counts: dict[str, Meter]) -> None:
    known = counted.read()["routes"]
    assert {name: counted.plain(meter) for name, meter in counts.items()} == known, "`make count` writes them anew"


def test_the_counted_routes_exist(counts: dict[str, Meter]) -> None:
    served = {f"{route.method} {route.path}" for route in ROUTES}
    assert {name.partition(" [")[0] for name in counts} <= served
    assert len(counts) >= 30


def test_frequent_reads_take_few_round_trips(counts: dict[str, Meter]) -> None:
    """A list or a card takes at most two; a read never writes. The index of an advertiser's tasks has only their keys, which saves
    writes of every order, so this list reads the tasks after the index and then the orders of those that store no numbers."""
    often = [
        "GET /v1/accounts",
        "GET /v1/accounts/{account_id}",
        "GET /v1/accounts/{account_id}/grade",
        "GET /v1/orders",
        "GET /v1/orders/{order_id}",
        "GET /v1/tasks",
        "GET /v1/tasks/{task_id} [10 orders]",
        "GET /v1/wallet",
    ]
    for name in often:
        assert counts[name].round_trips <= (3 if name == "GET /v1/tasks" else 2), name
        assert counts[name].write == 0, name


def test_creating_a_task_takes_constant_round_trips(counts: dict[str, Meter]) -> None:
    one, ten = counts["POST /v1/tasks [1 account]"], counts["POST /v1/tasks [10 accounts]"]
    assert one.calls == ten.calls
    assert counts["POST /v1/tasks [repeated]"].round_trips == 1


def test_the_tables_in_the_document_are_made_from_the_counts() -> None:
    text = counted.DOCUMENT.read_text("utf-8")
    assert counted.document(text, counted.read()) == text
