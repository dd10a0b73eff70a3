"""A stage has sandbox money or real money, never both: the template's rule, and the check before a deployment."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from cli.failures import Failed
from infra.deploy import deploy
from infra.package import read_resources

SWITCHES = list(product(("on", "off"), repeat=2))


def held(condition: Any, parameters: dict[str, str]) -> Any:
    """Return the value of a rule's condition, as CloudFormation evaluates it."""
    if not isinstance(condition, dict):
        return condition
    ((function, argument),) = condition.items()
    if function == "Ref":
        return parameters[argument]
    parts = [held(part, parameters) for part in argument]
    if function == "Fn::Equals":
        return parts[0] == parts[1]
    return {"Fn::Not": not parts[0], "Fn::And": all(parts)}[function]


@pytest.mark.parametrize(("sandbox", "alipay"), SWITCHES)
def test_the_template_refuses_sandbox_with_alipay(sandbox: str, alipay: str) -> None:
    rules = read_resources()["Rules"]
    asserted = [part["Assert"] for rule in rules.values() for part in rule["Assertions"]]
    accepted = all(held(condition, {"Sandbox": sandbox, "Alipay": alipay}) for condition in asserted)
    assert accepted is not (sandbox == alipay == "on")


def test_a_deployment_refuses_sandbox_with_alipay() -> None:
    def nothing(service: str) -> Any:
        raise AssertionError(f"{service} was called")

    with pytest.raises(Failed, match="both"):
        deploy(nothing, "market", {"Stage": "market", "Sandbox": "on", "Alipay": "on"})
