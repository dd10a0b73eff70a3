"""Dependencies point inward, and what must not be in the repository is not in it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIB = ROOT / "chalicelib"
KERNEL = {"settings", "errors", "money", "clock", "ids", "wire", "idempotency", "version", "decider"}
PURE = {
    "wallet": {"postings", "movements"},
    "tasks": {
        "lifecycle",
        "timers",
        "terms",
        "cadence",
        "content",
        "urls",
        "lint",
        "lint_folding",
        "picture_files",
        "checks",
        "snapshots",
    },
    "grading": {
        "evidence",
        "posts",
        "methodology",
        "followers",
        "factors",
        "grade",
        "price",
        "conduct",
        "page",
        "page_check",
        "page_history",
        "page_prices",
        "page_score",
        "wording",
    },
    "pages": {"markup", "frame", "chart", "refusal"},
    "social": {"port", "handles", "comments", "figures", "measures", "weibo_errors", "weibo_posts"},
    "discovery": {"forecast", "planner", "audience"},
    "links": {"codes", "visitors", "bots", "hosts"},
    "effect": {"costs", "anomalies", "page"},
    "accounts": {"certification", "admission", "prices", "decisions", "categories"},
}
ROOMS = (
    "accounts",
    "wallet",
    "tasks",
    "grading",
    "social",
    "payments",
    "links",
    "discovery",
    "pages",
    "effect",
    "exports",
    "overview",
)


def imports(path: Path) -> set[str]:
    """The chalicelib modules that a module names in its imports, wherever they stand in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def modules(room: str) -> list[Path]:
    return sorted((LIB / room).rglob("*.py"))


def _depends_on(path: Path, package: str) -> bool:
    return any(name == package or name.startswith(package + ".") for name in imports(path))


@pytest.mark.parametrize("path", sorted(LIB.rglob("*.py")), ids=lambda path: str(path.relative_to(LIB)))
def test_nothing_imports_the_map(path: Path) -> None:
    assert not _depends_on(path, "app")
    assert not any(_depends_on(path, outside) for outside in ("infra", "ops", "demo", "fit", "tests"))


@pytest.mark.parametrize("path", modules("wallet") + modules("payments"), ids=lambda path: path.name)
def test_the_wallet_knows_no_tasks(path: Path) -> None:
    assert not _depends_on(path, "chalicelib.tasks")


def test_the_kernel_imports_only_itself() -> None:
    for name in KERNEL:
        inner = {found.split(".")[1] for found in imports(LIB / f"{name}.py") if found.startswith("chalicelib.")}
        assert inner <= KERNEL, name


@pytest.mark.parametrize("room", sorted(PURE))
def test_pure_modules_import_only_the_kernel_and_each_other(room: str) -> None:
    for name in PURE[room]:
        path = LIB / room / f"{name}.py"
        assert path.exists(), "a renamed module must stay in this table"
        for found in imports(path):
            _, room_or_module, *rest = [*found.split("."), "", ""] if found.startswith("chalicelib.") else ("", "", "")
            inner = room_or_module in KERNEL | {""} or not rest[0] or rest[0] in PURE.get(room_or_module, set())
            assert inner, f"{room}/{name}.py imports {found}"
            assert not found.startswith(("pynamodb", "botocore", "boto3", "chalice.")), (
                f"{room}/{name}.py imports {found}"
            )


@pytest.mark.parametrize("room", ROOMS)
def test_only_routes_and_schemas_know_the_edge(room: str) -> None:
    for path in modules(room):
        if not path.name.endswith(("routes.py", "schemas.py", "answers.py", "inbox.py")):
            assert not _depends_on(path, "chalicelib.api"), path


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_no_index_address_and_no_path_of_a_machine_is_in_the_repository() -> None:
    address = re.compile(r"--(extra-)?index-url|files\.pythonhosted|https?://[A-Za-z0-9.-]+/(simple|packages)/")
    place = re.compile(r"(?<![A-Za-z0-9_.-])/(work|root|home/[a-z]+|Users/[a-z]+)/")
    for path in _tracked():
        if path == Path(__file__):
            continue
        text = path.read_text("utf-8", errors="replace")
        assert not address.search(text), path
        assert not place.search(text), path


def test_pins_have_hashes() -> None:
    for path in ROOT.glob("requirements*.txt"):
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith((" ", "#"))]
        assert lines, path
        assert all("==" in line for line in lines), path
        assert path.read_text().count("--hash=sha256:") >= len(lines), path
