"""A command uses the names and rules of the deployed functions, and its own credentials."""

from __future__ import annotations

import os

from testing.doubles.operator_program import Cloud, RunCommand
from testing.markets.stage import Stage


def test_rules_come_from_deployed_functions_credentials_do_not(
    microtask: RunCommand, cloud: Cloud, stage: Stage
) -> None:
    own = {name: os.environ[name] for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "POWERTOOLS_LOG_LEVEL")}
    cloud.variables = {
        "RULES": '{"retention_min": 60}',
        **dict.fromkeys(own, "the function's"),
        "_X_AMZN_TRACE_ID": "t",
    }
    assert microtask("stuck").status == 0
    assert os.environ["RULES"] == '{"retention_min": 60}'
    assert {name: os.environ[name] for name in own} == own
    assert "_X_AMZN_TRACE_ID" not in os.environ


def test_a_missing_output_asks_for_a_deployment(microtask: RunCommand, cloud: Cloud) -> None:
    del cloud.outputs["SweepFunction"]
    assert (
        microtask("stuck").err == "microtask: the stack microtask-test has no output SweepFunction: deploy it again.\n"
    )
