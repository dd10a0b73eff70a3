"""Whether the deployment is well."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from cli.columns import columns
from ops.command import Answer, Command
from ops.deployment import Deployment


def _status(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from ops.health import examine

    findings = examine(deployment)
    wrong = [finding for finding in findings if not finding.good]
    rows = [("✓" if finding.good else "✗", finding.what, finding.says) for finding in findings]
    document: dict[str, Any] = {
        "stack": deployment.stack,
        "well": not wrong,
        "findings": [finding.document() for finding in findings],
    }
    return Answer(document, columns(("", deployment.stack, ""), rows), 1 if wrong else 0)


COMMANDS = (
    Command(
        "status",
        "is the deployment well? with what to do where it is not",
        "Looks at everything an operator looks at every day: the stack and when it was deployed, whether the API answers and in\n"
        "which version, alarms that speak, dead letters, stuck tasks and orders, the last proof of the ledger and the last\n"
        "regrade. Exit status 1 if anything is not as it should be, with what to do.",
        (
            "python -m ops status --stage market",
            "python -m ops status --stack .local/stack.json --json",
        ),
        _status,
    ),
)
