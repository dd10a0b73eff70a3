"""The secrets for Weibo in Secrets Manager: the application's, and one token per account that permits publishing.

The operator writes the application's secret as JSON (docs/guides/social-networks.md). An account's secret is named after the
account's id, is read again for each publication, and is deleted when the permission is taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, clock
from chalicelib.core.settings import settings
from chalicelib.social.port import Account, NotPermitted, Unavailable

API_URL = "https://api.weibo.com"


@dataclass(frozen=True)
class Application:
    """The market's application on the open platform. `bound_domain`: statuses/share requires a link to it. `operator_ip`: the
    address that statuses/share requires."""

    app_key: str
    app_secret: str
    access_token: str
    redirect_uri: str
    bound_domain: str
    operator_ip: str
    api_url: str = API_URL

    def __repr__(self) -> str:
        return f"Application({self.app_key})"


def application() -> Application:
    """Return the application. Raise NotPermitted while the operator has not written the secret."""
    try:
        return Application(**json.loads(aws.secret(settings().weibo_secret_arn)))
    except (ValueError, TypeError) as error:
        aws.secret.cache_clear()
        raise NotPermitted("The secret of the Weibo application is not complete.") from error
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and _code(error) == "ResourceNotFoundException":
            raise NotPermitted("The secret of the Weibo application is not written yet.") from error
        raise Unavailable("The secret of the Weibo application cannot be read.") from error


def token_of(account: Account) -> str | None:
    """Return the account's own token; None if it gave none or the token has expired."""
    try:
        found = json.loads(_secrets().get_secret_value(SecretId=_name(account))["SecretString"])
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise Unavailable("The account's token cannot be read.") from error
    except BotoCoreError as error:
        raise Unavailable("The account's token cannot be read.") from error
    return str(found["access_token"]) if clock.parse(found["until"]) > clock.now() else None


def save_token(account: Account, token: str, until: datetime) -> None:
    """Store the account's token in place of an earlier one."""
    name, text = _name(account), json.dumps({"access_token": token, "until": clock.stamp(until)})
    try:
        try:
            _secrets().create_secret(Name=name, SecretString=text)
        except ClientError as error:
            if _code(error) != "ResourceExistsException":
                raise
            _secrets().put_secret_value(SecretId=name, SecretString=text)
    except (ClientError, BotoCoreError) as error:
        raise Unavailable("The account's token cannot be stored.") from error


def delete_token(account: Account) -> None:
    """Delete the account's token, at once and without recovery."""
    try:
        _secrets().delete_secret(SecretId=_name(account), ForceDeleteWithoutRecovery=True)
    except ClientError as error:
        if _code(error) != "ResourceNotFoundException":
            raise Unavailable("The account's token cannot be deleted.") from error
    except BotoCoreError as error:
        raise Unavailable("The account's token cannot be deleted.") from error


def _secrets() -> Any:
    return aws.client("secretsmanager")


def _name(account: Account) -> str:
    return settings().account_secrets_prefix + account.account_id


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
