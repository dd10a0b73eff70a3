"""Import of accounts from a CSV or .xlsx file, graded and priced."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field, TypeAdapter, ValidationError
from pynamodb.exceptions import PynamoDBException

from chalicelib.accounts.bulk_import import BATCH_MAX, Entry, Taken, take
from chalicelib.accounts.http.requests import Category, Handle, Network
from chalicelib.accounts.http.snapshot_requests import SnapshotIn
from chalicelib.api.problems import faults_of
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.money import Money
from chalicelib.core.order_kinds import KINDS
from chalicelib.core.rules import rules
from chalicelib.grading.model.methodology import GRADES
from chalicelib.social.handles import canonical
from cli.progress import ProgressBar
from ops.file_imports import column_guessing, csv_xlsx_reader
from ops.file_imports.cells import read_number, read_time
from ops.file_imports.column_guessing import Guess, guess
from ops.file_imports.column_layout import FORMATS, WEIRENWU, Layout, from_document, from_file
from ops.file_imports.post_import import PostsSummary, read_posts
from ops.target_deployment import Unreachable

WRITERS = 4
OUTCOMES = ("imported", "updated", "unchanged", "skipped")
_PRICE = Field(default=None, strict=True, ge=rules().price_min, le=rules().price_max)


class Row(SnapshotIn):
    """A row of the file, validated like a request of the API."""

    network: Network
    handle: Handle
    category: Category | None = None
    post_price: int | None = _PRICE
    repost_price: int | None = _PRICE


@dataclass(frozen=True)
class SkippedRow:
    """A row that was not imported, with its line in the file."""

    line: int
    reason: str


class UnknownLayout(ValueError):
    """No built-in layout fits the header. `guess` is a proposal."""

    def __init__(self, guess: Guess) -> None:
        super().__init__("The columns of this file are unknown.")
        self.guess = guess


@dataclass
class Summary:
    """The result of an import.

    `grades` and `advised` (mid prices of a repost in minor units) cover the imported rows; `left` are the skipped rows,
    `posts_left` the skipped rows of the posts' file. `lower_bounds` counts cells such as `10万+` by column. `checked` is the number
    of good rows of a dry run, which writes nothing, and None for an import."""

    outcomes: Counter[str] = field(default_factory=Counter)
    lower_bounds: Counter[str] = field(default_factory=Counter)
    checked: int | None = None
    posts_left: list[SkippedRow] = field(default_factory=list)
    grades: Counter[str] = field(default_factory=Counter)
    advised: dict[str, list[int]] = field(default_factory=dict)
    left: list[SkippedRow] = field(default_factory=list)
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
        """Return `{imported, updated, unchanged, skipped, seconds, grades {grade: {accounts, advised}}, left [{line, reason}],
        lower_bounds {column: cells}, posts_left [{line, reason}]}`; a dry run also has `checked`. `advised` is the median advised
        price of a repost in minor units."""
        grades = {
            grade: {
                "accounts": self.grades[grade],
                "advised": median(self.advised[grade]) if grade in self.advised else None,
            }
            for grade in GRADES
            if self.grades[grade]
        }
        counts = {name: self.outcomes[name] for name in OUTCOMES}
        left, posts_left = (
            [{"line": row.line, "reason": row.reason} for row in rows] for rows in (self.left, self.posts_left)
        )
        return {
            **counts,
            "seconds": round(self.seconds, 1),
            "grades": grades,
            "left": left,
            "lower_bounds": dict(self.lower_bounds),
            "posts_left": posts_left,
            **({} if self.checked is None else {"checked": self.checked}),
        }

    def __str__(self) -> str:
        counts = ", ".join(f"{self.outcomes[name]:,} {name}" for name in OUTCOMES)
        lines = [f"{counts} in {self.seconds:.1f} s"]
        if self.checked is not None:
            lines = [
                f"{self.checked:,} rows are good, {self.outcomes['skipped']:,} skipped. Dry run: nothing was written"
            ]
        if self.posts_left:
            lines.append(f"  {len(self.posts_left):,} posts skipped")
        for column, cells in sorted(self.lower_bounds.items()):
            lines.append(f"  {column}: {cells:,} cells such as 10万+ are lower bounds, which were imported as they are")
        graded = sum(self.grades.values())
        for grade in GRADES:
            if self.grades[grade]:
                share = self.grades[grade] / graded
                advised = Money(round(median(self.advised[grade])), rules().currency)
                lines.append(
                    f"  {grade:10} {self.grades[grade]:>8,}  {share:>6.1%}   "
                    f"median advised repost price {advised.grouped:>11} {advised.currency}"
                )
        return "\n".join(lines)


def run_import(
    path: Path,
    network: str,
    layout: Path | str | None,
    as_of: str | None,
    out: TextIO | None = None,
    posts: Path | None = None,
    *,
    encoding: str | None = None,
    guessed: bool = False,
    dry_run: bool = False,
) -> Summary:
    """Import accounts, show the progress, and print each skipped row on `out`.

    `layout` is the file of a layout, the name of a built-in one, or None: then the header selects it, or it is guessed if
    `guessed` is set. `posts` is a file of the accounts' posts. A `dry_run` reads and checks everything and writes nothing. Raise
    UnknownLayout if no layout is given and none fits; ValueError and Unreachable as `import_accounts`."""
    out = out or sys.stdout
    progress = ProgressBar("rows", 1)

    def print_line(line: str) -> None:
        progress.clear()
        print(line, file=out, flush=True)

    def show(done: int, total: int) -> None:
        nonlocal progress
        if progress.total != total:
            progress.clear()
            progress = ProgressBar("rows", total)
        progress.show(done)

    chosen = from_file(layout) if isinstance(layout, Path) else FORMATS[layout] if layout else None
    if chosen is None:
        chosen = _layout_of(path, encoding, print_line if guessed else None)
    chosen = in_market_currency(chosen)
    left: list[SkippedRow] = []
    posts_left: list[SkippedRow] = []

    def skipped(row: SkippedRow) -> None:
        left.append(row)
        print_line(f"line {row.line} skipped: {row.reason}")

    def post_skipped(line: int, reason: str) -> None:
        posts_left.append(SkippedRow(line, reason))
        print_line(f"{posts}, line {line} skipped: {reason}")

    shown = read_posts(posts, post_skipped) if posts else {}
    summary = import_accounts(
        path, network, chosen, as_of, skipped, show, shown, encoding=encoding, dry_run=dry_run, noted=print_line
    )
    progress.clear()
    summary.left, summary.posts_left = left, posts_left
    return summary


def in_market_currency(layout: Layout) -> Layout:
    """Return the layout with prices in the currency of the market. Raise ValueError if the layout is of a list in yuan and the
    market works in another currency."""
    currency = rules().currency
    if layout == WEIRENWU and currency != layout.currency:
        raise ValueError(f"The prices of this list are in {layout.currency}, and this market works in {currency}.")
    return replace(layout, currency=currency)


def _layout_of(path: Path, encoding: str | None, note: Callable[[str], None] | None) -> Layout:
    """Return the built-in layout that fits the file, or the guessed one, which `note` gets in sentences.

    Raise UnknownLayout if `note` is None or the guess is incomplete."""

    def is_header(row: Sequence[str]) -> bool:
        return any(not layout.missing(row) for layout in FORMATS.values()) or column_guessing.is_header(row)

    with csv_xlsx_reader.opened(path, encoding, is_header) as table:
        for layout in FORMATS.values():
            if not layout.missing(table.header):
                return layout
        if not table.header:
            raise ValueError(f"{path} has no rows.")
        rows = (row.cells for row in table.rows if isinstance(row, csv_xlsx_reader.Cells))
        guessed = guess(table.header, list(islice(rows, column_guessing.SAMPLE)), rules().currency)
    if note is None or not guessed.complete:
        raise UnknownLayout(guessed)
    for sentence in guessed.notes:
        note(sentence)
    for name, column in guessed.document["columns"].items():
        note(f"guessed: {name} is the column {column if isinstance(column, str) else column['column']}")
    return from_document(guessed.document)


def import_accounts(
    path: Path,
    network: str,
    layout: Layout,
    as_of: str | None = None,
    skipped: Callable[[SkippedRow], None] = lambda _: None,
    progressed: Callable[[int, int], None] = lambda *_: None,
    shown: Mapping[str, PostsSummary] | None = None,
    *,
    encoding: str | None = None,
    dry_run: bool = False,
    noted: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Read the whole file, then write every good row, the rows of an account in order of time.

    `skipped` is called for each other row, `progressed` with the number of finished rows and of all rows, `noted` with sentences
    about how the file was read. `shown` has the accounts' posts, by handle; the row's own figures override theirs. Raise
    ValueError if the file is not such a table, Unreachable if the deployment does not respond: rows that were written remain, and
    the same import continues from there."""
    try:
        TypeAdapter(Network).validate_python(network)
    except ValidationError as error:
        raise ValueError(
            f"{network!r} is not the name of a network: lower-case letters, digits, hyphens, at most 20."
        ) from error
    summary = Summary()
    begin = time.monotonic()
    good: list[tuple[int, Entry]] = []
    is_header, is_row = (lambda row: not layout.missing(row)), partial(_is_row, layout)
    with csv_xlsx_reader.opened(path, encoding, is_header, is_row) as table:
        for note in table.notes:
            noted(note)
        for line, found in _entries(table, network, layout, as_of, shown, summary.lower_bounds):
            if isinstance(found, Entry):
                good.append((line, found))
            else:
                summary.outcomes["skipped"] += 1
                skipped(SkippedRow(line, found))
    if dry_run:
        summary.checked = len(good)
    else:
        _write(good, summary, skipped, progressed)
    summary.seconds = time.monotonic() - begin
    return summary


def _write(
    good: Sequence[tuple[int, Entry]],
    summary: Summary,
    skipped: Callable[[SkippedRow], None],
    progressed: Callable[[int, int], None],
) -> None:
    waiting: deque[tuple[list[tuple[int, Entry]], Future[list[Taken]]]] = deque()
    done = 0

    def finish() -> None:
        nonlocal done
        lines, future = waiting.popleft()
        for (line, _), taken in zip(lines, _result(future), strict=True):
            summary.add(taken)
            if taken.outcome == "skipped":
                skipped(SkippedRow(line, taken.refusal))
        done += len(lines)
        progressed(done, len(good))

    with ThreadPoolExecutor(WRITERS) as writers:
        for one_each in _rounds(good):
            rows = iter(one_each)
            while chunk := list(islice(rows, BATCH_MAX)):
                waiting.append((chunk, writers.submit(take, [entry for _, entry in chunk])))
                if len(waiting) > 2 * WRITERS:
                    finish()
            while waiting:  # an account's earlier snapshot is written before the next one
                finish()


def _rounds(good: Iterable[tuple[int, Entry]]) -> list[list[tuple[int, Entry]]]:
    """Return the rows in rounds with at most one row of each account: the n-th round has each account's n-th row in order of time.

    Category and own prices have no history: each row gets the latest values of its account, so that the same import again changes
    nothing."""
    of_account: defaultdict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for row in good:
        of_account[row[1].account_ids[0]].append(row)
    rounds: list[list[tuple[int, Entry]]] = []
    for rows in of_account.values():
        rows.sort(key=lambda row: row[1].figures["as_of"])
        category = next((entry.category for _, entry in reversed(rows) if entry.category), None)
        prices = {kind: price for _, entry in rows for kind, price in entry.prices.items()}
        for place, (line, entry) in enumerate(rows):
            if place == len(rounds):
                rounds.append([])
            rounds[place].append((line, replace(entry, category=category, prices=prices)))
    return rounds


def _result(future: Future[list[Taken]]) -> list[Taken]:
    try:
        return future.result()
    except (PynamoDBException, BotoCoreError, ClientError, Problem) as error:
        cause = getattr(error, "cause", None) or error
        raise Unreachable(
            f"the accounts table refused a write: {cause}. Import again; it continues from here."
        ) from error


def entries(
    file: Iterable[str],
    network: str,
    layout: Layout,
    as_of: str | None,
    shown: Mapping[str, PostsSummary] | None = None,
) -> Iterator[tuple[int, Entry | str]]:
    """Return each row of CSV text with its line number, as an Entry or as the reason why it is skipped."""
    is_header, is_row = (lambda row: not layout.missing(row)), partial(_is_row, layout)
    return _entries(csv_xlsx_reader.from_lines(file, is_header=is_header, is_row=is_row), network, layout, as_of, shown)


def _is_row(layout: Layout, header: Sequence[str], cells: Sequence[str]) -> bool:
    """Return True if the cells have a handle and a number of followers in their columns."""
    handle, followers = layout.columns["handle"], layout.columns["followers"]
    if len(cells) != len(header) or handle not in header or followers not in header:
        return False
    row = dict(zip(header, cells, strict=True))
    try:
        read_number(row[followers])
    except ValueError:
        return False
    return bool(row[handle])


def _entries(
    table: csv_xlsx_reader.Table,
    network: str,
    layout: Layout,
    as_of: str | None,
    shown: Mapping[str, PostsSummary] | None = None,
    lower_bounds: Counter[str] | None = None,
) -> Iterator[tuple[int, Entry | str]]:
    header = table.header
    layout.require_columns(header)
    given = as_of or layout.as_of
    try:
        fallback = read_time(given, layout.time_zone) if given else clock.rfc3339(clock.now())
    except ValueError as error:
        raise ValueError(f"as_of: {given!r} is neither a day nor a moment ({error}).") from None
    reader = _Reader(network, layout, fallback, shown or {}, given is not None, table.encoding or "text", lower_bounds)
    seen: dict[tuple[str, str], int] = {}
    for row in table.rows:
        found = (
            row.reason
            if isinstance(row, csv_xlsx_reader.BadRow)
            else reader.read(dict(zip(header, row.cells, strict=True)))
        )
        if isinstance(found, Entry):
            first = seen.setdefault((found.account_ids[0], found.figures["as_of"]), row.line)
            if first != row.line:
                found = f"{found.handle} is already on line {first}"
        yield row.line, found


NO_POSTS = PostsSummary({}, None)


@dataclass(frozen=True)
class _Reader:
    """Makes entries from rows. `as_of` is used for rows without that column. `dated`: it was given and is not just the present
    moment."""

    network: str
    layout: Layout
    as_of: str
    shown: Mapping[str, PostsSummary]
    dated: bool
    encoding: str
    lower_bounds: Counter[str] | None

    def read(self, cells: Mapping[str, str]) -> Entry | str:
        """Return the entry, or the reason why the row is skipped. Undecodable bytes matter only in imported columns."""
        for column in self.layout.columns.values():
            if any(char == csv_xlsx_reader.DAMAGED or "\ud800" <= char <= "\udfff" for char in cells.get(column, "")):
                return f"{column}: has bytes that are not {self.encoding}; name the encoding with --encoding, such as gb18030"
        try:
            values = self.layout.read(cells, self.lower_bounds)
            posts = self.shown.get(values.get("handle", ""), NO_POSTS)
            row = Row.model_validate({"as_of": self.as_of, **posts.figures, **values, "network": self.network})
        except ValidationError as error:
            first = faults_of(error)[0]
            return f"{first.pointer.lstrip('/') or 'row'}: {first.message}"
        except ValueError as error:
            return str(error)
        try:
            canonical(row.network, row.handle)
        except ValueError as error:
            return f"{self.layout.columns['handle']}: {error}"
        own: dict[Any, int] = {kind: values[f"{kind}_price"] for kind in KINDS if f"{kind}_price" in values}
        dated = self.dated or "as_of" in values
        return Entry(row.network, row.handle, row.category, row.figures(), own, dated, posts.category)
