"""What all tests share: a deployment in the environment, AWS from moto inside the process, and a client with roles."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ.update(
    {
        "AWS_REGION": "ap-east-1",
        "AWS_DEFAULT_REGION": "ap-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STAGE": "test",
        "WALLET_TABLE": "microtask-test-wallet",
        "TASKS_TABLE": "microtask-test-tasks",
        "ACCOUNTS_TABLE": "microtask-test-accounts",
        "CLICKS_TABLE": "microtask-test-clicks",
        "PUBLIC_URL": "https://api.micro-task.example",
        "ALLOW_ORIGINS": "",
        "LINK_BASE": "https://go.micro-task.example",
        "PICTURES_BUCKET": "microtask-test-pictures-123456789012",
        "EVENT_BUS": "microtask-test",
        "TASK_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-task",
        "ORDER_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-order",
        "REGRADE_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-regrade",
        "SANDBOX": "on",
        "SANDBOX_PROVIDER_SECRET_ARN": "microtask-test/sandbox-provider",
        "CURSOR_SECRET_ARN": "microtask-test/cursors",
        "LEDGER_HEAD_SECRET_ARN": "microtask-test/ledger-head",
        "ALIPAY": "off",
        "ALIPAY_SECRET": "microtask-test/alipay",
        "WEIBO_SECRET_ARN": "microtask-test/weibo",
        "ACCOUNT_SECRETS_PREFIX": "microtask-test/publishing/",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
)

import boto3
import pytest
from chalice.test import Client, HTTPResponse
from hypothesis import HealthCheck, settings
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from chalicelib import cloud
from chalicelib.grading import steps as grading_steps
from chalicelib.store import AccountsRecord, ClicksRecord, TasksRecord, WalletRecord, tables
from chalicelib.tasks import outbox, steps, sweep
from chalicelib.wallet import reconciliation
from tests import decisions, moto_machines, policies, promises

# No example fails because the machine is busy. In CI the examples are the same in every run; elsewhere a failure prints the
# `@reproduce_failure` that repeats it.
_UNTIMED = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("random", **_UNTIMED)  # type: ignore[arg-type]
settings.register_profile("same", derandomize=True, **_UNTIMED)  # type: ignore[arg-type]
settings.load_profile("same" if os.environ.get("CI") else "random")

_moto_lock = threading.RLock()
_moto_call = BotocoreStubber.__call__


def _serialised(self: BotocoreStubber, *args: Any, **kwargs: Any) -> Any:
    """moto's DynamoDB is not thread-safe: one call at a time."""
    with _moto_lock:
        return _moto_call(self, *args, **kwargs)


BotocoreStubber.__call__ = _serialised  # type: ignore[method-assign]
moto_machines.correct(_moto_lock)

policies.put_in_force()
for module, name, function in (
    (steps, "task_step", "TaskStep"),
    (steps, "order_step", "OrderStep"),
    (outbox, "publish", "Outbox"),
    (sweep, "resume", "Sweep"),
    (grading_steps, "start_nightly", "RegradeNightly"),
    (grading_steps, "regrade_step", "RegradeStep"),
    (reconciliation, "reconcile", "Reconcile"),
):
    setattr(module, name, policies.as_function(function, getattr(module, name)))


def forget_clients() -> None:
    """Drop clients, secrets and the session of one AWS before the next: a session keeps the credentials that it was made with."""
    boto3.DEFAULT_SESSION = None
    tables.connection.cache_clear()
    cloud.client.cache_clear()
    cloud.secret.cache_clear()
    pending = [WalletRecord, TasksRecord, AccountsRecord, ClicksRecord]
    while pending:
        record = pending.pop()
        record._connection = None
        pending.extend(record.__subclasses__())


def create_resources() -> None:
    """The tables, secrets, bucket and bus that the template would make."""
    for record in (WalletRecord, TasksRecord, AccountsRecord, ClicksRecord):
        record.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
    secrets = boto3.client("secretsmanager")
    for name in ("SANDBOX_PROVIDER_SECRET_ARN", "CURSOR_SECRET_ARN"):
        secrets.create_secret(Name=os.environ[name], SecretString=f"secret of {name}")
    secrets.create_secret(Name=os.environ["LEDGER_HEAD_SECRET_ARN"], SecretString="{}")
    store, bucket = boto3.client("s3"), os.environ["PICTURES_BUCKET"]
    store.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-east-1"})
    store.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    boto3.client("events").create_event_bus(Name=os.environ["EVENT_BUS"])


@contextmanager
def mocked_aws() -> Iterator[None]:
    """A fresh, empty AWS with the market's resources in it; in the end no function has asked for what its policy does not grant."""
    policies.refused.clear()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}):
        forget_clients()
        create_resources()
        try:
            yield
        finally:
            moto_machines.end_all()
    forget_clients()
    assert policies.refused == []


@pytest.fixture
def aws() -> Iterator[None]:
    """A fresh, empty AWS for one test."""
    with mocked_aws():
        yield


def _media_type(response: HTTPResponse) -> str:
    return next((text for name, text in response.headers.items() if name.lower() == "content-type"), "")


class Api:
    """The HTTP API in process, through chalice's test client; `as_` gives the same API to another caller."""

    def __init__(self, http: Any, token: str | None = None) -> None:
        self._http = http
        self._token = token

    def as_(self, sub: str, *groups: str) -> Api:
        claims = {"sub": sub, "cognito:username": sub, "cognito:groups": ",".join(groups), "token_use": "id"}
        payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        return Api(self._http, f"Bearer e30.{payload}.unsigned")

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> HTTPResponse:
        if method == "POST" and isinstance(body, dict):
            body = decisions.as_read(path, body)
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self._token:
            sent["Authorization"] = self._token
        if key is not None:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        with policies.running("APIHandler"):
            response: HTTPResponse = self._http.request(method, path, headers=sent, body=data)
        promises.hold(method, path, response.status_code, _media_type(response), response.body)
        return response

    def get(self, path: str, **options: Any) -> HTTPResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("POST", path, body, **options)

    def put(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("PUT", path, body, **options)

    def patch(self, path: str, body: Any = None, **options: Any) -> HTTPResponse:
        return self.request("PATCH", path, body, **options)


@contextmanager
def served_api() -> Iterator[Api]:
    """The API without a caller; `api.as_("sub", "advertiser")` is one with."""
    import warnings

    from app import app

    with warnings.catch_warnings():
        # chalice says, per call, that its test client does not enforce Cognito; tests/e2e does.
        warnings.filterwarnings("ignore", message=".*is not a supported in local mode.*")
        with Client(app) as client:
            yield Api(client.http)


@pytest.fixture
def api(aws: None) -> Iterator[Api]:
    """The API of one test."""
    with served_api() as api:
        yield api


@pytest.fixture
def unique() -> Callable[[], str]:
    """Fresh Idempotency-Keys."""
    numbers = iter(range(1, 1_000_000))
    return lambda: f"key-{next(numbers)}"
