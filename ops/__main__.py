"""The operator's commands. Each works on the deployment that --stack, or --stage and the environment, name."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ops.deployed import Unreachable, enter, outputs
from ops.layout import FORMATS


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 it could not be done, 2 a wrong command line."""
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import", help="take in accounts from a CSV file", description=_IMPORT)
    importing.add_argument("file", type=Path, metavar="FILE.csv")
    importing.add_argument("--network", required=True, help="the network these accounts are on, e.g. weibo")
    layout = importing.add_mutually_exclusive_group()
    layout.add_argument(
        "--format", choices=sorted(FORMATS), help="a built-in layout of columns; default: seen from the header"
    )
    layout.add_argument("--map", type=Path, metavar="COLUMNS.json", help="a layout of columns of your own")
    importing.add_argument("--posts", type=Path, metavar="POSTS.csv", help="the accounts' latest posts")
    importing.add_argument("--as-of", help="when the figures were measured, where the file does not say it")
    audience = commands.add_parser("audience", help="take in sketches of audiences", description=_AUDIENCE)
    audience.add_argument("file", type=Path, metavar="SKETCHES.jsonl")
    redriving = commands.add_parser("redrive", help="deliver dead letters again", description=_REDRIVE)
    for command in (importing, audience, redriving):
        command.add_argument("--stack", type=Path, metavar="STACK.json", help="the stack file that `make up` writes")
        command.add_argument("--stage", help="the stage that is meant: the stack microtask-STAGE")
        command.add_argument("--endpoint-url", help="another cloud than AWS")
    options = parser.parse_args(arguments)
    try:
        enter(options.stack, options.stage, options.endpoint_url)
        if options.command == "redrive":
            return _redrive(options.stack, options.stage)
        if options.command == "audience":
            from ops import audiences

            return audiences.run(options.file)
        # The table's name is read when the store is imported, so only now.
        from ops.importing import run

        return run(options.file, options.network, options.map or options.format, options.as_of, posts=options.posts)
    except (Unreachable, OSError, ValueError) as error:
        print(f"ops: {error}", file=sys.stderr)
        return 1


def _redrive(stack: Path | None, stage: str | None) -> int:
    from ops.redriving import of_outputs, redrive

    counts = redrive(of_outputs(outputs(stack, stage)))
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())) or "no dead letters")
    return 1 if counts["failed"] else 0


_REDRIVE = "Delivers what lies in the dead-letter queues again, then calls the sweep. Doing it twice is harmless."
_AUDIENCE = "Takes in what `make audience` made of follower lists; docs/importing.md. Doing it twice changes nothing."
_IMPORT = "Takes in accounts from a CSV file; docs/importing.md describes its columns. Doing it twice changes nothing."

if __name__ == "__main__":
    sys.exit(main())
