"""The functions' log lines, from CloudWatch Logs or the local cloud's."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import clock
from cli.progress import Failed
from ops.deployment import Deployment

_HIDDEN = {"level", "message", "timestamp", "service", "xray_trace_id", "location"}
_FAILED = ("ERROR", "CRITICAL")
FIRST_SPAN = timedelta(minutes=1)
PAGE = 10_000
"""Most lines in one page of FilterLogEvents."""


@dataclass(frozen=True)
class Line:
    """One line: its moment, the function that wrote it, and what it says; `fields` if it was written as JSON."""

    at: datetime
    function: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        level = self.fields.get("level")
        return (
            level in _FAILED if level else any(word in self.text for word in ("[ERROR]", "Task timed out", "Traceback"))
        )

    def document(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        moment = self.at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        if not self.fields:
            return f"{moment}  {self.function:16} {self.text}"
        if "_aws" in self.fields:
            told = " ".join(f"{name}={value}" for name, value in self.fields.items() if name not in ("_aws", "service"))
            return f"{moment}  {self.function:16} METRIC   {told}"
        rest = " ".join(f"{name}={value}" for name, value in self.fields.items() if name not in _HIDDEN)
        level, message = self.fields.get("level", ""), self.fields.get("message", "")
        return f"{moment}  {self.function:16} {level:8} {message}  {rest}".rstrip()


@dataclass(frozen=True)
class Found:
    """The newest lines, newest first; whether there are older ones that were left out; the functions that have no log."""

    lines: list[Line]
    cut: bool
    without: list[str]


def lines_of(
    deployment: Deployment, function: str | None, since: timedelta, request_id: str | None, errors: bool, limit: int
) -> Found:
    """The newest `limit` lines of one function or all, which name the request if one is given.

    CloudWatch returns the oldest lines first, so it is asked for one span of time after the other, from now backwards and each
    twice as long as the one before, until there are enough. Raises Failed for a function that is not there.
    """
    known = {_kebab(name): deployed for name, deployed in deployment.functions.items()}
    if function is not None and function not in known:
        raise Failed(f"there is no function {function}: {', '.join(sorted(known))}.")
    now = clock.now()
    begin, end, width = _milliseconds(now - since), _milliseconds(now) + 1, _milliseconds_in(FIRST_SPAN)
    names = [function] if function else sorted(known)
    without: list[str] = []
    lines: list[Line] = []
    while begin < end and len(lines) <= limit:
        start = max(begin, end - width)
        found: list[Line] = []
        for name in [name for name in names if name not in without]:
            try:
                found += _lines(deployment, name, known[name], start, end, request_id)
            except _no_group(deployment):
                without.append(name)
        wanted = (line for line in found if line.failed or not errors)
        lines += sorted(wanted, key=lambda line: line.at)[::-1]  # of one moment, too, the line that came last is first
        end, width = start, 2 * width
    return Found(lines[:limit], len(lines) > limit, without)


def _lines(
    deployment: Deployment, name: str, deployed: str, start: int, end: int, request_id: str | None
) -> list[Line]:
    """The lines of a function from `start` to before `end`, in milliseconds since 1970."""
    asked: dict[str, Any] = {"filterPattern": f'"{request_id}"'} if request_id else {}
    pages = deployment.client("logs").get_paginator("filter_log_events")
    lines, last = [], 0
    group = f"/aws/lambda/{deployed}"
    for page in pages.paginate(logGroupName=group, startTime=start, endTime=end - 1, **asked):
        last = len(page["events"])
        for event in page["events"]:
            text = str(event["message"]).rstrip()
            fields: Any = None
            with suppress(ValueError):
                fields = json.loads(text)
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            lines.append(Line(at, name, text, fields if isinstance(fields, dict) else {}))
    if last >= PAGE and end - start > 1:  # MiniStack stops after a full page and names no next one
        middle = (start + end) // 2
        older = _lines(deployment, name, deployed, start, middle, request_id)
        return older + _lines(deployment, name, deployed, middle, end, request_id)
    return lines


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _milliseconds_in(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _no_group(deployment: Deployment) -> type[Exception]:
    gone: type[Exception] = deployment.client("logs").exceptions.ResourceNotFoundException
    return gone


def _kebab(name: str) -> str:
    """`APIHandler` is `api-handler`, `TaskStep` `task-step`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
