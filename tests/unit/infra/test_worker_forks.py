"""Workers of the local cloud's functions are forks, and differ from new processes only in the time that their start takes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.cloud_process import worker_forks as untyped

worker_forks: Any = untyped
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forks on Linux only")
PROGRAM = """
import json, os, sys
program = [sys.argv[0], __name__, __file__]
print(json.dumps({"folder": os.getcwd(), "environment": dict(os.environ), "program": program}), flush=True)
for line in sys.stdin:
    print(line.upper(), end="", file=sys.stderr)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Any]:
    """Start a worker with this environment, as MiniStack does."""
    runtime = SimpleNamespace(subprocess=subprocess)
    worker_forks.fork_workers(runtime)
    (program := tmp_path / "_worker.py").write_text(PROGRAM)
    started = []

    def start(**environment: str) -> Any:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        command = [sys.executable, str(program)]
        started.append(
            runtime.subprocess.Popen(command, cwd=str(tmp_path), env=environment, text=True, bufsize=1, **pipes)
        )
        return started[-1]

    yield start
    worker_forks._close_servers()
    for worker in started:
        worker.kill()
        worker.wait(60)
        for stream in (worker.stdin, worker.stdout, worker.stderr):
            stream.close()


def test_a_fork_has_its_own_environment_folder_and_streams(start: Any, tmp_path: Path) -> None:
    for worker, name in [(start(NAME=name), name) for name in ("first", "second")]:
        assert isinstance(worker, worker_forks.ForkedWorker)
        program = str(tmp_path / "_worker.py")
        expected = {"folder": str(tmp_path), "environment": {"NAME": name}, "program": [program, "__main__", program]}
        assert json.loads(worker.stdout.readline()) == expected
        worker.stdin.write("茶 tea\n")
        assert worker.stderr.readline() == "茶 TEA\n"


def test_the_end_of_a_fork_is_noticed(start: Any) -> None:
    closed, ended = start(), start()
    assert (closed.poll(), ended.poll()) == (None, None)
    with pytest.raises(subprocess.TimeoutExpired):
        ended.wait(0)
    closed.stdin.close()
    ended.terminate()
    closed.wait(60)
    ended.wait(60)
    assert None not in (closed.poll(), ended.poll())
    ended.kill()


def test_forks_outlive_their_server_and_workers_start_without_one(start: Any) -> None:
    worker = start()
    ((server, _),) = worker_forks._servers.values()
    server.kill()
    server.wait()
    assert isinstance(start(), subprocess.Popen)
    worker.stdin.write("a\n")
    assert worker.stderr.readline() == "A\n"
    assert isinstance(start(), worker_forks.ForkedWorker)
