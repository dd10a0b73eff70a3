"""Sizes of items as DynamoDB counts them, and the limit to the data that users write into an item.

DynamoDB refuses an item above 400 KB. If users could fill an item up to that limit, its next transition would fail. Data of
users is therefore accepted only up to ACCEPTED_MAX_BYTES; RESERVED_BYTES are left for the data that transitions add."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action as UpdateAction
from pynamodb.expressions.update import RemoveAction, SetAction
from pynamodb.models import Model

from chalicelib.core.errors import Fault, InvalidBody

ITEM_MAX_BYTES = 400_000
"""The limit of DynamoDB is 409,600 bytes; the rest is for keys of indexes and for numbers, whose size is an estimate."""

RESERVED_BYTES = 160_000
"""The size of the data that transitions add to an item after the last data of a user: a history, a decision with its reasons, an
appeal, the reason why a workflow is stuck."""

ACCEPTED_MAX_BYTES = ITEM_MAX_BYTES - RESERVED_BYTES


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the size in bytes of an item given as attribute values of DynamoDB `{name: {type: value}}`
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html)."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """Return the size in bytes of one attribute value `{type: value}`, without its name."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return _number_bytes(content)
    if kind == "B":
        return len(content)
    if kind == "L":
        return 3 + sum(1 + value_bytes(one) for one in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + value_bytes(one) for name, one in content.items())
    if kind == "NS":
        return sum(_number_bytes(one) for one in content)
    if kind in ("SS", "BS"):
        return sum(len(one.encode() if isinstance(one, str) else one) for one in content)
    return 1  # BOOL, NULL


def bytes_after(record: Model, changes: Iterable[UpdateAction] = ()) -> int:
    """Return the size in bytes of the item after `changes`; `record` has the attributes of the item as it was read."""
    sizes = {
        name: len(name.encode()) + value_bytes(value) for name, value in record.serialize(null_check=False).items()
    }
    for change in changes:
        path = change.values[0]
        name = str(path.path[0]) if isinstance(path, Path) else ""
        if isinstance(change, RemoveAction):
            sizes.pop(name, None)
        elif isinstance(change, SetAction):
            written = sum(value_bytes(value.value) for value in _values(change.values[1]))
            unchanged = sizes.get(name, 0) if _extends(change.values[1]) else 0
            sizes[name] = unchanged + len(name.encode()) + written
    return sum(sizes.values())


def require_room(record: Model, pointer: str, changes: Sequence[UpdateAction] = ()) -> None:
    """Raise InvalidBody at `pointer` if the item would be larger than ACCEPTED_MAX_BYTES after `changes`."""
    if not changes and _is_small(record):
        return
    size = bytes_after(record, changes)
    if size > ACCEPTED_MAX_BYTES:
        message = (
            f"With this the record has {size:,} bytes; at most {ACCEPTED_MAX_BYTES:,} are accepted. Send less text."
        )
        raise InvalidBody(Fault(pointer, "too_large", message))


def _is_small(record: Model) -> bool:
    """Return True if the item certainly has room, without serialising it as its write will. JSON with escapes is longer than UTF-8,
    and half of the room is left for the rest."""
    return 2 * len(json.dumps(record.attribute_values, default=str)) <= ACCEPTED_MAX_BYTES


def _number_bytes(text: str) -> int:
    digits = sum(character.isdigit() for character in text)
    return 2 + (digits + 1) // 2


def _values(operand: Any) -> Iterable[Value]:
    if isinstance(operand, Value):
        yield operand
    elif not isinstance(operand, Path | dict | str):
        for inner in operand.values:
            yield from _values(inner)


def _extends(operand: Any) -> bool:
    """Return True if the new value includes the old one, as that of `list_append` does."""
    return not isinstance(operand, Value) and any(isinstance(inner, Path) for inner in operand.values)
