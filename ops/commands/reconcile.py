"""The proof of the ledger: started, followed, told."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from cli.columns import columns
from ops.command import Answer, Command
from ops.deployment import Deployment


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--last", action="store_true", help="show the last proof and start none")


def _reconcile(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from ops.ledger.proof_run import last, prove

    proof = last() if options.last else prove(deployment)
    good = proof["status"] == "clean"
    return Answer(proof, _text(proof), 0 if good else 1)


def _text(proof: dict[str, Any]) -> str:
    lines = [
        f"{proof['status']} as of {proof['as_of']}: {proof['accounts_checked']:,} ledger accounts, "
        f"{proof['entries_checked']:,} entries, sealed through {proof['sealed_through'] or 'no day yet'}"
    ]
    totals = [(name, f"{total.amount / 100:>18,.2f}", total.currency) for name, total in proof["totals"].items()]
    lines.append(columns(("total", "amount", ""), totals))
    if proof["differences"]:
        rows = [
            (one["account"], one["kind"], one["expected"], one["found"], one.get("day")) for one in proof["differences"]
        ]
        lines.append(columns(("account", "difference", "expected", "found", "day"), rows))
        more = proof["differences_found"] - len(rows)
        lines += [f"and {more:,} more"] if more else []
        lines.append("What each means: docs/operations/runbook.md, The ledger differs.")
    if proof["unverified_found"]:
        moved = ", ".join(proof["unverified"])
        lines.append(f"Moved too much to be compared, prove again: {moved}")
    return "\n".join(lines)


COMMANDS = (
    Command(
        "reconcile",
        "prove the ledger and show every difference",
        "Calls the deployed Reconcile function, as the cron does at 04:00, and waits for the proof: every entry, balance, hold\n"
        "and seal is compared (docs/reference/ledger.md). One that is cut off by the function's 15 minutes is called again and\n"
        "goes on where it was. Exit status 1 if anything differs; `--last` shows the stored proof and starts none.",
        (
            "python -m ops reconcile --stage market",
            "python -m ops reconcile --last --stage market --json",
        ),
        _reconcile,
        _arguments,
    ),
)
