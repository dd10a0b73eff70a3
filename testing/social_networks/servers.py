"""Servers of networks that run in environments of their own, with which a test talks in lines of JSON."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


def is_live(name: str) -> bool:
    """Return whether the tests of this network run against its servers (`make test-bluesky`, `make test-mastodon`)."""
    return name in os.environ.get("LIVE_NETWORKS", "").split()


class Servers:
    """A program of servers. Its first line names their addresses; then each line sent is answered by one."""

    def __init__(self, *command: str) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        atexit.register(self.stop)
        self.addresses: dict[str, str] = self._read()

    def ask(self, **fields: Any) -> Any:
        """Send a line and return the response."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(fields) + "\n")
        self._process.stdin.flush()
        return self._read()

    def stop(self) -> None:
        """End the program by the end of its input."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)

    def _read(self) -> Any:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"the servers ended with code {self._process.wait()}")


@cache
def atproto_servers() -> Servers:
    """Return the reference servers of the AT Protocol, which are started once per process."""
    environment = ROOT / ".local" / "bluesky-env"
    program = ROOT / "testing" / "atproto_servers" / "run.py"
    return Servers(str(environment / "bin" / "python"), str(program), str(environment / "node" / "node_modules"))


@cache
def mastodon_server() -> Servers:
    """Return the server with the Mastodon API, which is started once per process."""
    environment = ROOT / ".local" / "mastodon-env"
    return Servers(str(environment / "bin" / "python"), str(ROOT / "testing" / "mastodon_server" / "run.py"))
