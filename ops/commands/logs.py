"""`microtask logs`: recent log lines."""

from __future__ import annotations

from datetime import timedelta

import click

from ops.command_base import CommandResult, Invocation, Span, operator_command


@operator_command(
    "logs",
    examples=(
        "microtask logs api-handler --errors --since 2h --stage market",
        "microtask logs --request-id 6f1c9a52-0d1e-4a43-9d0e-0a8f1c2b3d4e --stage market --json",
    ),
)
@click.argument("function", required=False)
@click.option("--request-id", metavar="ID", help="Only lines of this request: X-Request-Id, or Lambda's own id.")
@click.option("--errors", is_flag=True, help="Only errors and failed calls.")
@click.option("--since", type=Span(), default="15m", metavar="SPAN", show_default=True, help="90s, 15m, 2h or 3d.")
@click.option("--limit", type=click.IntRange(min=1), default=200, show_default=True, help="The newest lines, at most.")
def logs(
    invocation: Invocation, function: str | None, request_id: str | None, errors: bool, since: timedelta, limit: int
) -> CommandResult:
    """Print recent log lines of a function or of a request.

    FUNCTION is api-handler, task-step, order-step, outbox, publisher, webhooks, sweep, regrade-nightly, regrade-step or
    reconcile; default: all of them. Lines come from CloudWatch Logs, newest first; the last line reports if older ones are left
    out. `make logs` prints the log of the local cloud itself. Log lines hold ids, codes and counts, and no content of requests
    (docs/operations/security.md). Every response of the API names its request in X-Request-Id."""
    from ops.log_lines import find_lines

    found = find_lines(invocation.deployment, function, since, request_id, errors, limit)
    text = "\n".join(str(line) for line in found.lines) or "no lines"
    if found.cut:
        text += f"\n(older lines are left out after the newest {len(found.lines):,}: --limit)"
    if found.without:
        text += f"\n(no log of {', '.join(found.without)}: not called since it was deployed)"
    document = {"lines": [line.document() for line in found.lines], "cut": found.cut, "without": found.without}
    return CommandResult(document, text)
