"""Posts from a CSV file, as evidence about the accounts that wrote them."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.grading.posts import Post, evidence_of, is_tool

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
"""What a post has, and the columns it is looked for in; only the first is needed."""


def read_posts(path: Path) -> dict[str, dict[str, Any]]:
    """The evidence that the posts in the file show, by handle. Raises ValueError for a file without handles and for a cell that
    cannot be read, with its line."""
    posts: dict[str, list[Post]] = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        names = {
            name: column for name, among in COLUMNS.items() for column in among if column in (reader.fieldnames or ())
        }
        if "handle" not in names:
            raise ValueError(f"{path} has no column handle or account.")
        for row in reader:
            cells = {name: (row[column] or "").strip() for name, column in names.items()}
            try:
                posts[cells["handle"]].append(_post(cells))
            except ValueError as error:
                raise ValueError(f"{path}, line {reader.line_num}: {error}") from error
    return {handle: evidence_of(written) for handle, written in posts.items()}


def _post(cells: Mapping[str, str]) -> Post:
    links, program = _count(cells, "links"), cells.get("program")
    return Post(
        at=datetime.fromisoformat(cells["time"]) if cells.get("time") else None,
        text=cells.get("text") or None,
        reposts=_count(cells, "reposts"),
        comments=_count(cells, "comments"),
        likes=_count(cells, "likes"),
        reads=_count(cells, "reads"),
        is_repost={"0": False, "1": True, "false": False, "true": True}.get(cells.get("is_repost", "").lower()),
        has_link=None if links is None else links > 0,
        by_tool=None if program is None else is_tool(program),
    )


def _count(cells: Mapping[str, str], name: str) -> int | None:
    cell = cells.get(name)
    return int(float(cell)) if cell else None
