"""Functions of the package `tasks` that the wallet uses. The wallet does not import tasks; app.py connects them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """The task and the order to which an entry belongs; amounts in minor units."""

    task_id: str
    order_id: str | None = None
    price: int | None = None
    commission: int | None = None


SubjectsOf = Callable[[Iterable[str]], dict[str, Subject]]
WorthOfTasks = Callable[[Iterable[str]], dict[str, int]]
_subjects_of: SubjectsOf | None = None
_worth_of_tasks: WorthOfTasks | None = None


def describe_with(subjects_of: SubjectsOf) -> None:
    """Set the function that returns the subjects of references."""
    global _subjects_of
    _subjects_of = subjects_of


def compare_holds_with(worth_of_tasks: WorthOfTasks) -> None:
    """Set the function that returns the worth of the open orders of each task id. It leaves out tasks that change meanwhile."""
    global _worth_of_tasks
    _worth_of_tasks = worth_of_tasks


def subjects(references: Iterable[str]) -> dict[str, Subject]:
    """Return the subject of each reference; none if tasks are not connected."""
    return _subjects_of(references) if _subjects_of else {}


def worth_of_tasks() -> WorthOfTasks | None:
    """Return the function that returns the worth of open orders; None if tasks are not connected."""
    return _worth_of_tasks
