"""The receiver in Node.js, as a process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("receiver.mjs")


class NodeReceiver:
    """A running receiver. `received` reads its lines: the id, the type and the status of each request."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._lines = process.stdout
        self.url = f"http://127.0.0.1:{int(self._lines.readline())}/hook"

    def received(self, number: int) -> list[dict[str, Any]]:
        """Return the next `number` requests."""
        return [json.loads(self._lines.readline()) for _ in range(number)]


@contextmanager
def receiving(secret: str) -> Iterator[NodeReceiver]:
    """A receiver that verifies with this secret."""
    with subprocess.Popen(["node", str(PROGRAM), secret], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NodeReceiver(process)
        finally:
            process.terminate()
