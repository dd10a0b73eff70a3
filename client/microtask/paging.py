"""Lists in pages, which are fetched while the list is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


class Pages(Generic[Item]):
    """Iterate over all items; each page is fetched when the iteration reaches it. `pages()` yields lists, and `first()` returns the
    first item or None. A second iteration fetches the pages again."""

    def __init__(self, fetch: Callable[[str | None], Any], cursor: str | None = None) -> None:
        self._fetch = fetch
        self._cursor = cursor

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[Item]]:
        cursor = self._cursor
        while True:
            page = self._fetch(cursor)
            yield page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def first(self) -> Item | None:
        return next(iter(self), None)
