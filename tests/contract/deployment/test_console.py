"""The built web console: its types fit the API's document, and its first page is within the budget."""

from __future__ import annotations

import json
import re

import pytest

from chalicelib.console.files import PAGES
from infra import console_build

pytestmark = pytest.mark.xdist_group("package")  # it is built once

SCRIPT_MAX, STYLE_MAX = 60_000, 16_000
"""Bytes that the first page may load, compressed with gzip: scripts with one language and the largest home, and the style."""


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    console_build.build()


def test_first_page_is_within_the_budget() -> None:
    sizes = json.loads(console_build.SIZES.read_text())
    assert 20_000 < sizes["script"] <= SCRIPT_MAX
    assert 5_000 < sizes["style"] <= STYLE_MAX


def test_names_have_a_hash_of_the_content() -> None:
    names = {path.name for path in console_build.FILES.iterdir()}
    assert set(PAGES) <= names
    assert all("-" in name for name in names - set(PAGES))


def test_reference_names_its_files_and_no_other_host() -> None:
    page = (console_build.FILES / "reference.html").read_text("utf-8")
    named = re.findall(r'="BASE-URL([^"]+)"', page)
    assert len(named) == 3
    for name in named:
        assert "cdn.redoc.ly" not in (console_build.FILES / name).read_text("utf-8")


def test_types_are_checked() -> None:
    console_build.run("node_modules/typescript/bin/tsc", "--noEmit")
