"""Has the deployed function prove the ledger, and tells how far it is meanwhile."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any

from chalicelib.core import clock
from chalicelib.wallet.proof import reconciliation
from chalicelib.wallet.records import Proof
from cli.progress import Failed, Progress
from infra.deploy import tick
from ops.deployment import Deployment

LOOKED_EVERY_SECONDS = 2.0
FUNCTION_SECONDS = 900


def last() -> dict[str, Any]:
    """The stored result of the last proof. Raises Failed if there is none yet."""
    proof = reconciliation.latest()
    if proof is None:
        raise Failed("there is no proof yet: `reconcile` makes one.")
    return proof


def prove(deployment: Deployment) -> dict[str, Any]:
    """The proof that was made now. A run that ends with the function's time is asked to go on, as long as it gets further.

    Raises Failed with what the function said if it fails."""
    before = reconciliation.latest()
    begun = clock.now()
    bar = Progress("ledger accounts proved, as many as last time", int((before or {}).get("accounts_checked", 0)))
    while True:
        reached = accounts_done()
        said = _call(deployment, bar)
        if said is None:
            break
        if "timed out" not in said.lower() or accounts_done() <= reached:
            raise Failed(f"the proof failed: {said[:300]}. docs/operations/runbook.md, A function fails.")
    bar.clear()
    proof = last()
    if before == proof and clock.parse(proof["as_of"]) < begun:
        raise Failed("the function ended without a new proof: look into its log (`logs reconcile`).")
    return proof


def accounts_done() -> int:
    """How many accounts the run that is not yet over has kept as done."""
    kept = Proof.find("proof", "run")
    try:
        return int(json.loads((kept.document if kept else {})["text"])["state"]["accounts"])
    except (KeyError, TypeError, ValueError):
        return 0


def _call(deployment: Deployment, bar: Progress) -> str | None:
    """Calls the function and shows how far it is until it answers; what it failed with, or None."""
    client = deployment.client("lambda", read_timeout=FUNCTION_SECONDS + 30, retries={"total_max_attempts": 1})
    function = deployment.called("Reconcile")
    answers: list[dict[str, Any]] = []
    failures: list[BaseException] = []

    def call() -> None:
        try:
            answers.append(client.invoke(FunctionName=function, Payload=tick("operator", os.environ["AWS_REGION"])))
        except BaseException as error:
            failures.append(error)

    waiting = threading.Thread(target=call, daemon=True)
    waiting.start()
    looked = time.monotonic()
    while waiting.is_alive():
        waiting.join(0.2)
        if time.monotonic() - looked > LOOKED_EVERY_SECONDS:
            bar.show(accounts_done())
            looked = time.monotonic()
    if failures:
        raise failures[0]
    said: str = answers[0]["Payload"].read().decode(errors="replace")
    return said if "FunctionError" in answers[0] else None
