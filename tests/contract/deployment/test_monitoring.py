"""Every resource of the template is monitored, and every alarm names a section of the runbook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra import monitoring
from infra.package import read_resources

ROOT = Path(__file__).parents[3]
SECTIONS = re.findall(r"^## (.+)$", (ROOT / "docs" / "operations" / "runbook.md").read_text("utf-8"), re.MULTILINE)
BY_HAND = {"A creation failed", "The local cloud"}
"""Sections for what shows itself without an alarm."""
FUNCTIONS = ("APIHandler", "Outbox", "Publisher", "Webhooks", "Emails", "RegradeStep", "OrderStep", "TaskStep")


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    """The resources of the YAML, and some functions as chalice adds them."""
    found = {name: resource for name, resource in read_resources()["Resources"].items() if "Type" in resource}
    found |= {name: {"Type": "AWS::Serverless::Function"} for name in FUNCTIONS}
    return monitoring.add_monitoring({"Resources": found | {"RestAPI": {"Type": "AWS::Serverless::Api"}}})["Resources"]  # type: ignore[no-any-return]


def alarms(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def test_alarms_and_sections_of_the_runbook_match(resources: dict[str, Any]) -> None:
    named = {
        re.fullmatch(r".+: docs/operations/runbook\.md, (.+)\.", alarm["AlarmDescription"])[1]  # type: ignore[index]
        for alarm in alarms(resources).values()
    }
    assert named == set(SECTIONS) - BY_HAND
    assert len(SECTIONS) == len(set(SECTIONS))


@pytest.mark.parametrize(
    ("kind", "property_named"),
    [
        ("AWS::Serverless::Function", "FunctionName"),
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::DynamoDB::Table", "TableName"),
        ("AWS::StepFunctions::StateMachine", "StateMachineArn"),
    ],
)
def test_every_resource_of_a_type_is_monitored(resources: dict[str, Any], kind: str, property_named: str) -> None:
    there = {name for name, resource in resources.items() if resource["Type"] == kind}
    watched = {
        str(part["Value"].get("Ref") or part["Value"]["Fn::GetAtt"][0])
        for alarm in alarms(resources).values()
        for part in alarm["Dimensions"]
        if part["Name"] == property_named
    }
    assert watched == there
    assert there


def test_alarms_have_unique_names_and_a_topic(resources: dict[str, Any]) -> None:
    names = [alarm["AlarmName"]["Fn::Sub"] for alarm in alarms(resources).values()]
    assert len(names) == len(set(names)) > 20
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms(resources).values())
    assert "AlarmTopic" in resources


def test_alarms_that_roll_back_a_release_exist(resources: dict[str, Any]) -> None:
    assert {monitoring.alarm_id(name) for name in monitoring.RELEASE} <= alarms(resources).keys()
    assert len(monitoring.RELEASE) <= 5, "CloudFormation takes no more"


def test_metrics_of_the_api_are_those_of_this_stage(resources: dict[str, Any]) -> None:
    """An account may have several stages: a fault of one must not roll back the releases of another."""
    names = [
        part["Value"]
        for alarm in alarms(resources).values()
        for part in alarm["Dimensions"]
        if part["Name"] == "ApiName"
    ]
    assert names
    assert all(name == {"Ref": "AWS::StackName"} for name in names)
    assert '"ApiName", "${AWS::StackName}"' in resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]


def test_the_dashboard_shows_only_what_is_there(resources: dict[str, Any]) -> None:
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    named = set(re.findall(r"\$\{(\w+)(?:\.\w+)?\}", body)) - {"Stage"}
    assert named <= resources.keys()
    assert {name for name in resources if resources[name]["Type"] == "AWS::Serverless::Function"} <= named
    widgets = json.loads(body)["widgets"]
    assert len({(widget["x"], widget["y"]) for widget in widgets}) == len(widgets)


def test_every_metric_with_an_alarm_is_emitted() -> None:
    emitted = set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        emitted |= set(re.findall(r'\bcount\(\s*"(\w+)"', path.read_text("utf-8")))
    assert {metric for metric, *_ in monitoring.MARKET} <= emitted


@pytest.mark.parametrize(
    ("name", "kebab"), [("OutboxDeadLetters", "outbox-dead-letters"), ("APIHandler", "api-handler"), ("Sweep", "sweep")]
)
def test_names(name: str, kebab: str) -> None:
    assert monitoring._kebab(name) == kebab
