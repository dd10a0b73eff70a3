"""Comparison of a provider's settlement file (CSV) with the receipts of the ledger.

A small file is the body of the request. A larger one is uploaded to the bucket with a form for exactly its size, and read from
there line by line. Memory holds one amount per line, of at most ROWS_MAX lines, and 2,000 entries at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, ids
from chalicelib.core.errors import Fault, InvalidBody, Problem, not_found
from chalicelib.core.observability import count
from chalicelib.core.regions.periods import Period
from chalicelib.core.settings import settings
from chalicelib.payments import settlement_formats
from chalicelib.payments.port import Provider
from chalicelib.store import Page, PageKey, put, read_page, transact
from chalicelib.store.presigned_uploads import UploadForm, upload_form
from chalicelib.wallet.http.ledger_responses import (
    Comparison,
    ComparisonSummary,
    comparison_response,
    comparison_summary_response,
)
from chalicelib.wallet.postings import provider as provider_account
from chalicelib.wallet.proof.running_totals import line
from chalicelib.wallet.records import (
    Entry,
    LastSettlement,
    Settlement,
    SettlementDifference,
    SettlementDifferences,
    SettlementUpload,
)

ROWS_MAX = 200_000
UPLOAD_MAX_BYTES = 64 * 1024 * 1024
LISTED_MAX = 1_000
_TRANSACTION_ID = re.compile(r"[\x20-\x7e]{1,128}")
_PAGE = 2_000


def announce(provider_name: str, size: int) -> tuple[str, UploadForm]:
    """Return the id of a file to come, and the form that uploads exactly `size` bytes of it."""
    upload_id = ids.new("stu")
    SettlementUpload(pk=upload_id, sk="upload", provider=provider_name, bytes=size).save()
    return upload_id, upload_form(_key(upload_id), "text/csv", size)


def uploaded(provider_name: str, upload_id: str) -> Iterator[bytes]:
    """Return the file's bytes, in parts. Raises 404 for a file that was not announced for this provider or not uploaded yet."""
    upload = SettlementUpload.find(upload_id, "upload") if ids.is_id("stu", upload_id) else None
    if upload is None or upload.provider != provider_name:
        raise not_found("upload")
    try:
        stored = aws.client("s3").get_object(Bucket=settings().pictures_bucket, Key=_key(upload_id))
    except ClientError as error:
        if error.response["Error"]["Code"] in (
            "NoSuchKey",
            "AccessDenied",
        ):  # S3 answers AccessDenied for a missing object
            raise not_found("upload") from error
        raise
    parts: Iterator[bytes] = stored["Body"].iter_chunks(64 * 1024)
    return parts


def read(parts: Iterable[bytes]) -> dict[str, int]:
    """Return the amounts by transaction of a file in one of the formats of settlement_formats.py.

    Raises InvalidBody with the first line that is wrong or names a transaction again, and Problem `body_unreadable` (400)."""
    amounts: dict[str, int] = {}
    try:
        for row in settlement_formats.rows(parts):
            fresh = _TRANSACTION_ID.fullmatch(row.transaction_id) and row.transaction_id not in amounts
            if not fresh or row.amount is None or len(amounts) == ROWS_MAX:
                raise InvalidBody(Fault("", "line", _wrong(row.line)))
            amounts[row.transaction_id] = row.amount
    except settlement_formats.WrongColumns as wrong:
        raise InvalidBody(Fault("", "columns", f"The first line must name: {', '.join(wrong.needed)}.")) from wrong
    except settlement_formats.WrongLine as wrong_line:
        raise InvalidBody(Fault("", "line", _wrong(wrong_line.line))) from wrong_line
    except UnicodeDecodeError as error:
        raise Problem("body_unreadable", "The file is not UTF-8.") from error
    return amounts


def listed_by(provider: Provider, period: Period) -> dict[str, int]:
    """Return the amounts by transaction of the payments that the provider lists for a period with both ends.

    Raises InvalidBody without both ends, for a provider that lists none, and for more than ROWS_MAX; Problem
    `upstream_unavailable`."""
    if period.since is None or period.until is None:
        raise InvalidBody(Fault("/query/since", "period", "A list of the provider needs since and until, or a month."))
    lines = provider.receipts(period.since, period.until)
    if lines is None:
        raise InvalidBody(Fault("/query/source", "source", f"{provider.name} lists no payments: send its file."))
    amounts = dict(islice(lines, ROWS_MAX + 1))
    if len(amounts) > ROWS_MAX:
        raise InvalidBody(Fault("/query/since", "period", f"More than {ROWS_MAX} payments: ask for a shorter period."))
    return amounts


def compare(provider_name: str, period: Period, claimed: dict[str, int]) -> Comparison:
    """Compare, store and return the comparison, with at most LISTED_MAX differences.

    The kind of a difference is `not_in_ledger`, `not_in_file` or `amount`. Each line of the file is compared with the whole ledger,
    each receipt of the period with the file. Empties `claimed`."""
    findings = _Findings()
    file_total = sum(claimed.values())
    since = clock.stamp(period.since) if period.since else ""
    until = clock.stamp(period.until) if period.until else "~"
    matched = ledger_total = 0
    for transaction_id, at, amount in _receipts(provider_name):
        in_file = claimed.pop(transaction_id, None)
        if in_file is None and not since <= at < until:
            continue
        ledger_total += amount
        if in_file == amount:
            matched += 1
        else:
            findings.add(transaction_id, "not_in_file" if in_file is None else "amount", amount, in_file)
    for transaction_id in sorted(claimed):
        findings.add(transaction_id, "not_in_ledger", None, claimed[transaction_id])
    count("SettlementDifferences", findings.count)
    item = _store(provider_name, period, matched, ledger_total, file_total, findings)
    return comparison_response(item, findings.listed)


def listed(provider_name: str | None, limit: int, after: PageKey | None) -> Page[Settlement]:
    """Return a page of comparisons, of one provider or of all, newest first; without their differences."""
    return read_page(
        Settlement,
        "settlements",
        index="by_owner",
        limit=limit,
        after=after,
        where=Settlement.provider == provider_name if provider_name else None,
    )


def show(provider_name: str, settlement_id: str) -> Comparison:
    """Return one comparison with its differences. Raises 404."""
    item = Settlement.find(settlement_id, "settlement")
    stored = SettlementDifferences.find(settlement_id, "differences")
    if item is None or stored is None or item.provider != provider_name:
        raise not_found("comparison")
    return comparison_response(item, stored.differences)


def last_of_each() -> list[ComparisonSummary]:
    """Return the last comparison of every provider, without its differences."""
    return [comparison_summary_response(item) for item in LastSettlement.query("settlements", consistent_read=True)]


class _Findings:
    def __init__(self) -> None:
        self.count = 0
        self.listed: list[SettlementDifference] = []

    def add(self, transaction_id: str, kind: str, ledger: int | None, file: int | None) -> None:
        self.count += 1
        if len(self.listed) < LISTED_MAX:
            self.listed.append({"transaction_id": transaction_id, "kind": kind, "ledger": ledger, "file": file})


def _store(
    provider_name: str, period: Period, matched: int, ledger_total: int, file_total: int, findings: _Findings
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
        "differences_found": findings.count,
    }
    item = Settlement(
        pk=settlement_id, sk="settlement", owner="settlements", listed_at=f"{at}#{settlement_id}", **figures
    )
    transact(
        [
            put("settlement", item, None),
            put("differences", SettlementDifferences(settlement_id, "differences", differences=findings.listed), None),
            put("last", LastSettlement("settlements", provider_name, **figures), None),
        ]
    )
    return item


def _receipts(provider_name: str) -> Iterator[tuple[str, str, int]]:
    """Yield transaction, moment and amount of each receipt from this provider."""
    prefix = f"entry#received:{provider_name}:"
    pages = Entry.query(
        provider_account(provider_name), Entry.sk.startswith(prefix), consistent_read=True, page_size=_PAGE
    ).page_iter
    for page in pages:
        for item in page["Items"]:
            if entry := line(item):  # the proof reports entries that cannot be read
                yield item["sk"]["S"].removeprefix(prefix), entry[0], -entry[2]


def _key(upload_id: str) -> str:
    return f"settlements/{upload_id}"


def _wrong(line: int) -> str:
    return (
        f"Line {line}: a transaction_id of no earlier line (1-128 printable ASCII characters) and an amount in minor "
        f"units; at most {ROWS_MAX} lines."
    )
