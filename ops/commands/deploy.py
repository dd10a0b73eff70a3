"""`microtask deploy`: build the package and deploy it."""

from __future__ import annotations

from typing import Any

from cli.failures import Failed
from infra.deploy_options import DeploymentOptions, deployment_options
from ops.command_base import CommandResult, Invocation, operator_command


@operator_command(
    "deploy",
    examples=(
        "microtask deploy --stage market",
        "microtask deploy --stage market --alipay on --link-base https://go.example --rules '{\"commission_bps\": 2500}'",
        "microtask deploy --stage test --sandbox on --yes --json",
    ),
)
@deployment_options
def deploy(invocation: Invocation, **options: Any) -> CommandResult:
    """Build the package and create or update the stack.

    Builds and lints the package of this checkout and deploys it as the stack microtask-STAGE with the credentials of your
    environment. An option that is not given returns to its default: pass sandbox, rules and link base at every deployment. A
    failed update is rolled back, and the resource that failed is named. docs/operations/deployment.md describes every step."""
    from infra.deploy import build_and_deploy

    if invocation.stage is None:
        raise Failed("name the stage: `deploy --stage NAME`. `make up` deploys to the local cloud.")
    chosen = DeploymentOptions(stage=invocation.stage, endpoint_url=invocation.endpoint_url, **options)
    if chosen.sandbox == "on":
        stack = invocation.deployment.stack
        invocation.confirm(
            f"With the sandbox on, every user can fill wallets of {stack} with money that does not exist. Deploy?"
        )
    outputs = build_and_deploy(chosen)
    return CommandResult(outputs, "\n".join(f"    {name:24} {text}" for name, text in sorted(outputs.items())))
