"""`microtask listen`: forward events to a receiver on this machine."""

from __future__ import annotations

from datetime import timedelta

import click

from ops.command_base import CommandResult, Invocation, Span, operator_command


@operator_command(
    "listen",
    examples=(
        "microtask listen adv_01J9ZC5Q8M3V7K2T4R6W8Y0B1D --to http://127.0.0.1:8000/hook --stage market",
        "microtask listen auditors --to http://127.0.0.1:8000/hook --since 1h --once --stack .local/stack.json",
    ),
)
@click.argument("recipient")
@click.option("--to", required=True, metavar="URL", help="Where the events go, such as http://127.0.0.1:8000/hook.")
@click.option(
    "--since", type=Span(), default="0s", metavar="SPAN", help="Begin with the events of the last 90s, 15m, 2h or 3d."
)
@click.option("--once", is_flag=True, help="End after the events that are stored now.")
@click.option("--secret", metavar="whsec_…", help="Sign with this secret. Default: a new one, which is printed.")
def listen(
    invocation: Invocation, recipient: str, to: str, since: timedelta, once: bool, secret: str | None
) -> CommandResult:
    """Forward events to a receiver on this machine.

    RECIPIENT is an advertiser (adv_…), a creator (cre_…), auditors, finance or operator. Each stored event is sent once as a
    webhook is: with the same headers, body and kind of signature, without retries. No webhook is created, and the receivers of the
    stage are not affected. It ends at Ctrl+C, or with --once. Exit status 1 if the receiver did not respond with 2xx each time."""
    from chalicelib.core import clock
    from chalicelib.core.settings import settings
    from chalicelib.webhooks import signing
    from ops.events.forwarding import forwarded

    key = secret or signing.new_secret()
    if secret is None:
        click.echo(f"signed with {key}", err=True)
    base = settings().public_url.rstrip("/") or invocation.deployment.output("EndpointURL").rstrip("/")
    found = []
    begin = clock.stamp(clock.now() - since)
    try:
        for one in forwarded(recipient, to, key, base, begin, once=once):
            found.append(one)
            click.echo(f"{one.event_id}  {one.type:<28} {one.status or 'no response'}", err=True)
    except KeyboardInterrupt:
        click.echo("stopped", err=True)
    failed = [one for one in found if one.status is None or not 200 <= one.status < 300]
    document = {"events": [{"id": one.event_id, "type": one.type, "status": one.status} for one in found]}
    return CommandResult(document, f"{len(found)} events, {len(failed)} failed", 1 if failed else 0)
