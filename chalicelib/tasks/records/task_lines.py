"""The orders of a task before they are offered: one line for each, in the task's own item or in pages beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from chalicelib.store import TasksRecord
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.records.stored_documents import StoredLine
from chalicelib.tasks.records.task_attributes import Document
from chalicelib.tasks.records.task_record import LINES_PER_PAGE, TaskRecord

LINES_INLINE_MAX = 10
"""Up to this number of lines are in the task's own item. More lines are in other items, so that lists of tasks do not read them."""
RESERVES = "reserves"
"""The sort key of the item with the lines of a task's reserve accounts."""


@dataclass(frozen=True)
class Line:
    """One order of a task before it is offered: the account, its creator and names, and the frozen price."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    commission: int
    price_source: Literal["own", "advised", "application"]

    @property
    def price_parts(self) -> PriceParts:
        return PriceParts(self.price, self.price - self.commission, self.commission)

    def as_stored(self) -> StoredLine:
        return {
            "account_id": self.account_id,
            "creator_id": self.creator_id,
            "network": self.network,
            "handle": self.handle,
            "price": self.price,
            "commission": self.commission,
            "price_source": self.price_source,
        }


class LinesRecord(TasksRecord):
    """A page of lines: pk is the task's id, sk begins with `lines#`; only the pages that the task names in `pages` count. The sk
    `reserves` is the page of its reserve accounts."""

    lines = Document[list[StoredLine]]()


def lines_of(tasks: Iterable[TaskRecord]) -> dict[str, tuple[Line, ...]]:
    """Return all lines of these tasks by task id, in the order they were added. Pages cost one more read."""
    tasks = list(tasks)
    keys = [(task.pk, page) for task in tasks for page in task.pages]
    pages = (
        {(page.pk, page.sk): page.lines for page in LinesRecord.batch_get(keys, consistent_read=True)} if keys else {}
    )
    return {
        task.pk: tuple(
            Line(**line)
            for lines in (task.lines, *(pages.get((task.pk, page), []) for page in task.pages))
            for line in lines
        )
        for task in tasks
    }


def packed(lines: Sequence[Line]) -> dict[str, tuple[Line, ...]]:
    """Return the lines by the item that holds them: `""` is the task's own item, the others are its pages in their order. All pages
    but the last are full, so that adding lines changes the last page alone."""
    lines = tuple(lines)
    if len(lines) <= LINES_INLINE_MAX:
        return {"": lines}
    pages = range(0, len(lines), LINES_PER_PAGE)
    return {"": (), **{f"lines#{n:03d}": lines[begin : begin + LINES_PER_PAGE] for n, begin in enumerate(pages)}}


def page_of(task_id: str, name: str, lines: Iterable[Line]) -> LinesRecord:
    """Return the item of a page of lines."""
    return LinesRecord(task_id, name, lines=[line.as_stored() for line in lines])


def waiting_reserves(task: TaskRecord) -> tuple[Line, ...]:
    """Return the lines of the reserve accounts that were not offered yet, in the advertiser's order, read consistently."""
    if task.reserves:
        return tuple(Line(**line) for line in task.reserves)
    taken = task.offered_later
    if int(task.reserved or 0) <= len(taken):
        return ()
    page = LinesRecord.find(task.pk, RESERVES)
    return tuple(Line(**line) for line in (page.lines if page else ()) if line["account_id"] not in taken)


def parties_of(task: TaskRecord) -> frozenset[str]:
    """Return the ids of the parties of the task: its advertiser and the creators of its accounts, reserves included."""
    creators = {line.creator_id for line in lines_of([task])[task.pk]}
    return frozenset({str(task.owner), *creators, *(str(line["creator_id"]) for line in task.reserves)})
