"""Lists that come in pages, fetched as they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Pages(Generic[Item]):
    """Iterates over all items; the next page is asked for when it is reached. `pages()` gives them page by page, and `first()` is
    the first item or None. Iterating again asks again."""

    def __init__(self, fetch: Callable[[str | None], Any], cursor: str | None = None) -> None:
        self._fetch = fetch
        self._cursor = cursor

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[Item]]:
        cursor = self._cursor
        while True:
            answer = self._fetch(cursor)
            yield answer["data"]
            cursor = answer["next_cursor"]
            if cursor is None:
                return

    def first(self) -> Item | None:
        return next(iter(self), None)
