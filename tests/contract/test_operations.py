"""docs/operations/deployment.md can be followed: what it says to type can be typed, and its tables are the program's."""

from __future__ import annotations

import json
import re
import shlex
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

import app
from bench.harness import counted
from infra import package
from infra.parameters import arguments
from ops import costs
from ops.__main__ import parser
from ops.commands import COMMANDS

pytestmark = pytest.mark.xdist_group("local cloud")  # the package is built once

ROOT = Path(__file__).parents[2]
OPERATIONS = (ROOT / "docs" / "operations" / "deployment.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OF_EVERY_COMMAND = {"--region", "--query", "--output", "--profile"}


def typed(text: str, begin: str) -> list[list[str]]:
    """The words of every command line that begins so: lines of blocks of code, and code within sentences."""
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


def test_every_command_line_of_the_documents_is_one() -> None:
    shown = set()
    mentions = {"--help", *(command.name for command in COMMANDS)}
    for document in DOCUMENTS:
        for words in typed(document.read_text("utf-8"), "python -m ops "):
            if " ".join(words[3:]) in mentions:
                continue
            options = parser().parse_args(words[3:])
            if document.name == "deployment.md":
                assert options.stack or options.stage, words
                shown.add(options.command.name)
    elsewhere = {"users groups", "users enable", "users reset", "export advertiser", "wallet restore"}
    assert {command.name for command in COMMANDS if not command.name.startswith("clients ")} - shown <= elsewhere


def test_every_call_of_aws_is_one() -> None:
    calls = typed(OPERATIONS, "aws ")
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
    made = ArgumentParser()
    arguments(made)
    options = {option for action in made._actions for option in action.option_strings} | {"--stage"}
    assert {option.strip("`") for _, option, _ in rows} - {"none"} <= options


def test_the_costs_are_computed_from_what_was_counted(template: dict[str, Any]) -> None:
    order = counted.read()["order"]
    assert costs.document(OPERATIONS, order, template) == OPERATIONS, "`python -m ops.costs` writes it anew"
    table = costs.table(order, template).splitlines()[2:]
    for column in (2, 3, 4):
        *figures, total = [float(row.split("|")[column].strip(" *").replace(",", "")) for row in table]
        assert total == pytest.approx(sum(figures), abs=0.03)


def test_every_policy_that_is_named_is_there() -> None:
    for name in re.findall(r"file://(ops/\S+)", OPERATIONS):
        assert (ROOT / name).is_file()
