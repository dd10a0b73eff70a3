"""Types of moments, days and durations in requests: one parser for bodies and query parameters.

A moment is RFC 3339 with a time zone (`2026-11-22T10:00:00Z`, `2026-11-22T18:00:00+08:00`). A date without a time, a time without a
zone and bare digits are refused, because they do not name one moment. A duration is ISO 8601 in units of a fixed length.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LOST_PLUS = re.compile(r"(?<=[0-9:.]) (?=\d{2}:\d{2}$)", re.ASCII)
_DURATION = re.compile(
    r"P(?=.)(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?)",
    re.ASCII,
)
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(3000, 1, 1, tzinfo=UTC)


def refusal(code: str, message: str, field: str | None = None) -> PydanticCustomError:
    """Return the error that a validator raises: `code` and `message` are sent to the client unchanged. `field` names the wrong
    member where the validator checks a whole object."""
    return PydanticCustomError(code, "{message}", {"message": message, **({"field": field} if field else {})})


def read_moment(value: Any) -> datetime:
    """Return the moment in UTC. Raise PydanticCustomError `moment` unless it is RFC 3339 with a time zone, from 1970 to 2999."""
    text = value.isoformat() if isinstance(value, datetime) else value
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise refusal("moment", "Use RFC 3339 with a time zone, such as 2026-11-22T10:00:00Z.")
    try:
        moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal("moment", "There is no such date or time.") from None
    if not _EARLIEST <= moment < _LATEST:
        raise refusal("moment", "Use a moment from 1970 to 2999.")
    return moment


def _from_query(value: Any) -> datetime:
    """Return the moment as `read_moment` does. In a query an unencoded `+` arrives as a blank: `…T00:00:00 08:00` is read as
    `…T00:00:00+08:00`."""
    return read_moment(_LOST_PLUS.sub("+", value) if isinstance(value, str) else value)


def _or_day(value: Any) -> datetime:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            raise refusal("moment", "There is no such date.") from None
        return read_moment(f"{value}T00:00:00Z")
    try:
        return read_moment(value)
    except PydanticCustomError as error:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            raise
        message = "Use a day such as 2026-11-22, or RFC 3339 with a time zone, such as 2026-11-22T10:00:00Z."
        raise refusal("moment", message) from error


def read_duration(value: Any) -> timedelta:
    """Return the duration. Raise PydanticCustomError `duration` for anything but whole weeks, or whole days, hours, minutes and
    seconds: a month or a year has no fixed length."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        return timedelta(**{unit: int(number) for unit, number in match.groupdict(default="0").items()})
    if isinstance(value, str) and re.match(r"P[^T]*\d[YM]", value):
        raise refusal("duration", "Use weeks, days, hours, minutes or seconds: months and years have no fixed length.")
    raise refusal("duration", "Use an ISO 8601 duration in whole units, such as PT24H or P7D.")


def _whole_seconds(moment: datetime) -> datetime:
    """Return the moment in whole seconds: responses show whole seconds, so deadlines are stored in whole seconds."""
    return moment.replace(microsecond=0)


Moment = Annotated[datetime, BeforeValidator(read_moment)]
"""A moment in a body, in UTC."""
WholeSecond = Annotated[datetime, BeforeValidator(read_moment), AfterValidator(_whole_seconds)]
"""A moment in a body, in UTC, without its fraction of a second."""
QueryMoment = Annotated[datetime, BeforeValidator(_from_query)]
"""A moment in a query parameter, in UTC."""
DayOrMoment = Annotated[datetime, BeforeValidator(_or_day)]
"""A moment in a body, or a day, which means its start in UTC."""
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
