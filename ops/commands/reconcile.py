"""`microtask reconcile`: prove the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from chalicelib.core import clock
from cli.tables import text_table
from ops.command_base import CommandResult, Invocation, operator_command

if TYPE_CHECKING:
    from chalicelib.wallet.http.ledger_responses import Proof


@operator_command(
    "reconcile",
    examples=("microtask reconcile --stage market", "microtask reconcile --last --stage market --json"),
)
@click.option("--last", is_flag=True, help="Show the last proof and start none.")
def reconcile(invocation: Invocation, last: bool) -> CommandResult:
    """Prove the ledger and list every difference.

    Calls the deployed Reconcile function, as the nightly cron rule does, and waits for the proof: it compares every entry,
    balance, hold and seal (docs/reference/ledger.md). A proof that reaches the function's limit of 15 minutes is called again and
    continues from its last position. Exit status 1 if anything differs."""
    invocation.deployment.load_function_environment()
    from ops.ledger.proof_run import last_proof, prove

    proof = last_proof() if last else prove(invocation.deployment)
    return CommandResult(proof, _text(proof), 0 if proof["status"] == "clean" else 1)


def _text(proof: Proof) -> str:
    lines = [
        f"{proof['status']} as of {clock.rfc3339(proof['as_of'])}: {proof['accounts_checked']:,} ledger accounts, "
        f"{proof['entries_checked']:,} entries, sealed through {proof['sealed_through'] or 'no day yet'}"
    ]
    totals: Any = proof["totals"].items()
    rows = [(name, f"{total.grouped:>18}", total.currency) for name, total in totals]
    lines.append(text_table(("total", "amount", ""), rows))
    if proof["differences"]:
        differences = [
            (one["account"], one["kind"], one["expected"], one["found"], one.get("day")) for one in proof["differences"]
        ]
        lines.append(text_table(("account", "difference", "expected", "found", "day"), differences))
        more = proof["differences_found"] - len(differences)
        lines += [f"and {more:,} more"] if more else []
        lines.append("docs/operations/runbook.md, The ledger differs, explains each kind.")
    if proof["unverified_found"]:
        lines.append(f"Changed too often to be compared, prove again: {', '.join(proof['unverified'])}")
    return "\n".join(lines)
