"""Serving the web console and the API reference: files, pages and policies."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from chalicelib.console_serving import files, reference_page, start_page
from chalicelib.core.errors import Problem

TEMPLATE = Path(__file__).parents[3] / "console" / "index.html"
REFERENCE = TEMPLATE.with_name("reference.html")
BASE = "https://api.micro-task.example"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one file, in place of the built ones."""
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "main-ABC123.js").write_text("let n = 1;")
    (tmp_path / "files" / "index.html").write_text("<title>CONFIGURATION</title>")
    (tmp_path / "secret.js").write_text("outside")
    monkeypatch.setattr(files, "FOLDER", tmp_path / "files")
    files._text.cache_clear()
    yield tmp_path / "files"
    files._text.cache_clear()


def test_built_file_is_read() -> None:
    assert files.read("main-ABC123.js") == "let n = 1;"
    assert files.media_type("main-ABC123.js") == "text/javascript; charset=utf-8"


def test_template_is_read_for_its_page() -> None:
    assert files.template("index.html") == "<title>CONFIGURATION</title>"


@pytest.mark.parametrize("name", ["absent-1.js", "../secret.js", "index.html", "main-ABC123.js.map", "", "a/b.js"])
def test_other_names_are_not_found(name: str) -> None:
    with pytest.raises(Problem) as refused:
        files.read(name)
    assert refused.value.code == "not_found"


def test_start_page_has_the_configuration() -> None:
    page = start_page.start_page(TEMPLATE.read_text("utf-8"), BASE)
    assert f'<base href="{BASE}/console/">' in page
    content = re.search(r'name="configuration" content="([^"]*)"', page)
    assert content
    configuration = json.loads(unescape(content[1]))
    assert configuration["api_url"] == BASE
    assert configuration["issuer"] == "https://cognito-idp.ap-east-1.amazonaws.com/ap-east-1_test"
    assert configuration["client_id"] == "console"


def test_start_page_has_no_inline_script_or_style() -> None:
    page = TEMPLATE.read_text("utf-8")
    assert re.findall(r"<script[^>]*>", page) == ['<script type="module" src="SCRIPT">']
    assert "<style" not in page
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_policy_allows_no_unsafe_source() -> None:
    policy = dict(part.split(" ", 1) for part in start_page.policy(BASE).split("; "))
    assert "unsafe" not in str(policy)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == f"{BASE}/console/"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "'none'"
    assert "https://sign-in.micro-task.example" in policy["connect-src"].split()
    assert "*" not in policy["connect-src"] + policy["img-src"]


def test_reference_page_has_no_inline_script_or_style_and_names_its_files() -> None:
    page = reference_page.reference_page(REFERENCE.read_text("utf-8"), BASE)
    assert re.findall(r'src="([^"]*)"', page) == [f"{BASE}/console/REDOC", f"{BASE}/console/SCRIPT"]
    assert f'href="{BASE}/console/STYLE"' in page
    assert "<style" not in page
    assert not re.search(r"<script[^>]*>[^<]", page)


def test_policy_of_the_reference_allows_no_unsafe_source_and_no_other_host() -> None:
    policy = dict(part.split(" ", 1) for part in reference_page.policy(f"{BASE}/api").split("; "))
    assert "unsafe" not in str(policy)
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == f"{BASE}/api/console/"
    assert policy["connect-src"] == BASE
    assert "*" not in str(policy)
