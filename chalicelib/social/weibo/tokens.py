"""The secrets for Weibo in Secrets Manager: the application's, and one token per account that permits publishing.

The operator writes the application's secret as JSON (docs/guides/social-networks.md). Tokens are stored as
chalicelib.social.account_secrets says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, clock
from chalicelib.core.settings import settings
from chalicelib.social import account_secrets
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
        if isinstance(error, ClientError) and account_secrets.code_of(error) == "ResourceNotFoundException":
            raise NotPermitted("The secret of the Weibo application is not written yet.") from error
        raise Unavailable("The secret of the Weibo application cannot be read.") from error


def token_of(account: Account) -> str | None:
    """Return the account's own token; None if it gave none or the token has expired."""
    found = account_secrets.read(account)
    return found["access_token"] if found and clock.parse(found["until"]) > clock.now() else None


def save_token(account: Account, token: str, until: datetime) -> None:
    """Store the account's token in place of an earlier one."""
    account_secrets.save(account, {"access_token": token, "until": clock.stamp(until)})


def delete_token(account: Account) -> None:
    """Delete the account's token, at once and without recovery."""
    account_secrets.delete(account)
