"""Builds the package that is deployed to every cloud: `python -m infra.package`.

chalice packages app.py and chalicelib with the pinned dependencies and the built web console, and merges
infra/parameters.yaml and infra/resources.yaml.
This module then compiles the sources (a Lambda cannot write .pyc files and would compile them at every cold start), adds the state
machines and the gateway's problem documents to the template, and lints it. Unchanged inputs are not built and linted again.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import marshal
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from chalicelib.core.regions.region import NAMES, named
from chalicelib.core.settings import Settings
from cli.failures import Failed, run
from cli.progress import step
from infra import console_build
from infra.gateway_responses import gateway_responses
from infra.log_groups import add_log_groups
from infra.monitoring import add_monitoring
from infra.release_alias import add_aliases

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
TEMPLATE = BUILD / "template.json"
ZIP = BUILD / "deployment.zip"
LINT_ENV = ROOT / ".local" / "lint-env"
ANY_METHOD = "x-amazon-apigateway-any-method"
MACHINES = {"TaskMachine": "task", "OrderMachine": "order", "RegradeMachine": "regrade"}
NIGHTLY = {"RegradeNightly": 0, "Reconcile": 1}
"""The functions that run once a night, and how many hours after the beginning of the region's night."""
SERVICES = {"dynamodb", "events", "s3", "scheduler", "secretsmanager", "ses", "sqs", "stepfunctions"}
"""The services that the program calls. botocore describes more than 400, which would be half of the package."""

# PyYAML has no libyaml where it was built from source.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

UNCHECKED_HASH = (1).to_bytes(4, "little")
"""Flags of a .pyc file that holds a hash of its source, which is not compared (PEP 552)."""


def build(*, linted: bool = True) -> None:
    """Build `build/template.json` and `build/deployment.zip` unless their inputs are unchanged; one process at a time. Lint the
    template, unless it was, if `linted` is set. Raise Failed with the faults of the template."""
    BUILD.mkdir(exist_ok=True)
    with _one_at_a_time("lock"):
        _build()
    if linted:
        with _one_at_a_time("lint.lock"):
            _lint_once()


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    with (BUILD / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build() -> None:
    digest = _inputs_digest()
    mark = BUILD / "inputs.sha256"
    if mark.exists() and mark.read_text() == digest and TEMPLATE.exists() and ZIP.exists():
        print("  ✓ package is up to date")
        return
    mark.unlink(missing_ok=True)
    console_build.build()
    with tempfile.TemporaryDirectory() as scratch:
        source, out = Path(scratch, "source"), Path(scratch, "out")
        with step("package app and dependencies (chalice)"):
            _chalice(source, out)
        with step("compile the package"):
            _compile(out / "deployment.zip", ZIP)
        TEMPLATE.write_text(json.dumps(complete(json.loads((out / "sam.json").read_text())), indent=1))
    mark.write_text(digest)
    print(f"    {ZIP.name} {ZIP.stat().st_size / 1e6:.1f} MB, {TEMPLATE.name} {TEMPLATE.stat().st_size / 1e3:.0f} kB")


def _inputs_digest() -> str:
    digest = hashlib.sha256(sys.version.encode())
    files = [ROOT / "app.py", ROOT / "requirements.txt", Path(__file__), *console_build.sources()]
    for folder, patterns in (
        ("chalicelib", ("*.py", "*.json", "*.html")),
        ("infra", ("*.yaml", "*.json", "gateway_responses.py", "log_groups.py", "monitoring.py", "release_alias.py")),
        (".chalice", ("*.json",)),
    ):
        files += [path for pattern in patterns for path in (ROOT / folder).rglob(pattern)]
    for path in sorted(set(files)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _chalice(source: Path, out: Path) -> None:
    """Run chalice on a copy of the shipped files, because it packages everything in the project folder."""
    source.mkdir()
    shutil.copy(ROOT / "app.py", source)
    shutil.copy(ROOT / "requirements.txt", source)
    shutil.copytree(ROOT / "chalicelib", source / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(console_build.FILES, source / "chalicelib" / "console_serving" / "files")
    shutil.copytree(ROOT / ".chalice", source / ".chalice", ignore=shutil.ignore_patterns("deployments", "deployed"))
    (source / "resources.json").write_text(json.dumps(read_resources()))
    # chalice imports app.py for its routes. These settings only have to exist; the template sets the real ones.
    names = [field.name.upper() for field in fields(Settings)]
    environment = {
        **os.environ,
        **dict.fromkeys(names, "package"),
        "STAGE": "package",
        "SANDBOX": "off",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "ap-east-1"),
    }
    chalice = Path(sys.executable).parent / "chalice"
    command = [str(chalice), "package", "--stage", "market", "--merge-template", "resources.json"]
    if (BUILD / "wheels").is_dir():
        shutil.copytree(BUILD / "wheels", source / ".chalice" / "deployments")
    done = subprocess.run([*command, str(out)], cwd=source, env=environment, capture_output=True, text=True)
    if done.returncode or not (out / "sam.json").exists():
        raise Failed(f"chalice could not package the app:\n{done.stdout}{done.stderr}")
    # chalice stores an archive of the dependencies by the hash of requirements.txt; keep it, so that later builds are quick.
    cache = source / ".chalice" / "deployments"
    if cache.is_dir():
        shutil.rmtree(BUILD / "wheels", ignore_errors=True)
        shutil.copytree(cache, BUILD / "wheels")


def _compile(archive: Path, target: Path) -> None:
    """Write the archive again, with compiled modules and without descriptions of services that the program does not call."""
    with zipfile.ZipFile(archive) as packed:
        files = {name: packed.read(name) for name in packed.namelist() if not name.endswith("/")}
    files = {name: content for name, content in files.items() if not _describes_other_service(name)}
    with warnings.catch_warnings(action="ignore"):  # of dependencies
        files |= dict(filter(None, (_compiled(*file) for file in files.items() if file[0].endswith(".py"))))
    target.unlink(missing_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name in sorted(files):
            # Fixed times: the same inputs give the same bytes, and an unchanged package is not deployed again.
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, files[name], zipfile.ZIP_DEFLATED)


def _describes_other_service(name: str) -> bool:
    parts = name.split("/")
    return len(parts) > 3 and parts[:2] == ["botocore", "data"] and parts[2] not in SERVICES


def _compiled(name: str, source: bytes) -> tuple[str, bytes] | None:
    """Return the .pyc file of a module, which Python uses without a look at the source. None: it cannot be compiled."""
    try:
        code = compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return None
    header = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
    return importlib.util.cache_from_source(name), header + marshal.dumps(code)


def complete(template: dict[str, Any]) -> dict[str, Any]:
    """Return the template with aliases, the state machines' definitions, log groups, the gateway's problem documents and the
    monitoring."""
    resources = add_aliases(template)["Resources"]
    _schedule_nights(template)
    for logical_id, name in MACHINES.items():
        definition = json.loads((ROOT / "infra" / f"{name}.asl.json").read_text())
        resources[logical_id]["Properties"]["DefinitionString"] = json.dumps(definition)
    add_log_groups(resources)
    definition = resources["RestAPI"]["Properties"]["DefinitionBody"]
    definition["info"]["title"] = {
        "Ref": "AWS::StackName"
    }  # the API's name, which separates its metrics from another stage's
    # In the API's definition, because separate resources would take effect only with the next deployment of the API.
    definition["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    for methods in definition["paths"].values():
        methods[ANY_METHOD] = _any_method(next(iter(methods.values())))
    return add_monitoring(template)


def _schedule_nights(template: dict[str, Any]) -> None:
    """Run the nightly functions at the hours of the stack's region; app.py declares those of cn."""
    nights = {name: named(name).night_utc for name in NAMES}
    template["Mappings"] = {
        "Nights": {
            name: {function: f"cron(0 {(hour + later) % 24} * * ? *)" for function, later in NIGHTLY.items()}
            for name, hour in nights.items()
        }
    }
    for function in NIGHTLY:
        (event,) = template["Resources"][function]["Properties"]["Events"].values()
        event["Properties"]["Schedule"] = {"Fn::FindInMap": ["Nights", {"Ref": "Region"}, function]}


def _any_method(declared: dict[str, Any]) -> dict[str, Any]:
    """Return a method that sends undeclared methods of a path to the program, without a token: it answers OPTIONS, and others with
    405 and `Allow`. API Gateway itself would answer them like an unknown path."""
    names = ("produces", "responses", "parameters", "x-amazon-apigateway-integration")
    return {**{name: declared[name] for name in names if name in declared}, "consumes": []}


def _lint_once() -> None:
    digest = hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()
    mark = BUILD / "linted.sha256"
    if not mark.exists() or mark.read_text() != digest:
        with step("lint the template (cfn-lint)"):
            lint()
        mark.write_text(digest)


def lint() -> None:
    """Lint the template. Raise Failed with cfn-lint's findings."""
    linter = LINT_ENV / "bin" / "cfn-lint"
    if not linter.exists():
        raise Failed("cfn-lint is not installed: `make package` installs it.")
    done = subprocess.run(
        [str(linter), "--non-zero-exit-code", "warning", str(TEMPLATE)], capture_output=True, text=True
    )
    if done.returncode:
        raise Failed(f"The template has faults:\n{done.stdout}{done.stderr}")


def read_resources() -> dict[str, Any]:
    """Return infra/parameters.yaml and infra/resources.yaml as one document."""
    document: dict[str, Any] = {}
    for name in ("parameters.yaml", "resources.yaml"):
        document.update(yaml.load((ROOT / "infra" / name).read_text(), _LOADER))  # noqa: S506 -- both loaders make plain objects only
    return document


if __name__ == "__main__":
    run(build)
