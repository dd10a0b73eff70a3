"""The command line of the operator, where it finds the deployment, and the bar it draws."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.progress import Progress
from ops.__main__ import main
from ops.deployment import Unreachable, enter


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_the_stack_file_names_cloud_table_and_credentials(tmp_path: Path) -> None:
    stack = tmp_path / "stack.json"
    stack.write_text(
        json.dumps(
            {
                "region": "ap-east-1",
                "endpoint_url": "http://127.0.0.1:1",
                "outputs": {"AccountsTable": "microtask-x-accounts"},
                "credentials": {"access_key_id": "k", "secret_access_key": "s"},
            }
        )
    )
    enter(stack, None, None)
    found = {name: os.environ[name] for name in ("AWS_REGION", "AWS_ENDPOINT_URL", "ACCOUNTS_TABLE")}
    assert found == {
        "AWS_REGION": "ap-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "ACCOUNTS_TABLE": "microtask-x-accounts",
    }
    assert (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]) == ("k", "s")
    enter(stack, "other", "http://127.0.0.1:2")
    assert os.environ["ACCOUNTS_TABLE"] == "microtask-other-accounts"
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"


def test_without_a_table_or_a_region_nothing_starts() -> None:
    os.environ.pop("ACCOUNTS_TABLE")
    with pytest.raises(Unreachable, match="--stage"):
        enter(None, None, None)
    os.environ.pop("AWS_REGION")
    os.environ.pop("AWS_DEFAULT_REGION", None)
    with pytest.raises(Unreachable, match="region"):
        enter(None, "local", None)


@pytest.mark.parametrize("text", [None, "no json", "{}", "[]"])
def test_a_missing_or_wrong_stack_file_is_said_in_one_line(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = tmp_path / "stack.json"
    if text is not None:
        stack.write_text(text)
    assert main(["import", "x.csv", "--network", "weibo", "--stack", str(stack)]) == 1
    said = capsys.readouterr().err
    assert said.startswith("ops: ")
    assert "stack.json" in said
    assert said.count("\n") == 1


def test_a_missing_file_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none.csv"), "--network", "weibo"]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_a_wrong_command_line_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", "x.csv"])
    assert ended.value.code == 2
    assert "--network" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_a_line_at_every_tenth() -> None:
    out = io.StringIO()
    progress = Progress("imported", 1_000, out)
    for done in range(0, 1_001, 33):
        progress.show(done)
    progress.show(1_000)
    lines = out.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("imported 0 of 1,000 (0%)")
    assert lines[-1].startswith("imported 1,000 of 1,000 (100%)")


def test_a_terminal_gets_one_bar_that_can_be_taken_away() -> None:
    out = Terminal()
    progress = Progress("imported", 10, out)
    progress.show(5)
    progress.clear()
    assert "\n" not in out.getvalue()
    assert "█" * 15 + "░" * 15 in out.getvalue()
    assert out.getvalue().endswith("\r\033[K")


def test_nothing_to_do_is_done() -> None:
    out = io.StringIO()
    Progress("imported", 0, out).show(0)
    assert "(100%)" in out.getvalue()
