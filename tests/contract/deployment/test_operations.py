"""The command lines in docs/operations/deployment.md parse, and its tables are those of the program."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

import app
from bench.harness import counted
from infra import package
from ops.cloud_costs import monthly_costs
from ops.command_list import COMMANDS
from testing.doubles.operator_program import parse

pytestmark = pytest.mark.xdist_group("package")  # it is built once

ROOT = Path(__file__).parents[3]
OPERATIONS_PATH = ROOT / "docs" / "operations" / "deployment.md"
OPERATIONS = OPERATIONS_PATH.read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_EVERY_COMMAND = {"--region", "--query", "--output", "--profile"}


def command_lines(text: str, begin: str) -> list[list[str]]:
    """Return the words of every command line that begins with `begin`: lines of code blocks, and code within sentences."""
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    rest = re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines += [re.sub(r"\s+", " ", code) for code in re.findall(r"`([^`]+)`", rest)]
    lines = [re.sub(r"^([A-Z_]+=\S+ )+", "", line.strip()) for line in lines]
    return [shlex.split(line, comments=True) for line in lines if line.startswith(begin)]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    package.build()
    document: dict[str, Any] = json.loads(package.TEMPLATE.read_text())
    return document


def test_every_command_line_of_the_documents_parses() -> None:
    shown = set()
    mentions = {"--help", *COMMANDS}
    for document in DOCUMENTS:
        text = document.read_text("utf-8")
        lines = [line[3:] for line in command_lines(text, "python -m ops ")]
        lines += [line[1:] for line in command_lines(text, "microtask ")]
        for words in lines:
            if " ".join(words) in mentions:
                continue
            name, options = parse(words)
            if document == OPERATIONS_PATH:
                assert options["stack"] or options["stage"], words
                shown.add(name)
    elsewhere = {"users groups", "users enable", "users reset", "export advertiser", "wallet restore", "listen"}
    assert {name for name in COMMANDS if not name.startswith("clients ")} - shown <= elsewhere


def test_every_command_of_aws_exists() -> None:
    calls = command_lines(OPERATIONS, "aws ")
    assert len(calls) >= 10
    session = botocore.session.get_session()
    for _, service, operation, *rest in calls:
        if service == "s3":
            assert operation == "rb"
            continue
        model = session.get_service_model(service)
        if operation == "wait":
            waiters = session.get_waiter_model(service).waiter_names
            assert xform_name(rest.pop(0).replace("-", "_")) in {xform_name(name) for name in waiters}
            continue
        names = {xform_name(name, "-"): name for name in model.operation_names}
        assert operation in names, (service, operation)
        shape = model.operation_model(names[operation]).input_shape
        members = {"--" + xform_name(name, "-") for name in (shape.members if shape else {})}
        members |= {"--no-" + name[2:] for name in members}
        if (service, operation) == ("sns", "subscribe"):
            members.add("--notification-endpoint")  # its Endpoint, which would be the option of every command
        options = {word for word in rest if word.startswith("--")}
        assert options <= members | OF_EVERY_COMMAND, (operation, options - members)


def test_every_route_is_served() -> None:
    named = set(re.findall(r"(GET|POST|PUT|DELETE) \$API(/[^`\s?]+)", OPERATIONS))
    assert len(named) > 15
    served = {(method, path) for path, methods in app.app.routes.items() for method in methods if method != "HEAD"}
    assert named - served == set()


def test_every_parameter_of_the_template_is_explained(template: dict[str, Any]) -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \|", OPERATIONS, re.MULTILINE)
    explained = {name: default.strip("`").replace("empty", "") for name, _, default in rows}
    assert explained == {name: str(one["Default"]) for name, one in template["Parameters"].items()}
    options = {option for parameter in COMMANDS["deploy"].params for option in parameter.opts}
    assert {option.strip("`") for _, option, _ in rows} - {"none"} <= options


def test_the_costs_are_computed_from_what_was_counted(template: dict[str, Any]) -> None:
    order = counted.read()["order"]
    assert monthly_costs.document(OPERATIONS, order, template) == OPERATIONS, (
        "write it again: python -m ops.cloud_costs.monthly_costs"
    )
    table = monthly_costs.table(order, template).splitlines()[2:]
    for column in (2, 3, 4):
        *figures, total = [float(row.split("|")[column].strip(" *").replace(",", "")) for row in table]
        assert total == pytest.approx(sum(figures), abs=0.03)


def test_every_policy_that_is_named_is_there() -> None:
    for name in re.findall(r"file://(ops/\S+)", OPERATIONS):
        assert (ROOT / name).is_file()
