"""Export of the ledger's entries of a period as CSV, in the format of chalicelib.core.csv_text."""

from __future__ import annotations

import csv
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib.core import clock, csv_text
from chalicelib.core.money import Money
from chalicelib.core.rules import rules
from chalicelib.wallet.records import Entry
from cli.progress import ProgressBar
from ops.private_files import replaced_when_done
from ops.target_deployment import Deployment

HEADER = ("at", "transfer", "kind", "reference", "account", "amount", "currency")
PAGE = 1_000
Row = tuple[str, str, str, str, str, int]


@dataclass(frozen=True)
class WrittenEntries:
    """The counts of an export. `sum` is 0 if every transfer of the period is complete: all of its entries have the same moment."""

    entries: int
    transfers: int
    sum: int


def write_entries(
    since: datetime, until: datetime, path: Path, deployment: Deployment, time_zone: str | None = None
) -> WrittenEntries:
    """Write the entries with `since <= at < until`, oldest first, the entries of a transfer together, with times in UTC or in
    `time_zone`. SQLite sorts them on disk, so
    memory does not grow with the journal."""
    items = deployment.client("dynamodb").describe_table(TableName=Entry.Meta.table_name)["Table"]["ItemCount"]
    bar = ProgressBar("items of the wallet read", int(items))
    with tempfile.NamedTemporaryFile() as scratch, closing(sqlite3.connect(scratch.name)) as sorting:
        sorting.execute("CREATE TABLE entry (at, transfer, kind, reference, account, amount)")
        sorting.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", _entries(since, until, bar))
        bar.clear()
        currency = rules().currency
        with replaced_when_done(path) as file:
            file.write(csv_text.MARK)
            lines = csv.writer(file, lineterminator=csv_text.LINE_END)
            lines.writerow(HEADER)
            for at, *names, amount in sorting.execute("SELECT * FROM entry ORDER BY at, transfer, account"):
                lines.writerow(
                    [
                        csv_text.cell(clock.parse(at), time_zone),
                        *map(csv_text.cell, names),
                        Money(amount, currency).decimal,
                        currency,
                    ]
                )
        entries, transfers, total = sorting.execute(
            "SELECT COUNT(*), COUNT(DISTINCT transfer), COALESCE(SUM(amount), 0) FROM entry"
        ).fetchone()
    return WrittenEntries(entries, transfers, total)


def _entries(since: datetime, until: datetime, bar: ProgressBar) -> Iterator[Row]:
    of_the_period = Entry.sk.startswith("entry#") & Entry.at.between(clock.stamp(since), clock.stamp(until))
    read, last = 0, clock.stamp(until)
    scan = Entry.scan(of_the_period, page_size=PAGE, consistent_read=True)
    for page in scan.page_iter:
        read += page["ScannedCount"]
        bar.show(read)
        for item in page["Items"]:
            entry = Entry.from_raw_data(item)
            if entry.at < last:
                yield entry.at, entry.transfer_id, entry.kind, entry.reference, entry.pk, int(entry.amount)
