"""Releases on the local cloud: published, called through the alias, rolled back; and their expansion by SAM for AWS."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

import pytest
from microtask import Refused

from demo.stack import Stack
from infra.deploy import deploy, history, roll_back
from infra.local_cloud import STAGE, LocalCloud
from infra.monitoring import RELEASE, alarm_id
from infra.package import ROOT, TEMPLATE
from infra.release_alias import SHIFTED
from testing.markets.deployed_market import HOUR, Market

pytestmark = pytest.mark.xdist_group("local cloud")  # one cloud, one test at a time

_EXPAND = """
import json, sys
from samtranslator.translator.transform import transform
class NoPolicies:
    def load(self): return {}
template = json.load(open(sys.argv[1]))
values = {name: str(found.get("Default", "")) for name, found in template["Parameters"].items()} | {"Canary": sys.argv[2]}
text = json.dumps(template).replace("./deployment.zip", "s3://bucket/key.zip")
print(json.dumps(transform(json.loads(text), values, NoPolicies())["Resources"]))
"""


def test_a_release_is_called_by_alias_and_rolled_back(local_cloud: LocalCloud, stack: Stack, market: Market) -> None:
    function = stack.outputs["SweepFunction"]
    assert function.endswith(":live")
    lambdas = local_cloud.client("lambda")

    def running() -> dict[str, str]:
        found: dict[str, str] = lambdas.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        return found

    def healthy() -> bool:
        with urllib.request.urlopen(f"{stack.api_url}/v1/health") as response:
            return bool(response.status == 200)

    before, (first,) = running(), history(local_cloud.client, STAGE)
    assert first.parameters["LinkBase"] == stack.api_url, "the address is known before the first deployment"
    rules = json.dumps({"posts_per_day_max": 2, "posts_gap_min": 3_600})
    deploy(local_cloud.client, STAGE, first.parameters | {"Rules": rules})
    assert running()["RULES"] == rules, "a parameter's new value reaches the alias"
    assert running()["RELEASE"] != before["RELEASE"]
    assert healthy()
    check_daily_cap(market)
    local_cloud.up()
    assert running()["RULES"] == rules, "`make up` without RULES changes nothing"
    back = roll_back(local_cloud.client, STAGE)
    assert (back.package, back.parameters) == (first.package, first.parameters)
    assert running() == before
    assert healthy()


def check_daily_cap(market: Market) -> None:
    """Check that rule 13 is in force: a creator may not accept a third post of a day."""
    orders = []
    for hours in (1, 3, 5):
        task = market.task(["bo"], answer=hours * HOUR, window=HOUR, retention="PT24H")
        orders.append(market.order(task, "bo"))
    for order in orders[:2]:
        market.act("bo", order, "accept")
    with pytest.raises(Refused) as refused:
        market.act("bo", orders[2], "accept")
    assert refused.value.code == "frequency_cap"


def test_on_aws_alarms_roll_a_shifted_release_back(local_cloud: LocalCloud) -> None:
    resources = _expanded(local_cloud, "true")
    for name in SHIFTED:
        group, alias = resources[f"{name}DeploymentGroup"]["Properties"], resources[f"{name}Aliaslive"]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {
            "Ref": f"{name}DeploymentGroup"
        }
        assert [alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]] == [
            alarm_id(a) for a in RELEASE
        ]
        assert group["AutoRollbackConfiguration"]["Enabled"]
    for rule in (found["Properties"] for found in resources.values() if found["Type"] == "AWS::Events::Rule"):
        assert all(target["Arn"]["Ref"].endswith("Aliaslive") for target in rule["Targets"])
    assert ".Alias" not in json.dumps(resources), "every reference to an alias leads to one"
    types = {found["Type"] for found in _expanded(local_cloud, "false").values()}
    assert not {kind for kind in types if "CodeDeploy" in kind}


def _expanded(cloud: LocalCloud, canary: str) -> dict[str, Any]:
    """Return the resources that SAM's own translator makes from the built template."""
    command = [str(cloud.python), "-c", _EXPAND, str(TEMPLATE), canary]
    environment = {"AWS_DEFAULT_REGION": "ap-east-1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
