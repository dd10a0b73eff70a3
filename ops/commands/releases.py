"""`microtask releases`: list the deployments of a stage."""

from __future__ import annotations

from dataclasses import asdict

from ops.command import CommandResult, Invocation, operator_command


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
