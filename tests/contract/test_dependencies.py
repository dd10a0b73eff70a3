"""What we depend on: what ships is named here once more by hand with its licence, and what is installed is what was pinned.

Vulnerable versions cannot be looked up without the internet: docs/operations/security.md describes how to find them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
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
"""Every package in the deployed zip, also those that others bring, and the licence it says it has: all permissive."""

BUILDERS = {"pip", "setuptools"}
"""An environment brings them itself; nothing of ours is built with them."""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _pins(file: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", (ROOT / file).read_text(), re.MULTILINE)
    return {_plain(name): version for name, version in found}


def _licence(found: Distribution) -> str:
    named = (found.metadata[name] for name in ("License-Expression", "License") if name in found.metadata)
    return next(named, "").strip()


def test_what_ships_is_known_with_its_licence() -> None:
    pinned = _pins("requirements.txt")
    assert {name: _licence(distribution(name)) for name in pinned} == SHIPPED


def test_what_is_installed_is_what_is_pinned() -> None:
    """Nothing else, so that nothing is tested with what nobody pinned; and what ships is tested in the version that ships."""
    pinned = _pins("requirements/dev.txt")
    installed = {_plain(found.metadata["Name"]): found.version for found in distributions()}
    assert {name: version for name, version in installed.items() if name not in BUILDERS} == {
        name: version for name, version in pinned.items() if name not in BUILDERS
    }
    assert _pins("requirements.txt").items() <= pinned.items()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_files_of_a_package_are_those_it_came_with(name: str) -> None:
    """By the hashes in its record; the wheel itself was held against its pin when it was installed."""
    files = [file for file in distribution(name).files or () if file.hash is not None]
    assert files
    changed = []
    for file in files:
        assert file.hash is not None
        content = Path(str(file.locate())).read_bytes()
        digest = base64.urlsafe_b64encode(hashlib.new(file.hash.mode, content).digest()).decode().rstrip("=")
        if digest != file.hash.value:
            changed.append(str(file))
    assert changed == []
