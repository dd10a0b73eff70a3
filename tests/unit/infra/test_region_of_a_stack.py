"""A stack whose ledger may hold money does not change its currency, and Alipay pays in yuan only."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.regions.region import NAMES
from chalicelib.core.rules import InvalidRules
from cli.failures import Failed
from infra import deploy
from infra.deploy_options import DeploymentOptions
from infra.package import read_resources


class Stack:
    """A deployed stack. It fails the test if a change set is created."""

    def __init__(self, **parameters: str) -> None:
        self.parameters = [{"ParameterKey": name, "ParameterValue": text} for name, text in parameters.items()]
        self.changed = False

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": "UPDATE_COMPLETE", "Parameters": self.parameters}]}

    def create_change_set(self, **_: Any) -> None:
        self.changed = True
        raise LookupError("a change set was created")


JPY = '{"currency": "JPY"}'


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ({}, {"Region": "cn"}, True),  # a stack from before there were regions
        ({}, {"Region": "us"}, False),
        ({"Region": "us"}, {"Region": "none"}, True),
        ({"Region": "us"}, {"Region": "eu"}, False),
        ({"Region": "none", "Rules": JPY}, {"Region": "none"}, False),
        ({"Region": "none", "Rules": JPY}, {"Region": "us", "Rules": JPY}, True),
        ({"Rules": '{"utc_offset": 3600}'}, {"Region": "cn"}, True),  # a rule that no longer exists
    ],
)
def test_a_stack_keeps_its_currency(before: dict[str, str], after: dict[str, str], same: bool) -> None:
    stack = Stack(**before)
    target = deploy._Target(lambda service: stack if service == "cloudformation" else None, "microtask-market")
    expected = LookupError if same else Failed
    with pytest.raises(expected, match="change set" if same else "may hold money"):
        target.apply("https://template", after, "UPDATE_COMPLETE", lambda text: None)
    assert stack.changed is same


def test_alipay_needs_a_market_in_yuan() -> None:
    assert DeploymentOptions(stage="x", alipay="on").template_parameters()["Region"] == "cn"
    with pytest.raises(InvalidRules, match="Alipay"):
        DeploymentOptions(stage="x", alipay="on", region="us").template_parameters()


def test_the_template_offers_the_regions_of_the_program() -> None:
    assert tuple(read_resources()["Parameters"]["Region"]["AllowedValues"]) == NAMES
