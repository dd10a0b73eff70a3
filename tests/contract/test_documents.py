"""What the documents say exists, exists."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.api import ROUTES
from chalicelib.errors import TABLE
from infra import documents

ROOT = Path(__file__).parents[2]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_make_command_in_the_documents_exists() -> None:
    named = set()
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        named |= set(re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= _targets()


def test_every_error_code_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE)
    assert {code: int(status) for code, status in rows} == {code: kind.status for code, kind in TABLE.items()}


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text("utf-8")):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_table_of_routes_is_what_the_program_serves() -> None:
    import app

    served = {(method, path) for path, methods in app.app.routes.items() for method in methods}
    listed = {(route.method, route.path) for route in ROUTES if route.path.startswith(("/v1/", "/sandbox/"))}
    assert served == listed
    assert all(route.summary for route in ROUTES)
    assert documents.API.read_text("utf-8") == documents.api(), "`make docs` writes it anew"
