"""Attribute types of the items of tasks and orders."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.constants import STRING

from chalicelib.core import clock
from chalicelib.store import JSONAttribute

D = TypeVar("D")


class Moment(Attribute[datetime]):
    """A moment, stored as text that sorts by time, with milliseconds."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return clock.stamp(value)

    def deserialize(self, value: str) -> datetime:
        return clock.parse(value)


class Document(JSONAttribute, Generic[D]):
    """A JSON attribute whose value has the type `D` (chalicelib.tasks.records.stored_documents)."""

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Self: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> D: ...

        def __get__(self, instance: object, owner: Any) -> Any: ...

        def __set__(self, instance: object, value: D | None) -> None: ...


if TYPE_CHECKING:

    class Choice(UnicodeAttribute, Generic[D]):
        """A text attribute whose value is one of the literals of the type `D`."""

        @overload  # type: ignore[override]
        def __get__(self, instance: None, owner: Any) -> Self: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> D: ...

        def __get__(self, instance: object, owner: Any) -> Any: ...

else:

    class Choice:
        def __class_getitem__(cls, _: Any) -> type[UnicodeAttribute]:
            return UnicodeAttribute
