"""Steps of a market in moto that a process takes once: the next test in the same state gets the tables after the step.

The state is all that a step depends on: the stored items, the time, the environment with the rules, and the arguments. Where a test
could have changed something else, or observes the requests, the step is taken: with another clock than `clock.at`, streams, a
replaced attribute (`MonkeyPatch`), a replaced or observed request, or recorded uses of IAM rights. A step writes only to tables."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pytest
from botocore.client import BaseClient

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.store import tables
from testing.api import Api
from testing.doubles import faster_moto, mocked_aws
from testing.in_force import iam_in_force

if TYPE_CHECKING:
    from testing.markets.stage import Stage

Step = TypeVar("Step", bound=Callable[..., Any])
Items = dict[Any, dict[Any, Any]]
"""The items of a table by hash key and range key."""


@dataclass(frozen=True)
class _Stored:
    """The market after a step."""

    number: int
    items: dict[str, Items]
    result: Any
    keys: int
    accounts: dict[str, str]


_steps: dict[Any, _Stored] = {}
_last: _Stored | None = None
_replacing: set[pytest.MonkeyPatch] = set()
"""Those that have replaced something other than variables of the environment and parts of pytest."""
_request = Api.request


def _note_replacements(method: str) -> None:
    replace = getattr(pytest.MonkeyPatch, method)

    @functools.wraps(replace)
    def noted(self: pytest.MonkeyPatch, target: Any, *arguments: Any, **options: Any) -> None:
        if target is not os.environ and not type(target).__module__.startswith("_pytest."):
            _replacing.add(self)
        replace(self, target, *arguments, **options)

    setattr(pytest.MonkeyPatch, method, noted)


_undo = pytest.MonkeyPatch.undo


def _noted_undo(self: pytest.MonkeyPatch) -> None:
    _replacing.discard(self)
    _undo(self)


for _method in ("setattr", "delattr", "setitem", "delitem"):
    _note_replacements(_method)
pytest.MonkeyPatch.undo = _noted_undo  # type: ignore[method-assign]


def repeated(step: Step) -> Step:
    """Return the step, a method of a stage or a function of one, that is taken once for each state of the market."""

    @functools.wraps(step)
    def take(stage: Stage, *arguments: Any, **options: Any) -> Any:
        global _last
        state = _state(stage)
        if state is None:
            return step(stage, *arguments, **options)
        key = step.__module__, step.__qualname__, state, repr((arguments, options))
        found = _steps.get(key)
        if found is None:
            result = step(stage, *arguments, **options)
            items = {name: _copied(_items(table)) for name, table in (mocked_aws.tables_of_moto() or {}).items()}
            _steps[key] = _last = _Stored(len(_steps) + 1, items, deepcopy(result), stage.keys, dict(stage.accounts))
            return result
        for name, table in (mocked_aws.tables_of_moto() or {}).items():
            table.items.clear()
            table.items.update(_copied(found.items[name]))
        stage.keys = found.keys
        stage.accounts.update(found.accounts)
        _last = found
        return deepcopy(found.result)

    return cast("Step", take)


def _state(stage: Stage) -> Any:
    """Return what a step depends on, other than its arguments; None if that is not known."""
    stored = mocked_aws.tables_of_moto()
    if not stored or clock._fixed.get() is None or iam_in_force.uses is not None or _replacing:
        return None
    if Api.request is not _request or vars(BaseClient)["_make_api_call"] is not iam_in_force._checked_call:
        return None
    if faster_moto.is_changed(tables.connection().client) or any(table.stream_shard for table in stored.values()):
        return None
    items = {name: _items(table) for name, table in stored.items()}
    if not any(items.values()):
        number = 0
    elif _last is not None and items == _last.items:  # an item that was written since then is another object
        number = _last.number
    else:
        return None
    environment = frozenset((name, text) for name, text in os.environ.items() if name != "PYTEST_CURRENT_TEST")
    return number, clock.now(), repr(rules()), environment, stage.keys, tuple(stage.accounts.items())


def _items(table: Any) -> Items:
    """Return the items of a table of moto, without the empty partitions that its reads leave."""
    return {hash_key: found for hash_key, found in table.items.items() if found}


def _copied(items: Items) -> Items:
    return {hash_key: dict(found) for hash_key, found in items.items()}
