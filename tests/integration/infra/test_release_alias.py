"""Deployments are recorded and rolled back, alarms roll them back, and no resource that holds data is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from cli.failures import Failed
from infra.deploy import deploy, history, roll_back
from infra.monitoring import RELEASE

STACK = "microtask-test"
PARAMETERS = {"Canary": "false", "Rules": "{}"}
TWO_POSTS = '{"posts_per_day_max": 2}'
OFF = {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}


class Formation:
    """A double of CloudFormation. With `fails` set to a resource's name or `alarm`, an update is rolled back."""

    def __init__(self) -> None:
        self.stack: dict[str, Any] | None = None
        self.sets: dict[str, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.guards: list[dict[str, Any]] = []
        self.fails = ""

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        if self.stack is None:
            raise ClientError(
                {"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}}, "DescribeStacks"
            )
        shown = {**self.stack, "StackStatus": self.stack["StackStatus"].pop(0)}
        self.stack["StackStatus"] = self.stack["StackStatus"] or [shown["StackStatus"]]
        return {"Stacks": [shown]}

    def create_change_set(self, **request: Any) -> None:
        assert (self.stack is None) == (request["ChangeSetType"] == "CREATE")
        url = urlsplit(request["TemplateURL"])
        bucket = url.path.split("/")[1] if url.netloc.startswith("s3.") else url.netloc.partition(".")[0]
        body = boto3.client("s3").get_object(Bucket=bucket, Key=url.path.rpartition("/")[2])["Body"].read()
        given = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in request["Parameters"]}
        self.guards.append(request["RollbackConfiguration"])
        self.sets[request["ChangeSetName"]] = {"template": json.loads(body), "given": given}

    def describe_change_set(self, StackName: str, ChangeSetName: str, NextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        meant, now = self.sets[ChangeSetName], self.stack or {"template": {"Resources": {}}, "given": None}
        if (meant["template"], meant["given"]) == (now["template"], now["given"]):
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        old, new = now["template"]["Resources"], meant["template"]["Resources"]
        changes = [
            {
                "LogicalResourceId": name,
                "ResourceType": (old.get(name) or new[name])["Type"],
                "Action": "Add" if name not in old else "Modify" if name in new else "Remove",
                "Replacement": str(
                    "TableName" in (p := new.get(name, {}).get("Properties", {}))
                    and p != old.get(name, {}).get("Properties", {})
                ),
            }
            for name in sorted({*old, *new})
        ]
        page = {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": changes[int(NextToken)]}]}
        return page | ({"NextToken": str(int(NextToken) + 1)} if int(NextToken) + 1 < len(changes) else {})

    def delete_change_set(self, StackName: str, ChangeSetName: str) -> None:  # noqa: N803
        del self.sets[ChangeSetName]

    def execute_change_set(self, StackName: str, ChangeSetName: str) -> None:  # noqa: N803
        meant, kind = self.sets.pop(ChangeSetName), "UPDATE" if self.stack else "CREATE"
        for name, resource in meant["template"]["Resources"].items():
            status = "UPDATE_FAILED" if name == self.fails else f"{kind}_COMPLETE"
            event = {"EventId": str(len(self.events)), "LogicalResourceId": name, "ResourceType": resource["Type"]}
            event |= {
                "ResourceStatus": status,
                "PhysicalResourceId": f"arn:{name}",
                "ResourceStatusReason": "it is broken",
            }
            self.events.insert(0, event)
        if self.fails:
            assert self.stack
            if self.fails == "alarm":
                event = {"EventId": "alarm", "LogicalResourceId": STACK, "ResourceType": "AWS::CloudFormation::Stack"}
                event |= {
                    "ResourceStatus": "UPDATE_ROLLBACK_IN_PROGRESS",
                    "ResourceStatusReason": "api-errors is in ALARM",
                }
                self.events.insert(0, event)
            self.stack["StackStatus"] = [
                "UPDATE_IN_PROGRESS",
                "UPDATE_ROLLBACK_IN_PROGRESS",
                "UPDATE_ROLLBACK_COMPLETE",
            ]
            return
        values = {"Code": meant["template"]["Outputs"]["Code"]["Value"], "Rules": meant["given"]["Rules"]}
        shown = [{"OutputKey": name, "OutputValue": text} for name, text in values.items()]
        self.stack = {**meant, "StackStatus": [f"{kind}_IN_PROGRESS", f"{kind}_COMPLETE"], "Outputs": shown}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": self.events}


class Cloud:
    """Clients for infra.deploy: doubles of CloudFormation and Lambda, and moto for everything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.formation = Formation()
        self.called: list[str] = []

    def __call__(self, service: str) -> Any:
        if service == "cloudformation":
            return self.formation
        return self if service == "lambda" else boto3.client(service)

    def invoke(self, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803
        assert (InvocationType, json.loads(Payload)["source"]) == ("Event", "microtask.release")
        self.called.append(FunctionName)

    def outputs(self) -> dict[str, str]:
        assert self.formation.stack
        return {output["OutputKey"]: output["OutputValue"] for output in self.formation.stack["Outputs"]}

    def build(self, code: str, *, table: str | None = "wallet") -> None:
        """Build a package of that code, with a prover and a table."""
        definition: dict[str, Any] = {
            "paths": {"/v1/wallet": {"get": {"security": [{"Users": []}]}}},
            "securityDefinitions": {},
        }
        resources: dict[str, Any] = {
            "ReconcileAliaslive": {"Type": "AWS::Lambda::Alias"},
            "RestAPI": {"Type": "AWS::Serverless::Api", "Properties": {"DefinitionBody": definition}},
        }
        if table:
            resources["WalletTable"] = {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": table}}
        template = {
            "Resources": resources,
            "Outputs": {"Code": {"Value": f"./deployment.zip ReleaseFingerprint {code}"}},
        }
        (self.folder / "template.json").write_text(json.dumps(template))
        (self.folder / "deployment.zip").write_bytes(code.encode())


@pytest.fixture
def cloud(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    monkeypatch.setattr("infra.deploy.TEMPLATE", tmp_path / "template.json")
    monkeypatch.setattr("infra.deploy.ZIP", tmp_path / "deployment.zip")
    monkeypatch.setattr("infra.deploy.time.sleep", lambda seconds: None)
    cloud = Cloud(tmp_path)
    cloud.build("one")
    return cloud


def alarm(name: str, state: str = "OK") -> None:
    watch = boto3.client("cloudwatch")
    watch.put_metric_alarm(
        AlarmName=f"{STACK}-{name}",
        MetricName="Errors",
        Namespace="AWS/Lambda",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )
    watch.set_alarm_state(AlarmName=f"{STACK}-{name}", StateValue=state, StateReason="for the test")


def test_rollbacks_restore_one_release_at_a_time(cloud: Cloud) -> None:
    first = deploy(cloud, "test", PARAMETERS)
    cloud.build("two")
    second = deploy(cloud, "test", PARAMETERS | {"Rules": TWO_POSTS})
    cloud.build("three")
    deploy(cloud, "test", PARAMETERS)
    assert len({release.package for release in history(cloud, "test")}) == 3

    back = roll_back(cloud, "test")
    assert cloud.outputs() == second
    assert back.parameters["Rules"] == TWO_POSTS
    roll_back(cloud, "test")
    assert cloud.outputs() == first
    with pytest.raises(Failed, match="no release before this one"):
        roll_back(cloud, "test")
    assert cloud.outputs() == first
    assert len(history(cloud, "test")) == 5, "what was gone back from stays known"


def test_deployments_and_rollbacks_continue_after_a_rollback(cloud: Cloud) -> None:
    first = deploy(cloud, "test", PARAMETERS)
    cloud.build("two")
    deploy(cloud, "test", PARAMETERS)
    roll_back(cloud, "test")
    cloud.build("mended")
    deploy(cloud, "test", PARAMETERS)
    roll_back(cloud, "test")
    assert cloud.outputs() == first


def test_unchanged_and_failed_deployments_are_no_releases(cloud: Cloud) -> None:
    deploy(cloud, "test", PARAMETERS)
    deploy(cloud, "test", PARAMETERS)
    assert len(history(cloud, "test")) == 1
    cloud.build("two")
    cloud.formation.fails = "WalletTable"
    with pytest.raises(
        Failed, match=r"UPDATE_ROLLBACK_COMPLETE(.|\n)*WalletTable .AWS::DynamoDB::Table.: it is broken"
    ):
        deploy(cloud, "test", PARAMETERS)
    assert len(history(cloud, "test")) == 1


def test_an_alarm_that_rolled_an_update_back_is_named(cloud: Cloud) -> None:
    alarm("api-errors")
    first = deploy(cloud, "test", PARAMETERS)
    cloud.build("two")
    cloud.formation.fails = "alarm"
    with pytest.raises(Failed, match=r"UPDATE_ROLLBACK_COMPLETE(.|\n)*api-errors is in ALARM"):
        deploy(cloud, "test", PARAMETERS, watch=10)
    assert cloud.outputs() == first
    assert len(history(cloud, "test")) == 1


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_that_is_between_two_releases_is_left_alone(cloud: Cloud, status: str) -> None:
    deploy(cloud, "test", PARAMETERS)
    assert cloud.formation.stack
    cloud.formation.stack["StackStatus"] = [status]
    cloud.build("two")
    said = r"UPDATE_IN_PROGRESS: wait|continue-update-rollback --stack-name microtask-test"
    with pytest.raises(Failed, match=said):
        deploy(cloud, "test", PARAMETERS)
    with pytest.raises(Failed, match=said):
        roll_back(cloud, "test")
    assert not cloud.formation.sets


def test_a_stack_without_releases_cannot_be_rolled_back(cloud: Cloud) -> None:
    assert history(cloud, "test") == []
    cloud.formation.stack = {"StackStatus": ["UPDATE_COMPLETE"]}
    assert history(cloud, "test") == [], "another user has deployed it"
    with pytest.raises(Failed, match="has never deployed it"):
        roll_back(cloud, "test")


def test_other_code_or_other_parameters_are_another_release(cloud: Cloud) -> None:
    codes = [deploy(cloud, "test", PARAMETERS | {"Rules": rules})["Code"] for rules in (TWO_POSTS, "{}", TWO_POSTS)]
    cloud.build("two")
    codes.append(deploy(cloud, "test", PARAMETERS | {"Rules": TWO_POSTS})["Code"])
    assert codes[0] == codes[2]
    assert len(set(codes)) == 3
    assert deploy(cloud, "test", PARAMETERS | {"Rules": TWO_POSTS, "Canary": "true"})["Code"] == codes[3], (
        "no version for it"
    )


def test_required_keys_are_part_of_the_api_definition(cloud: Cloud) -> None:
    def security() -> Any:
        assert cloud.formation.stack
        definition = cloud.formation.stack["template"]["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
        return definition["paths"]["/v1/wallet"]["get"]["security"]

    deploy(cloud, "test", PARAMETERS, keys=True)
    assert security() == [{"Users": []}, {"api_key": []}]
    deploy(cloud, "test", PARAMETERS)
    assert security() == [{"Users": []}]
    roll_back(cloud, "test")
    assert security() == [{"Users": []}, {"api_key": []}]


def test_an_update_is_watched_and_proves_the_ledger(cloud: Cloud) -> None:
    for name in RELEASE:
        alarm(name)
    deploy(cloud, "test", PARAMETERS, watch=10)
    assert cloud.formation.guards == [OFF], "there is nothing to go back to"
    cloud.build("two")
    deploy(cloud, "test", PARAMETERS | {"Rules": TWO_POSTS}, watch=10)
    guard = cloud.formation.guards[-1]
    watching = {trigger["Arn"].rpartition(":")[2] for trigger in guard["RollbackTriggers"]}
    assert watching == {f"{STACK}-{name}" for name in RELEASE}
    assert len(RELEASE) <= 5, "CloudFormation takes no more"
    assert {trigger["Type"] for trigger in guard["RollbackTriggers"]} == {"AWS::CloudWatch::Alarm"}
    assert guard["MonitoringTimeInMinutes"] == 10
    assert cloud.called == ["arn:ReconcileAliaslive"]
    cloud.build("three")
    deploy(cloud, "test", PARAMETERS)
    assert cloud.formation.guards[-1] == OFF, "the alarms of the last update do not apply"


@pytest.mark.parametrize(("canary", "watch"), [("true", 0), ("false", 10)])
def test_a_firing_alarm_blocks_deployments_with_alarms(cloud: Cloud, canary: str, watch: int) -> None:
    first = deploy(cloud, "test", PARAMETERS)
    cloud.build("two")
    second = deploy(cloud, "test", PARAMETERS)
    alarm("api-errors", "ALARM")
    cloud.build("three")
    with pytest.raises(Failed, match=f"{STACK}-api-errors.*--canary off --watch 0"):
        deploy(cloud, "test", PARAMETERS | {"Canary": canary}, watch=watch)
    assert cloud.outputs() == second
    assert roll_back(cloud, "test").parameters["Canary"] == "false"
    assert cloud.outputs() == first
    assert deploy(cloud, "test", PARAMETERS)["Code"].endswith("three")


@pytest.mark.parametrize("table", [None, "another"])
def test_resources_with_data_are_not_removed_by_default(cloud: Cloud, table: str | None) -> None:
    first = deploy(cloud, "test", PARAMETERS)
    cloud.build("two", table=table)
    with pytest.raises(Failed, match="hold data: WalletTable"):
        deploy(cloud, "test", PARAMETERS)
    assert cloud.outputs() == first
    assert not cloud.formation.sets
    deploy(cloud, "test", PARAMETERS, even_so=True)
    assert cloud.outputs() != first
    if table is None:
        return
    with pytest.raises(Failed, match="hold data: WalletTable"):
        roll_back(cloud, "test")
    assert roll_back(cloud, "test", even_so=True)
    assert cloud.outputs() == first
