"""Posts from a CSV or .xlsx file, read as evidence about their accounts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

from chalicelib.accounts.http.requests import COUNT_MAX
from chalicelib.accounts.search.categories import proposed_category
from chalicelib.grading.model.post_evidence import Post, PostFigures, evidence_of, is_tool
from ops.file_imports import cells, csv_xlsx_reader

R = TypeVar("R")

COLUMNS = {
    "handle": ("handle", "account"),
    "time": ("time",),
    "text": ("text", "text_key"),
    "reposts": ("reposts", "shares"),
    "comments": ("comments",),
    "likes": ("likes",),
    "reads": ("reads", "views"),
    "is_repost": ("is_repost", "is_forward"),
    "links": ("links", "n_url"),
    "program": ("program", "client"),
}
"""Fields of a post, each with its possible columns, the preferred one first. Only a handle is required."""
COUNTS = ("reposts", "comments", "likes", "reads", "links")


class PostsSummary(NamedTuple):
    """The figures that the posts of an account show, and the category that they propose."""

    figures: PostFigures
    category: str | None


def read_posts(path: Path, skipped: Callable[[int, str], None] = lambda *_: None) -> dict[str, PostsSummary]:
    """Return the summaries of the posts in the file, by handle. `skipped` gets line and reason of each row that cannot be read.

    Raise ValueError if the file has no column of handles."""
    posts: dict[str, list[Post]] = defaultdict(list)
    with csv_xlsx_reader.opened(path, is_header=_is_header, is_row=_is_row) as table:
        names = {
            name: column for name, among in COLUMNS.items() for column in reversed(among) if column in table.header
        }
        if "handle" not in names:
            raise ValueError(f"{path} has no column handle or account.")
        first: datetime | None = None
        for row in table.rows:
            if isinstance(row, csv_xlsx_reader.BadRow):
                skipped(row.line, row.reason)
                continue
            found = dict(zip(table.header, row.cells, strict=True))
            try:
                post = _post({name: found[column] for name, column in names.items()}, names)
                if post.at is not None:
                    first = first or post.at
                    post = replace(post, at=_comparable(post.at, first, names["time"]))
            except ValueError as error:
                skipped(row.line, str(error))
            else:
                posts[found[names["handle"]]].append(post)
    return {
        handle: PostsSummary(evidence_of(written), proposed_category([post.text or "" for post in written]))
        for handle, written in posts.items()
    }


def _is_header(row: Sequence[str]) -> bool:
    return any(column in row for column in COLUMNS["handle"])


def _is_row(header: Sequence[str], row: Sequence[str]) -> bool:
    """Return True if each count of a line is a number, and at least one is known."""
    if len(row) != len(header):
        return False
    counts = {column for name in COUNTS for column in COLUMNS[name]}
    found = [cell for column, cell in zip(header, row, strict=True) if column in counts and cell]
    try:
        return bool([cells.read_number(cell) for cell in found])
    except ValueError:
        return False


def _comparable(at: datetime, first: datetime, column: str) -> datetime:
    """Return `at` in the time zone of the file's first time. Raise ValueError if only one of the two has a time zone."""
    if (at.tzinfo is None) != (first.tzinfo is None):
        kinds = ("has no time zone", "has a time zone") if at.tzinfo is None else ("has a time zone", "has none")
        raise ValueError(f"{column}: {at.isoformat()} {kinds[0]}, the first time of the file {kinds[1]}")
    return at if first.tzinfo is None else at.astimezone(first.tzinfo)


def _post(row: Mapping[str, str], columns: Mapping[str, str]) -> Post:
    def read(name: str, reader: Callable[[str], R]) -> R | None:
        cell = row.get(name, "")
        if not cell or cell.lower() in cells.UNKNOWN:
            return None
        try:
            if csv_xlsx_reader.DAMAGED in cell and name != "text":
                raise ValueError("it has bytes that are not text")
            return reader(cell)
        except ValueError as error:
            detail = f" ({error})" if str(error) else ""
            raise ValueError(f"{columns[name]}: {cell[:40]!r} cannot be read{detail}") from error

    if not row["handle"]:
        raise ValueError(f"{columns['handle']}: is empty")
    read("handle", cells.read_handle)
    links = read("links", _count)
    return Post(
        at=read("time", _time),
        text=row.get("text") or None,
        reposts=read("reposts", _count),
        comments=read("comments", _count),
        likes=read("likes", _count),
        reads=read("reads", _count),
        is_repost=read("is_repost", cells.read_truth),
        has_link=None if links is None else links > 0,
        by_tool=is_tool(row["program"]) if row.get("program") else None,
    )


def _count(cell: str) -> int:
    count = cells.whole(cells.read_number(cell))
    if count > COUNT_MAX:
        raise ValueError(f"more than {COUNT_MAX:,}")
    return count


def _time(cell: str) -> datetime:
    """Return a moment in its own time zone, or without one. Raise ValueError outside the years 1970 to 2999."""
    if cell.isdigit() and len(cell) != len("20261120"):
        raise ValueError("of digits alone only days such as 20261120 are read")
    at = datetime.fromisoformat(cell)
    if not 1970 <= at.year < 3000:
        raise ValueError("it is outside of the years from 1970 to 2999")
    return at
