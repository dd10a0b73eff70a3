"""`python -m ops import`: accounts from a CSV file into the market, graded and priced on the way."""

from __future__ import annotations

import csv
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field, TypeAdapter, ValidationError
from pynamodb.exceptions import PynamoDBException

from chalicelib import clock
from chalicelib.accounts.intake import BATCH_MAX, Entry, Taken, take
from chalicelib.accounts.prices import KINDS
from chalicelib.accounts.schemas import Category, Handle, Network, SnapshotIn
from chalicelib.api.problems import faults_of
from chalicelib.errors import Problem
from chalicelib.grading.methodology import GRADES
from chalicelib.settings import rules
from chalicelib.social.handles import canonical
from infra.progress import Progress
from ops.deployed import Unreachable
from ops.layout import FORMATS, Layout, from_file, recognised
from ops.posts import read_posts

WRITERS = 4
OUTCOMES = ("imported", "updated", "unchanged", "skipped")
_PRICE = Field(default=None, strict=True, ge=rules().price_min, le=rules().price_max)


class Row(SnapshotIn):
    """A row of the file, checked as the API would check it."""

    network: Network
    handle: Handle
    category: Category | None = None
    post_price: int | None = _PRICE
    repost_price: int | None = _PRICE


@dataclass(frozen=True)
class Skipped:
    """A row that was not taken, with its line in the file."""

    line: int
    reason: str


@dataclass
class Summary:
    """What an import did. `grades` and `advised` (repost mid prices, fen) are of all rows that were not skipped; `left` are those
    that were."""

    outcomes: Counter[str] = field(default_factory=Counter)
    grades: Counter[str] = field(default_factory=Counter)
    advised: dict[str, list[int]] = field(default_factory=dict)
    left: list[Skipped] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, taken: Taken) -> None:
        self.outcomes[taken.outcome] += 1
        account = taken.account
        if account is not None and account.grade is not None:
            self.grades[account.grade] += 1
            advice = account.advice("repost")
            if advice is not None:
                self.advised.setdefault(account.grade, []).append(int(advice["mid"]))

    def document(self) -> dict[str, Any]:
        """`{imported, updated, unchanged, skipped, seconds, grades {grade: {accounts, advised}}, left [{line, reason}]}`, `advised`
        the median advised repost price in fen."""
        grades = {
            grade: {
                "accounts": self.grades[grade],
                "advised": median(self.advised[grade]) if grade in self.advised else None,
            }
            for grade in GRADES
            if self.grades[grade]
        }
        counts = {name: self.outcomes[name] for name in OUTCOMES}
        left = [{"line": row.line, "reason": row.reason} for row in self.left]
        return {**counts, "seconds": round(self.seconds, 1), "grades": grades, "left": left}

    def __str__(self) -> str:
        counts = ", ".join(f"{self.outcomes[name]:,} {name}" for name in OUTCOMES)
        lines = [f"{counts} in {self.seconds:.1f} s"]
        graded = sum(self.grades.values())
        for grade in GRADES:
            if self.grades[grade]:
                share = self.grades[grade] / graded
                advised = median(self.advised[grade]) / 100
                lines.append(
                    f"  {grade:10} {self.grades[grade]:>8,}  {share:>6.1%}   median advised repost price {advised:>11,.2f} CNY"
                )
        return "\n".join(lines)


def run(
    path: Path,
    network: str,
    layout: Path | str | None,
    as_of: str | None,
    out: TextIO | None = None,
    posts: Path | None = None,
) -> Summary:
    """Imports and tells on `out` what was skipped, as it comes. `layout` is a file of one, the name of a built-in one, or None:
    seen from the header. `posts` is a file of the accounts' posts."""
    out = out or sys.stdout
    chosen = from_file(layout) if isinstance(layout, Path) else FORMATS[layout] if layout else recognised(_header(path))
    progress = Progress("imported", _lines(path) - 1)

    left: list[Skipped] = []

    def skipped(row: Skipped) -> None:
        left.append(row)
        progress.clear()
        print(f"line {row.line} skipped: {row.reason}", file=out, flush=True)

    shown = read_posts(posts) if posts else {}
    summary = import_accounts(path, network, chosen, as_of, skipped, progress.show, shown)
    progress.clear()
    summary.left = left
    return summary


def import_accounts(
    path: Path,
    network: str,
    layout: Layout,
    as_of: str | None = None,
    skipped: Callable[[Skipped], None] = lambda _: None,
    progressed: Callable[[int], None] = lambda _: None,
    shown: Mapping[str, Mapping[str, Any]] | None = None,
) -> Summary:
    """Takes in every good row of the file; `skipped` is told about each other one, `progressed` how many rows are done.
    `shown` is what the accounts' posts show, by handle; what the row itself says comes first.

    Raises ValueError for a file that is not such a CSV, Unreachable if the deployment does not answer; what was taken in
    until then stays, and doing it again goes on from there."""
    try:
        TypeAdapter(Network).validate_python(network)
    except ValidationError as error:
        raise ValueError(
            f"{network!r} is no name of a network: lower-case letters, digits, hyphens, at most 20."
        ) from error
    summary = Summary()
    begin = time.monotonic()
    waiting: deque[tuple[list[tuple[int, Entry]], Future[list[Taken]]]] = deque()
    done = 0

    def finish() -> int:
        lines, future = waiting.popleft()
        for (line, _), taken in zip(lines, _answer(future), strict=True):
            summary.add(taken)
            if taken.outcome == "skipped":
                skipped(Skipped(line, taken.refusal))
        return len(lines)

    with (
        ThreadPoolExecutor(WRITERS) as writers,
        path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as f,
    ):
        rows = entries(f, network, layout, as_of or layout.as_of, shown)
        while chunk := list(islice(rows, BATCH_MAX)):
            good = [(line, found) for line, found in chunk if isinstance(found, Entry)]
            for line, found in chunk:
                if isinstance(found, str):
                    summary.outcomes["skipped"] += 1
                    skipped(Skipped(line, found))
            done += len(chunk) - len(good)
            if good:
                waiting.append((good, writers.submit(take, [entry for _, entry in good])))
            if len(waiting) > 2 * WRITERS:
                done += finish()
            progressed(done)
        while waiting:
            done += finish()
            progressed(done)
    summary.seconds = time.monotonic() - begin
    return summary


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return [column.strip() for column in next(csv.reader(_readable(file)), [])]


def _answer(future: Future[list[Taken]]) -> list[Taken]:
    try:
        return future.result()
    except (PynamoDBException, BotoCoreError, ClientError, Problem) as error:
        cause = getattr(error, "cause", None) or error
        raise Unreachable(
            f"the accounts table does not take it: {cause}. Import again; it goes on from here."
        ) from error


def entries(
    file: TextIO,
    network: str,
    layout: Layout,
    as_of: str | None,
    shown: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[tuple[int, Entry | str]]:
    """Each row of the file with its line number, as an Entry or as the reason why it is none."""
    lines = _readable(file)
    reader = csv.reader(lines)
    header = [column.strip() for column in next(reader, [])]
    missing = layout.missing(header)
    if missing:
        raise ValueError(f"the file has no column {', '.join(missing)}; it has: {', '.join(header) or 'nothing'}.")
    fallback = as_of or clock.rfc3339(clock.now())
    seen: dict[str, int] = {}
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, str(error)
            continue
        if not cells:
            continue
        found = _entry(cells, header, network, layout, fallback, shown or {}, dated=as_of is not None)
        if isinstance(found, Entry):
            first = seen.setdefault(found.account_ids[0], line)
            if first != line:
                found = f"{found.handle} was on line {first} already"
        yield line, found


def _readable(file: TextIO) -> Iterator[str]:
    for text in file:
        yield text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _entry(
    cells: list[str],
    header: list[str],
    network: str,
    layout: Layout,
    as_of: str,
    shown: Mapping[str, Mapping[str, Any]],
    *,
    dated: bool,
) -> Entry | str:
    if len(cells) != len(header):
        return f"{len(cells)} cells where the header has {len(header)}"
    if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
        return "not UTF-8"
    if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
        return "characters that cannot be read"
    try:
        values = layout.read(dict(zip(header, cells, strict=True)))
        dated = dated or "as_of" in values
        row = Row.model_validate(
            {"as_of": as_of, **shown.get(values.get("handle", ""), {}), **values, "network": network}
        )
        canonical(network, row.handle)
    except ValidationError as error:
        first = faults_of(error)[0]
        return f"{first.pointer.lstrip('/') or 'row'}: {first.message}"
    except ValueError as error:
        return str(error)
    own: dict[Any, int] = {kind: values[f"{kind}_price"] for kind in KINDS if f"{kind}_price" in values}
    return Entry(row.network, row.handle, row.category, row.figures(), own, dated)


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
