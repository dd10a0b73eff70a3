"""Deploying: the door to infra.deploy."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from cli.confirmation import sure
from cli.progress import Failed
from infra.parameters import arguments
from ops.command import Answer, Command
from ops.deployment import Deployment


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


def _rollback(options: Namespace, deployment: Deployment) -> Answer:
    from infra.deploy import BACK, history, roll_back

    stage = deployment.stack.removeprefix("microtask-")
    known = history(deployment.client, stage)
    if known:
        sure(options, f"{deployment.stack} goes back to what was deployed before this:\n  {known[0].said}")
    release = roll_back(deployment.client, stage, even_so=options.even_so)
    return Answer(asdict(release), f"{BACK}.")


def _releases(options: Namespace, deployment: Deployment) -> Answer:
    from infra.deploy import history

    known = history(deployment.client, deployment.stack.removeprefix("microtask-"))
    said = "\n".join(release.said for release in known)
    return Answer([asdict(release) for release in known], said or f"Of {deployment.stack} no deployment is known.")


def _even_so(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--even-so", action="store_true", help="also if something that holds data is removed or replaced"
    )


COMMANDS = (
    Command(
        "deploy",
        "build the package and create or update the stack",
        "Builds and lints the package of this working copy and deploys it as the stack microtask-STAGE with the credentials of\n"
        "your environment. What is not given goes back to its default: name sandbox, rules and links at each deployment.\n"
        "A failed update is rolled back and the resource that failed is named. docs/operations/deployment.md has all steps.",
        (
            "python -m ops deploy --stage market",
            "python -m ops deploy --stage market --alipay on --link-base https://go.example --rules '{\"commission_bps\": 2500}'",
            "python -m ops deploy --stage test --sandbox on --yes --json",
        ),
        _deploy,
        arguments,
    ),
    Command(
        "rollback",
        "put the stack back to what was deployed before",
        "Puts package, template and parameters back to those of the deployment before, for all calls at once and\n"
        "whatever the alarms say. A second time goes one step further. Data stays as it is (docs/operations/releases.md).",
        ("python -m ops rollback --stage market", "python -m ops rollback --stage market --yes --json"),
        _rollback,
        _even_so,
    ),
    Command(
        "releases",
        "list what was deployed, newest first",
        "The first line runs, unless something else than this program has deployed since. Deployments that failed are not among\n"
        "them. docs/operations/releases.md tells how a release goes out and how it is taken back.",
        ("python -m ops releases --stage market", "python -m ops releases --stack .local/stack.json --json"),
        _releases,
    ),
)
