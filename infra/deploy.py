"""Deploys the package with CloudFormation: `python -m infra.deploy --stage NAME`; `--rollback` goes back to the one before.

The credentials and region are those of the environment, as for any AWS tool; `--endpoint-url` points at another cloud. The
package goes to the bucket `microtask-artifacts-{account}-{region}` under its own hash, so what is deployed is never overwritten
and can be gone back to. On AWS calls move to the new version bit by bit, and the alarms of watching.RELEASE take the update back
while it runs and for `--watch` minutes after it; docs/operations/releases.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.rules import InvalidRules
from cli.progress import Failed, run, step
from infra.client_keys import with_keys
from infra.monitoring import RELEASE
from infra.package import TEMPLATE, ZIP, build
from infra.parameters import WATCH_MINUTES, arguments, parameters
from infra.release_alias import ALIAS, UNWRITTEN, fingerprint
from infra.release_history import Release, Releases

ClientOf = Callable[[str], Any]
BACK = (
    "Code, settings and infrastructure are as they were. Data is not: docs/operations/releases.md says what that means"
)
KEPT = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::SecretsManager::Secret"}
"""What holds data that no package brings back."""


def deploy(
    client: ClientOf,
    stage: str,
    parameters: dict[str, str],
    *,
    watch: int = 0,
    even_so: bool = False,
    keys: bool = False,
) -> dict[str, str]:
    """Creates or updates the stack `microtask-{stage}` from the built package; its outputs.

    The alarms of watching.RELEASE take an update back while it runs and for `watch` minutes after it; 0: they are not looked at.
    With `keys`, a token needs a client's key, too (docs/guides/api-clients.md). Raises Failed with the resource that failed and
    why, CloudFormation having rolled back to what was before; and, unless `even_so`, before anything is done if something that
    holds data (KEPT) would be removed or replaced, or if `parameters` have the sandbox and a real payment provider on."""
    if parameters.get("Sandbox") == "on" and parameters.get("Alipay") == "on":
        raise Failed("Sandbox and Alipay cannot both be on: sandbox money could then be paid out as real money.")
    target = _Target(client, f"microtask-{stage}", even_so)
    with _said_plainly():
        with step("upload the package"):
            artifact = target.upload(parameters, keys)
        status = target.status()
        if status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"):
            with step(f"remove the remains of a failed creation ({status})"):
                target.cloudformation.delete_stack(StackName=target.stack)
                waiter = target.cloudformation.get_waiter("stack_delete_complete")
                waiter.wait(StackName=target.stack, WaiterConfig={"Delay": 1})
            status = None
        with step(f"{'update' if status else 'create'} the stack {target.stack}") as tell:
            changed = target.apply(artifact.template_url, parameters, status, tell, watch=watch)
        running = target.releases.latest() if status else None
        if changed or running is None:
            target.record(artifact.package, artifact.template_url, parameters, running.key if running else None)
        return target.outputs()


def roll_back(client: ClientOf, stage: str, *, even_so: bool = False) -> Release:
    """Puts the stack back to the package, template and parameters that were deployed before those that run; all calls at once
    and without regard to alarms. Data stays as it is. The release that runs now.

    Raises Failed if none is known, or as `deploy` does."""
    target = _Target(client, f"microtask-{stage}", even_so)
    with _said_plainly():
        status = target.status()
        running = target.releases.latest() if status else None
        if running is None:
            raise Failed(
                f"Of {target.stack} nothing is known that one could go back to: it was never deployed from here."
            )
        if running.before is None:
            raise Failed(f"What runs is the first that is known of {target.stack}:\n  {running.said}")
        former = target.releases.get(running.before)
        print(f"    from  {running.said}\n    to    {former.said}")
        parameters = former.parameters | ({"Canary": "false"} if "Canary" in former.parameters else {})
        with step(f"roll the stack {target.stack} back") as tell:
            target.apply(former.template_url, parameters, status, tell)
        return target.record(former.package, former.template_url, former.parameters, former.before)


def history(client: ClientOf, stage: str) -> list[Release]:
    """What was deployed to the stage, newest first: the first runs."""
    target = _Target(client, f"microtask-{stage}")
    with _said_plainly():
        return list(target.releases.newest_first()) if target.status() else []


@dataclass(frozen=True)
class _Artifact:
    package: str
    template_url: str


class _Target:
    """One stack on one cloud."""

    def __init__(self, client: ClientOf, stack: str, even_so: bool = False) -> None:
        self.client = client
        self.stack = stack
        self.even_so = even_so
        self.cloudformation = client("cloudformation")
        self.s3 = client("s3")

    @property
    def releases(self) -> Releases:
        return Releases(self.s3, self._bucket(), self.stack)

    def record(self, package: str, template_url: str, parameters: dict[str, str], before: str | None) -> Release:
        by = str(self.client("sts").get_caller_identity()["Arn"])
        return self.releases.add(
            by=by, package=package, template_url=template_url, parameters=parameters, before=before
        )

    # -- the package ---------------------------------------------------------------------------------------------------

    def upload(self, parameters: dict[str, str], keys: bool) -> _Artifact:
        bucket = self._bucket()
        try:
            self.s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"].get("Code") not in ("404", "NoSuchBucket", "NotFound"):
                raise
            region = self.s3.meta.region_name
            where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            self.s3.create_bucket(Bucket=bucket, **where)
            self.s3.put_public_access_block(
                Bucket=bucket,
                PublicAccessBlockConfiguration=dict.fromkeys(
                    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
                ),
            )
        package = hashlib.sha256(ZIP.read_bytes()).hexdigest()
        template = TEMPLATE.read_text().replace("./deployment.zip", f"s3://{bucket}/{package}.zip")
        if keys:
            template = json.dumps(with_keys(json.loads(template)))
        template = template.replace(UNWRITTEN, fingerprint(json.loads(template), package, parameters))
        key = f"{hashlib.sha256(template.encode()).hexdigest()}.json"
        if not self._has(bucket, f"{package}.zip"):
            self.s3.upload_file(str(ZIP), bucket, f"{package}.zip")
        self.s3.put_object(Bucket=bucket, Key=key, Body=template.encode())
        signed = self.s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
        return _Artifact(package, str(signed.partition("?")[0]))

    def _bucket(self) -> str:
        account = self.client("sts").get_caller_identity()["Account"]
        return f"microtask-artifacts-{account}-{self.s3.meta.region_name}"

    def _has(self, bucket: str, key: str) -> bool:
        try:
            self.s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"].get("Code") not in ("404", "NoSuchKey", "NotFound"):
                raise
            return False
        return True

    # -- the stack -----------------------------------------------------------------------------------------------------

    def status(self) -> str | None:
        """None if there is no such stack. Raises Failed while something is under way, or has to be ended by hand first."""
        status = self._status()
        if status is not None and status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            raise Failed(f"The stack {self.stack} is {status}: wait until that is over, then try again.")
        if status == "UPDATE_ROLLBACK_FAILED":
            command = f"aws cloudformation continue-update-rollback --stack-name {self.stack}"
            raise Failed(f"The stack {self.stack} stands between two releases. Mend what it names, then\n  {command}")
        return status

    def _status(self) -> str | None:
        try:
            return str(self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if error.response["Error"].get("Code") != "ValidationError":  # which is how "no such stack" is said
                raise
            return None

    def apply(
        self,
        template_url: str,
        parameters: dict[str, str],
        status: str | None,
        tell: Callable[[str], None],
        *,
        watch: int = 0,
    ) -> bool:
        """False if there was nothing to change."""
        alarms = self._alarms() if status and (watch or parameters.get("Canary") == "true") else []
        change_set = f"deploy-{uuid4().hex[:12]}"
        self.cloudformation.create_change_set(
            StackName=self.stack,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if status else "CREATE",
            TemplateURL=template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "ParameterValue": text} for name, text in parameters.items()],
            RollbackConfiguration={  # said also when empty: CloudFormation would keep those of the last update
                "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in alarms if watch],
                "MonitoringTimeInMinutes": watch if alarms else 0,
            },
        )
        while True:
            described = self.cloudformation.describe_change_set(StackName=self.stack, ChangeSetName=change_set)
            if described["Status"] == "CREATE_COMPLETE":
                break
            if described["Status"] == "FAILED":
                reason = described.get("StatusReason", "")
                if "didn't contain changes" in reason or "No updates" in reason:
                    self.cloudformation.delete_change_set(StackName=self.stack, ChangeSetName=change_set)
                    return False
                raise Failed(f"The change set failed: {reason}")
            time.sleep(0.5)
        if status and not self.even_so and (lost := self._lost(change_set)):
            self.cloudformation.delete_change_set(StackName=self.stack, ChangeSetName=change_set)
            raise Failed(f"This would remove or replace what holds data: {', '.join(lost)}.\nNothing was done.")
        self._execute(change_set, tell, proved=bool(watch and alarms))
        return True

    def _alarms(self) -> list[str]:
        """The ARNs of those that take a release back and are there. Raises Failed if one of them speaks already: it would take
        back whatever is deployed, also what mends it."""
        names = [f"{self.stack}-{name}" for name in RELEASE]
        found = self.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
        if speaking := [alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"]:
            raise Failed(
                f"In alarm: {', '.join(speaking)}. It would take this deployment back at once. Wait until it is over "
                "or, if this is what mends it, deploy with `--canary off --watch 0`."
            )
        return [alarm["AlarmArn"] for alarm in found]

    def _lost(self, change_set: str) -> list[str]:
        lost: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self.cloudformation.describe_change_set(StackName=self.stack, ChangeSetName=change_set, **more)
            for change in (found.get("ResourceChange", {}) for found in page.get("Changes", [])):
                gone = change.get("Action") == "Remove" or change.get("Replacement") == "True"
                if gone and change.get("ResourceType") in KEPT:
                    lost.append(change["LogicalResourceId"])
            if "NextToken" not in page:
                return lost
            more = {"NextToken": page["NextToken"]}

    def _execute(self, change_set: str, tell: Callable[[str], None], *, proved: bool) -> None:
        """With `proved`, asks the new version for a proof of the ledger as soon as it is there: its alarm is to speak while
        CloudFormation listens."""
        earlier = {event["EventId"] for event in self._events()}
        self.cloudformation.execute_change_set(StackName=self.stack, ChangeSetName=change_set)
        while True:
            status = self._status() or "DELETED"
            events = [event for event in self._events() if event["EventId"] not in earlier]
            ready = {e["LogicalResourceId"] for e in events if e["ResourceStatus"].endswith("_COMPLETE")}
            tell(f"{len(ready)} resources ready")
            prover = f"ReconcileAlias{ALIAS}"
            if proved and prover in ready and "ROLLBACK" not in status:
                (arn, *_) = (e["PhysicalResourceId"] for e in events if e["LogicalResourceId"] == prover)
                event = tick("release", self.s3.meta.region_name)
                self.client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=event)
                proved = False
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return
            if not status.endswith("_IN_PROGRESS"):
                raise Failed(
                    f"The stack is {status}.\n{_why(events)}\nMend that and deploy again; nothing half-done is left."
                )
            time.sleep(1)

    def _events(self) -> list[dict[str, Any]]:
        """The stack's latest events, newest first."""
        events: list[dict[str, Any]] = self.cloudformation.describe_stack_events(StackName=self.stack)["StackEvents"]
        return events

    def outputs(self) -> dict[str, str]:
        described = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def tick(source: str, region: str) -> bytes:
    """What the clock sends to a function, for those who call it out of turn."""
    event = {
        "version": "0",
        "id": source,
        "detail-type": "Scheduled Event",
        "source": f"microtask.{source}",
        "account": "",
    }
    return json.dumps(event | {"time": "", "region": region, "resources": [], "detail": {}}).encode()


@contextmanager
def _said_plainly() -> Iterator[None]:
    """What the cloud refuses, as a sentence for the person."""
    try:
        yield
    except ClientError as error:
        raise Failed(f"The cloud refused: {error.response['Error'].get('Message', error)}") from error
    except BotoCoreError as error:
        raise Failed(f"The cloud could not be reached: {error}\nAre credentials, region and endpoint right?") from error


def _why(events: list[dict[str, Any]]) -> str:
    failed = [
        event
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        # An alarm that takes the update back fails no resource: it is the reason why the stack is rolled back.
        or (event["ResourceStatus"].endswith("ROLLBACK_IN_PROGRESS") and event.get("ResourceStatusReason"))
    ]
    return "\n".join(
        f"  {e['LogicalResourceId']} ({e['ResourceType']}): {e.get('ResourceStatusReason', 'no reason given')}"
        for e in reversed(failed[-5:])  # the first to fail says why; the rest was cancelled for it
    )


def run_with(options: argparse.Namespace) -> dict[str, str]:
    """Builds and deploys as `options` say: those of infra.parameters, `stage` and `endpoint_url`; the stack's outputs. Raises
    Failed for rules that no function would start with."""
    try:
        asked = parameters(options)
    except InvalidRules as error:
        raise Failed(f"{error}\n  docs/reference/rules.md names each rule; --rules overrides them.") from error
    build()
    watch = options.watch if options.watch is not None else 0 if options.endpoint_url else WATCH_MINUTES
    outputs = deploy(
        _clients(options),
        options.stage,
        asked,
        watch=watch,
        even_so=options.even_so,
        keys=options.client_keys == "required",
    )
    if options.outputs:
        options.outputs.write_text(json.dumps(outputs, indent=2))
    return outputs


def _clients(options: argparse.Namespace) -> ClientOf:
    session = boto3.Session()

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=options.endpoint_url)

    return client


def main() -> None:
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="the stack is named microtask-STAGE")
    parser.add_argument("--endpoint-url", help="another cloud than AWS")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--rollback", action="store_true", help="go back to what was deployed before; data stays as it is"
    )
    what.add_argument("--history", action="store_true", help="show what was deployed, newest first")
    arguments(parser)
    options = parser.parse_args()
    if options.history:
        print("\n".join(release.said for release in history(_clients(options), options.stage)))
    elif options.rollback:
        roll_back(_clients(options), options.stage, even_so=options.even_so)
        print(f"{BACK}.")
    else:
        for name, text in sorted(run_with(options).items()):
            print(f"    {name:24} {text}")


if __name__ == "__main__":
    run(main)
