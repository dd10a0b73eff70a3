"""`microtask regrade`: regrade every account."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import click

from cli.progress import ProgressBar
from ops.command_base import CommandResult, Invocation, operator_command

POLL_SECONDS = 1.0


@operator_command(
    "regrade",
    examples=(
        "microtask regrade --stage market",
        "microtask regrade --run nightly-2026-11-23 --no-wait --stage market --json",
    ),
)
@click.option("--run", metavar="NAME", help="Follow this run and start none, such as nightly-2026-11-23.")
@click.option("--no-wait", is_flag=True, help="Start the run, or show its state once, and do not follow it.")
def regrade(invocation: Invocation, run: str | None, no_wait: bool) -> CommandResult:
    """Recompute every account's grade.

    Starts the regrade workflow, as the nightly cron rule does, and follows it to its end. The deployed functions do the work with
    their own rights. A regrade writes only accounts that change, so a second run costs reads only. Ctrl-C ends the command, not
    the run. Exit status 1 if the run or a segment of it failed."""
    invocation.deployment.load_function_environment()
    from chalicelib.core import ids
    from chalicelib.grading import regrade as regrading

    run = run or regrading.start(ids.new("rgr"))
    found = regrading.progress(run)
    bar = ProgressBar("segments regraded", found["segments"]["all"])
    while found["status"] == "running" and not no_wait:
        bar.show(found["segments"]["done"])
        time.sleep(POLL_SECONDS)
        found = regrading.progress(run)
    bar.clear()
    return CommandResult(found, _text(found), 1 if found["status"] == "failed" or found["parked"] else 0)


def _text(found: Mapping[str, Any]) -> str:
    counts = f"{found['accounts']:,} accounts, {found['changed']:,} changed: {found['up']:,} up, {found['down']:,} down"
    lines = [f"{found['execution']} {found['status']}: {counts}"]
    if found["status"] == "running":
        lines.append(f"  follow it: microtask regrade --run {found['execution']}")
    if any(found["shares"].values()):
        lines.append("  " + ", ".join(f"{grade} {share:.1%}" for grade, share in found["shares"].items() if share))
    lines += [f"  segment {one['segment']} failed: {one['reason']}" for one in found["parked"]]
    if found["status"] == "failed" or found["parked"]:
        lines.append("  fix the cause and regrade again (docs/operations/runbook.md, A regrade is not whole)")
    return "\n".join(lines)
