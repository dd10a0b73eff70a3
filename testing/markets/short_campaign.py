"""A short task for the tests of workflows, and the requests of its users."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.core import clock
from chalicelib.tasks.records.order_record import find_order
from chalicelib.tasks.records.task_record import find_task
from chalicelib.tasks.workflow.wait_tokens import KEY, WaitRecord
from testing.markets.stage import Stage

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud


def quick(stage: Stage, names: tuple[str, ...], answer: float = 3, window: float = 6, retention: int = 2) -> Any:
    """Create a task of these creators with seconds to answer, of the window, and of retention."""
    accept_by = clock.now() + timedelta(seconds=answer)
    return stage.create(
        stage.bind(*names),
        accept_by=accept_by.isoformat(),
        window={"start_at": accept_by.isoformat(), "end_at": (accept_by + timedelta(seconds=window)).isoformat()},
        retention=f"PT{retention}S",
    )


def answer(stage: Stage, order_id: str, name: str, action: str, body: Any = None) -> Any:
    """Send a request of the creator, which has to succeed, and return the order."""
    found = stage.creator(name).post(f"/v1/orders/{order_id}/{action}", body)
    assert found.status_code == 200, found.json_body
    return found.json_body


def publish(cloud: Cloud, stage: Stage, order_id: str, name: str) -> None:
    """Publish for the creator at the start of the window."""
    cloud.move_to(find_order(order_id).start_at)
    url = stage.post(stage.advertiser.get(f"/v1/orders/{order_id}").json_body)
    answer(stage, order_id, name, "publish", {"post_url": url})


def waits(item_id: str, status: str | None = None) -> WaitRecord | None:
    """Return the wait of the workflow of a task or an order; None if it does not wait, or in another status than this."""
    record = WaitRecord.find(item_id, KEY)
    return record if record is not None and record.token and status in (None, record.status) else None


def statuses(stage: Stage, task_id: str) -> list[str]:
    return [order["status"] for order in stage.orders(task_id)]


def completed(cloud: Cloud, task_id: str) -> None:
    """Move the time until the task is completed and all executions have ended."""
    cloud.wait_for(lambda: find_task(task_id).status == "completed", "the task is completed")
    cloud.wait_for(lambda: not cloud.executions("RUNNING"), "every execution ends")
