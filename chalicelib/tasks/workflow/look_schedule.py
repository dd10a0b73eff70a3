"""The schedules of looks at posts: EventBridge Scheduler calls the step `check` for a look before the end of the retention.

Every look schedules the next one. A lost schedule delays looks until the sweep or the last check, which the workflow waits for."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import clock, json_format
from chalicelib.core.aws import client
from chalicelib.core.settings import settings
from chalicelib.tasks.posts.post_checks import look_reasons
from chalicelib.tasks.records.order_record import OrderRecord
from chalicelib.tasks.workflow.wait_tokens import has_scheduled_looks, wait_of

SECOND = timedelta(seconds=1)
LATE = timedelta(minutes=15)
"""The time after which the sweep schedules a look again; Scheduler calls within a minute, Lambda repeats failed calls for some."""


def next_scheduled_look(order: OrderRecord) -> datetime | None:
    """Return the time of the next look that has a schedule of its own; None if the workflow waits for the next look, or if no look
    is due any more."""
    look_at = order.next_look_at if has_scheduled_looks(order) else None
    return None if look_at is None or clock.stamp(look_at) >= wait_of(order).until else look_at


def schedule_look(order: OrderRecord) -> bool:
    """Schedule the next look at the post; a look that is due is made now. Return False if there is none, or if it is scheduled."""
    look_at = next_scheduled_look(order)
    if look_at is None:
        return False
    at = max(look_at, clock.now()) - clock.offset() + SECOND  # Scheduler counts in whole seconds and real time
    name = f"{order.pk}-{at:%Y%m%dT%H%M%S}"
    event: dict[str, Any] = {"step": "check", "id": order.pk}
    if order.counted_links and look_reasons(order, look_at).takes_figures:
        event["counted"] = order.counted_links
    try:
        client("scheduler").create_schedule(
            Name=name,
            GroupName=settings().schedule_group,
            ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": _order_step_arn(),
                "RoleArn": settings().schedule_role_arn,
                "Input": json_format.dumps(event),
            },
        )
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConflictException":
            raise
        return False
    return True


def is_late(order: OrderRecord) -> bool:
    """Return True if a scheduled look should have been made long ago: its schedule was lost."""
    look_at = next_scheduled_look(order)
    return look_at is not None and clock.now() >= look_at + LATE


def _order_step_arn() -> str:
    """Return the ARN of the order step's alias. Its function cannot know it from the template: it would depend on itself."""
    partition, _, region, account = settings().order_machine_arn.split(":")[1:5]
    name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "order_step")
    return f"arn:{partition}:lambda:{region}:{account}:function:{name}:live"
