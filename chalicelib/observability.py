"""One structured log line per event, one metric per fact of the business (Powertools; EMF, so no call leaves the process)."""

from __future__ import annotations

import os
import traceback
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
from botocore.exceptions import ClientError

from chalicelib.errors import Problem


class WithoutWords(LambdaPowertoolsFormatter):
    """Tells of an exception where it was raised and what it is, not what it says: messages quote what they choked on, and that may
    be somebody's. The codes of AWS and of problems are told, and what our own exceptions say."""

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


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Emits the metric `name` in namespace MicroTask, for the stage as an EMF line, and for the stage and `dimensions` as another:
    an alarm watches one set of dimensions and cannot add up several."""
    for further in ({}, dimensions) if dimensions else ({},):
        metrics = EphemeralMetrics(namespace="MicroTask", service="micro-task")
        for key, text in {"stage": os.environ.get("STAGE", "none"), **further}.items():
            metrics.add_dimension(name=key, value=text)
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
        metrics.flush_metrics()
