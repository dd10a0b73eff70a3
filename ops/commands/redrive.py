"""Delivering dead letters again."""

from __future__ import annotations

from argparse import Namespace

from ops.command import Answer, Command
from ops.deployment import Deployment


def _redrive(options: Namespace, deployment: Deployment) -> Answer:
    from ops.dead_letters import of_outputs, redrive

    counts = redrive(of_outputs(deployment.outputs))
    text = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no dead letters"
    document = {outcome: counts[outcome] for outcome in ("delivered", "too_old", "failed")}
    return Answer(document, text, 1 if counts["failed"] else 0)


COMMANDS = (
    Command(
        "redrive",
        "deliver dead letters again",
        "Delivers what lies in the dead-letter queues again, then calls the sweep, which makes good what was too old to be\n"
        "delivered. Doing it twice is harmless. Exit status 1 if a letter failed again; it stays in its queue.",
        (
            "python -m ops redrive --stage market",
            "python -m ops redrive --stack .local/stack.json --json",
        ),
        _redrive,
    ),
)
