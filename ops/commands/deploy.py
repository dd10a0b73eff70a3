"""Deploying: the door to infra.deploy."""

from __future__ import annotations

from argparse import Namespace

from infra.parameters import arguments
from infra.progress import Failed
from ops.asking import sure
from ops.command import Answer, Command
from ops.deployed import Deployment


def _deploy(options: Namespace, deployment: Deployment) -> Answer:
    from infra.deploy import run_with

    if options.stage is None:
        raise Failed("which stage? `deploy --stage NAME`; the local cloud is deployed to by `make up`.")
    if options.sandbox == "on":
        sure(
            options,
            f"With the sandbox on, anybody can fill wallets of {deployment.stack} with money that does not exist.",
        )
    outputs = run_with(options)
    return Answer(outputs, "\n".join(f"    {name:24} {text}" for name, text in sorted(outputs.items())))


COMMANDS = (
    Command(
        "deploy",
        "build the package and create or update the stack",
        "Builds and lints the package of this working copy and deploys it as the stack microtask-STAGE with the credentials of\n"
        "your environment. What is not given goes back to its default: name sandbox, rules and links at each deployment.\n"
        "A failed update is rolled back and the resource that failed is named. docs/operations.md goes through all of it.",
        (
            "python -m ops deploy --stage market",
            "python -m ops deploy --stage market --alipay on --link-base https://go.example --rules '{\"commission_bps\": 2500}'",
            "python -m ops deploy --stage test --sandbox on --yes --json",
        ),
        _deploy,
        arguments,
    ),
)
