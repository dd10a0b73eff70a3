"""Clients of AWS services other than DynamoDB, created on first use with short timeouts, and access to secrets.

botocore is used without boto3, which would add to the cold start.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any, TypedDict

from botocore.config import Config
from botocore.session import get_session


class ItemFailure(TypedDict):
    """A record of a batch that the queue or the stream delivers again: its message id or sequence number."""

    itemIdentifier: str


class BatchResponse(TypedDict):
    """The response of a function to a batch of a queue or a stream."""

    batchItemFailures: list[ItemFailure]


@cache
def client(service: str, hurried: bool = False) -> Any:
    """Return the process's client of `service` (one of infra.package.SERVICES); with `hurried`, one that tries once and gives up
    after half a second."""
    patient = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
    hasty = Config(connect_timeout=0.3, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 1})
    config = hasty if hurried else patient
    return get_session().create_client(service, os.environ.get("AWS_REGION"), config=config)


@cache
def secret(arn: str) -> bytes:
    """Return the secret string of `arn`, read once per process."""
    return secret_now(arn).encode()


def secret_now(arn: str) -> str:
    """Read and return the present secret string of `arn`."""
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


def put_secret(arn: str, text: str) -> None:
    """Write a new version of the secret `arn`."""
    client("secretsmanager").put_secret_value(SecretId=arn, SecretString=text)
