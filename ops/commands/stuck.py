"""`microtask stuck`: tasks and orders whose workflow failed for good."""

from __future__ import annotations

from typing import Any

import click

from cli.failures import Failed
from cli.progress import ProgressBar
from cli.tables import text_table
from ops.command_base import CommandResult, Invocation, operator_command

_CAUSE_SHOWN = 80


@operator_command(
    "stuck",
    examples=(
        "microtask stuck --stage market",
        "microtask stuck --retry --yes --stage market --json",
        "microtask stuck ord_01M832Y0SZCEYFA3HAWMDC4EQ4 --retry --stack .local/stack.json",
    ),
)
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--retry", is_flag=True, help="Run their workflows again from the stored status.")
def stuck(invocation: Invocation, ids: tuple[str, ...], retry: bool) -> CommandResult:
    """List stuck tasks and orders, and retry them.

    Lists every task and order whose workflow failed for good, longest first, with the time, the step and the cause; exit status 1
    if there is any. --retry runs the workflows again, all of them or those of the named ids, and asks for confirmation: a workflow
    whose cause is not fixed is stuck again ten minutes later. docs/operations/runbook.md, Something is stuck."""
    invocation.deployment.load_function_environment()
    from chalicelib.tasks.workflow import stuck_workflows
    from ops.stuck_workflows import stuck_records

    found = [one for one in stuck_records() if not ids or one.pk in ids]
    unknown = set(ids) - {one.pk for one in found}
    if unknown:
        raise Failed(f"not stuck: {', '.join(sorted(unknown))}. `stuck` lists the ids.")
    if not found:
        return CommandResult({"stuck": []}, "nothing is stuck")
    document: list[dict[str, Any]] = [{"id": one.pk, **(one.stuck or {})} for one in found]
    if not retry:
        rows = [(one["id"], one["status"], one["at"], one["error"], one["cause"][:_CAUSE_SHOWN]) for one in document]
        table = text_table(("id", "status", "since", "error", "cause"), rows)
        return CommandResult({"stuck": document}, f"{table}\nFix the cause, then run: stuck --retry", 1)
    invocation.confirm(f"Is the cause fixed? {len(found)} workflows of {invocation.deployment.stack} start again.")
    bar = ProgressBar("workflows started", len(found))
    retried = []
    for done, one in enumerate(found, 1):
        if stuck_workflows.retry(one):
            retried.append(one.pk)
        bar.show(done)
    bar.clear()
    text = f"{len(retried)} of {len(found)} start again from their stored status; check again in a minute"
    return CommandResult({"retried": retried, "stuck": document}, text)
