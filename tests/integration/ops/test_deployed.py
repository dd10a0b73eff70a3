"""A command has the names and rules of the functions that are deployed, and its own credentials."""

from __future__ import annotations

import os

from testing.doubles.operator_program import Cloud, Typed
from testing.markets.stage import Stage


def test_rules_come_from_the_deployed_functions_and_credentials_do_not(
    typed: Typed, cloud: Cloud, stage: Stage
) -> None:
    own = {name: os.environ[name] for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "POWERTOOLS_LOG_LEVEL")}
    cloud.variables = {
        "RULES": '{"retention_min": 60}',
        **dict.fromkeys(own, "the function's"),
        "_X_AMZN_TRACE_ID": "t",
    }
    assert typed("stuck").status == 0
    assert os.environ["RULES"] == '{"retention_min": 60}'
    assert {name: os.environ[name] for name in own} == own
    assert "_X_AMZN_TRACE_ID" not in os.environ


def test_a_stack_without_an_output_is_to_be_deployed_anew(typed: Typed, cloud: Cloud) -> None:
    del cloud.outputs["SweepFunction"]
    assert typed("stuck").err == "ops: the stack microtask-test has no output SweepFunction: deploy it anew.\n"
