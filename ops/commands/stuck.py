"""Tasks and orders whose workflow failed for good."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from cli.columns import columns
from cli.confirmation import sure
from cli.progress import Failed, Progress
from ops.command import Answer, Command
from ops.deployment import Deployment


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these tasks or orders")
    parser.add_argument("--retry", action="store_true", help="run their workflows again, from where they stand")


def _stuck(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from chalicelib.tasks.workflow import stuck_workflows
    from ops.stuck_workflows import parked

    found = [one for one in parked() if not options.ids or one.pk in options.ids]
    strangers = set(options.ids) - {one.pk for one in found}
    if strangers:
        raise Failed(f"not stuck: {', '.join(sorted(strangers))}. `stuck` lists what is.")
    document = [{"id": one.pk, **(one.stuck or {})} for one in found]
    if not found:
        return Answer({"stuck": []}, "nothing is stuck")
    if not options.retry:
        rows = [(one["id"], one["status"], one["at"], one["error"], one["cause"][:80]) for one in document]
        told = columns(("id", "status", "since", "error", "cause"), rows)
        return Answer({"stuck": document}, f"{told}\nMend the cause, then: stuck --retry", 1)
    sure(options, f"Is the cause mended? {len(found)} workflows of {deployment.stack} begin again.")
    bar = Progress("begun again", len(found))
    begun = []
    for done, one in enumerate(found, 1):
        if stuck_workflows.retry(one):
            begun.append(one.pk)
        bar.show(done)
    bar.clear()
    text = f"{len(begun)} of {len(found)} begin again with the status they have; look again in a minute"
    return Answer({"retried": begun, "stuck": document}, text)


COMMANDS = (
    Command(
        "stuck",
        "list what failed for good, run it again",
        "Lists what a workflow failed at for good, with when, where and why, longest first; exit status 1 if there is any.\n"
        "--retry runs all of them again, or those that are named, each with the status it has; asks first, since what failed\n"
        "for a cause that is not mended is stuck again ten minutes later. docs/operations/runbook.md, Something is stuck.",
        (
            "python -m ops stuck --stage market",
            "python -m ops stuck --retry --yes --stage market --json",
            "python -m ops stuck ord_01M832Y0SZCEYFA3HAWMDC4EQ4 --retry --stack .local/stack.json",
        ),
        _stuck,
        _arguments,
    ),
)
