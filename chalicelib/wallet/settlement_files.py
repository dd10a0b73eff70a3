"""A provider's own list of what it collected, beside the ledger's (a CSV that finance uploads)."""

from __future__ import annotations

import csv
import io
from typing import Any

from chalicelib import clock
from chalicelib.errors import Fault, InvalidBody
from chalicelib.money import Money
from chalicelib.settings import rules
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.records import Entry
from chalicelib.wallet.statements import Period

COLUMNS = ("transaction_id", "amount")
ROWS_MAX = 10_000


def read(text: str) -> dict[str, int]:
    """The amounts by transaction: CSV with a header and at least the columns transaction_id and amount (minor units).

    Raises InvalidBody naming the first line that is wrong; a transaction may stand there once."""
    rows = csv.DictReader(io.StringIO(text))
    if not set(COLUMNS) <= set(rows.fieldnames or ()):
        raise InvalidBody(Fault("", "columns", f"The first line must name: {', '.join(COLUMNS)}."))
    amounts: dict[str, int] = {}
    for row in rows:
        transaction_id, amount = (row[column] or "" for column in COLUMNS)
        fresh = transaction_id and transaction_id not in amounts
        if not fresh or not (amount.isascii() and amount.isdigit()) or len(amount) > 15 or len(amounts) == ROWS_MAX:
            detail = (
                f"Line {rows.line_num}: a new transaction_id and an amount in minor units; at most {ROWS_MAX} lines."
            )
            raise InvalidBody(Fault("", "line", detail))
        amounts[transaction_id] = int(amount)
    return amounts


def compare(provider_name: str, period: Period, claimed: dict[str, int]) -> dict[str, Any]:
    """`{status: clean|differences, matched, ledger_total, file_total, differences [{transaction_id, kind, ledger, file}]}`.

    kind: `not_in_ledger`, `not_in_file`, `amount`. A line of the file is sought in the whole ledger; the ledger's receipts are
    sought in the file if they are of the period."""
    account, prefix = provider_account(provider_name), f"entry#received:{provider_name}:"
    since = clock.stamp(period.since) if period.since else ""
    until = clock.stamp(period.until) if period.until else "~"
    differences: list[dict[str, Any]] = []
    seen: set[str] = set()
    matched = total = 0
    for entry in Entry.query(account, Entry.sk.startswith(prefix), consistent_read=True, page_size=500):
        transaction_id, amount = entry.sk.removeprefix(prefix), -int(entry.amount)
        within = since <= entry.at < until
        if transaction_id not in claimed:
            if within:
                total += amount
                differences.append(_difference(transaction_id, "not_in_file", amount, None))
            continue
        seen.add(transaction_id)
        total += amount
        if claimed[transaction_id] == amount:
            matched += 1
        else:
            differences.append(_difference(transaction_id, "amount", amount, claimed[transaction_id]))
    for transaction_id in sorted(claimed.keys() - seen):
        differences.append(_difference(transaction_id, "not_in_ledger", None, claimed[transaction_id]))
    return {
        "status": "differences" if differences else "clean",
        "provider": provider_name,
        "matched": matched,
        "ledger_total": Money(total, rules().currency),
        "file_total": Money(sum(claimed.values()), rules().currency),
        "differences": differences,
    }


def _difference(transaction_id: str, kind: str, ledger: int | None, file: int | None) -> dict[str, Any]:
    return {"transaction_id": transaction_id, "kind": kind, "ledger": ledger, "file": file}
