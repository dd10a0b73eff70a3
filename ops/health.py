"""What there is to see of a deployment from outside, one finding each."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from chalicelib.core import clock
from chalicelib.core.version import VERSION
from chalicelib.grading import regrade
from chalicelib.wallet.proof import reconciliation
from ops.deployment import Deployment, Unreachable
from ops.failure_messages import sentence
from ops.stuck_workflows import parked

NIGHTLY = timedelta(hours=25)
"""What runs every night and is older than this was missed."""
STUCK_SHOWN = 100


@dataclass(frozen=True)
class Finding:
    """`what` was looked at, whether it is `good`, what it `says` to a person, and its `figures` for a program."""

    what: str
    good: bool
    says: str
    figures: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        return asdict(self)


def examine(deployment: Deployment) -> list[Finding]:
    """All findings; one that cannot be made says why and is not good."""
    looks: dict[str, Callable[[Deployment], Finding]] = {
        "stack": _stack,
        "api": _api,
        "alarms": _alarms,
        "dead letters": _dead_letters,
        "stuck": _stuck,
        "proof": _proof,
        "regrade": _regrade,
    }
    findings = []
    for what, look in looks.items():
        try:
            findings.append(look(deployment))
        except Exception as error:
            told = sentence(error)
            if told is None:
                raise
            findings.append(Finding(what, False, told))
    return findings


def _stack(deployment: Deployment) -> Finding:
    found = deployment.described()
    status = str(found["StackStatus"])
    moment: datetime = found.get("LastUpdatedTime") or found["CreationTime"]
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}
    says = f"{status}, deployed {clock.rfc3339(moment)}" + (", sandbox on" if parameters.get("Sandbox") == "on" else "")
    figures = {"status": status, "deployed_at": clock.rfc3339(moment), "parameters": parameters}
    return Finding("stack", status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), says, figures)


def _api(deployment: Deployment) -> Finding:
    health, version = _got(deployment, "/v1/health"), _got(deployment, "/v1/version")
    failing = [f"{name}: {state}" for name, state in health.get("checks", {}).items() if state != "ok"]
    number = version.get("version")
    says = f"answers, version {number}, methodology {version.get('methodology_version')}"
    if number != VERSION:
        says += f"; this working copy is {VERSION}: use the one that is deployed"
    if failing:
        says = f"degraded: {', '.join(failing)} (docs/operations/runbook.md, The API fails)"
    return Finding("api", not failing and health.get("status") == "ok", says, {**version, **health})


def _young(deployment: Deployment) -> bool:
    """Whether no night has passed since the stack was made."""
    made: datetime = deployment.described()["CreationTime"]
    return made > clock.now() - NIGHTLY


def _got(deployment: Deployment, path: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(deployment.api_url + path, timeout=15) as answer:  # noqa: S310 - of the stack's outputs
            found: dict[str, Any] = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        found = json.loads(error.read())
    except urllib.error.URLError as error:
        raise Unreachable(
            f"{deployment.api_url} does not answer: {error.reason} (docs/operations/runbook.md, The API fails)"
        ) from error
    return found


def _alarms(deployment: Deployment) -> Finding:
    pages = deployment.client("cloudwatch").get_paginator("describe_alarms")
    states: dict[str, list[dict[str, Any]]] = {}
    for page in pages.paginate(AlarmNamePrefix=f"{deployment.stack}-"):
        for alarm in page["MetricAlarms"]:
            states.setdefault(alarm["StateValue"], []).append(alarm)
    speaking = states.get("ALARM", [])
    says = f"{sum(map(len, states.values()))} alarms, none speaks"
    if speaking:
        says = "; ".join(f"{one['AlarmName']}: {one.get('AlarmDescription', '')}" for one in speaking)
    names = {state: sorted(one["AlarmName"] for one in alarms) for state, alarms in states.items() if state != "OK"}
    return Finding("alarms", not speaking, says, {state.lower(): found for state, found in names.items()})


def _dead_letters(deployment: Deployment) -> Finding:
    sqs, counts = deployment.client("sqs"), {}
    for name in ("OutboxDeadLettersUrl", "CronDeadLettersUrl"):
        told = sqs.get_queue_attributes(
            QueueUrl=deployment.output(name), AttributeNames=["ApproximateNumberOfMessages"]
        )
        counts[name.removesuffix("DeadLettersUrl").lower()] = int(told["Attributes"]["ApproximateNumberOfMessages"])
    waiting = ", ".join(f"{count} of the {name}" for name, count in counts.items() if count)
    return Finding("dead letters", not waiting, f"{waiting}: redrive" if waiting else "none", counts)


def _stuck(deployment: Deployment) -> Finding:
    found = [one.pk for one in islice(parked(), STUCK_SHOWN)]
    says = f"{len(found)}{' or more' if len(found) == STUCK_SHOWN else ''}: `stuck` says why" if found else "nothing"
    return Finding("stuck", not found, says, {"ids": found})


def _proof(deployment: Deployment) -> Finding:
    proof = reconciliation.latest()
    if proof is None:
        return Finding("proof", _young(deployment), "the ledger was not yet proved: reconcile")
    late = clock.parse(proof["as_of"]) < clock.now() - NIGHTLY
    says = f"{proof['status']} as of {proof['as_of']}, {proof['accounts_checked']:,} accounts"
    if proof["status"] != "clean":
        says += f", {proof['differences_found']} differences: reconcile --last"
    elif late:
        says += ": the nightly one was missed (docs/operations/runbook.md, Dead letters)"
    figures = {name: proof[name] for name in ("status", "as_of", "accounts_checked", "differences_found")}
    return Finding("proof", proof["status"] == "clean" and not late, says, figures)


def _regrade(deployment: Deployment) -> Finding:
    machine = deployment.output("RegradeMachineArn")
    runs = deployment.client("stepfunctions").list_executions(stateMachineArn=machine, maxResults=1)["executions"]
    if not runs:
        return Finding("regrade", _young(deployment), "none has run yet; the first comes at 03:00 (rule 23)")
    last = runs[0]
    found = regrade.findings(last["name"])
    late = last["startDate"] < clock.now() - NIGHTLY
    good = last["status"] in ("RUNNING", "SUCCEEDED") and not found["parked"] and not late
    says = f"{last['name']} {last['status'].lower()}, {found['accounts']:,} accounts, {found['changed']:,} changed"
    if not good:
        says += f", {len(found['parked'])} segments parked" + (", and none since" if late else "")
        says += " (docs/operations/runbook.md, A regrade is not whole)"
    figures = {
        "run": last["name"],
        "status": last["status"],
        "accounts": found["accounts"],
        "changed": found["changed"],
    }
    return Finding("regrade", good, says, figures)
