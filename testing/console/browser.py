"""A Chromium that Playwright drives. Playwright is in an environment of its own (requirements/browser.txt), which the tests add."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.package import ROOT

BROWSER_ENV = ROOT / ".local" / "browser-env"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
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
    """Return the browser: that of the environment variable CHROMIUM, or the first of PROGRAMS on the path. Raise Missing."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found is None or not Path(found).exists():
        raise Missing(
            "The browser tests need a Chromium: `apt-get install chromium`, or set CHROMIUM to the path of one. "
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
    with playwright().sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(program()), args=list(OPTIONS))
        try:
            yield browser
        finally:
            browser.close()


def serve_files(context: Any, console_url: str, files: Path) -> None:
    """Serve the console's files from a folder, in place of those that are deployed; the configuration is that of the deployment."""

    def page(route: Any) -> None:
        deployed = route.fetch()
        base, configuration = re.findall(r'<(?:base href|meta name="configuration" content)="([^"]*)"', deployed.text())
        text = (files / "index.html").read_text("utf-8")
        route.fulfill(response=deployed, body=text.replace("BASE-URL", base).replace("CONFIGURATION", configuration))

    def file(route: Any) -> None:
        name = route.request.url.rpartition("/")[2]
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=(files / name).read_text("utf-8"), content_type=kind)

    context.route(lambda url: url.partition("?")[0] == console_url, page)
    context.route(lambda url: url.startswith(console_url) and url.endswith((".js", ".css")), file)
