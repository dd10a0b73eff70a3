"""The passwords and tokens with which the market publishes as an account: one secret per account in Secrets Manager.

A secret is named after the account's id, is read again for each publication, and is deleted when the permission is taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws
from chalicelib.core.settings import settings
from chalicelib.social.port import Account, Unavailable


class SecretStore(Protocol):
    """The secrets of accounts; this module stores them in Secrets Manager."""

    def read(self, account: Account) -> dict[str, str] | None: ...

    def save(self, account: Account, members: Mapping[str, str]) -> None: ...

    def delete(self, account: Account) -> None: ...


def read(account: Account) -> dict[str, str] | None:
    """Return the members of the account's secret; None if it gave none."""
    try:
        return dict(json.loads(_secrets().get_secret_value(SecretId=_name(account))["SecretString"]))
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise Unavailable("The account's permission cannot be read.") from error
    except BotoCoreError as error:
        raise Unavailable("The account's permission cannot be read.") from error


def save(account: Account, members: Mapping[str, str]) -> None:
    """Store the account's secret in place of an earlier one."""
    name, text = _name(account), json.dumps(dict(members))
    try:
        try:
            _secrets().create_secret(Name=name, SecretString=text)
        except ClientError as error:
            if code_of(error) != "ResourceExistsException":
                raise
            _secrets().put_secret_value(SecretId=name, SecretString=text)
    except (ClientError, BotoCoreError) as error:
        raise Unavailable("The account's permission cannot be stored.") from error


def delete(account: Account) -> None:
    """Delete the account's secret, at once and without recovery."""
    try:
        _secrets().delete_secret(SecretId=_name(account), ForceDeleteWithoutRecovery=True)
    except ClientError as error:
        if code_of(error) != "ResourceNotFoundException":
            raise Unavailable("The account's permission cannot be deleted.") from error
    except BotoCoreError as error:
        raise Unavailable("The account's permission cannot be deleted.") from error


def code_of(error: ClientError) -> str:
    """Return AWS's code of an error."""
    return str(error.response["Error"]["Code"])


def _secrets() -> Any:
    return aws.client("secretsmanager")


def _name(account: Account) -> str:
    return settings().account_secrets_prefix + account.account_id
