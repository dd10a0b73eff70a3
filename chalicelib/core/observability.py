"""One structured log line per event, one metric per fact of the business (Powertools; EMF, so no call leaves the process).

Every line of what one request sets in motion has the request's id as its `correlation_id`: a task or order keeps the id of what
changed it last (`cause`), its stream record carries it to the outbox, and the steps of its workflow read it with the item.
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
    """Another event begins: the lines from here on are about it, and about nothing that was before."""
    _about.set({**keys, "correlation_id": cause} if cause else keys)


def correlate(cause: str | None) -> None:
    """What is done turns out to be because of this, if it is known."""
    if cause:
        _about.set({**_about.get(), "correlation_id": cause})


def cause() -> str | None:
    """Why something is done now: the id of the request or of the tick of a cron; None if that is not known yet."""
    return _about.get().get("correlation_id")


def observed(
    handler: Callable[..., Any], within: Callable[[], AbstractContextManager[None]] = nullcontext
) -> Callable[..., Any]:
    """Return the Lambda handler with one log line for each event: how it ended, after how many milliseconds.

    The handler runs inside the context manager that `within` makes. The tick of a cron has an id of its own; other events take
    theirs from the items that they are about.
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
            told = event if isinstance(event, dict) else {}
            what = {name: told[name] for name in ("step", "id", "run", "segment") if isinstance(told.get(name), str)}
            logger.info(ended, extra={**what, "milliseconds": round((time.monotonic() - begun) * 1_000)})

    return handle


class WithoutWords(LambdaPowertoolsFormatter):
    """Tells of an exception where it was raised and what it is, not what it says: messages quote what they choked on, and that may
    be somebody's. The codes of AWS and of problems are told, and what our own exceptions say."""

    def serialize(self, log: Any) -> str:
        return str(super().serialize({**log, **_about.get()}))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            frames = traceback.format_list(traceback.extract_tb(error.__traceback__))
            lines.insert(0, "".join([*frames, f"{type(error).__qualname__}{_words(error)}"]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\n".join(lines)


def _words(error: BaseException) -> str:
    if isinstance(error, ClientError):
        return f": {error.response.get('Error', {}).get('Code')}"
    if isinstance(error, Problem):
        return f": {error.code}"
    return f": {error}" if type(error).__module__.startswith("chalicelib.") else ""


logger = Logger(service="micro-task", logger_formatter=WithoutWords(utc=True, serialize_stacktrace=False))


def count(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Emits the metric `name` in namespace MicroTask, for the stage as an EMF line, and for the stage and `dimensions` as another:
    an alarm watches one set of dimensions and cannot add up several."""
    for further in ({}, dimensions) if dimensions else ({},):
        metrics = EphemeralMetrics(namespace="MicroTask", service="micro-task")
        for key, text in {"stage": os.environ.get("STAGE", "none"), **further}.items():
            metrics.add_dimension(name=key, value=text)
        metrics.add_metric(name=name, unit=MetricUnit(unit), value=value)
        metrics.flush_metrics()
