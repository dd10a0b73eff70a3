"""Taking data out: all of one person's, and the ledger for the books."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace
from datetime import date, datetime
from pathlib import Path

from cli.confirmation import sure
from cli.progress import Failed
from ops.command import Answer, Command
from ops.deployment import Deployment


def moment(text: str) -> datetime:
    """Return the moment with a time zone, or the beginning of the day in the market's time zone (utc_offset of the rules).

    To be called once the deployment's names are in the environment: what it imports reads them. Raises Failed."""
    from chalicelib.api.validation.time_fields import read_moment
    from chalicelib.core import clock
    from chalicelib.core.rules import rules

    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return clock.day_begins(date.fromisoformat(text), rules().utc_offset)
        return read_moment(text)
    except ValueError as error:
        raise Failed(f"{text!r} is neither a day (2026-11-01) nor a moment (2026-11-01T08:00:00Z)") from error


def _of_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="adv_… or cre_…, as `users list` shows it")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl")


def _of(side: str) -> Command:
    def run(options: Namespace, deployment: Deployment) -> Answer:
        deployment.speak_as_deployed()
        from ops.personal_export import write

        _free(options)
        counts = write(side, options.id, options.out)
        told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(counts.items())) or "nothing"
        return Answer({"file": str(options.out), "lines": counts}, f"{options.out}: {told}")

    prefix = side[:3]
    return Command(
        f"export {side}",
        f"everything of one {side}, as lines of JSON",
        f"Writes all that belongs to one {side} to a file, each line an object whose `type` says what it is: the same as\n"
        "POST /v1/exports gives that person. It is personal data: the file is readable by you alone; delete it when it\n"
        "was handed over.",
        (f"python -m ops export {side} {prefix}_01M832Y0SZCEYFA3HAWMDC4EQ4 --out {side}.jsonl --stage market",),
        run,
        _of_arguments,
    )


def _ledger_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        required=True,
        metavar="MOMENT",
        help="the first moment: a day of the market, or RFC 3339",
    )
    parser.add_argument("--until", required=True, metavar="MOMENT", help="the first moment that is out")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv")


def _ledger(options: Namespace, deployment: Deployment) -> Answer:
    deployment.speak_as_deployed()
    from ops.ledger.entries_csv import write

    since, until = moment(options.since), moment(options.until)
    if since >= until:
        raise Failed("--until is not after --since.")
    _free(options)
    written = write(since, until, options.out, deployment)
    balanced = written.sum == 0
    text = f"{options.out}: {written.entries:,} entries of {written.transfers:,} transfers"
    text += ", which sum to 0" if balanced else f"; THEIR SUM IS {written.sum}, NOT 0: `reconcile` names the account"
    document = {
        "file": str(options.out),
        "entries": written.entries,
        "transfers": written.transfers,
        "sum": written.sum,
        "since": since,
        "until": until,
    }
    return Answer(document, text, 0 if balanced else 1)


def _free(options: Namespace) -> None:
    if options.out.exists():
        sure(options, f"{options.out} exists and will be written over.")


COMMANDS = (
    _of("advertiser"),
    _of("creator"),
    Command(
        "export ledger",
        "the ledger's entries of a period, as CSV for the books",
        "Writes every entry of the period, oldest first: at, transfer, kind, reference, account, amount (minor units, signed),\n"
        "currency. The entries of whole transfers sum to 0, which is checked; exit status 1 if they do not. Reads the wallet\n"
        "table once, whatever the period, so its cost grows with the journal: a read unit for every 8 kB.",
        (
            "python -m ops export ledger --since 2026-11-01 --until 2026-12-01 --out november.csv --stage market",
            "python -m ops export ledger --since 2026-11-01T16:00:00Z --until 2026-11-02 --out day.csv --stage market --json",
        ),
        _ledger,
        _ledger_arguments,
    ),
)
