"""Clients of AWS services other than DynamoDB, made on first use, with short timeouts, and the secrets we are given.

botocore alone is enough; boto3 would only add to the cold start.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config


@cache
def client(service: str, hurried: bool = False) -> Any:
    """The process's one client of `service` (`stepfunctions`, `events`, `s3`, `secretsmanager`); `hurried`: one that tries once
    and gives up after half a second."""
    patient = Config(connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
    hasty = Config(connect_timeout=0.3, read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 1})
    config = hasty if hurried else patient
    return botocore.session.get_session().create_client(service, os.environ.get("AWS_REGION"), config=config)


@cache
def secret(arn: str) -> bytes:
    """The secret string behind `arn`, read once per process."""
    return secret_now(arn).encode()


def secret_now(arn: str) -> str:
    """The secret string behind `arn` as it is now."""
    return str(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])


def put_secret(arn: str, text: str) -> None:
    """Give the secret behind `arn` a new version."""
    client("secretsmanager").put_secret_value(SecretId=arn, SecretString=text)
