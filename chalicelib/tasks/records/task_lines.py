"""The orders of a task before they are offered: one line each, in the task's own item or in pages beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from chalicelib.store import JSONAttribute, TasksRecord
from chalicelib.tasks.model.commission import PriceParts
from chalicelib.tasks.records.task_record import LINES_PER_PAGE, TaskRecord

LINES_INLINE_MAX = 10
"""Up to so many lines are in the task's own item; more are in items of their own, so that lists of tasks need not read them."""
RESERVES = "reserves"
"""The sort key of the item with the lines of a task's reserve accounts."""


@dataclass(frozen=True)
class Line:
    """One order of a task before it is offered: account, its creator and names, and the frozen price."""

    account_id: str
    creator_id: str
    network: str
    handle: str
    price: int
    commission: int
    price_source: str

    @property
    def split(self) -> PriceParts:
        return PriceParts(self.price, self.price - self.commission, self.commission)


class LinesRecord(TasksRecord):
    """Further orders of a task: pk is the task's id, sk begins with `lines#`; only those that the task names in `pages` count. And
    the lines of its reserve accounts, under the sk `reserves`."""

    lines = JSONAttribute()


def lines_of(tasks: Iterable[TaskRecord]) -> dict[str, tuple[Line, ...]]:
    """All lines of these tasks by task id, in the order they were added; one more read for those that have pages."""
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
    """The lines by the item that holds them: `""` is the task's own, the others are pages of it in their order. All but the last
    page are full, so that adding lines changes the last page alone."""
    lines = tuple(lines)
    if len(lines) <= LINES_INLINE_MAX:
        return {"": lines}
    pages = range(0, len(lines), LINES_PER_PAGE)
    return {"": (), **{f"lines#{n:03d}": lines[begin : begin + LINES_PER_PAGE] for n, begin in enumerate(pages)}}


def page_of(task_id: str, name: str, lines: Iterable[Line]) -> LinesRecord:
    """The item of a page of lines."""
    return LinesRecord(task_id, name, lines=[asdict(line) for line in lines])


def waiting_reserves(task: TaskRecord) -> tuple[Line, ...]:
    """The lines of the reserve accounts that were not offered yet, in the order the advertiser gave them; read consistently."""
    if task.reserves:
        return tuple(Line(**line) for line in task.reserves)
    taken = task.offered_later
    if int(task.reserved or 0) <= len(taken):
        return ()
    page = LinesRecord.find(task.pk, RESERVES)
    return tuple(Line(**line) for line in (page.lines if page else ()) if line["account_id"] not in taken)


def parties_of(task: TaskRecord) -> frozenset[str]:
    """Return whom a decision about the task concerns: its advertiser and the creators of its accounts, reserves included."""
    creators = {line.creator_id for line in lines_of([task])[task.pk]}
    return frozenset({str(task.owner), *creators, *(str(line["creator_id"]) for line in task.reserves)})
