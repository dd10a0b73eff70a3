"""Packages depend on each other in one direction, folders are small, and what must not be in the repository is not in it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import defaultdict
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIB = ROOT / "chalicelib"
PROGRAMS = ("apispec", "bench", "chalicelib", "cli", "demo", "fit", "infra", "ops", "testing", "tests")
FOLDER_MAX = 14
"""Modules of the longest folder, without `__init__.py`."""
MODULE_SUFFIXES = (".py", ".ts", ".tsx", ".mjs")
AWS = ("pynamodb", "botocore", "boto3", "chalice")


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _sources() -> list[Path]:
    return sorted(path for program in PROGRAMS for path in (ROOT / program).rglob("*.py"))


MODULES = {_dotted(path): path for path in _sources()}


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the modules that a module imports, wherever the import is."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (named & MODULES.keys()) or {node.module}
            found |= {node.module} if named - MODULES.keys() else set()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found)


def _package(module: str) -> str:
    """Return the package of the graph that a module belongs to: one below chalicelib, or a program."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "chalicelib" else parts[0]


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def _pure() -> list[str]:
    """Return the modules that say "Pure." in the first paragraph of their docstring."""
    found = []
    for name, path in MODULES.items():
        text = path.read_text("utf-8")
        if name.startswith("chalicelib.") and "Pure" in text:
            docstring = ast.get_docstring(ast.parse(text)) or ""
            if "Pure" in docstring.partition("\n\n")[0]:
                found.append(name)
    return found


PURE = _pure()


def test_package_graph_has_no_cycle() -> None:
    graph: defaultdict[str, set[str]] = defaultdict(set)
    for name, path in MODULES.items():
        graph[_package(name)] |= {_package(found) for found in imports(path) if found in MODULES} - {_package(name)}
    assert len(graph) > 20
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"cycle: {' -> '.join(error.args[1])}")


def test_no_folder_is_too_long() -> None:
    sizes: defaultdict[Path, int] = defaultdict(int)
    for path in _tracked():
        if path.suffix in MODULE_SUFFIXES and path.name != "__init__.py":
            sizes[path.parent.relative_to(ROOT)] += 1
    assert Path("console/src") in sizes
    assert {str(folder): size for folder, size in sizes.items() if size > FOLDER_MAX} == {}


def test_chalicelib_imports_no_program() -> None:
    outside = ("app", *(program for program in PROGRAMS if program != "chalicelib"))
    faults = [
        f"{name} imports {found}"
        for name, path in MODULES.items()
        if name.startswith("chalicelib")
        for found in imports(path)
        if found.split(".")[0] in outside
    ]
    assert faults == []


def test_only_http_packages_import_the_api() -> None:
    for name, path in MODULES.items():
        if (
            name.startswith("chalicelib.")
            and ".http" not in name
            and _package(name) not in ("chalicelib.api", "chalicelib.service")
        ):
            assert not any(_is_within(found, "chalicelib.api") for found in imports(path)), name


def test_requests_to_addresses_of_users_have_one_way_out() -> None:
    """The other modules with an HTTP client send to hosts that the deployment names: networks and a payment provider."""
    clients = {"http.client", "urllib3", "urllib.request", "requests", "socket"}
    found = {module for module, path in MODULES.items() if module.startswith("chalicelib.") and imports(path) & clients}
    assert found == {
        "chalicelib.outbound.guarded_request",
        "chalicelib.payments.stripe.client",
        "chalicelib.social.known_host_request",
    }


def test_core_imports_only_core() -> None:
    for name, path in MODULES.items():
        if _package(name) == "chalicelib.core":
            assert all(_is_within(found, "chalicelib.core") for found in imports(path) if found in MODULES), name


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_only_pure_modules(name: str) -> None:
    for found in imports(MODULES[name]):
        assert found.split(".")[0] not in AWS, found
        if found in MODULES and MODULES[found].name != "__init__.py":
            assert found in PURE or _is_within(found, "chalicelib.core"), found


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_no_package_index_or_machine_path_is_committed() -> None:
    address = re.compile(r"--(extra-)?index-url|files\.pythonhosted|https?://[A-Za-z0-9.-]+/(simple|packages)/")
    place = re.compile(r"(?<![A-Za-z0-9_.-])/(work|root|home/[a-z]+|Users/[a-z]+)/")
    for path in _tracked():
        if path == Path(__file__):
            continue
        text = path.read_text("utf-8", errors="replace")
        assert not address.search(text), path
        assert not place.search(text), path


def test_pins_have_hashes() -> None:
    for path in [ROOT / "requirements.txt", *ROOT.glob("requirements/*.txt")]:
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith((" ", "#"))]
        assert lines, path
        assert all("==" in line for line in lines), path
        assert path.read_text().count("--hash=sha256:") >= len(lines), path
