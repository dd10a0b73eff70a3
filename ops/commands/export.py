"""`microtask export`: write a person's data or the ledger's entries to a file."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import click

from cli.failures import Failed
from ops.command_base import CommandResult, Invocation, OperatorGroup, path_option


@click.group(cls=OperatorGroup)
def export() -> None:
    """Export a person's data, or the ledger of a period."""


def read_moment(text: str) -> datetime:
    """Return the moment with a time zone, or the beginning of the day in the market's time zone (time_zone of the rules).

    Call it after the deployment's names are in the environment: the modules that it imports read them. Raise Failed if `text`
    is neither."""
    from chalicelib.api.validation import time_fields
    from chalicelib.core.regions.working_days import day_begins
    from chalicelib.core.rules import rules

    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return day_begins(date.fromisoformat(text), rules().time_zone)
        return time_fields.read_moment(text)
    except ValueError as error:
        raise Failed(f"{text!r} is neither a day (2026-11-01) nor a moment (2026-11-01T08:00:00Z)") from error


@export.command(
    "advertiser",
    examples=("microtask export advertiser adv_01M832Y0SZCEYFA3HAWMDC4EQ4 --out advertiser.jsonl --stage market",),
)
@click.argument("id")
@click.option("--since", metavar="MOMENT", help="Only from this moment on: a day of the market, or RFC 3339.")
@click.option("--until", metavar="MOMENT", help="Only before this moment.")
@path_option("--out", required=True, metavar="FILE.jsonl", help="The file to write.")
def export_advertiser(
    invocation: Invocation, id: str, since: str | None, until: str | None, out: Path
) -> CommandResult:
    """Export everything of one advertiser, or of a period, as JSON lines.

    ID is the advertiser's id (adv_…), as `users list` shows it. Each line is an object with its `type`, as in the files of
    POST /v1/exports. It is personal data: only you can read the file. Delete it after you have handed it over."""
    return _export_person(invocation, "advertiser", id, (since, until), out)


@export.command(
    "creator",
    examples=("microtask export creator cre_01M832Y0SZCEYFA3HAWMDC4EQ4 --out creator.jsonl --stage market",),
)
@click.argument("id")
@click.option("--since", metavar="MOMENT", help="Only from this moment on: a day of the market, or RFC 3339.")
@click.option("--until", metavar="MOMENT", help="Only before this moment.")
@path_option("--out", required=True, metavar="FILE.jsonl", help="The file to write.")
def export_creator(invocation: Invocation, id: str, since: str | None, until: str | None, out: Path) -> CommandResult:
    """Export everything of one creator, or of a period, as JSON lines.

    ID is the creator's id (cre_…), as `users list` shows it. Each line is an object with its `type`, as in the files of
    POST /v1/exports. It is personal data: only you can read the file. Delete it after you have handed it over."""
    return _export_person(invocation, "creator", id, (since, until), out)


def _export_person(
    invocation: Invocation, side: str, owner: str, ends: tuple[str | None, str | None], out: Path
) -> CommandResult:
    invocation.deployment.load_function_environment()
    from chalicelib.core.regions.periods import Period
    from ops.personal_export import write_export

    since, until = (read_moment(text) if text else None for text in ends)
    if since and until and since >= until:
        raise Failed("--until is not after --since.")
    _confirm_overwrite(invocation, out)
    counts = write_export(side, owner, out, Period(since, until))
    listed = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items())) or "nothing"
    return CommandResult({"file": str(out), "lines": counts}, f"{out}: {listed}")


@export.command(
    "ledger",
    examples=(
        "microtask export ledger --since 2026-11-01 --until 2026-12-01 --out november.csv --stage market",
        "microtask export ledger --since 2026-11-01T16:00:00Z --until 2026-11-02 --out day.csv --stage market --json",
    ),
)
@click.option("--since", required=True, metavar="MOMENT", help="The first moment: a day of the market, or RFC 3339.")
@click.option("--until", required=True, metavar="MOMENT", help="The first moment after the period.")
@click.option("--local-times", is_flag=True, help="Write times in the market's time zone, not in UTC.")
@path_option("--out", required=True, metavar="FILE.csv", help="The file to write.")
def export_ledger(invocation: Invocation, since: str, until: str, local_times: bool, out: Path) -> CommandResult:
    """Export the ledger's entries of a period as CSV.

    Writes every entry of the period, oldest first: at, transfer, kind, reference, account, amount (minor units, signed),
    currency. The entries of a transfer sum to 0; exit status 1 if those of the period do not. The command scans the wallet table
    once, for any period: one read unit for every 8 kB of the journal."""
    invocation.deployment.load_function_environment()
    from chalicelib.core.rules import rules
    from ops.ledger.entries_csv import write_entries

    begin, end = read_moment(since), read_moment(until)
    if begin >= end:
        raise Failed("--until is not after --since.")
    _confirm_overwrite(invocation, out)
    written = write_entries(begin, end, out, invocation.deployment, rules().time_zone if local_times else None)
    balanced = written.sum == 0
    text = f"{out}: {written.entries:,} entries of {written.transfers:,} transfers"
    text += ", which sum to 0" if balanced else f"; THEIR SUM IS {written.sum}, NOT 0: `reconcile` names the account"
    document = {
        "file": str(out),
        "entries": written.entries,
        "transfers": written.transfers,
        "sum": written.sum,
        "since": begin,
        "until": end,
    }
    return CommandResult(document, text, 0 if balanced else 1)


def _confirm_overwrite(invocation: Invocation, out: Path) -> None:
    if out.exists():
        invocation.confirm(f"{out} exists. Overwrite it?")
