"""Taking in what stands in files: accounts, and sketches of their audiences."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ops.command import Answer, Command
from ops.deployed import Deployment
from ops.layout import FORMATS


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    parser.add_argument("--network", required=True, help="the network these accounts are on, e.g. weibo")
    layout = parser.add_mutually_exclusive_group()
    layout.add_argument(
        "--format", choices=sorted(FORMATS), help="a built-in layout of columns; default: seen from the header"
    )
    layout.add_argument("--map", type=Path, metavar="COLUMNS.json", help="a layout of columns of your own")
    parser.add_argument("--posts", type=Path, metavar="POSTS.csv", help="the accounts' latest posts")
    parser.add_argument("--as-of", help="when the figures were measured, where the file does not say it")


def _import(options: Namespace, deployment: Deployment) -> Answer:
    from ops.importing import run

    summary = run(options.file, options.network, options.map or options.format, options.as_of, posts=options.posts)
    return Answer(summary.document(), str(summary), 0 if sum(summary.grades.values()) else 1)


def _audience_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="SKETCHES.jsonl")


def _audience(options: Namespace, deployment: Deployment) -> Answer:
    from ops.audiences import take

    counts = take(options.file)
    words = {"taken": "taken", "left_out": "left out: unknown account, or a newer sketch is known"}
    text = ", ".join(f"{counts[name]:,} {what}" for name, what in words.items() if counts[name])
    return Answer({name: counts[name] for name in words}, text or "no sketches")


COMMANDS = (
    Command(
        "import",
        "take in accounts from a CSV file, graded and priced on the way",
        "Takes in accounts from a CSV file; docs/importing.md describes its columns. Rows that are not good are named with\n"
        "their line and left out. Doing it twice changes nothing. Exit status 1 if no row was taken.",
        (
            "python -m ops import accounts.csv --network weibo --stage market",
            "python -m ops import accounts.csv --network weibo --posts posts.csv --stack .local/stack.json --json",
        ),
        _import,
        _import_arguments,
    ),
    Command(
        "audience",
        "take in sketches of audiences",
        "Takes in what `make audience` made of follower lists; docs/importing.md. Doing it twice changes nothing.",
        ("python -m ops audience sketches.jsonl --stage market",),
        _audience,
        _audience_arguments,
    ),
)
