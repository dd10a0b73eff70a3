"""A Chromium that Playwright drives. Playwright is in an environment of its own (requirements/browser.txt), which the tests add."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.package import ROOT

BROWSER_ENV = ROOT / ".local" / "browser-env"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
UNPACKED = ROOT / ".local" / "chromium"
"""The Chromium from npm (testing/browser/chromium) with the libraries that it needs, for machines without one of PROGRAMS."""
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium in a container, without requests of its own."""


class Missing(Exception):
    """Something that the browser tests need is not installed; the text says what and how to install it."""


def program() -> Path:
    """Return the browser: that of the variable CHROMIUM, the first of PROGRAMS on the path, or the one from npm. Raise Missing."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None) or str(UNPACKED / "chromium")
    if not Path(found).exists():
        raise Missing(
            "The browser tests need a Chromium: `apt-get install chromium`, `make .local/chromium/.installed`, "
            "or set CHROMIUM to the path of one. "
            "`make test` without them: `python -m pytest --ignore tests/browser`."
        )
    return Path(found)


def playwright() -> Any:
    """Return Playwright's synchronous module. Raise Missing if its environment is not installed."""
    packages = next(BROWSER_ENV.glob("lib*/python*/site-packages"), None)
    if packages is not None and str(packages) not in sys.path:
        sys.path.append(str(packages))
    try:
        from playwright import sync_api
    except ModuleNotFoundError as error:
        raise Missing(f"Playwright is not installed: `make {BROWSER_ENV.relative_to(ROOT)}/.installed`") from error
    return sync_api


@contextmanager
def started() -> Iterator[Any]:
    """Run a browser until the end of the block."""
    path = program()
    libraries = {"LD_LIBRARY_PATH": str(UNPACKED / "al2023" / "lib"), "FONTCONFIG_PATH": str(UNPACKED / "fonts")}
    with playwright().sync_playwright() as driver:
        environment = {**os.environ, **(libraries if path.is_relative_to(UNPACKED) else {})}
        browser = driver.chromium.launch(executable_path=str(path), args=list(OPTIONS), env=environment)
        try:
            yield browser
        finally:
            browser.close()


def serve_files(context: Any, console_url: str, files: Path) -> None:
    """Serve the console's files from a folder, in place of those that are deployed.

    The page is the deployed one with other hashes: its entries get those of the folder, its preloads get nothing."""

    def serve(route: Any) -> None:
        name = Path(route.request.url).name
        path = files / name
        if not path.exists():
            path = next(files.glob(f"main-*{path.suffix}")) if name.startswith("main-") else Path(os.devnull)
        media_type = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=path.read_text("utf-8"), content_type=media_type)

    context.route(lambda url: url.startswith(console_url) and url.endswith((".js", ".css")), serve)
