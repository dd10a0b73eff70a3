"""What each step of the regrade workflow does (infra/regrade.asl.json), and its nightly start (rule 23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib.core import clock
from chalicelib.core.observability import correlate, count, logger
from chalicelib.grading import regrade

MARGIN_MS = 30_000
"""No page is begun with less time left: one takes well below a second, its retries some seconds."""


def regrade_step(event: dict[str, Any], left_ms: Callable[[], int] | None = None) -> dict[str, Any]:
    """`plan`: the segments; `pages`: the next pages of one, as many as fit into the time that is left (one if that is not known);
    `park`: one that failed for good; `summarise`: the whole run."""
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
            regrade.park(run, event["segment"], str(error.get("Cause") or error.get("Error")))
            count("RegradeSegmentsParked")
            return {"run": run, "segment": event["segment"], "done": True}
        case "summarise":
            regrade.end(run)
            found = regrade.findings(run)
            summary = {name: found[name] for name in ("accounts", "changed", "up", "down", "shares", "units")}
            summary["seconds"] = round((found["ended_at"] - found["started_at"]).total_seconds(), 3)
            logger.info("regraded", extra=summary)
            count("GradesChanged", found["changed"])
            return {"run": run, **summary, "parked": len(found["parked"])}
        case unknown:
            raise ValueError(f"no such step: {unknown}")


def start_nightly() -> dict[str, Any]:
    """Starts tonight's run; named by the date, so the cron may fire twice."""
    return {"execution": regrade.start(f"nightly-{clock.now():%Y-%m-%d}")}
