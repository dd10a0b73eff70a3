"""Deploys the package with CloudFormation: `python -m infra.deploy --stage NAME`.

The credentials and region are those of the environment, as for any AWS tool; `--endpoint-url` points at another cloud. The
package goes to the bucket `microtask-artifacts-{account}-{region}` under its own hash, so what is deployed is never overwritten.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.package import TEMPLATE, ZIP, build
from infra.parameters import arguments, parameters
from infra.progress import Failed, run, step

ClientOf = Callable[[str], Any]


def deploy(client: ClientOf, stage: str, parameters: dict[str, str]) -> dict[str, str]:
    """Creates or updates the stack `microtask-{stage}` from the built package; its outputs.

    Raises Failed with the resource that failed and why; CloudFormation has then rolled back to what was before."""
    stack = f"microtask-{stage}"
    try:
        with step("upload the package"):
            location = _upload(client)
        cloudformation = client("cloudformation")
        status = _status(cloudformation, stack)
        if status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_FAILED", "CREATE_FAILED"):
            with step(f"remove the remains of a failed creation ({status})"):
                cloudformation.delete_stack(StackName=stack)
                cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
            status = None
        if status is not None and status.endswith("_IN_PROGRESS"):
            raise Failed(f"The stack {stack} is {status}: wait until that is over, then deploy again.")
        with step(f"{'update' if status else 'create'} the stack {stack}") as tell:
            _apply(cloudformation, stack, location, parameters, exists=status is not None, tell=tell)
        return _outputs(cloudformation, stack)
    except ClientError as error:
        raise Failed(f"The cloud refused: {error.response['Error'].get('Message', error)}") from error
    except BotoCoreError as error:
        raise Failed(f"The cloud could not be reached: {error}\nAre credentials, region and endpoint right?") from error


def _upload(client: ClientOf) -> str:
    account = client("sts").get_caller_identity()["Account"]
    s3 = client("s3")
    region = s3.meta.region_name
    bucket = f"microtask-artifacts-{account}-{region}"
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"].get("Code") not in ("404", "NoSuchBucket", "NotFound"):
            raise
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)
        s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )
    key = hashlib.sha256(ZIP.read_bytes()).hexdigest()
    template = TEMPLATE.read_text().replace("./deployment.zip", f"s3://{bucket}/{key}.zip")
    template_key = hashlib.sha256(template.encode()).hexdigest()
    if not _has(s3, bucket, f"{key}.zip"):
        s3.upload_file(str(ZIP), bucket, f"{key}.zip")
    s3.put_object(Bucket=bucket, Key=f"{template_key}.json", Body=template.encode())
    return str(
        s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": f"{template_key}.json"}).partition(
            "?"
        )[0]
    )


def _has(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"].get("Code") not in ("404", "NoSuchKey", "NotFound"):
            raise
        return False
    return True


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if error.response["Error"].get("Code") != "ValidationError":  # which is how "no such stack" is said
            raise
        return None


def _apply(
    cloudformation: Any,
    stack: str,
    template_url: str,
    parameters: dict[str, str],
    *,
    exists: bool,
    tell: Callable[[str], None],
) -> None:
    change_set = f"deploy-{uuid4().hex[:12]}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=change_set,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": name, "ParameterValue": text} for name, text in parameters.items()],
    )
    while True:
        described = cloudformation.describe_change_set(StackName=stack, ChangeSetName=change_set)
        if described["Status"] == "CREATE_COMPLETE":
            break
        if described["Status"] == "FAILED":
            reason = described.get("StatusReason", "")
            if "didn't contain changes" in reason or "No updates" in reason:
                cloudformation.delete_change_set(StackName=stack, ChangeSetName=change_set)
                return
            raise Failed(f"The change set failed: {reason}")
        time.sleep(0.5)
    earlier = {event["EventId"] for event in _events(cloudformation, stack)}
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=change_set)
    while True:
        status = _status(cloudformation, stack) or "DELETED"
        events = [event for event in _events(cloudformation, stack) if event["EventId"] not in earlier]
        ready = {e["LogicalResourceId"] for e in events if e["ResourceStatus"].endswith("_COMPLETE")}
        tell(f"{len(ready)} resources ready")
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return
        if not status.endswith("_IN_PROGRESS"):
            raise Failed(
                f"The stack is {status}.\n{_why(events)}\nMend that and deploy again; nothing half-done is left."
            )
        time.sleep(1)


def _events(cloudformation: Any, stack: str) -> list[dict[str, Any]]:
    """The stack's latest events, newest first."""
    events: list[dict[str, Any]] = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return events


def _why(events: list[dict[str, Any]]) -> str:
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return "\n".join(
        f"  {e['LogicalResourceId']} ({e['ResourceType']}): {e.get('ResourceStatusReason', 'no reason given')}"
        for e in reversed(failed[-5:])  # the first to fail says why; the rest was cancelled for it
    )


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def run_with(options: argparse.Namespace) -> dict[str, str]:
    """Builds and deploys as `options` say: those of infra.parameters, `stage` and `endpoint_url`; the stack's outputs."""
    build()
    session = boto3.Session()

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=options.endpoint_url)

    outputs = deploy(client, options.stage, parameters(options))
    if options.outputs:
        options.outputs.write_text(json.dumps(outputs, indent=2))
    return outputs


def main() -> None:
    parser = argparse.ArgumentParser(prog="make deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="the stack is named microtask-STAGE")
    parser.add_argument("--endpoint-url", help="another cloud than AWS")
    arguments(parser)
    for name, text in sorted(run_with(parser.parse_args()).items()):
        print(f"    {name:24} {text}")


if __name__ == "__main__":
    run(main)
