"""One structured log line per event, one metric per fact of the business (Powertools; EMF, so no call leaves the process)."""

from __future__ import annotations

import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

logger = Logger(service="micro-task", utc=True)


def count(name: str, value: float = 1, **dimensions: str) -> None:
    """Emits the metric `name` in namespace MicroTask, for the stage as an EMF line, and for the stage and `dimensions` as another:
    an alarm watches one set of dimensions and cannot add up several."""
    for further in ({}, dimensions) if dimensions else ({},):
        metrics = EphemeralMetrics(namespace="MicroTask", service="micro-task")
        for key, text in {"stage": os.environ.get("STAGE", "none"), **further}.items():
            metrics.add_dimension(name=key, value=text)
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
        metrics.flush_metrics()
