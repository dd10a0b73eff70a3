"""Types that the responses of every package are made of.

The types of this and the rooms' `answers` modules are what the routes promise: `make docs` makes OpenAPI's schemas of them, and
every answer of the tests is held against those. Nothing imports them at run time.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Duration = Annotated[str, Field(json_schema_extra={"format": "duration"})]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Link = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Money(TypedDict):
    """An amount in minor units of its currency: 500000 CNY are 5,000.00 yuan."""

    amount: int
    currency: str


class UploadForm(TypedDict):
    """A form for S3: send `fields` and then the file as `file`, as multipart/form-data, to `url`."""

    url: Link
    fields: dict[str, str]
