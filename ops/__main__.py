"""The operator's commands: one program for the market on one machine and on AWS.

Each works on the deployment that --stack (the file that `make up` writes) or --stage (the stack microtask-STAGE, with the
credentials and region of your environment) names. `COMMAND --help` tells what one should know before, with examples.
With --json the answer is one JSON document on stdout; progress and messages go to stderr."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from chalicelib.core import json_format
from ops.command import Answer
from ops.commands import COMMANDS, GROUPS
from ops.deployment import enter
from ops.failure_messages import sentence

INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """Of every command; `command` of what it has parsed is the Command that was named."""
    made: argparse.ArgumentParser = _parser(
        argparse.ArgumentParser, prog="python -m ops", description=__doc__, epilog=_EPILOG
    )
    words = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    inner: dict[str, Any] = {}
    for command in COMMANDS:
        first, _, second = command.name.partition(" ")
        if second and first not in inner:
            group = _parser(words.add_parser, first, help=GROUPS[first], description=f"{first}: {GROUPS[first]}.")
            inner[first] = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
        where = inner[first] if second else words
        examples = "examples:\n" + "\n".join(f"  {line}" for line in command.examples)
        leaf = _parser(
            where.add_parser, second or first, help=command.summary, description=command.about, epilog=examples
        )
        command.arguments(leaf)
        _common(leaf)
        leaf.set_defaults(command=command)
    return made


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 done, 1 it could not be done or something is not as it should be, 2 a wrong command line."""
    options = parser().parse_args(arguments)
    if not options.json:
        answer = _answer(options)
        if answer.text:
            print(answer.text, flush=True)
        return answer.status
    with redirect_stdout(sys.stderr):  # whoever prints on the way, the document stands alone
        answer = _answer(options)
    print(json.dumps(json.loads(json_format.dumps(answer.document)), indent=2, ensure_ascii=False), flush=True)
    return answer.status


def _answer(options: argparse.Namespace) -> Answer:
    try:
        answer: Answer = options.command.run(options, enter(options.stack, options.stage, options.endpoint_url))
    except KeyboardInterrupt:
        return Answer({"error": "interrupted"}, "", INTERRUPTED)
    except Exception as error:
        told = sentence(error)
        if told is None:
            raise
        print(f"ops: {told}", file=sys.stderr)
        return Answer({"error": told}, "", 1)
    return answer


def _common(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("which deployment, and how it answers")
    where.add_argument("--stack", type=Path, metavar="STACK.json", help="the stack file that `make up` writes")
    where.add_argument("--stage", help="the stage that is meant: the stack microtask-STAGE")
    where.add_argument("--endpoint-url", metavar="URL", help="another cloud than AWS")
    where.add_argument("--json", action="store_true", help="one JSON document on stdout, everything else on stderr")
    where.add_argument("--yes", action="store_true", help="do not ask before what cannot simply be taken back")


def _parser(make: Any, *names: str, **texts: str) -> Any:
    def formatter(prog: str) -> argparse.HelpFormatter:
        made = argparse.RawDescriptionHelpFormatter(prog, max_help_position=28)
        made._action_max_length = 14  # argparse forgets the indent of commands when it looks for the longest
        return made

    return make(*names, formatter_class=formatter, **texts)


_EPILOG = """exit status: 0 done; 1 it could not be done, or something is not as it should be; 2 a wrong command line

first steps:
  make up                                                     a market on this machine
  python -m ops status --stack .local/stack.json              is it well?
  python -m ops users list --stage market                     who may do what, on AWS
docs/operations/deployment.md goes from an empty AWS account to a running market."""

if __name__ == "__main__":
    sys.exit(main())
