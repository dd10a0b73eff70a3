"""`microtask status`: check the deployment."""

from __future__ import annotations

from typing import Any

from cli.tables import text_table
from ops.command_base import CommandResult, Invocation, operator_command


@operator_command(
    "status",
    examples=("microtask status --stage market", "microtask status --stack .local/stack.json --json"),
)
def status(invocation: Invocation) -> CommandResult:
    """Check the deployment.

    Checks the stack and its last deployment, the API and its version, alarms, dead letters, stuck tasks and orders, the last proof
    of the ledger and the last regrade. Exit status 1 if a check fails, with the next step for each."""
    deployment = invocation.deployment
    deployment.load_function_environment()
    from ops.status_checks import examine

    findings = examine(deployment)
    failed = [finding for finding in findings if not finding.good]
    rows = [("✓" if finding.good else "✗", finding.name, finding.message) for finding in findings]
    document: dict[str, Any] = {
        "stack": deployment.stack,
        "well": not failed,
        "findings": [finding.document() for finding in findings],
    }
    return CommandResult(document, text_table(("", deployment.stack, ""), rows), 1 if failed else 0)
