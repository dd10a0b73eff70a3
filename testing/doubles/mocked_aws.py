"""AWS from moto inside the process, with the resources of the template and with IAM in force."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import botocore.session
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from chalicelib.core import aws as cloud
from chalicelib.events import publisher
from chalicelib.grading import regrade_steps as grading_steps
from chalicelib.notifications import email_delivery, email_digests
from chalicelib.shortlists import saved_searches
from chalicelib.store import (
    AccountsRecord,
    ClicksRecord,
    EventsRecord,
    TasksRecord,
    WalletRecord,
    WebhookSecretsRecord,
    tables,
)
from chalicelib.tasks.workflow import outbox, steps, sweep
from chalicelib.wallet.proof import reconciliation
from chalicelib.webhooks import delivery_attempts
from testing.doubles import faster_moto, moto_machines
from testing.in_force import iam_in_force

moto_lock = threading.RLock()
moto_call = BotocoreStubber.__call__


def serialised(self: BotocoreStubber, *args: Any, **kwargs: Any) -> Any:
    """moto's DynamoDB is not thread-safe: one call at a time."""
    with moto_lock:
        return moto_call(self, *args, **kwargs)


_loader = botocore.session.create_loader()
botocore.session.create_loader = lambda search_path_string=None: _loader
"""Every session reads the descriptions of AWS's services from one cache; else each test reads them again from the disk."""

BotocoreStubber.__call__ = serialised  # type: ignore[method-assign]
moto_machines.correct(moto_lock)
faster_moto.apply(moto_lock)

iam_in_force.put_in_force()
for module, name, function in (
    (steps, "task_step", "TaskStep"),
    (steps, "order_step", "OrderStep"),
    (outbox, "publish", "Outbox"),
    (publisher, "publish", "Publisher"),
    (delivery_attempts, "deliver", "Webhooks"),
    (email_delivery, "deliver", "Emails"),
    (email_digests, "queue_digests", "Sweep"),
    (sweep, "resume", "Sweep"),
    (saved_searches, "check_due", "Sweep"),
    (grading_steps, "start_nightly", "RegradeNightly"),
    (grading_steps, "regrade_step", "RegradeStep"),
    (reconciliation, "reconcile", "Reconcile"),
):
    setattr(module, name, iam_in_force.as_function(function, getattr(module, name)))


def forget_clients() -> None:
    """Drop clients, secrets and the session of one AWS before the next: a session keeps the credentials that it was made with.

    Within a mocked AWS, the next are those that earlier tests made in the same environment."""
    faster_moto.end_sharing()
    faster_moto.share_sessions()
    tables.connection.cache_clear()
    cloud.client.cache_clear()
    cloud.secret.cache_clear()
    pending = [WalletRecord, TasksRecord, AccountsRecord, ClicksRecord, EventsRecord, WebhookSecretsRecord]
    while pending:
        record = pending.pop()
        record._connection = None
        pending.extend(record.__subclasses__())


def tables_of_moto() -> dict[str, Any] | None:
    """Return the tables of the mocked AWS by name; None if DynamoDB is not moto's."""
    if "AWS_ENDPOINT_URL_DYNAMODB" in os.environ:
        return None
    found: dict[str, Any] = dynamodb_backends[DEFAULT_ACCOUNT_ID][os.environ["AWS_REGION"]].tables
    return found


_empty_tables: dict[str, Any] = {}


def create_tables() -> None:
    """Create the tables. In moto, they are copies of those that it made first, from the second time on."""
    mocked = tables_of_moto()
    if mocked is None:
        for record in (WalletRecord, TasksRecord, AccountsRecord, ClicksRecord, EventsRecord, WebhookSecretsRecord):
            record.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
        return
    if not _empty_tables:
        for record in (WalletRecord, TasksRecord, AccountsRecord, ClicksRecord, EventsRecord, WebhookSecretsRecord):
            record.create_table(billing_mode="PAY_PER_REQUEST", wait=False)
        _empty_tables.update(deepcopy(mocked))
    mocked.update(deepcopy(_empty_tables))


def create_resources() -> None:
    """The tables, secrets, bucket, queues and buses that the template would make; in moto's backends, without requests."""
    create_tables()
    region = os.environ["AWS_REGION"]
    secrets: Any = secretsmanager_backends[DEFAULT_ACCOUNT_ID][region]
    for name, text in (
        ("SANDBOX_PROVIDER_SECRET_ARN", "secret of SANDBOX_PROVIDER_SECRET_ARN"),
        ("CURSOR_SECRET_ARN", "secret of CURSOR_SECRET_ARN"),
        ("LEDGER_HEAD_SECRET_ARN", "{}"),
    ):
        secrets.create_secret(os.environ[name], text, None, None, [], None, None, [], False)
    store, bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"], os.environ["PICTURES_BUCKET"]
    store.create_bucket(bucket, region)
    store.put_bucket_versioning(bucket, "Enabled")
    events_backends[DEFAULT_ACCOUNT_ID][region].create_event_bus(os.environ["EVENT_BUS"])
    scheduler_backends[DEFAULT_ACCOUNT_ID][region].create_schedule_group(os.environ["SCHEDULE_GROUP"], [])
    for queue in ("DELIVERIES_QUEUE_URL", "EMAILS_QUEUE_URL"):
        sqs_backends[DEFAULT_ACCOUNT_ID][region].create_queue(os.environ[queue].rpartition("/")[2])


@contextmanager
def mocked_aws() -> Iterator[None]:
    """A fresh, empty AWS with the market's resources in it; in the end no function has asked for what its policy does not grant."""
    iam_in_force.refused.clear()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}):
        forget_clients()
        create_resources()
        try:
            yield
        finally:
            moto_machines.end_all()
    forget_clients()
    assert iam_in_force.refused == []
