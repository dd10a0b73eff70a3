"""`microtask audience`: import audience sketches."""

from __future__ import annotations

from pathlib import Path

from ops.command_base import CommandResult, Invocation, operator_command, path_argument


@operator_command("audience", examples=("microtask audience sketches.jsonl --stage market",))
@path_argument("file")
def audience(invocation: Invocation, file: Path) -> CommandResult:
    """Import audience sketches.

    `make audience` makes sketches from follower lists; docs/operations/importing.md describes them. Importing twice changes
    nothing."""
    from ops.audience.sketch_import import import_sketches

    counts = import_sketches(file)
    labels = {"taken": "imported", "left_out": "skipped: unknown account, or a newer sketch is stored"}
    text = ", ".join(f"{counts[name]:,} {label}" for name, label in labels.items() if counts[name])
    return CommandResult({name: counts[name] for name in labels}, text or "no sketches")
