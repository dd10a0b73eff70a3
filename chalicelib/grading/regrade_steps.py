"""The steps of the regrade workflow (infra/regrade.asl.json), and its nightly start (rule 23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import correlate, count, logger
from chalicelib.grading import regrade

MARGIN_MS = 30_000
"""The time that must be left to begin a page: a page takes well below a second, its retries some seconds."""


def regrade_step(event: dict[str, Any], left_ms: Callable[[], int] | None = None) -> dict[str, Any]:
    """Run one step. `plan` returns the segments; `pages` regrades as many pages of a segment as fit into the remaining time, one
    if that is unknown; `park` marks a segment as stuck after repeated failures; `summarise` ends the run."""
    run = event["run"]
    correlate(run)
    match event["step"]:
        case "plan":
            regrade.begin(run)
            return {"run": run, "segments": list(regrade.SEGMENTS)}
        case "pages":
            done = regrade.regrade(run, event["segment"], lambda: left_ms is not None and left_ms() > MARGIN_MS)
            return {"run": run, "segment": event["segment"], "done": done}
        case "park":
            error = event["error"]
            regrade.mark_stuck(run, event["segment"], str(error.get("Cause") or error.get("Error")))
            count("RegradeSegmentsParked")
            return {"run": run, "segment": event["segment"], "done": True}
        case "summarise":
            regrade.end(run)
            results = regrade.results(run)
            assert results["started_at"] is not None, "the step `plan` began the run"
            assert results["ended_at"] is not None, "it has just ended"
            seconds = round((results["ended_at"] - results["started_at"]).total_seconds(), 3)
            summary = {
                "accounts": results["accounts"],
                "changed": results["changed"],
                "up": results["up"],
                "down": results["down"],
                "shares": results["shares"],
                "units": results["units"],
                "seconds": seconds,
            }
            logger.info("regraded", extra=summary)
            count("GradesChanged", results["changed"])
            return {"run": run, **summary, "parked": len(results["parked"])}
        case unknown:
            raise ValueError(f"no such step: {unknown}")


def start_nightly() -> dict[str, str]:
    """Start tonight's run. It is named after the date, so the schedule may fire twice."""
    return {"execution": regrade.start(f"nightly-{clock.now():%Y-%m-%d}")}
