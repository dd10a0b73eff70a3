"""Every command teaches, can be typed as its help says, and answers programs with one document."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from cli.columns import columns
from cli.confirmation import sure
from cli.progress import Failed
from ops import __main__ as program
from ops.__main__ import main, parser
from ops.command import Answer, Command
from ops.commands import COMMANDS, GROUPS


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


each = pytest.mark.parametrize("command", COMMANDS, ids=[command.name for command in COMMANDS])


def answered(command: Command, monkeypatch: pytest.MonkeyPatch, run: object, *more: str) -> int:
    """Runs the command's first example on the stage `test` with `run` in place of its own."""
    stood_in = Command(command.name, command.summary, command.about, command.examples, run, command.arguments)  # type: ignore[arg-type]
    monkeypatch.setattr(program, "COMMANDS", (stood_in,))
    return main([*shlex.split(command.examples[0])[3:], "--stage", "test", *more])


@each
def test_help_says_what_it_does_and_shows_it(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.name.split(), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert command.about in said
    assert all(line in said for line in command.examples)
    assert len(command.about) > 60


@each
def test_its_examples_are_command_lines_of_it(command: Command) -> None:
    for line in command.examples:
        assert line.startswith(f"python -m ops {command.name}"), line
        options = parser().parse_args(shlex.split(line)[3:])
        assert options.command is command
        assert options.stack or options.stage, "an example names a deployment"


@each
def test_with_json_stdout_is_one_document_whatever_is_printed_on_the_way(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(options: object, deployment: object) -> Answer:
        print("on the way")
        return Answer({"figure": 1}, "for people", 1)

    assert answered(command, monkeypatch, run, "--json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {"figure": 1}
    assert "on the way" in said.err
    assert answered(command, monkeypatch, run) == 1
    assert capsys.readouterr().out == "on the way\nfor people\n"


@each
def test_a_failure_is_one_line_and_a_document(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(options: object, deployment: object) -> Answer:
        raise Failed("it cannot be done: do this.")

    assert answered(command, monkeypatch, run, "--json") == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == {"error": "it cannot be done: do this."}
    assert said.err == "ops: it cannot be done: do this.\n"


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        answered(COMMANDS[0], monkeypatch, lambda options, deployment: 1 / 0)


def test_names_are_of_one_word_or_two_and_every_group_says_what_it_is_for() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    firsts = {name.partition(" ")[0] for name in names if " " in name}
    assert firsts == GROUPS.keys()
    assert not firsts & {name for name in names if " " not in name}


def test_the_command_line_is_read_before_the_market_is_imported() -> None:
    """Its tables' names are read from the environment when it is imported: what the deployment is called must be there first."""
    told = "import sys; from ops.__main__ import parser; parser(); print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split()
    assert not {"boto3", "chalicelib.store", "chalicelib.core.settings"} & set(loaded)


class Asked:
    def __init__(self, yes: bool) -> None:
        self.yes = yes


def test_what_cannot_be_taken_back_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sure(Asked(True), "Burn it?")  # type: ignore[arg-type]
    with pytest.raises(Failed, match="--yes"):
        sure(Asked(False), "Burn it?")  # type: ignore[arg-type]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for typed, goes_on in (("y\n", True), ("YES\n", True), ("\n", False), ("", False)):
        monkeypatch.setattr("sys.stdin.readline", lambda typed=typed: typed)
        if goes_on:
            sure(Asked(False), "Burn it?")  # type: ignore[arg-type]
        else:
            with pytest.raises(Failed, match="Nothing"):
                sure(Asked(False), "Burn it?")  # type: ignore[arg-type]
    assert "Burn it?" in capsys.readouterr().err


def test_columns_stand_under_each_other_in_chinese_too() -> None:
    assert columns(("name", "n"), [("美食", 1), ("tea", None)]) == "name  n\n美食  1\ntea   –"
