"""The numbers of a task: held, paid and refunded together are the prices of its orders and the unspent budget."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.tasks.model.order_standings import standings
from chalicelib.tasks.model.order_tally import known_tally, tally
from chalicelib.tasks.records.order_record import OrderRecord, order_id
from chalicelib.tasks.records.task_lines import Line
from chalicelib.tasks.records.task_record import TaskRecord

TASK = "tsk_1"
LINES = [Line(f"acc_{n}", "cre_1", "weibo", "tea", 1_000, 300, "own") for n in range(3)]


def order(place: int, status: str, payment: str, **more: Any) -> OrderRecord:
    return OrderRecord(order_id(TASK, f"acc_{place}"), "order", status=status, payment=payment, price=1_000, **more)


def test_each_order_counts_by_its_payment() -> None:
    task = TaskRecord(TASK, "task", status="running", unallocated=50)
    paid = order(0, "completed", "paid", settled={"net": 700, "commission": 300, "returned": 0})
    split = order(1, "cancelled", "split", settled={"net": 70, "commission": 30, "returned": 900})
    found = tally(task, standings(task, LINES, {one.pk: one for one in (paid, split)}))
    assert found.order_counts == {"completed": 1, "cancelled": 1, "pending": 1}
    assert found.totals == {"held": 1_050, "paid": 1_100, "refunded": 900, "commission": 330}
    assert found.orders_left == 0


def test_a_closed_task_counts_the_orders_that_still_end() -> None:
    task = TaskRecord(TASK, "task", status="cancelled", winding_up="cancelled")
    offered = order(0, "offered", "held")
    published = order(1, "published", "held")
    found = tally(task, standings(task, LINES, {one.pk: one for one in (offered, published)}))
    assert found.orders_left == 2, "the offered one and the line; a published order continues (rule 18)"


@pytest.mark.parametrize(
    ("status", "counts", "totals"),
    [
        ("draft", {"pending": 3}, {"held": 0, "paid": 0, "refunded": 0, "commission": 0}),
        ("in_review", {"pending": 3}, {"held": 3_000, "paid": 0, "refunded": 0, "commission": 0}),
        ("rejected", {"pending": 3}, {"held": 0, "paid": 0, "refunded": 3_000, "commission": 0}),
    ],
)
def test_a_task_before_its_offers_is_known_without_orders(
    status: str, counts: dict[str, int], totals: dict[str, int]
) -> None:
    task = TaskRecord(TASK, "task", status=status, accounts=3, total=3_000)
    found = known_tally(task)
    assert found is not None
    assert (found.order_counts, found.totals) == (counts, totals)
    lines = tally(task, standings(task, LINES, {}))
    assert (lines.order_counts, lines.totals) == (counts, totals)


def test_orders_of_an_approved_task_have_to_be_read() -> None:
    approved = {"status": "approved", "reasons": [], "by": "aud"}
    assert known_tally(TaskRecord(TASK, "task", status="running", accounts=3, review=approved)) is None
