"""Taking in what stands in files: accounts, and sketches of their audiences."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ops.command import Answer, Command
from ops.deployment import Deployment
from ops.table_files.column_layout import FORMATS

if TYPE_CHECKING:
    from ops.table_files.column_guessing import Guess


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, or a workbook (.xlsx)")
    parser.add_argument("--network", required=True, help="the network these accounts are on, e.g. weibo")
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument(
        "--format", choices=sorted(FORMATS), help="a built-in layout of columns; default: seen from the header"
    )
    layout.add_argument("--map", type=Path, metavar="COLUMNS.json", help="a layout of columns of your own")
    layout.add_argument(
        "--guess", action="store_true", help="import by the guessed layout; without it, it is only printed"
    )
    parser.add_argument("--posts", type=Path, metavar="POSTS.csv", help="the accounts' latest posts")
    parser.add_argument("--as-of", help="when the figures were measured, where the file does not say it")
    parser.add_argument("--encoding", help="of a CSV file; default: UTF-8, UTF-16 or GB18030, recognised by the bytes")
    parser.add_argument("--dry-run", action="store_true", help="read and check everything, write nothing")


def _import(options: Namespace, deployment: Deployment) -> Answer:
    from ops.table_files.account_import import NoLayout, run

    try:
        summary = run(
            options.file,
            options.network,
            options.map or options.format,
            options.as_of,
            posts=options.posts,
            encoding=options.encoding,
            guessed=options.guess,
            dry_run=options.dry_run,
        )
    except NoLayout as error:
        return _proposal(error.guess)
    return Answer(summary.document(), str(summary), 0 if sum(summary.grades.values()) or summary.checked else 1)


def _proposal(guess: Guess) -> Answer:
    """The map that was guessed, to be saved and checked. Nothing was imported."""
    document = {"imported": 0, "map": guess.document, "notes": guess.notes, "not_imported": guess.left_out}
    lines = [
        "These columns are not known. Save this map as columns.json, check it, and import with --map columns.json"
        if guess.complete
        else "These columns are not known. Complete this map, save it as columns.json, and import with --map columns.json",
        json.dumps(guess.document, indent=2, ensure_ascii=False),
        *guess.notes,
    ]
    if guess.left_out:
        lines.append(f"not imported: {', '.join(guess.left_out)}")
    if guess.complete:
        lines.append("--guess imports by this map at once.")
    return Answer(document, "\n".join(lines), 1)


def _audience_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="SKETCHES.jsonl")


def _audience(options: Namespace, deployment: Deployment) -> Answer:
    from ops.audience.sketch_import import take

    counts = take(options.file)
    words = {"taken": "taken", "left_out": "left out: unknown account, or a newer sketch is known"}
    text = ", ".join(f"{counts[name]:,} {what}" for name, what in words.items() if counts[name])
    return Answer({name: counts[name] for name in words}, text or "no sketches")


COMMANDS = (
    Command(
        "import",
        "import accounts from a CSV or .xlsx file, graded and priced on the way",
        "Imports accounts from a CSV or .xlsx file; docs/operations/importing.md describes its columns. If the columns are not\n"
        "known, a map of them is proposed and nothing is imported. Rows that cannot be read are named with their line and\n"
        "skipped. The same import again changes nothing. Exit status 1 if no row was imported.",
        (
            "python -m ops import accounts.csv --network weibo --stage market",
            "python -m ops import list.xlsx --network weibo --guess --dry-run --stage market",
            "python -m ops import accounts.csv --network weibo --posts posts.csv --stack .local/stack.json --json",
        ),
        _import,
        _import_arguments,
    ),
    Command(
        "audience",
        "take in sketches of audiences",
        "Takes in what `make audience` made of follower lists; docs/operations/importing.md. Doing it twice changes nothing.",
        ("python -m ops audience sketches.jsonl --stage market",),
        _audience,
        _audience_arguments,
    ),
)
