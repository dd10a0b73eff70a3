"""Regrading every account: started, followed, counted."""

from __future__ import annotations

import time
from argparse import ArgumentParser, Namespace
from typing import Any

from cli.progress import Progress
from ops.command import Answer, Command
from ops.deployment import Deployment

EVERY_SECONDS = 1.0


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--run", metavar="NAME", help="follow this run instead of starting one, e.g. nightly-2026-11-23"
    )
    parser.add_argument("--no-wait", action="store_true", help="start it, or look once, and do not follow it")


def _regrade(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from chalicelib.core import ids
    from chalicelib.grading import regrade

    run = options.run or regrade.start(ids.new("rgr"))
    found = regrade.progress(run)
    bar = Progress("segments regraded", found["segments"]["all"])
    while found["status"] == "running" and not options.no_wait:
        bar.show(found["segments"]["done"])
        time.sleep(EVERY_SECONDS)
        found = regrade.progress(run)
    bar.clear()
    return Answer(found, _text(found), 1 if found["status"] == "failed" or found["parked"] else 0)


def _text(found: dict[str, Any]) -> str:
    counts = f"{found['accounts']:,} accounts, {found['changed']:,} changed: {found['up']:,} up, {found['down']:,} down"
    lines = [f"{found['execution']} {found['status']}: {counts}"]
    if found["status"] == "running":
        lines.append(f"  follow it: python -m ops regrade --run {found['execution']}")
    if any(found["shares"].values()):
        lines.append("  " + ", ".join(f"{grade} {share:.1%}" for grade, share in found["shares"].items() if share))
    lines += [f"  segment {one['segment']} parked: {one['reason']}" for one in found["parked"]]
    if found["status"] == "failed" or found["parked"]:
        lines.append(
            "  mend the cause and regrade again: what is done is only read (docs/operations/runbook.md, A regrade is not whole)"
        )
    return "\n".join(lines)


COMMANDS = (
    Command(
        "regrade",
        "recompute every account's grade and follow it",
        "Starts the regrade workflow, as the cron does at 03:00, and follows it to its end: the deployed functions do the work\n"
        "with their own rights. Only what differs is written, so doing it twice costs reading. Interrupting stops the\n"
        "following, not the run. Exit status 1 if it failed or parts of it did.",
        (
            "python -m ops regrade --stage market",
            "python -m ops regrade --run nightly-2026-11-23 --no-wait --stage market --json",
        ),
        _regrade,
        _arguments,
    ),
)
