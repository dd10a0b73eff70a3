"""A provider's own list of what it collected, beside the ledger's (a CSV of finance), and what each comparison found.

A small file is the body of the request. A larger one is uploaded to the bucket with a form that S3 holds to its size, and read
from there line by line. What is kept in memory is one amount per line, of at most ROWS_MAX lines, and 2,000 entries at a time.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.money import Money
from chalicelib.core.observability import count
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.store import Page, put, read_page, transact
from chalicelib.store.uploads import UploadForm, upload_form
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.proof.running_totals import line
from chalicelib.wallet.records import (
    Entry,
    LastSettlement,
    Settlement,
    SettlementDifferences,
    SettlementFigures,
    SettlementUpload,
)
from chalicelib.wallet.statements import Period

COLUMNS = ("transaction_id", "amount")
ROWS_MAX = 200_000
UPLOAD_MAX_BYTES = 64 * 1024 * 1024
LISTED_MAX = 1_000
_TRANSACTION_ID = re.compile(r"[\x20-\x7e]{1,128}")
_PAGE = 2_000


def announce(provider_name: str, size: int) -> tuple[str, UploadForm]:
    """The id of a file to come, and `{url, fields}` of the form that uploads exactly `size` bytes of it."""
    upload_id = ids.new("stu")
    SettlementUpload(pk=upload_id, sk="upload", provider=provider_name, bytes=size).save()
    return upload_id, upload_form(_key(upload_id), "text/csv", size)


def uploaded(provider_name: str, upload_id: str) -> Iterator[bytes]:
    """The file's bytes, in parts. Raises 404 for what was not announced for this provider or is not there yet."""
    known = SettlementUpload.find(upload_id, "upload") if ids.is_id("stu", upload_id) else None
    if known is None or known.provider != provider_name:
        raise not_found("upload")
    store = aws.client("s3")
    try:
        found = store.get_object(Bucket=settings().pictures_bucket, Key=_key(upload_id))
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):  # S3 denies what is not there
            raise not_found("upload") from error
        raise
    parts: Iterator[bytes] = found["Body"].iter_chunks(64 * 1024)
    return parts


def read(parts: Iterable[bytes]) -> dict[str, int]:
    """The amounts by transaction: CSV in UTF-8 with a header and at least the columns transaction_id and amount (minor units).

    Raises InvalidBody naming the first line that is wrong, and Problem `body_unreadable` (400); a transaction may stand there
    once."""
    rows = csv.DictReader(_lines(parts), strict=True)
    amounts: dict[str, int] = {}
    try:
        if not set(COLUMNS) <= set(rows.fieldnames or ()):
            raise InvalidBody(Fault("", "columns", f"The first line must name: {', '.join(COLUMNS)}."))
        for row in rows:
            transaction_id, amount = (row[column] or "" for column in COLUMNS)
            fresh = _TRANSACTION_ID.fullmatch(transaction_id) and transaction_id not in amounts
            if not fresh or not (amount.isascii() and amount.isdigit()) or len(amount) > 15 or len(amounts) == ROWS_MAX:
                raise InvalidBody(Fault("", "line", _wrong(rows.line_num)))
            amounts[transaction_id] = int(amount)
    except csv.Error as error:
        raise InvalidBody(Fault("", "line", _wrong(rows.line_num))) from error
    except UnicodeDecodeError as error:
        raise Problem("body_unreadable", "The file is not UTF-8.") from error
    return amounts


def compare(provider_name: str, period: Period, claimed: dict[str, int]) -> dict[str, Any]:
    """`{id, provider, compared_at, since, until, status: clean|differences, matched, ledger_total, file_total,
    differences_found, differences [{transaction_id, kind, ledger, file}]}`: stored, and listed up to LISTED_MAX.

    kind: `not_in_ledger`, `not_in_file`, `amount`. A line of the file is sought in the whole ledger; the ledger's receipts are
    sought in the file if they are of the period. `claimed` is used up."""
    found = _Findings()
    file_total = sum(claimed.values())
    since = clock.stamp(period.since) if period.since else ""
    until = clock.stamp(period.until) if period.until else "~"
    matched = ledger_total = 0
    for transaction_id, at, amount in _receipts(provider_name):
        said = claimed.pop(transaction_id, None)
        if said is None and not since <= at < until:
            continue
        ledger_total += amount
        if said == amount:
            matched += 1
        else:
            found.add(transaction_id, "not_in_file" if said is None else "amount", amount, said)
    for transaction_id in sorted(claimed):
        found.add(transaction_id, "not_in_ledger", None, claimed[transaction_id])
    count("SettlementDifferences", found.count)
    return present(_store(provider_name, period, matched, ledger_total, file_total, found), found.listed)


def listed(provider_name: str | None, limit: int, after: dict[str, Any] | None) -> Page[Settlement]:
    """Comparisons, of one provider or of all, newest first; without their differences."""
    return read_page(
        Settlement,
        "settlements",
        index="by_owner",
        limit=limit,
        after=after,
        where=Settlement.provider == provider_name if provider_name else None,
    )


def show(provider_name: str, settlement_id: str) -> dict[str, Any]:
    """One comparison with its differences. Raises 404."""
    item = Settlement.find(settlement_id, "settlement")
    kept = SettlementDifferences.find(settlement_id, "differences")
    if item is None or kept is None or item.provider != provider_name:
        raise not_found("comparison")
    return present(item, kept.differences)


def last_of_each() -> list[dict[str, Any]]:
    """The last comparison of every provider, without its differences."""
    return [present(item) for item in LastSettlement.query("settlements", consistent_read=True)]


def present(item: SettlementFigures, differences: list[Any] | None = None) -> dict[str, Any]:
    """As `compare` says; without `differences` unless they are given."""
    currency = rules().currency
    shown = {
        "id": item.settlement_id,
        "provider": item.provider,
        "compared_at": clock.parse(item.at),
        "since": clock.parse(item.since) if item.since else None,
        "until": clock.parse(item.until) if item.until else None,
        "status": "differences" if item.differences_found else "clean",
        "matched": int(item.matched),
        "ledger_total": Money(int(item.ledger_total), currency),
        "file_total": Money(int(item.file_total), currency),
        "differences_found": int(item.differences_found),
    }
    return shown if differences is None else {**shown, "differences": differences}


class _Findings:
    def __init__(self) -> None:
        self.count = 0
        self.listed: list[dict[str, Any]] = []

    def add(self, transaction_id: str, kind: str, ledger: int | None, file: int | None) -> None:
        self.count += 1
        if len(self.listed) < LISTED_MAX:
            self.listed.append({"transaction_id": transaction_id, "kind": kind, "ledger": ledger, "file": file})


def _store(
    provider_name: str, period: Period, matched: int, ledger_total: int, file_total: int, found: _Findings
) -> Settlement:
    settlement_id, at = ids.new("stl"), clock.stamp(clock.now())
    figures: dict[str, Any] = {
        "settlement_id": settlement_id,
        "provider": provider_name,
        "at": at,
        "since": clock.stamp(period.since) if period.since else None,
        "until": clock.stamp(period.until) if period.until else None,
        "matched": matched,
        "ledger_total": ledger_total,
        "file_total": file_total,
        "differences_found": found.count,
    }
    item = Settlement(
        pk=settlement_id, sk="settlement", owner="settlements", listed_at=f"{at}#{settlement_id}", **figures
    )
    transact(
        [
            put("settlement", item, None),
            put("differences", SettlementDifferences(settlement_id, "differences", differences=found.listed), None),
            put("last", LastSettlement("settlements", provider_name, **figures), None),
        ]
    )
    return item


def _receipts(provider_name: str) -> Iterator[tuple[str, str, int]]:
    """Transaction, moment and amount of all that was received from this provider."""
    prefix = f"entry#received:{provider_name}:"
    pages = Entry.query(
        provider_account(provider_name), Entry.sk.startswith(prefix), consistent_read=True, page_size=_PAGE
    ).page_iter
    for page in pages:
        for item in page["Items"]:
            if known := line(item):  # what cannot be read is for the proof to name
                yield item["sk"]["S"].removeprefix(prefix), known[0], -known[2]


def _lines(parts: Iterable[bytes]) -> Iterator[str]:
    """Lines with their ends, whatever the parts."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    rest = ""
    for part in parts:
        *whole, rest = (rest + decoder.decode(part)).split("\n")
        yield from (text + "\n" for text in whole)
        if len(rest) > csv.field_size_limit():
            raise csv.Error("no line ends")
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest


def _key(upload_id: str) -> str:
    return f"settlements/{upload_id}"


def _wrong(line: int) -> str:
    return (
        f"Line {line}: a transaction_id not named before (1-128 printable ASCII characters) and an amount in minor units; "
        f"at most {ROWS_MAX} lines."
    )
