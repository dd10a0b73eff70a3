"""Progress is a bar in a terminal, and plain lines elsewhere."""

from __future__ import annotations

import io

import pytest

from cli.progress import ProgressBar, step


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_gets_a_line_at_every_tenth() -> None:
    out = io.StringIO()
    bar = ProgressBar("imported", 1_000, out)
    for done in range(0, 1_001, 33):
        bar.show(done)
    bar.show(1_000)
    bar.clear()
    lines = out.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[0].startswith("imported 0 of 1,000 (0%)")
    assert lines[-1].startswith("imported 1,000 of 1,000 (100%)")


def test_a_terminal_gets_a_bar_that_can_be_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out = Terminal()
    bar = ProgressBar("imported [rows]", 10, out)
    bar.show(5)
    bar.clear()
    assert "imported [rows] 5 of 10 (50%)" in out.getvalue()
    assert "━" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")


def test_nothing_to_do_is_done() -> None:
    out = io.StringIO()
    ProgressBar("imported", 0, out).show(0)
    assert "(100%)" in out.getvalue()


def test_a_step_prints_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    with step("build [all]") as report:
        report("half")
    with pytest.raises(ZeroDivisionError), step("divide"):
        _ = 1 // 0
    done, failed = capsys.readouterr().out.splitlines()
    assert done.startswith("  ✓ build [all] (")
    assert failed == "  ✗ divide"
