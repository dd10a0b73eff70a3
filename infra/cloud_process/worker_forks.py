# mypy: ignore-errors
"""Starts the workers of functions as forks of a process that has imported the package's libraries.

MiniStack starts Python anew for each worker, and two thirds of that start import libraries. Here one process per unpacked package
imports LIBRARIES once and forks for each worker; the fork runs MiniStack's worker program with the worker's folder, environment and
pipes. It imports the project's own modules itself, because they read the environment when they are imported. Linux only.
"""

import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
import types
from pathlib import Path

LIBRARIES = (
    "aws_lambda_powertools.logging.formatter",
    "aws_lambda_powertools.metrics",
    "botocore.session",
    "chalice.app",
    "pydantic.main",
    "pynamodb.models",
    "pynamodb.transactions",
    "zoneinfo",
)
"""Imported before a fork. None starts a thread, opens a connection or keeps a value of the environment."""

_servers = {}
_starting = threading.Lock()


def fork_workers(runtime):
    """Let MiniStack's module `lambda_runtime` start its Python workers as forks."""
    if not hasattr(os, "pidfd_open"):
        return

    def start(command, **options):
        if command[-1].endswith("_worker.py"):
            with _starting, contextlib.suppress(OSError, EOFError):
                return _fork(command, options["cwd"], options["env"])
        return subprocess.Popen(command, **options)

    runtime.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": start})


def _fork(command, folder, environment):
    """Return a worker that the server of the folder's package has forked. Raise OSError or EOFError without a server."""
    package = Path(folder).resolve()
    if package not in _servers:
        _close_servers()  # of the packages before: a rollback starts theirs again
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(60)
        with theirs:
            process = subprocess.Popen([command[0], __file__, str(package)], stdin=theirs, stdout=subprocess.DEVNULL)
        _servers[package] = process, ours
    server = _servers[package][1]
    pipes = [os.pipe() for _ in range(3)]
    theirs, ours = zip(pipes[0], *(reversed(pipe) for pipe in pipes[1:]), strict=True)
    try:
        request = json.dumps({"program": command[1], "folder": folder, "environment": environment}).encode()
        socket.send_fds(server, [request], theirs)
        answer, descriptors, _, _ = socket.recv_fds(server, 100, 1)
        if not descriptors:
            raise EOFError
        return ForkedWorker(int(answer), descriptors[0], ours)
    except (OSError, EOFError):
        _close_servers()
        for descriptor in ours:
            os.close(descriptor)
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)


def _close_servers():
    """End the servers. Their forks go on."""
    while _servers:
        process, server = _servers.popitem()[1]
        server.close()
        process.kill()
        process.wait()


class ForkedWorker:
    """A forked worker, with the members of subprocess.Popen that MiniStack uses."""

    def __init__(self, pid, descriptor, pipes):
        self.pid, self.returncode = pid, None
        self._process = descriptor  # of the process: its id may later be that of another
        self.stdin = os.fdopen(pipes[0], "w", buffering=1, encoding="utf-8")
        self.stdout, self.stderr = (os.fdopen(pipe, encoding="utf-8", errors="replace") for pipe in pipes[1:])

    def poll(self):
        return self.returncode if self.wait_for_end(0) else None

    def wait(self, timeout):
        if not self.wait_for_end(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self.returncode

    def wait_for_end(self, seconds):
        process = select.poll()
        process.register(self._process, select.POLLIN)
        if process.poll(1_000 * seconds):
            self.returncode = -1  # only its parent can read the exit status, and MiniStack does not use it
        return self.returncode is not None

    def terminate(self):
        self._send(signal.SIGTERM)

    def kill(self):
        self._send(signal.SIGKILL)

    def _send(self, number):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)

    def __del__(self):
        os.close(self._process)


def serve(package):
    """Import the libraries, and fork for each request on stdin until the other end is closed."""
    sys.path[0] = package
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):  # a function that does not use it
            importlib.import_module(name)
    gc.freeze()  # a collection in a fork would copy the pages of these objects
    requests = socket.socket(fileno=os.dup(0))
    while True:
        request, pipes, _, _ = socket.recv_fds(requests, 1 << 20, 3)
        if not request:
            return
        while _has_ended_fork():
            pass
        pid = os.fork()
        if not pid:
            requests.close()
            _work(**json.loads(request), pipes=pipes)
            return
        process = os.pidfd_open(pid)
        socket.send_fds(requests, [str(pid).encode()], [process])
        for descriptor in (process, *pipes):
            os.close(descriptor)


def _has_ended_fork():
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


def _work(program, folder, environment, pipes):
    """Run the worker's program in this fork as if Python had been started with it."""
    for number, descriptor in enumerate(pipes):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv, sys.path[0] = [program], str(Path(program).parent)
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1])
