"""Deploys the package with CloudFormation: `python -m infra.deploy --stage NAME`; `--rollback` returns to the previous release.

The credentials and region are those of the environment, as for any AWS tool; `--endpoint-url` names another cloud. The package is
stored in the bucket `microtask-artifacts-{account}-{region}` under its hash, so that a deployed package is never overwritten and a
rollback finds it. On AWS, requests shift to the new version in steps, and the alarms of monitoring.RELEASE roll the update back
while it runs and for `--watch` minutes after it; docs/operations/releases.md.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core.regions.region import NAMES, named
from chalicelib.core.rules import InvalidRules
from cli.failures import Failed, Program
from cli.progress import Report, step
from infra.client_keys import require_keys
from infra.deploy_options import DeploymentOptions, deployment_options
from infra.monitoring import RELEASE
from infra.package import TEMPLATE, ZIP, build
from infra.release_alias import ALIAS, FINGERPRINT_PLACEHOLDER, fingerprint
from infra.release_history import Release, ReleaseHistory

ClientOf = Callable[[str], Any]
ROLLED_BACK = (
    "Code, settings and infrastructure are those of the previous release. Data is unchanged: "
    "see docs/operations/releases.md."
)
DATA_RESOURCES = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool", "AWS::SecretsManager::Secret"}
"""Resource types that hold data, which no package restores."""


def deploy(
    client: ClientOf,
    stage: str,
    parameters: dict[str, str],
    *,
    watch: int = 0,
    even_so: bool = False,
    keys: bool = False,
) -> dict[str, str]:
    """Create or update the stack `microtask-{stage}` from the built package, and return its outputs.

    The alarms of monitoring.RELEASE roll an update back while it runs and for `watch` minutes after it; 0: alarms are ignored.
    With `keys`, every request with a token needs a client's key, too (docs/guides/api-clients.md). Raise Failed with the resource
    that failed and its reason after CloudFormation has rolled the stack back. Raise Failed before any change if `parameters` turn
    on both the sandbox and a real payment provider, change the currency of an existing stack, or if a resource that holds data
    (DATA_RESOURCES) would be removed or replaced, unless `even_so`."""
    for provider in ("Alipay", "Stripe"):
        if parameters.get("Sandbox") == "on" and parameters.get(provider) == "on":
            raise Failed(
                f"Sandbox and {provider} cannot both be on: sandbox money could then be paid out as real money."
            )
    target = _Target(client, f"microtask-{stage}", even_so)
    with _cloud_errors():
        with step("upload the package"):
            artifact = target.upload(parameters, keys)
        status = target.status()
        if status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"):
            with step(f"delete the stack of a failed creation ({status})"):
                target.cloudformation.delete_stack(StackName=target.stack)
                waiter = target.cloudformation.get_waiter("stack_delete_complete")
                waiter.wait(StackName=target.stack, WaiterConfig={"Delay": 1})
            status = None
        with step(f"{'update' if status else 'create'} the stack {target.stack}") as report:
            changed = target.apply(artifact.template_url, parameters, status, report, watch=watch)
        current = target.releases.latest() if status else None
        if changed or current is None:
            target.record(artifact.package, artifact.template_url, parameters, current.key if current else None)
        return target.outputs()


def roll_back(client: ClientOf, stage: str, *, even_so: bool = False) -> Release:
    """Return the stack to the package, template and parameters of the previous release, and return that release.

    All requests shift at once, regardless of alarms. Data does not change. Raise Failed if no previous release is known, or as
    `deploy` does."""
    target = _Target(client, f"microtask-{stage}", even_so)
    with _cloud_errors():
        status = target.status()
        current = target.releases.latest() if status else None
        if current is None:
            raise Failed(f"No release of {target.stack} is known: this program has never deployed it.")
        if current.before is None:
            raise Failed(f"{target.stack} has no release before this one:\n  {current.summary}")
        previous = target.releases.get(current.before)
        print(f"    from  {current.summary}\n    to    {previous.summary}")
        parameters = previous.parameters | ({"Canary": "false"} if "Canary" in previous.parameters else {})
        with step(f"roll the stack {target.stack} back") as report:
            target.apply(previous.template_url, parameters, status, report)
        return target.record(previous.package, previous.template_url, previous.parameters, previous.before)


def history(client: ClientOf, stage: str) -> list[Release]:
    """Return the releases of the stage, newest first. The first is in force."""
    target = _Target(client, f"microtask-{stage}")
    with _cloud_errors():
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
    def releases(self) -> ReleaseHistory:
        return ReleaseHistory(self.s3, self._bucket(), self.stack)

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
            template = json.dumps(require_keys(json.loads(template)))
        template = template.replace(FINGERPRINT_PLACEHOLDER, fingerprint(json.loads(template), package, parameters))
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
        """Return the stack's status, or None if there is none. Raise Failed if an update is in progress or needs manual repair."""
        status = self._status()
        if status is not None and status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            raise Failed(f"The stack {self.stack} is {status}: wait until it is complete, then try again.")
        if status == "UPDATE_ROLLBACK_FAILED":
            command = f"aws cloudformation continue-update-rollback --stack-name {self.stack}"
            raise Failed(
                f"The stack {self.stack} is between two releases. Fix the resource that it names, then run\n  {command}"
            )
        return status

    def _status(self) -> str | None:
        try:
            return str(self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if error.response["Error"].get("Code") != "ValidationError":  # CloudFormation's code for a missing stack
                raise
            return None

    def apply(
        self,
        template_url: str,
        parameters: dict[str, str],
        status: str | None,
        report: Report,
        *,
        watch: int = 0,
    ) -> bool:
        """Apply the template and return False if nothing changed. Raise Failed if the currency would change."""
        if status:
            self._require_same_currency(parameters)
        alarms = self._alarms() if status and (watch or parameters.get("Canary") == "true") else []
        change_set = f"deploy-{uuid4().hex[:12]}"
        self.cloudformation.create_change_set(
            StackName=self.stack,
            ChangeSetName=change_set,
            ChangeSetType="UPDATE" if status else "CREATE",
            TemplateURL=template_url,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
            Parameters=[{"ParameterKey": name, "ParameterValue": text} for name, text in parameters.items()],
            RollbackConfiguration={  # also if empty: without it CloudFormation uses those of the last update
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
            raise Failed(
                f"This would remove or replace resources that hold data: {', '.join(lost)}.\nNothing was done."
            )
        self._execute(change_set, report, prove=bool(watch and alarms))
        return True

    def _require_same_currency(self, parameters: dict[str, str]) -> None:
        """Raise Failed if the parameters change the currency of the deployed stack, whose ledger may hold money. The deployer has
        no right to read the ledger, so this does not depend on its content."""
        stack = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]
        deployed = {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}
        before, after = _currency(deployed), _currency(parameters)
        if before != after:
            raise Failed(
                f"{self.stack} works in {before}, and its ledger may hold money: it cannot change to {after}. Deploy another "
                "stage for that, or delete this one first (docs/operations/deployment.md#the-region).\nNothing was done."
            )

    def _alarms(self) -> list[str]:
        """Return the ARNs of the existing alarms that roll a release back.

        Raise Failed if one of them is firing: it would roll back every deployment, also one that fixes the cause."""
        names = [f"{self.stack}-{name}" for name in RELEASE]
        found = self.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
        if firing := [alarm["AlarmName"] for alarm in found if alarm["StateValue"] == "ALARM"]:
            raise Failed(
                f"In alarm: {', '.join(firing)}. It would roll this deployment back at once. Wait until it ends or, if this "
                "deployment fixes the cause, deploy with `--canary off --watch 0`."
            )
        return [alarm["AlarmArn"] for alarm in found]

    def _lost(self, change_set: str) -> list[str]:
        lost: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = self.cloudformation.describe_change_set(StackName=self.stack, ChangeSetName=change_set, **more)
            for change in (found.get("ResourceChange", {}) for found in page.get("Changes", [])):
                gone = change.get("Action") == "Remove" or change.get("Replacement") == "True"
                if gone and change.get("ResourceType") in DATA_RESOURCES:
                    lost.append(change["LogicalResourceId"])
            if "NextToken" not in page:
                return lost
            more = {"NextToken": page["NextToken"]}

    def _execute(self, change_set: str, report: Report, *, prove: bool) -> None:
        """Execute the change set and wait for its end. With `prove`, start a proof of the ledger on the new version as soon as it
        is deployed, so that its alarm can fire while CloudFormation watches the alarms."""
        earlier = {event["EventId"] for event in self._events()}
        self.cloudformation.execute_change_set(StackName=self.stack, ChangeSetName=change_set)
        while True:
            status = self._status() or "DELETED"
            events = [event for event in self._events() if event["EventId"] not in earlier]
            ready = {e["LogicalResourceId"] for e in events if e["ResourceStatus"].endswith("_COMPLETE")}
            report(f"{len(ready)} resources ready")
            prover = f"ReconcileAlias{ALIAS}"
            if prove and prover in ready and "ROLLBACK" not in status:
                (arn, *_) = (e["PhysicalResourceId"] for e in events if e["LogicalResourceId"] == prover)
                event = scheduled_event("release", self.s3.meta.region_name)
                self.client("lambda").invoke(FunctionName=arn, InvocationType="Event", Payload=event)
                prove = False
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                return
            if not status.endswith("_IN_PROGRESS"):
                raise Failed(
                    f"The stack is {status}.\n{_why(events)}\nFix the cause and deploy again. The stack is rolled back."
                )
            time.sleep(1)

    def _events(self) -> list[dict[str, Any]]:
        """Return the stack's latest events, newest first."""
        events: list[dict[str, Any]] = self.cloudformation.describe_stack_events(StackName=self.stack)["StackEvents"]
        return events

    def outputs(self) -> dict[str, str]:
        described = self.cloudformation.describe_stacks(StackName=self.stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def scheduled_event(source: str, region: str) -> bytes:
    """Return the event that a cron rule sends to a function, to call it at another time."""
    event = {
        "version": "0",
        "id": source,
        "detail-type": "Scheduled Event",
        "source": f"microtask.{source}",
        "account": "",
    }
    return json.dumps(event | {"time": "", "region": region, "resources": [], "detail": {}}).encode()


def _currency(parameters: dict[str, str]) -> str:
    """Return the currency that follows from the parameters of a stack, also of one from before there were regions."""
    overridden = json.loads(parameters.get("Rules") or "{}").get("currency")
    return str(overridden or named(parameters.get("Region") or NAMES[0]).currency)


@contextmanager
def _cloud_errors() -> Iterator[None]:
    """Raise Failed with one sentence for the cloud's errors."""
    try:
        yield
    except ClientError as error:
        raise Failed(f"The cloud refused: {error.response['Error'].get('Message', error)}") from error
    except BotoCoreError as error:
        raise Failed(f"The cloud could not be reached: {error}\nCheck credentials, region and endpoint.") from error


def _why(events: list[dict[str, Any]]) -> str:
    failed = [
        event
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
        # If an alarm rolls the update back, no resource fails: the stack's own event has the reason.
        or (event["ResourceStatus"].endswith("ROLLBACK_IN_PROGRESS") and event.get("ResourceStatusReason"))
    ]
    return "\n".join(
        f"  {e['LogicalResourceId']} ({e['ResourceType']}): {e.get('ResourceStatusReason', 'no reason given')}"
        for e in reversed(failed[-5:])  # the first failure has the cause; the others were cancelled because of it
    )


def build_and_deploy(options: DeploymentOptions) -> dict[str, str]:
    """Build the package, deploy it and return the stack's outputs. Raise Failed for rules with which no function would start."""
    try:
        parameters = options.template_parameters()
    except InvalidRules as error:
        raise Failed(f"{error}\n  docs/reference/rules.md lists the rules; --rules overrides them.") from error
    build()
    outputs = deploy(
        _clients(options.endpoint_url),
        options.stage,
        parameters,
        watch=options.watch_minutes,
        even_so=options.even_so,
        keys=options.client_keys == "required",
    )
    if options.outputs:
        options.outputs.write_text(json.dumps(outputs, indent=2))
    return outputs


def _clients(endpoint_url: str | None) -> ClientOf:
    session = boto3.Session()

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint_url)

    return client


@click.command(cls=Program)
@click.option("--stage", required=True, help="Deploys the stack microtask-STAGE.")
@click.option("--endpoint-url", help="The endpoint of another cloud than AWS.")
@click.option("--rollback", is_flag=True, help="Return to the previous release; data does not change.")
@click.option("--history", "show_history", is_flag=True, help="List the releases, newest first.")
@deployment_options
def main(stage: str, endpoint_url: str | None, rollback: bool, show_history: bool, **options: Any) -> None:
    """Deploy the package with CloudFormation, roll back, or list the releases."""
    chosen = DeploymentOptions(stage=stage, endpoint_url=endpoint_url, **options)
    if rollback and show_history:
        raise click.UsageError("Pass only one of --rollback, --history.")
    if show_history:
        print("\n".join(release.summary for release in history(_clients(endpoint_url), stage)))
    elif rollback:
        roll_back(_clients(endpoint_url), stage, even_so=chosen.even_so)
        print(ROLLED_BACK)
    else:
        for name, text in sorted(build_and_deploy(chosen).items()):
            print(f"    {name:24} {text}")


if __name__ == "__main__":
    main()
