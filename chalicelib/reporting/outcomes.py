"""Outcomes: sales or other conversions that the advertiser counted by link and uploads as a file."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from chalicelib.click_links import link_codes
from chalicelib.core import clock
from chalicelib.core.errors import Fault, InvalidBody, Problem
from chalicelib.store import JSONAttribute, TasksRecord, put, transact

ROWS_MAX = 10_000
MOST = 10**12
FAULTS_MAX = 20
"""The number of wrong lines that a refusal names."""


@dataclass(frozen=True)
class Outcomes:
    """Counts and values (minor units; None if the file has no values) by order, and the time of the upload."""

    counts: dict[str, int]
    values: dict[str, int]
    uploaded_at: str | None = None


class OutcomesRecord(TasksRecord):
    """pk is the task's id, sk is `outcomes`: the last upload of the advertiser."""

    counts = JSONAttribute()
    values = JSONAttribute()
    uploaded_at = UnicodeAttribute()


def read(body: bytes, order_ids: Collection[str]) -> Outcomes:
    """Read CSV in UTF-8 with a header: `code` (of a link, or the link), `outcomes` (a whole number), and optionally `value`
    (minor units). Several lines of one order are added up.

    Raise InvalidBody with the wrong lines, up to FAULTS_MAX; Problem `body_unreadable`."""
    try:
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), strict=True)
        if not {"code", "outcomes"} <= set(rows.fieldnames or ()):
            raise InvalidBody(Fault("", "columns", "The first line must name: code, outcomes; value is optional."))
        return _added(rows, order_ids)
    except csv.Error as error:
        raise InvalidBody(Fault("", "line", "A quoted field does not end.")) from error
    except UnicodeDecodeError as error:
        raise Problem("body_unreadable", "The file is not UTF-8.") from error


def save(task_id: str, outcomes: Outcomes) -> Outcomes:
    """Store the outcomes in place of the task's earlier ones."""
    at = clock.stamp(clock.now())
    made = OutcomesRecord(task_id, "outcomes", counts=outcomes.counts, values=outcomes.values, uploaded_at=at)
    transact([put("outcomes", made, None)])
    return Outcomes(outcomes.counts, outcomes.values, at)


def find(task_id: str) -> Outcomes | None:
    """Return the last upload for the task, or None."""
    found = OutcomesRecord.find(task_id, "outcomes")
    return None if found is None else Outcomes(found.counts, found.values, found.uploaded_at)


def _added(rows: Any, order_ids: Collection[str]) -> Outcomes:
    counts: Counter[str] = Counter()
    values: Counter[str] = Counter()
    faults: list[Fault] = []
    for row in rows:
        place = rows.line_num
        link = link_codes.read(str(row["code"] or "").strip().rpartition("/")[2])
        number, value = _whole(row["outcomes"]), _whole(row.get("value") or "0")
        if place > ROWS_MAX + 1:
            faults.append(Fault("", "line", f"The file has more than {ROWS_MAX:,} lines."))
        elif link is None or link[0] not in order_ids:
            faults.append(Fault("", "line", f"Line {place}: the code is not of a link of this task."))
        elif number is None or value is None:
            faults.append(Fault("", "line", f"Line {place}: outcomes and value are whole numbers, not below 0."))
        else:
            counts[link[0]] += number
            if row.get("value"):
                values[link[0]] += value
        if len(faults) == FAULTS_MAX or place > ROWS_MAX + 1:
            break
    if faults:
        raise InvalidBody(*faults)
    return Outcomes(dict(counts), dict(values))


def _whole(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 and int(text) <= MOST else None
