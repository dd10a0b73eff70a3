"""The base of every operator command: the options that all of them have, and how a result is printed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from chalicelib.core import json_format
from cli import confirmation
from cli.failures import INTERRUPTED
from ops.failure_messages import failure_message
from ops.target_deployment import Deployment, open_deployment

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class CommandResult:
    """The result of a command: `document` for programs (`--json`), `text` for people, and the exit status.

    Status 1 reports that the command ran and found something that needs attention."""

    document: Any
    text: str
    status: int = 0


@dataclass(frozen=True)
class Invocation:
    """One call of a command: the deployment that it works on, and the options that every command has."""

    deployment: Deployment
    stage: str | None = None
    endpoint_url: str | None = None
    yes: bool = False

    def confirm(self, question: str) -> None:
        """Return if `--yes` is set or the user confirms. Raise Failed otherwise."""
        confirmation.confirm(question, yes=self.yes)


class OperatorCommand(click.Command):
    """A command that works on a deployment. Its callback takes an Invocation and its own options, and returns a CommandResult.

    The callback imports the market's modules and boto3 when it runs: on import they read the deployment's names and rules from
    the environment, which `open_deployment` sets."""

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples
        self.params += [
            click.Option(["--stack"], type=_PATH, metavar="STACK.json", help="The stack file that `make up` writes."),
            click.Option(["--stage"], help="The stage: works on the stack microtask-STAGE."),
            click.Option(["--endpoint-url"], metavar="URL", help="The endpoint of another cloud than AWS."),
            click.Option(
                ["--json", "as_json"], is_flag=True, help="Print one JSON document on stdout, the rest on stderr."
            ),
            click.Option(["--yes"], is_flag=True, help="Do not ask for confirmation."),
        ]

    def invoke(self, ctx: click.Context) -> None:
        options = dict(ctx.params)
        if not options.pop("as_json"):
            result = self._result(options)
            if result.text:
                print(result.text, flush=True)
        else:
            with redirect_stdout(sys.stderr):  # nothing but the document goes to stdout
                result = self._result(options)
            document = json.loads(json_format.dumps(result.document))
            print(json.dumps(document, indent=2, ensure_ascii=False), flush=True)
        ctx.exit(result.status)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Examples"):
            for line in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{line}\n")

    def _result(self, options: dict[str, Any]) -> CommandResult:
        stack, stage, endpoint_url, yes = (options.pop(name) for name in ("stack", "stage", "endpoint_url", "yes"))
        assert self.callback is not None
        try:
            deployment = open_deployment(stack, stage, endpoint_url)
            result: CommandResult = self.callback(Invocation(deployment, stage, endpoint_url, yes), **options)
        except KeyboardInterrupt:
            return CommandResult({"error": "interrupted"}, "", INTERRUPTED)
        except Exception as error:
            message = failure_message(error)
            if message is None:
                raise
            print(f"microtask: {message}", file=sys.stderr)
            return CommandResult({"error": message}, "", 1)
        return result


class OperatorGroup(click.Group):
    """A group of operator commands, listed in the order in which they are declared."""

    command_class = OperatorCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def leaves(self, prefix: str = "") -> Mapping[str, OperatorCommand]:
        """Return every command below this group by its full name, such as `users add`."""
        found: dict[str, OperatorCommand] = {}
        for name, command in self.commands.items():
            if isinstance(command, OperatorGroup):
                found |= command.leaves(f"{prefix}{name} ")
            elif isinstance(command, OperatorCommand):
                found[f"{prefix}{name}"] = command
        return found


def operator_command(
    name: str, *, examples: tuple[str, ...]
) -> Callable[[Callable[..., CommandResult]], OperatorCommand]:
    """Declare a command that is in no group."""
    return click.command(name, cls=OperatorCommand, examples=examples)


class Span(click.ParamType[timedelta]):
    """A span of time such as `90s`, `15m`, `2h`, `3d`."""

    name = "span"
    _UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,4})([smhd])", value)
        if found is None:
            self.fail(f"{value!r} is not a span of time: 90s, 15m, 2h, 3d", param, ctx)
        return timedelta(**{self._UNITS[found[2]]: int(found[1])})


def path_option(name: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an option that names a file; the callback gets a Path."""
    return click.option(name, type=_PATH, **attributes)


def path_argument(name: str, **attributes: Any) -> Callable[[F], F]:
    """Declare an argument that names a file; the callback gets a Path."""
    return click.argument(name, type=_PATH, **attributes)


def require_at_most_one(**options: object) -> None:
    """Raise UsageError if more than one of the options is set."""
    if sum(bool(value) for value in options.values()) > 1:
        raise click.UsageError(f"Pass only one of {_flags(options)}.")


def require_one(**options: object) -> None:
    """Raise UsageError unless exactly one of the options is set."""
    require_at_most_one(**options)
    if not any(options.values()):
        raise click.UsageError(f"Pass one of {_flags(options)}.")


def _flags(options: Mapping[str, object]) -> str:
    return ", ".join("--" + name.replace("_", "-") for name in options)


_PATH = click.Path(path_type=Path)
