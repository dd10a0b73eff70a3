"""The receiver in Node.js, as a process."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra import console_build

PROGRAM = Path(__file__).with_name("receiver.mjs")


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


@contextmanager
def receiving(secret: str, *, sender_clock: bool = False) -> Iterator[NodeReceiver]:
    """A receiver that verifies with this secret. With `sender_clock` its clock is that of the messages. The packages that its lock
    file pins are installed first, unless they are."""
    console_build.install(PROGRAM.parent)
    command = [str(console_build.node()), str(PROGRAM), secret, "sender" if sender_clock else "own"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NodeReceiver(process)
        finally:
            process.terminate()
