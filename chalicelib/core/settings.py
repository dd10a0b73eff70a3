"""The settings of a deployment: names of tables, secrets and state machines, and switches. CloudFormation sets them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any


@dataclass(frozen=True)
class Settings:
    """The settings, one per environment variable."""

    stage: str
    wallet_table: str
    tasks_table: str
    accounts_table: str
    clicks_table: str
    events_table: str
    public_url: str  # base URL of the API for clients; empty: that of each request
    allow_origins: str  # of browsers (CORS), separated by commas or blanks; "*": any; empty: none
    link_base: str  # base URL of short links, e.g. https://go.example; empty: no click links
    user_pool_id: str
    console_client_id: str  # the web console's client of the user pool; empty: the console cannot sign in
    sign_in_url: str  # base URL of the user pool's sign-in page
    pictures_bucket: str
    event_bus: str
    deliveries_queue_url: str
    email_sender: str  # the From of notifications by e-mail, an identity of SES; empty: no e-mail is sent
    email_configuration_set: str
    emails_queue_url: str
    local_webhooks: bool  # endpoints on this machine, over plain HTTP: only in the local cloud
    task_machine_arn: str
    order_machine_arn: str
    regrade_machine_arn: str
    schedule_group: str  # of the looks at posts
    schedule_role_arn: str  # with which EventBridge Scheduler calls the order step
    sandbox: bool
    sandbox_provider_secret_arn: str
    alipay: bool
    alipay_secret: str
    stripe: bool
    stripe_secret: str
    cursor_secret_arn: str
    ledger_head_secret_arn: str
    weibo_secret_arn: str
    account_secrets_prefix: str
    bluesky_url: str  # base URL of the AppView that Bluesky is read from; empty: not connected
    bluesky_directory_url: str  # base URL of the directory of did:plc
    mastodon_instances: str  # base URLs of the Mastodon instances that the market trusts, separated by commas or blanks

    @cached_property
    def origins(self) -> frozenset[str]:
        """Return the origins whose pages may read responses (CORS)."""
        return frozenset(self.allow_origins.replace(",", " ").split())


def require_one_kind_of_money(env: Mapping[str, str]) -> None:
    """Raise ValueError if `env` turns on both the sandbox and a real payment provider: sandbox money could be paid out as real
    money. The template and infra.deploy check this, too."""
    for provider in ("ALIPAY", "STRIPE"):
        if env.get("SANDBOX") == "on" and env.get(provider) == "on":
            raise ValueError(
                f"SANDBOX and {provider} are both on: sandbox money could be paid out as real money. Turn one off."
            )


@cache
def settings() -> Settings:
    """Return the settings of this process. Raises KeyError with the name of a missing variable, and ValueError if sandbox money and
    real money could be mixed."""
    env = os.environ
    require_one_kind_of_money(env)
    values: dict[str, Any] = {field.name: env[field.name.upper()] for field in fields(Settings)}
    switches = {name: values[name] == "on" for name in ("sandbox", "alipay", "stripe", "local_webhooks")}
    return Settings(**{**values, **switches})
