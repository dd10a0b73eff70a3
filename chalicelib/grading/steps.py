"""What each step of the regrade workflow does (infra/regrade.asl.json), and its nightly start (rule 23)."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.grading import regrade
from chalicelib.observability import count, logger


def regrade_step(event: dict[str, Any]) -> dict[str, Any]:
    """`plan`: the segments; `page`: the next page of one; `park`: one that failed for good; `summarise`: the whole run."""
    run = event["run"]
    match event["step"]:
        case "plan":
            return {"run": run, "segments": list(regrade.SEGMENTS)}
        case "page":
            return {"run": run, "segment": event["segment"], "done": regrade.regrade_page(run, event["segment"])}
        case "park":
            regrade.park(run, event["segment"], str(event["reason"]))
            count("RegradeSegmentsParked")
            return {"run": run, "segment": event["segment"], "done": True}
        case "summarise":
            found = regrade.findings(run)
            summary = {name: found[name] for name in ("accounts", "changed", "up", "down", "shares")}
            logger.info("regraded", extra=summary)
            count("GradesChanged", found["changed"])
            return {"run": run, **summary, "parked": len(found["parked"])}
        case unknown:
            raise ValueError(f"no such step: {unknown}")


def start_nightly() -> dict[str, Any]:
    """Starts tonight's run; named by the date, so the cron may fire twice."""
    return {"execution": regrade.start(f"nightly-{clock.now():%Y-%m-%d}")}
