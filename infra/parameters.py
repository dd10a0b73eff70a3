"""What a deployment is told beside its stage and cloud; imports nothing, so that every command line can have it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

WATCH_MINUTES = 10
CLIENT_LIMIT = 600
"""Rule 31: requests per user in five minutes. Stages with the sandbox on have no limit."""


def arguments(parser: ArgumentParser) -> None:
    """Adds them to a command line."""
    parser.add_argument("--alipay", choices=["on", "off"], default="off", help="Alipay, see docs/guides/payments.md")
    parser.add_argument(
        "--sandbox", choices=["on", "off"], default="off", help="sandbox provider and network, short times"
    )
    parser.add_argument(
        "--rules", default="{}", help="JSON object overriding numbers of the rules, durations in seconds"
    )
    parser.add_argument(
        "--link-base", default="", help="where click links begin, e.g. https://go.example; empty: no click links"
    )
    parser.add_argument(
        "--public-url",
        default="",
        help="under which clients reach the API; empty: links follow the URL of each request",
    )
    parser.add_argument(
        "--allow-origins",
        default="",
        metavar="ORIGINS",
        help="origins whose web pages may call the API (CORS), separated by commas, * for any; default: none",
    )
    parser.add_argument(
        "--client-limit",
        type=int,
        metavar="N",
        help="requests of one token in five minutes, at least 10; 0: no limit; "
        f"default: {CLIENT_LIMIT}, 0 with the sandbox on; docs/guides/api-clients.md",
    )
    parser.add_argument(
        "--client-keys",
        choices=["required", "unused"],
        default="unused",
        help="required: who has a token needs a client's key, too",
    )
    parser.add_argument(
        "--wallet-protection",
        choices=["on", "off"],
        default="on",
        help="off: the tables of money and of tasks can be deleted; docs/operations/backup.md says when that is wanted",
    )
    parser.add_argument(
        "--access-log",
        choices=["on", "off"],
        default="on",
        help="one log line per request at the gateway; it sets the account's role for API Gateway's logs",
    )
    parser.add_argument("--canary", choices=["on", "off"], help="move calls bit by bit; default: on, on AWS")
    parser.add_argument(
        "--watch",
        type=int,
        metavar="MINUTES",
        help=f"how long alarms take it back afterwards, up to 180; default: {WATCH_MINUTES}, on AWS",
    )
    parser.add_argument(
        "--even-so", action="store_true", help="also if tables, buckets, user pools or secrets are removed or replaced"
    )
    parser.add_argument("--outputs", type=Path, help="also write the outputs to this JSON file")


def parameters(options: Namespace) -> dict[str, str]:
    """The template's parameters as `options` say. Raises InvalidRules (chalicelib.core.rules)."""
    from chalicelib.core.rules import read_rules  # only a deployment needs it

    read_rules(options.rules, sandbox=options.sandbox == "on")
    canary = options.canary or ("off" if options.endpoint_url else "on")
    return {
        "Stage": options.stage,
        "Sandbox": options.sandbox,
        "Alipay": options.alipay,
        "Rules": options.rules,
        "LinkBase": options.link_base,
        "PublicUrl": options.public_url,
        "AllowOrigins": options.allow_origins,
        "AccessLog": options.access_log,
        "ClientLimit": str(_client_limit(options)),
        "WalletDeletionProtection": "true" if options.wallet_protection == "on" else "false",
        "Canary": "true" if canary == "on" else "false",
    }


def _client_limit(options: Namespace) -> int:
    if options.client_limit is not None:
        return int(options.client_limit)
    return 0 if options.sandbox == "on" else CLIENT_LIMIT
