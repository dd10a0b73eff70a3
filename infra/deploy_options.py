"""Options of a deployment, and the template's parameters that follow from them. Of the market it imports the names of
regions only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from chalicelib.core.regions.region import NAMES

F = TypeVar("F", bound=Callable[..., Any])

WATCH_MINUTES = 10
CLIENT_LIMIT = 600
"""Rule 31: requests per user in five minutes. Stages with the sandbox on have no limit."""

_SWITCH = click.Choice(["on", "off"])
_OPTIONS = (
    click.option("--alipay", type=_SWITCH, default="off", help="Payments through Alipay: docs/guides/payments.md."),
    click.option("--stripe", type=_SWITCH, default="off", help="Payments through Stripe: docs/guides/payments.md."),
    click.option("--sandbox", type=_SWITCH, default="off", help="Sandbox provider and network, short deadlines."),
    click.option(
        "--region",
        type=click.Choice(NAMES),
        default=NAMES[0],
        show_default=True,
        help="Currency, time zone, ad mark and lint of the market; docs/operations/deployment.md#the-region.",
    ),
    click.option(
        "--rules", default="{}", help="JSON object that overrides numbers of the rules, durations in seconds."
    ),
    click.option(
        "--link-base", default="", help="Base URL of click links, such as https://go.example. Empty: no click links."
    ),
    click.option(
        "--bluesky-url",
        default="",
        help="The AppView that Bluesky is read from, such as https://public.api.bsky.app. Empty: Bluesky is not connected.",
    ),
    click.option(
        "--mastodon-instances",
        default="",
        metavar="URLS",
        help="Mastodon instances whose figures the market trusts, separated by commas. Empty: none.",
    ),
    click.option(
        "--public-url",
        default="",
        help="URL at which clients reach the API. Empty: links follow the URL of each request.",
    ),
    click.option(
        "--email-sender",
        default="",
        help="Sender of notifications by e-mail, verified by SES; needs --public-url. Empty: no e-mail.",
    ),
    click.option(
        "--allow-origins",
        default="",
        metavar="ORIGINS",
        help="Origins whose pages may call the API (CORS), separated by commas, * for any. Empty: none.",
    ),
    click.option(
        "--api-instances",
        type=click.IntRange(min=0),
        default=0,
        help="Provisioned concurrency of the function that serves requests, billed by the hour. Default: none.",
    ),
    click.option(
        "--client-limit",
        type=int,
        metavar="N",
        help="Requests of one token in five minutes, at least 10; 0: no limit. "
        f"Default: {CLIENT_LIMIT}, 0 with the sandbox on. docs/guides/api-clients.md.",
    ),
    click.option(
        "--client-keys",
        type=click.Choice(["required", "unused"]),
        default="unused",
        help="required: every request with a token needs a client's API key, too.",
    ),
    click.option(
        "--wallet-protection",
        type=_SWITCH,
        default="on",
        help="off: the tables of money and tasks can be deleted. docs/operations/backup.md describes when.",
    ),
    click.option(
        "--access-log",
        type=_SWITCH,
        default="on",
        help="One log line per request at the gateway. Sets the account's role for API Gateway's logs.",
    ),
    click.option("--canary", type=_SWITCH, help="Shift requests to the new version in steps. Default: on, on AWS."),
    click.option(
        "--watch",
        type=int,
        metavar="MINUTES",
        help=f"Minutes after the update in which alarms roll it back, up to 180. Default: {WATCH_MINUTES}, on AWS.",
    ),
    click.option(
        "--even-so", is_flag=True, help="Also if tables, buckets, user pools or secrets are removed or replaced."
    ),
    click.option("--outputs", type=click.Path(path_type=Path), help="Write the outputs to this JSON file, too."),
)


def deployment_options(function: F) -> F:
    """Declare the options of DeploymentOptions, other than the deployment itself, on a click command."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class DeploymentOptions:
    """The options of a deployment, as the command line names them."""

    stage: str
    endpoint_url: str | None = None
    alipay: str = "off"
    stripe: str = "off"
    sandbox: str = "off"
    region: str = NAMES[0]
    rules: str = "{}"
    link_base: str = ""
    bluesky_url: str = ""
    mastodon_instances: str = ""
    public_url: str = ""
    email_sender: str = ""
    allow_origins: str = ""
    client_limit: int | None = None
    api_instances: int = 0
    client_keys: str = "unused"
    wallet_protection: str = "on"
    access_log: str = "on"
    canary: str | None = None
    watch: int | None = None
    even_so: bool = False
    outputs: Path | None = None

    @property
    def watch_minutes(self) -> int:
        """The minutes after an update in which alarms roll it back."""
        if self.watch is not None:
            return self.watch
        return 0 if self.endpoint_url else WATCH_MINUTES

    def template_parameters(self) -> dict[str, str]:
        """Return the template's parameters. Raise InvalidRules (chalicelib.core.rules)."""
        from chalicelib.core.rules import InvalidRules, read_rules  # only a deployment needs it

        found = read_rules(self.rules, sandbox=self.sandbox == "on", region=self.region)
        if self.alipay == "on" and found.currency != "CNY":
            raise InvalidRules(f"Alipay pays in CNY, and this market works in {found.currency}.")
        canary = self.canary or ("off" if self.endpoint_url else "on")
        return {
            "Stage": self.stage,
            "Sandbox": self.sandbox,
            "Alipay": self.alipay,
            "Region": self.region,
            "Stripe": self.stripe,
            "Rules": self.rules,
            "LinkBase": self.link_base,
            "BlueskyUrl": self.bluesky_url,
            "MastodonInstances": self.mastodon_instances,
            "PublicUrl": self.public_url,
            "EmailSender": self.email_sender,
            "AllowOrigins": self.allow_origins,
            "AccessLog": self.access_log,
            "ClientLimit": str(self._client_limit()),
            "ApiInstances": str(self.api_instances),
            "WalletDeletionProtection": "true" if self.wallet_protection == "on" else "false",
            "Canary": "true" if canary == "on" else "false",
        }

    def _client_limit(self) -> int:
        if self.client_limit is not None:
            return self.client_limit
        return 0 if self.sandbox == "on" else CLIENT_LIMIT
