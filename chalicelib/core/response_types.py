"""Types from which the response types of every package are built.

A response type is a `TypedDict` of the values that a view returns: `Money`, `datetime`, `timedelta`, which
`chalicelib.core.json_format` writes. mypy checks the values, apispec makes the schemas of OpenAPI from the types, and tests check
every response against those schemas.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from pydantic import Field

__all__ = ["Count", "Day", "Duration", "Link", "Moment", "Money", "Share", "TypedDict", "UploadForm"]

if TYPE_CHECKING:
    from typing_extensions import TypedDict

    from chalicelib.core.money import Money
else:

    class TypedDict:
        """Stand in for `typing.TypedDict` at run time, where defining 150 of them costs 11 of the 250 ms of a cold start.

        A subclass stores its annotations unevaluated; pydantic gets a real TypedDict with the same members for a schema."""

        def __init_subclass__(cls, total: bool = True, **options: Any) -> None:
            super().__init_subclass__(**options)
            cls.__total__ = total

        def __new__(cls, *arguments: Any, **members: Any) -> dict[str, Any]:
            return dict(*arguments, **members)

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
            return handler.generate_schema(_real(cls))

    @cache
    def _real(declared: type) -> Any:
        from typing_extensions import TypedDict as RealTypedDict

        members = get_type_hints(declared, include_extras=True)
        members.pop("__pydantic_config__", None)
        made = RealTypedDict(declared.__name__, members, total=declared.__total__)
        made.__doc__, made.__module__ = declared.__doc__, declared.__module__
        made.__pydantic_config__ = getattr(declared, "__pydantic_config__", {})
        return made

    class Money(TypedDict):
        """An amount in minor units of its currency: 500000 CNY are 5,000.00 yuan."""

        amount: int
        currency: str


Moment = datetime
Duration = timedelta
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Link = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class UploadForm(TypedDict):
    """A form for S3: send `fields` and then the file as `file`, as multipart/form-data, to `url`."""

    url: Link
    fields: dict[str, str]
