"""Checks the installed packages of the project's environment against their pins: `make audit`.

The packages are exactly those of requirements/dev.txt in their pinned versions, every shipped package has the licence that SHIPPED
names, and its files have the hashes of its own record; pip compared the packages with their pinned hashes when it installed them.
docs/operations/security.md describes how known vulnerabilities are found, which needs the internet.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import click

from cli.failures import Failed, Program

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {
    "annotated-types": "MIT",
    "aws-lambda-powertools": "MIT",
    "botocore": "Apache-2.0",
    "cffi": "MIT-0",
    "cryptography": "Apache-2.0 OR BSD-3-Clause",
    "idna": "BSD-3-Clause",
    "imagesize": "MIT",
    "jmespath": "MIT",
    "pycparser": "BSD-3-Clause",
    "pycryptodomex": "BSD, Public Domain",
    "pydantic": "MIT",
    "pydantic-core": "MIT",
    "pynamodb": "MIT",
    "pyopenssl": "Apache License, Version 2.0",
    "python-alipay-sdk": "BSD",
    "python-dateutil": "Dual License",  # Apache-2.0 or BSD-3-Clause
    "six": "MIT",
    "typing-extensions": "PSF-2.0",
    "typing-inspection": "MIT",
    "urllib3": "MIT",
}
"""Every package in the deployed package, with the licence that it declares. All are permissive."""

PROJECT = "micro-task"
BUILDERS = {"pip", "setuptools"}
"""Packages that a new environment may bring in another version. They build nothing that ships."""


def pins(file: str) -> dict[str, str]:
    """Return the pinned version of each package in a requirements file."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*\])?==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return {_normalised(name): version for name, version in found}


def unpinned() -> list[str]:
    """Return a line for each package whose installed version is not its pinned one."""
    pinned = pins("requirements/dev.txt")
    installed = {_normalised(found.metadata["Name"]): found.version for found in distributions()}
    names = (installed.keys() | pinned.keys()) - BUILDERS - {PROJECT}
    return [
        f"{name}: installed {installed.get(name)}, pinned {pinned.get(name)}"
        for name in sorted(names)
        if installed.get(name) != pinned.get(name)
    ]


def relicensed() -> list[str]:
    """Return a line for each shipped package with another licence than SHIPPED names."""
    found = {name: _licence(distribution(name)) for name in pins("requirements.txt")}
    return [
        f"{name}: licence {found.get(name)}, expected {SHIPPED.get(name)}"
        for name in sorted(found.keys() | SHIPPED.keys())
        if found.get(name) != SHIPPED.get(name)
    ]


def changed_files() -> list[str]:
    """Return the installed files of shipped packages that differ from the hashes in their record."""
    changed = []
    for name in SHIPPED:
        for file in distribution(name).files or ():
            if file.hash is not None:
                content = Path(str(file.locate())).read_bytes()
                digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, content).digest()).decode().rstrip("=")
                if digest != file.hash.value:
                    changed.append(str(file))
    return changed


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _licence(found: Distribution) -> str:
    named = (found.metadata[name] for name in ("License-Expression", "License") if name in found.metadata)
    return next(named, "").strip()


@click.command(cls=Program)
def main() -> None:
    """Check the installed packages against their pins, licences and hashes."""
    faults = [*unpinned(), *relicensed(), *changed_files()]
    if faults:
        raise Failed("The installed packages are not the pinned ones:\n" + "\n".join(f"  {fault}" for fault in faults))
    print(
        f"  ✓ {len(pins('requirements/dev.txt'))} packages as pinned, {len(SHIPPED)} shipped ones with known licences"
    )


if __name__ == "__main__":
    main()
