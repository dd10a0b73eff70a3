"""Every command has help, examples that parse, one JSON document, and one line for a failure."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cli.failures import Failed
from ops.__main__ import main
from ops.command_base import CommandResult
from ops.command_list import COMMANDS
from testing.doubles.operator_program import parse


@pytest.fixture(autouse=True)
def own_environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


each = pytest.mark.parametrize("name", COMMANDS)


def run_example(name: str, monkeypatch: pytest.MonkeyPatch, callback: Callable[..., Any], *more: str) -> int:
    """Run the command's first example on the stage `test` with another callback."""
    monkeypatch.setattr(COMMANDS[name], "callback", callback)
    return main([*shlex.split(COMMANDS[name].examples[0])[1:], "--stage", "test", *more])


@each
def test_help_shows_the_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(line in shown for line in COMMANDS[name].examples)


@each
def test_its_examples_parse(name: str) -> None:
    assert COMMANDS[name].examples
    for line in COMMANDS[name].examples:
        program, *words = shlex.split(line)
        command, options = parse(words)
        assert (program, command) == ("microtask", name)
        assert options["stack"] or options["stage"], "an example names a deployment"


@each
def test_json_is_the_only_output_on_stdout(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def callback(invocation: object, **options: object) -> CommandResult:
        print("progress")
        return CommandResult({"figure": 1}, "for people", 1)

    assert run_example(name, monkeypatch, callback, "--json") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"figure": 1}
    assert "progress" in captured.err
    assert run_example(name, monkeypatch, callback) == 1
    assert capsys.readouterr().out == "progress\nfor people\n"


@each
def test_a_failure_is_one_line_and_a_document(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def callback(invocation: object, **options: object) -> CommandResult:
        raise Failed("it failed: do this.")

    assert run_example(name, monkeypatch, callback, "--json") == 1
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"error": "it failed: do this."}
    assert captured.err == "microtask: it failed: do this.\n"


def test_an_interrupt_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def callback(invocation: object, **options: object) -> CommandResult:
        raise KeyboardInterrupt

    assert run_example("status", monkeypatch, callback) == 130


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ZeroDivisionError):
        run_example("status", monkeypatch, lambda invocation, **options: 1 / 0)


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("import x.csv", "--network"),
        ("import x.csv --network weibo --guess --format standard --stage test", "--guess"),
        ("users add mei --group admin --stage test", "--email"),
        ("logs --since yesterday --stage test", "--since"),
    ],
)
def test_a_wrong_command_line_is_status_2(words: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words.split()) == 2
    assert option in capsys.readouterr().err


def test_the_command_line_is_parsed_before_the_market_is_imported() -> None:
    """The market's modules read the names of tables from the environment on import, so these must be set before."""
    script = "import sys; from ops.command_list import COMMANDS; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert not {"boto3", "chalicelib.store", "chalicelib.core.settings"} & set(loaded)
