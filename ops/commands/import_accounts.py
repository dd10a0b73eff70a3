"""`microtask import`: import accounts from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ops.command_base import (
    CommandResult,
    Invocation,
    operator_command,
    path_argument,
    path_option,
    require_at_most_one,
)
from ops.file_imports.column_layout import FORMATS

if TYPE_CHECKING:
    from ops.file_imports.column_guessing import Guess


@operator_command(
    "import",
    examples=(
        "microtask import accounts.csv --network weibo --stage market",
        "microtask import list.xlsx --network weibo --guess --dry-run --stage market",
        "microtask import accounts.csv --network weibo --posts posts.csv --stack .local/stack.json --json",
    ),
)
@path_argument("file")
@click.option("--network", required=True, help="The network of these accounts, such as weibo.")
@click.option("--format", type=click.Choice(sorted(FORMATS)), help="A built-in column layout. Default: by the header.")
@path_option("--map", metavar="COLUMNS.json", help="Your own column layout.")
@click.option("--guess", is_flag=True, help="Import with the guessed layout. Without this option it is only printed.")
@path_option("--posts", metavar="POSTS.csv", help="The latest posts of the accounts.")
@click.option("--as-of", help="When the figures were measured, for rows without that column.")
@click.option("--encoding", help="Encoding of a CSV file. Default: UTF-8, UTF-16 or GB18030, detected.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
def import_accounts(
    invocation: Invocation,
    file: Path,
    network: str,
    format: str | None,
    map: Path | None,
    guess: bool,
    posts: Path | None,
    as_of: str | None,
    encoding: str | None,
    dry_run: bool,
) -> CommandResult:
    """Import accounts from a CSV or .xlsx file.

    Imported accounts are graded and priced. docs/operations/importing.md describes the columns. If the columns are unknown, a
    column layout is proposed and nothing is imported. Rows that cannot be read are named with their line and skipped. Importing
    the same file again changes nothing. Exit status 1 if no row was imported."""
    require_at_most_one(format=format, map=map, guess=guess)
    file.stat()  # a wrong path is reported before any request
    invocation.deployment.load_function_environment()  # the region is that of the deployment
    from ops.file_imports.account_import import UnknownLayout, run_import

    try:
        summary = run_import(
            file, network, map or format, as_of, posts=posts, encoding=encoding, guessed=guess, dry_run=dry_run
        )
    except UnknownLayout as error:
        return _proposed_layout(error.guess)
    imported = sum(summary.grades.values()) or summary.checked
    return CommandResult(summary.document(), str(summary), 0 if imported else 1)


def _proposed_layout(guess: Guess) -> CommandResult:
    """Return the guessed layout, to be checked and saved by the operator. Nothing was imported."""
    document = {"imported": 0, "map": guess.document, "notes": guess.notes, "not_imported": guess.left_out}
    lines = [
        "The columns are unknown. Save this layout as columns.json, check it, and import with --map columns.json."
        if guess.complete
        else "The columns are unknown. Complete this layout, save it as columns.json, and import with --map columns.json.",
        json.dumps(guess.document, indent=2, ensure_ascii=False),
        *guess.notes,
    ]
    if guess.left_out:
        lines.append(f"not imported: {', '.join(guess.left_out)}")
    if guess.complete:
        lines.append("--guess imports with this layout at once.")
    return CommandResult(document, "\n".join(lines), 1)
