"""The functions' IAM policies, in force in tests: each request of a function to AWS is compared with its policy file, as in IAM.

Code that runs inside `running(function)` has only the rights that .chalice grants that function; a refusal is raised as AWS raises
it and stored in `refused`, so that no handler of failures can hide it. Each use is stored in `uses` while `recorded()` is open."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from email.utils import parseaddr
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from botocore import signers
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.signers import S3PostPresigner

CHALICE = Path(__file__).parents[2] / ".chalice"
REGION, ACCOUNT, STACK = "ap-east-1", "123456789012", "microtask-test"
FUNCTIONS = {
    "APIHandler": "policy-api",
    "TaskStep": "policy-task-step",
    "OrderStep": "policy-order-step",
    "Outbox": "policy-outbox",
    "Publisher": "policy-publisher",
    "Webhooks": "policy-webhooks",
    "Emails": "policy-emails",
    "Sweep": "policy-sweep",
    "RegradeNightly": "policy-regrade-nightly",
    "RegradeStep": "policy-regrade-step",
    "Reconcile": "policy-reconcile",
}
_INSIDE = {
    "Put": ("PutItem", "Item"),
    "Update": ("UpdateItem", "Key"),
    "Delete": ("DeleteItem", "Key"),
    "ConditionCheck": ("ConditionCheckItem", "Key"),
    "Get": ("GetItem", "Key"),
}
_ARN = {
    "StartExecution": ("states", "stateMachineArn"),
    "DescribeExecution": ("states", "executionArn"),
    "SendTaskSuccess": ("states", None),
    "SendTaskFailure": ("states", None),
    "PutEvents": ("events", None),
}


@dataclass(frozen=True)
class Use:
    """One request: the IAM action, the resource's ARN, and for DynamoDB its partition keys and attributes, and True for a put
    on the condition that there is no such item."""

    action: str
    resource: str
    keys: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    only_new: bool = False


@dataclass(frozen=True)
class Grant:
    """One action on one resource of a statement, with its conditions as `(key, values)`."""

    sid: str
    effect: str
    action: str
    resource: str
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]

    def covers(self, use: Use) -> bool:
        """Return True if this statement covers the use."""
        if use.action != self.action or not fnmatchcase(use.resource, self.resource):
            return False
        return all(_holds(operator, getattr(use, key), values) for operator, key, values in self.conditions)


def _holds(operator: str, named: frozenset[str], values: tuple[str, ...]) -> bool:
    scope, _, comparison = operator.partition(":")
    assert comparison in ("StringEquals", "StringLike"), operator
    found = [any(name == v if comparison == "StringEquals" else fnmatchcase(name, v) for v in values) for name in named]
    return {"ForAllValues": all, "ForAnyValue": any}[scope](found)


_CONDITION_KEYS = {"dynamodb:LeadingKeys": "keys", "dynamodb:Attributes": "attributes"}


def _text(value: Any) -> str:
    text = str(value["Fn::Sub"] if isinstance(value, dict) else value)
    names = {"Partition": "aws", "Region": REGION, "AccountId": ACCOUNT, "StackName": STACK}
    for name, stands_for in names.items():
        text = text.replace(f"${{AWS::{name}}}", stands_for)
    assert "${" not in text, text
    return text


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def grants(function: str) -> tuple[Grant, ...]:
    """Return all grants of the function's policy file."""
    found = []
    for statement in json.loads((CHALICE / f"{FUNCTIONS[function]}.json").read_text())["Statement"]:
        conditions = tuple(
            (operator, _CONDITION_KEYS[key], tuple(map(_text, _list(values))))
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
        for action in _list(statement["Action"]):
            for resource in map(_text, _list(statement["Resource"])):
                found.append(Grant(statement["Sid"], statement["Effect"], action, resource, conditions))
    return tuple(found)


@lru_cache(maxsize=20_000)
def allowed(function: str, use: Use) -> bool:
    """Return True if a statement grants the use and none denies it, as IAM decides."""
    speaking = [grant.effect for grant in grants(function) if grant.covers(use)]
    return "Allow" in speaking and "Deny" not in speaking


# -- what a call does ------------------------------------------------------------------------------------------------------


def uses_of(service: str, operation: str, sent: dict[str, Any]) -> list[Use]:
    """Return the IAM actions of a botocore request."""
    if service == "dynamodb":
        return list(_dynamodb(operation, sent))
    if service == "secretsmanager":
        name = sent.get("SecretId") or sent["Name"]
        return [Use(f"secretsmanager:{operation}", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf")]
    if service == "s3":
        action = {"HeadObject": "GetObject"}.get(operation, operation)
        action += "Version" if "VersionId" in sent else ""
        return [Use(f"s3:{action}", f"arn:aws:s3:::{sent['Bucket']}/{sent['Key']}")]
    if service == "sqs":
        action = {"SendMessageBatch": "SendMessage"}.get(operation, operation)
        return [Use(f"sqs:{action}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{sent['QueueUrl'].rpartition('/')[2]}")]
    if service == "ses":
        sender = parseaddr(sent["Source"])[1]
        named = [f"identity/{sender}", f"configuration-set/{sent['ConfigurationSetName']}"]
        return [Use(f"ses:{operation}", f"arn:aws:ses:{REGION}:{ACCOUNT}:{name}") for name in named]
    if operation == "PutEvents":
        bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/"
        return [Use("events:PutEvents", bus + entry["EventBusName"]) for entry in sent["Entries"]]
    if operation == "CreateSchedule":
        schedule = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/{sent['GroupName']}/{sent['Name']}"
        return [Use("scheduler:CreateSchedule", schedule), Use("iam:PassRole", sent["Target"]["RoleArn"])]
    prefix, argument = _ARN[operation]
    return [Use(f"{prefix}:{operation}", sent[argument] if argument else "*")]


def _dynamodb(operation: str, sent: dict[str, Any]) -> Iterator[Use]:
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for item in sent["TransactItems"]:
            ((kind, inner),) = item.items()
            action, key = _INSIDE[kind]
            yield _one(action, inner, inner[key])
    elif operation == "BatchWriteItem":
        for table, requests in sent["RequestItems"].items():
            for request in requests:
                ((kind, inner),) = request.items()
                yield _one(operation, {"TableName": table}, inner["Item" if kind == "PutRequest" else "Key"])
    elif operation == "BatchGetItem":
        for table, wanted in sent["RequestItems"].items():
            yield from (_one(operation, {"TableName": table}, key) for key in wanted["Keys"])
    else:
        yield _one(operation, sent, sent.get("Item") or sent.get("Key") or {})


def _one(action: str, sent: dict[str, Any], item: dict[str, Any]) -> Use:
    index = f"/index/{sent['IndexName']}" if "IndexName" in sent else ""
    arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{sent['TableName']}{index}"
    keys = frozenset([item["pk"]["S"]] if "pk" in item else [])
    named = frozenset(sent.get("ExpressionAttributeNames", {}).values()) if "Item" not in sent else frozenset()
    only_new = "Item" in sent and str(sent.get("ConditionExpression")).startswith("attribute_not_exists ")
    return Use(f"dynamodb:{action}", arn, keys, frozenset(item) | named, only_new)


# -- in force --------------------------------------------------------------------------------------------------------------

_function: ContextVar[str | None] = ContextVar("function", default=None)
refused: list[tuple[str, Use]] = []
uses: set[tuple[str, Use]] | None = None


@contextmanager
def running(function: str) -> Iterator[None]:
    """Run the block as this function; within another function it is that function's."""
    reset = _function.set(_function.get() or function)
    try:
        yield
    finally:
        _function.reset(reset)


@contextmanager
def elsewhere() -> Iterator[None]:
    """Run the block outside the function that runs."""
    reset = _function.set(None)
    try:
        yield
    finally:
        _function.reset(reset)


def as_function(function: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    """Return the handler with its function's policy enforced."""

    @functools.wraps(handler)
    def handle(*arguments: Any, **options: Any) -> Any:
        with running(function):
            return handler(*arguments, **options)

    return handle


@contextmanager
def recorded() -> Iterator[set[tuple[str, Use]]]:
    """Record the uses of functions within the block."""
    global uses
    uses = set()
    try:
        yield uses
    finally:
        uses = None


def _hold_against_the_policy(service: str, operation: str, sent: dict[str, Any]) -> None:
    function = _function.get()
    if function is None:
        return
    for use in uses_of(service, operation, sent):
        if use.action.startswith("dynamodb:") and f":table/{STACK}-" not in use.resource:
            continue  # a measurement's own table
        if uses is not None:
            uses.add((function, use))
        if not allowed(function, use):
            refused.append((function, use))
            message = f"{function} is not authorized to perform {use.action} on {use.resource}"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation)


_call = BaseClient._make_api_call  # type: ignore[attr-defined]
_presign = S3PostPresigner.generate_presigned_post
_link = signers.generate_presigned_url
_submit = ThreadPoolExecutor.submit


def _checked_call(self: Any, operation: str, sent: dict[str, Any]) -> Any:
    _hold_against_the_policy(self.meta.service_model.service_name, operation, sent)
    return _call(self, operation, sent)


def _checked_form(self: Any, *arguments: Any, **options: Any) -> Any:
    """Check a form: it is signed with the function's role, so an upload has the rights of the role."""
    (bucket,) = (each["bucket"] for each in options["conditions"] if isinstance(each, dict) and "bucket" in each)
    _hold_against_the_policy("s3", "PutObject", {"Bucket": bucket, "Key": options["fields"]["key"]})
    return _presign(self, *arguments, **options)


def _checked_link(self: Any, method: str, Params: dict[str, Any], **options: Any) -> Any:  # noqa: N803 - botocore's name
    """Check a link in the same way: a download has the rights of the role."""
    _hold_against_the_policy("s3", self.meta.method_to_api_mapping[method], Params)
    return _link(self, method, Params=Params, **options)


def _submitted(self: Any, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Any:
    """Run work that a function gives to a thread as that function."""
    return _submit(self, copy_context().run, work, *arguments, **options)


def put_in_force() -> None:
    """Enforce the policies in this process from now on."""
    BaseClient._make_api_call = _checked_call  # type: ignore[attr-defined]
    S3PostPresigner.generate_presigned_post = _checked_form  # type: ignore[method-assign]
    signers.generate_presigned_url = _checked_link  # type: ignore[assignment]
    ThreadPoolExecutor.submit = _submitted  # type: ignore[method-assign]
