"""The queues of staff."""

from __future__ import annotations

from typing import get_args

from chalicelib.core.errors import TABLE
from chalicelib.queues.queue_table import QUEUES, QueueName
from chalicelib.store import WalletRecord


def test_every_queue_has_an_entry_and_a_partition_of_its_own() -> None:
    assert set(QUEUES) == set(get_args(QueueName))
    assert len({(queue.record, queue.key) for queue in QUEUES.values()}) == len(QUEUES)


def test_queues_of_money_are_for_finance() -> None:
    for queue in QUEUES.values():
        assert (queue.role == "finance") is (queue.record is WalletRecord)


def test_queues_with_deadlines_are_sorted_by_them() -> None:
    assert {queue.time for queue in QUEUES.values() if queue.has_deadlines} == {"due_at"}
    assert "claimed" in TABLE
