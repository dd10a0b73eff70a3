"""Changes of an item, applied to the item as it was read: a transaction returns no items, and reading again costs a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action as UpdateAction
from pynamodb.expressions.update import RemoveAction, SetAction

from chalicelib.store.tables import Record

R = TypeVar("R", bound=Record)


def changed(item: R, changes: Iterable[UpdateAction]) -> R:
    """Return a copy of the item with the changes that an update of it would write. The item was read completely.

    Raises TypeError for a change whose result depends on more than the item as it was read: only attributes that are set to a
    value, extended by a list or removed are known here."""
    stored = item.serialize(null_check=False)
    for change in changes:
        name = _name(change.values[0])
        if isinstance(change, RemoveAction):
            stored.pop(name, None)
        elif isinstance(change, SetAction):
            stored[name] = _value(change.values[1], stored)
        else:
            raise TypeError(f"{change} cannot be applied here")
    return type(item).from_raw_data(stored)


def _name(path: Any) -> str:
    name = str(path.path[0]) if isinstance(path, Path) and len(path.path) == 1 else "["
    if "[" in name:
        raise TypeError(f"{path} is no whole attribute")
    return name


def _value(operand: Any, stored: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(operand, Value):
        value: dict[str, Any] = operand.value
        return value
    parts: Any = getattr(operand, "values", ())
    if len(parts) == 2 and isinstance(parts[0], Path) and isinstance(parts[1], Value) and "L" in parts[1].value:
        return {"L": [*stored[_name(parts[0])]["L"], *parts[1].value["L"]]}  # list_append
    raise TypeError(f"{operand} cannot be computed here")
