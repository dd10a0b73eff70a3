"""Checks of a deployment: stack, API, alarms, dead letters, stuck workflows, proof and regrade."""

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
from ops.failure_messages import failure_message
from ops.stuck_workflows import stuck_records
from ops.target_deployment import Deployment, Unreachable

NIGHTLY = timedelta(hours=25)
"""A nightly run that is older than this was missed."""
STUCK_SHOWN = 100


@dataclass(frozen=True)
class Finding:
    """The result of a check: its name (`name`), its verdict (`good`), a sentence (`message`) and its `figures` for programs."""

    name: str
    good: bool
    message: str
    figures: dict[str, Any] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        return asdict(self)


def examine(deployment: Deployment) -> list[Finding]:
    """Run every check. A check that fails to run is not good, and its finding has the failure's message."""
    checks: dict[str, Callable[[Deployment], Finding]] = {
        "stack": _stack,
        "api": _api,
        "alarms": _alarms,
        "dead letters": _dead_letters,
        "stuck": _stuck,
        "proof": _proof,
        "regrade": _regrade,
    }
    findings = []
    for name, check in checks.items():
        try:
            findings.append(check(deployment))
        except Exception as error:
            message = failure_message(error)
            if message is None:
                raise
            findings.append(Finding(name, False, message))
    return findings


def _stack(deployment: Deployment) -> Finding:
    found = deployment.describe()
    status = str(found["StackStatus"])
    moment: datetime = found.get("LastUpdatedTime") or found["CreationTime"]
    parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}
    message = f"{status}, deployed {clock.rfc3339(moment)}" + (
        ", sandbox on" if parameters.get("Sandbox") == "on" else ""
    )
    figures = {"status": status, "deployed_at": clock.rfc3339(moment), "parameters": parameters}
    return Finding("stack", status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), message, figures)


def _api(deployment: Deployment) -> Finding:
    health, version = _get_json(deployment, "/v1/health"), _get_json(deployment, "/v1/version")
    failing = [f"{name}: {state}" for name, state in health.get("checks", {}).items() if state != "ok"]
    number = version.get("version")
    message = f"responds, version {number}, methodology {version.get('methodology_version')}"
    if number != VERSION:
        message += f"; this checkout is {VERSION}: use the deployed version"
    if failing:
        message = f"degraded: {', '.join(failing)} (docs/operations/runbook.md, The API fails)"
    return Finding("api", not failing and health.get("status") == "ok", message, {**version, **health})


def _is_new(deployment: Deployment) -> bool:
    """Return True if the stack is too new to have had a nightly run."""
    created: datetime = deployment.describe()["CreationTime"]
    return created > clock.now() - NIGHTLY


def _get_json(deployment: Deployment, path: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(deployment.api_url + path, timeout=15) as response:  # noqa: S310 - from the stack's outputs
            found: dict[str, Any] = json.loads(response.read())
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        found = json.loads(error.read())
    except urllib.error.URLError as error:
        raise Unreachable(
            f"{deployment.api_url} does not respond: {error.reason} (docs/operations/runbook.md, The API fails)"
        ) from error
    return found


def _alarms(deployment: Deployment) -> Finding:
    pages = deployment.client("cloudwatch").get_paginator("describe_alarms")
    states: dict[str, list[dict[str, Any]]] = {}
    for page in pages.paginate(AlarmNamePrefix=f"{deployment.stack}-"):
        for alarm in page["MetricAlarms"]:
            states.setdefault(alarm["StateValue"], []).append(alarm)
    firing = states.get("ALARM", [])
    message = f"{sum(map(len, states.values()))} alarms, none fires"
    if firing:
        message = "; ".join(f"{one['AlarmName']}: {one.get('AlarmDescription', '')}" for one in firing)
    names = {state: sorted(one["AlarmName"] for one in alarms) for state, alarms in states.items() if state != "OK"}
    return Finding("alarms", not firing, message, {state.lower(): found for state, found in names.items()})


def _dead_letters(deployment: Deployment) -> Finding:
    sqs, counts = deployment.client("sqs"), {}
    for name in ("Outbox", "Publisher", "Cron", "Deliveries", "Email"):
        queue = sqs.get_queue_attributes(
            QueueUrl=deployment.output(f"{name}DeadLettersUrl"), AttributeNames=["ApproximateNumberOfMessages"]
        )
        counts[name.lower()] = int(queue["Attributes"]["ApproximateNumberOfMessages"])
    waiting = ", ".join(f"{count} of the {name}" for name, count in counts.items() if count)
    return Finding("dead letters", not waiting, f"{waiting}: run `redrive`" if waiting else "none", counts)


def _stuck(deployment: Deployment) -> Finding:
    found = [one.pk for one in islice(stuck_records(), STUCK_SHOWN)]
    message = f"{len(found)}{' or more' if len(found) == STUCK_SHOWN else ''}: run `stuck`" if found else "nothing"
    return Finding("stuck", not found, message, {"ids": found})


def _proof(deployment: Deployment) -> Finding:
    proof = reconciliation.latest()
    if proof is None:
        return Finding("proof", _is_new(deployment), "the ledger is not proved yet: run `reconcile`")
    late = proof["as_of"] < clock.now() - NIGHTLY
    as_of = clock.rfc3339(proof["as_of"])
    message = f"{proof['status']} as of {as_of}, {proof['accounts_checked']:,} accounts"
    if proof["status"] != "clean":
        message += f", {proof['differences_found']} differences: run `reconcile --last`"
    elif late:
        message += ": the nightly proof was missed (docs/operations/runbook.md, Dead letters)"
    names = ("status", "accounts_checked", "differences_found")
    figures = {"as_of": as_of, **{name: value for name, value in proof.items() if name in names}}
    return Finding("proof", proof["status"] == "clean" and not late, message, figures)


def _regrade(deployment: Deployment) -> Finding:
    machine = deployment.output("RegradeMachineArn")
    runs = deployment.client("stepfunctions").list_executions(stateMachineArn=machine, maxResults=1)["executions"]
    if not runs:
        return Finding("regrade", _is_new(deployment), "no run yet; the first starts at night (rule 23)")
    last = runs[0]
    found = regrade.results(last["name"])
    late = last["startDate"] < clock.now() - NIGHTLY
    good = last["status"] in ("RUNNING", "SUCCEEDED") and not found["parked"] and not late
    message = f"{last['name']} {last['status'].lower()}, {found['accounts']:,} accounts, {found['changed']:,} changed"
    if not good:
        message += f", {len(found['parked'])} segments failed" + (", and no run since" if late else "")
        message += " (docs/operations/runbook.md, A regrade is not whole)"
    figures = {
        "run": last["name"],
        "status": last["status"],
        "accounts": found["accounts"],
        "changed": found["changed"],
    }
    return Finding("regrade", good, message, figures)
