"""`microtask releases` and `microtask rollback`: list the deployments of a stage, and return to the previous one."""

from __future__ import annotations

from dataclasses import asdict

import click

from ops.command_base import CommandResult, Invocation, operator_command


@operator_command(
    "releases",
    examples=("microtask releases --stage market", "microtask releases --stack .local/stack.json --json"),
)
def releases(invocation: Invocation) -> CommandResult:
    """List the deployments of a stage, newest first.

    The first line is the release in force, unless another program has deployed since. Failed deployments are not listed.
    docs/operations/releases.md describes how a release is deployed and rolled back."""
    from infra.deploy import history

    stack = invocation.deployment.stack
    known = history(invocation.deployment.client, stack.removeprefix("microtask-"))
    text = "\n".join(release.summary for release in known) or f"No deployment of {stack} is known."
    return CommandResult([asdict(release) for release in known], text)


@operator_command(
    "rollback", examples=("microtask rollback --stage market", "microtask rollback --stage market --yes --json")
)
@click.option("--even-so", is_flag=True, help="Also if a resource that holds data is removed or replaced.")
def rollback(invocation: Invocation, even_so: bool) -> CommandResult:
    """Return the stack to the previous release.

    Package, template and parameters become those of the previous deployment, for all requests at once and regardless of alarms.
    Running it again goes back one more release. Data does not change: docs/operations/releases.md describes the consequences. Asks
    for confirmation."""
    from infra.deploy import ROLLED_BACK, history, roll_back

    deployment = invocation.deployment
    stage = deployment.stack.removeprefix("microtask-")
    known = history(deployment.client, stage)
    if known:
        invocation.confirm(
            f"{deployment.stack} will return to the release before this one:\n  {known[0].summary}\nRoll back?"
        )
    release = roll_back(deployment.client, stage, even_so=even_so)
    return CommandResult(asdict(release), ROLLED_BACK)
