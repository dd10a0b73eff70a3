"""Large lists end early with a cursor; the following pages show everything, each item once."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.api import request_parsing
from chalicelib.core import clock
from chalicelib.tasks.workflow import steps
from testing.api import Api
from testing.markets.stage import NOON, Stage

EMOJI = "😀"
ENVELOPE = 1_000
"""Bytes around the items: the cursor, most of all."""
NAMES = ("an", "bo", "chen")
LARGE = {
    "content": {
        "text": EMOJI * 1_900,
        "picture_ids": [],
        "urls": [f"https://tea.example/{EMOJI * 1_900}{n}" for n in range(5)],
    }
}


def pages(api: Api, path: str) -> list[list[dict[str, Any]]]:
    """Return all pages of the list."""
    found, cursor = [], ""
    while True:
        response = api.get(f"{path}{'&' if '?' in path else '?'}limit=100{cursor}")
        assert response.status_code == 200, response.json_body
        found.append(response.json_body["data"])
        assert len(response.body) <= request_parsing.LIST_MAX_BYTES + ENVELOPE or len(found[-1]) == 1
        if response.json_body["next_cursor"] is None:
            return found
        cursor = f"&cursor={response.json_body['next_cursor']}"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that two tasks or orders reach."""
    monkeypatch.setattr(request_parsing, "LIST_MAX_BYTES", 4_000)


def test_lists_continue_after_an_early_end(stage: Stage, small: None) -> None:
    accounts = stage.bind(*NAMES)
    task_ids = [stage.create(accounts[:1])["id"] for _ in range(5)]
    orders = [order["id"] for name in NAMES for order in stage.orders(stage.create([stage.accounts[name]])["id"])]
    many = stage.create(accounts)["id"]
    stage.approve(many)
    for task_id in task_ids:
        steps.task_step({"step": "park", "id": task_id, "error": {"Error": "x" * 200, "Cause": "y" * 1_000}})
    finance = stage.api.as_("finance", "finance")
    for who, path, expected in (
        (stage.advertiser, "/v1/tasks", 9),
        (finance, "/v1/tasks", 9),
        (finance, "/v1/tasks?status=stuck", 5),
        (stage.auditor, "/v1/reviews", 8),
        (stage.advertiser, f"/v1/tasks/{many}/orders", 3),
    ):
        found = pages(who, path)
        shown = [one["id"] for page in found for one in page]
        assert len(found) > 1, path
        assert len(shown) == len(set(shown)) == expected, path
    assert len(orders) == 3


def test_a_creators_inbox_of_large_orders_stays_below_its_bound(stage: Stage) -> None:
    with clock.at(NOON):
        accounts = stage.bind("an", price=10_000)
        for number in range(30):
            task = stage.create(accounts, title=str(number), **LARGE)
            stage.approve(task["id"])
    found = pages(stage.creator("an"), "/v1/orders")
    assert len(found) > 1
    assert sum(map(len, found)) == 30
