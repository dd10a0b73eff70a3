"""Modules, files, routes and sections that the documents name exist."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from apispec import documents
from chalicelib.api import ROUTES
from chalicelib.core.errors import TABLE
from chalicelib.core.rules import Rules
from infra.audits import documented_commands

ROOT = Path(__file__).parents[3]
DOCUMENTS = documented_commands.documents()
IN_YUAN = {"topup_min", "topup_max", "price_min", "price_max", "withdrawal_min", "two_people_above"}
DAY, HOUR, MINUTE = 86_400, 3_600, 60


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_make_command_in_the_documents_exists() -> None:
    named = set()
    for document in DOCUMENTS:
        named |= set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= _targets()


def test_every_error_code_is_documented_with_its_status() -> None:
    text = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    sections = re.findall(r"^## `([a-z_]+)`\n\n(\d{3})\. (.+?): \S.+", text, re.MULTILINE)
    found = {code: (int(status), title) for code, status, title in sections}
    assert found == {code: (kind.status, kind.title) for code, kind in TABLE.items()}
    assert len(sections) == len(found)


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in [ROOT / "CHANGELOG.md", *DOCUMENTS]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_paths_in_the_documents_exist() -> None:
    folders = "|".join(
        sorted(
            path.name for path in ROOT.iterdir() if path.is_dir() and path.name.isidentifier() and path.name != "build"
        )
    )
    for document in DOCUMENTS:
        for path in re.findall(rf"(?<![\w./#-])((?:{folders})/[\w./*-]*\w)", document.read_text("utf-8")):
            assert list(ROOT.glob(path)) or "VERSION" in path, f"{document.name}: {path}"


def test_the_table_of_routes_is_what_the_program_serves() -> None:
    import app

    served = {(method, path) for path, methods in app.app.routes.items() for method in methods if method != "HEAD"}
    listed = {
        (route.method, route.path)
        for route in ROUTES
        if route.path.startswith(
            ("/v1/", "/grades/", "/tasks/", "/sandbox/", "/r/", "/openapi.json", "/docs", "/console")
        )
    }
    assert served == listed
    assert all(route.summary for route in ROUTES)
    assert documents.API.read_text("utf-8") == documents.api(), "`make docs` writes it anew"


def test_every_setting_is_in_the_published_rules_with_its_default() -> None:
    text = (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8")
    for field in fields(Rules):
        shown = re.findall(rf"\*\*([\d,.]+|[A-Za-z/]+|广告)[^*]*\*\*[^|*`]*`{field.name}`", text)
        assert _shown(field.name, field.default) in {number.replace(",", "") for number in shown}, (field.name, shown)


def _shown(name: str, value: Any) -> str:
    """A setting as people read it: days, hours or minutes; yuan; per cent; megabytes."""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return str(seconds // (DAY if seconds >= 5 * DAY else MINUTE if seconds % HOUR else HOUR))
    if name in IN_YUAN:
        return f"{value / 100:.2f}"
    divisor = {"picture_max_bytes": 1_000_000}.get(name, 100 if name.endswith("_bps") else 1)
    return str(value // divisor) if isinstance(value, int) else str(value)


def test_every_rule_has_a_test_named_after_it() -> None:
    numbers = set(
        re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8"), re.MULTILINE)
    )
    assert {str(number) for number in range(1, 25)} <= numbers <= {str(number) for number in range(1, 34)}
    tests = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("test_*.py")))
    named = set(re.findall(r"def test_rule_(\d+)_", tests))
    assert numbers <= named
