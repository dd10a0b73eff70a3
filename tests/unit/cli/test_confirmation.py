"""An action that cannot be undone needs a confirmation."""

from __future__ import annotations

import io

import pytest

from cli.confirmation import confirm
from cli.failures import Failed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_yes_confirms_without_a_question(capsys: pytest.CaptureFixture[str]) -> None:
    confirm("Delete it?", yes=True)
    assert capsys.readouterr().err == ""


def test_without_a_terminal_yes_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with pytest.raises(Failed, match="--yes"):
        confirm("Delete it?", yes=False)


@pytest.mark.parametrize(("typed", "confirmed"), [("y\n", True), ("YES\n", True), ("\n", False), ("", False)])
def test_the_user_confirms_at_the_terminal(
    typed: str, confirmed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    if confirmed:
        confirm("Delete it?", yes=False)
    else:
        with pytest.raises(Failed, match="Nothing was done"):
            confirm("Delete it?", yes=False)
    assert "Delete it?" in capsys.readouterr().err
