"""`microtask redrive`: deliver dead letters again."""

from __future__ import annotations

from ops.command_base import CommandResult, Invocation, operator_command


@operator_command(
    "redrive",
    examples=("microtask redrive --stage market", "microtask redrive --stack .local/stack.json --json"),
)
def redrive(invocation: Invocation) -> CommandResult:
    """Deliver dead letters again.

    Delivers every message of the dead-letter queues, then calls the sweep, which resumes workflows whose records are too old to be
    delivered. Running it twice is harmless. Exit status 1 if a message fails again; it stays in its queue."""
    from ops import dead_letters

    counts = dead_letters.redrive(dead_letters.queues_of(invocation.deployment.outputs))
    text = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no dead letters"
    document = {outcome: counts[outcome] for outcome in ("delivered", "too_old", "failed")}
    return CommandResult(document, text, 1 if counts["failed"] else 0)
