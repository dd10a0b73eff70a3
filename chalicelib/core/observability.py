"""Structured log lines and metrics (AWS Lambda Powertools; metrics are EMF log lines, so no request leaves the process).

All log lines that a request causes have its id as their `correlation_id`: a task or order stores the id of the request that changed
it last (`cause`), its stream record passes the id to the outbox, and the steps of its workflow read it with the item or get it in
their input.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from botocore.exceptions import ClientError

from chalicelib.core.errors import Problem

_about: ContextVar[Mapping[str, str]] = ContextVar("about", default={})  # noqa: B039 - never changed, only replaced


def begin(cause: str | None, **keys: str) -> None:
    """Begin an event: the log lines from here on have these keys, and none of earlier events."""
    _about.set({**keys, "correlation_id": cause} if cause else keys)


def correlate(cause: str | None) -> None:
    """Add the cause to the log lines from here on, unless it is None."""
    if cause:
        _about.set({**_about.get(), "correlation_id": cause})


def cause() -> str | None:
    """Return the id of the request or of the scheduled event that is handled now; None if it is not known yet."""
    return _about.get().get("correlation_id")


def observed(
    handler: Callable[..., Any], within: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Callable[..., Any]:
    """Return the Lambda handler with one log line for each event: its result, and its duration in milliseconds.

    The handler runs inside the context manager that `within` returns. A scheduled event has an id of its own; other events take
    theirs from the items that they concern.
    """

    @wraps(handler)
    def handle(event: Any, *context: Any) -> Any:
        tick = getattr(event, "event_id", None) or (
            event.get("id") if isinstance(event, dict) and "time" in event else None
        )
        begin(tick, function=handler.__name__)
        begun = time.monotonic()
        ended = "failed"
        try:
            with within():
                result = handler(event, *context)
            ended = "done"
            return result
        finally:
            members = event if isinstance(event, dict) else {}
            names = [name for name in ("step", "id", "run", "segment") if isinstance(members.get(name), str)]
            keys = {name: members[name] for name in names}
            logger.info(ended, extra={**keys, "milliseconds": round((time.monotonic() - begun) * 1_000)})

    return handle


class WithoutMessages(LambdaPowertoolsFormatter):
    """Formats an exception with its type and stack, without its message, because messages quote input, which may be personal data.

    The error codes of AWS and of problems, and messages of the market's own exceptions, are written."""

    def serialize(self, log: Any) -> str:
        return str(super().serialize({**log, **_about.get()}))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - name of the logging module
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
            lines.insert(0, "".join([*frames, f"{type(error).__qualname__}{_safe_message(error)}"]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(lines)


def _safe_message(error: BaseException) -> str:
    if isinstance(error, ClientError):
        return f": {error.response.get('Error', {}).get('Code')}"
    if isinstance(error, Problem):
        return f": {error.code}"
    return f": {error}" if type(error).__module__.startswith("chalicelib.") else ""


logger = Logger(service="micro-task", logger_formatter=WithoutMessages(utc=True, serialize_stacktrace=False))


def count(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Emit the metric `name` in the namespace MicroTask: an EMF line for the stage, and another for the stage and `dimensions`.

    Two lines are needed because an alarm watches one set of dimensions and cannot add up several."""
    for extra in ({}, dimensions) if dimensions else ({},):
        metrics = EphemeralMetrics(namespace="MicroTask", service="micro-task")
        for key, text in {"stage": os.environ.get("STAGE", "none"), **extra}.items():
            metrics.add_dimension(name=key, value=text)
        metrics.add_metric(name=name, unit=MetricUnit(unit), value=value)
        metrics.flush_metrics()
