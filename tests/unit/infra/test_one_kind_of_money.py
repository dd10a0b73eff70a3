"""A stage has sandbox money or real money, never both: the template's rule, and the check before a deployment."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from chalicelib.core.settings import require_one_kind_of_money
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


@pytest.mark.parametrize("provider", ["Alipay", "Stripe"])
@pytest.mark.parametrize(("sandbox", "real"), SWITCHES)
def test_the_template_refuses_sandbox_with_a_real_provider(provider: str, sandbox: str, real: str) -> None:
    rules = read_resources()["Rules"]
    parameters = {"EmailSender": "", "PublicUrl": "", "Sandbox": sandbox, "Alipay": "off", "Stripe": "off"} | {
        provider: real
    }
    applied = [rule for rule in rules.values() if held(rule.get("RuleCondition", True), parameters)]
    asserted = [part["Assert"] for rule in applied for part in rule["Assertions"]]
    assert all(held(condition, parameters) for condition in asserted) is not (sandbox == real == "on")


@pytest.mark.parametrize("provider", ["Alipay", "Stripe"])
def test_a_deployment_refuses_sandbox_with_a_real_provider(provider: str) -> None:
    def nothing(service: str) -> Any:
        raise AssertionError(f"{service} was called")

    with pytest.raises(Failed, match="both"):
        deploy(nothing, "market", {"Stage": "market", "Sandbox": "on", provider: "on"})


@pytest.mark.parametrize("provider", ["ALIPAY", "STRIPE"])
def test_the_program_refuses_sandbox_with_a_real_provider(provider: str) -> None:
    require_one_kind_of_money({"SANDBOX": "off", provider: "on"})
    with pytest.raises(ValueError, match="both"):
        require_one_kind_of_money({"SANDBOX": "on", provider: "on"})
