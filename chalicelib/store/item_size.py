"""Sizes of items as DynamoDB counts them, and the room that an item has for what its user writes.

DynamoDB refuses an item above 400 KB. An item that users can fill up to that limit cannot change any more: its next transition
would fail. So data of users is accepted only up to ACCEPTED_MAX_BYTES, and RESERVED_BYTES are left for what transitions add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import Action as UpdateAction
from pynamodb.expressions.update import RemoveAction, SetAction
from pynamodb.models import Model

from chalicelib.core.errors import Fault, InvalidBody

ITEM_MAX_BYTES = 400_000
"""DynamoDB's limit is 409,600 bytes; the rest is for keys of indexes and for numbers, whose size is an estimate."""

RESERVED_BYTES = 160_000
"""What transitions add to an item after the last data of a user: a history (chalicelib.tasks.history), a decision with its reasons,
an appeal, why a workflow stopped."""

ACCEPTED_MAX_BYTES = ITEM_MAX_BYTES - RESERVED_BYTES


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """The size in bytes of an item given as DynamoDB's attribute values `{name: {type: value}}`
    (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html)."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(value: Mapping[str, Any]) -> int:
    """The size in bytes of one attribute value `{type: value}`, without its name."""
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
    """The size in bytes of the item once `changes` are written to it; `record` holds the attributes of the item as it was
    read."""
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
            kept = sizes.get(name, 0) if _extends(change.values[1]) else 0
            sizes[name] = kept + len(name.encode()) + written
    return sum(sizes.values())


def require_room(record: Model, pointer: str, changes: Iterable[UpdateAction] = ()) -> None:
    """Raises InvalidBody at `pointer` if the item, with `changes` written, would take room that transitions need later."""
    size = bytes_after(record, changes)
    if size > ACCEPTED_MAX_BYTES:
        message = (
            f"With this the record has {size:,} bytes; at most {ACCEPTED_MAX_BYTES:,} are accepted. Send less text."
        )
        raise InvalidBody(Fault(pointer, "too_large", message))


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
    """Whether the new value holds the old one too, as that of `list_append` does."""
    return not isinstance(operand, Value) and any(isinstance(inner, Path) for inner in operand.values)
