"""Log lines of the functions, from CloudWatch Logs or from the local cloud."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.core import clock
from cli.failures import Failed
from ops.target_deployment import Deployment

_HIDDEN = {"level", "message", "timestamp", "service", "xray_trace_id", "location"}
_FAILED = ("ERROR", "CRITICAL")
FIRST_SPAN = timedelta(minutes=1)
PAGE = 10_000
"""The most lines in one page of FilterLogEvents."""


@dataclass(frozen=True)
class LogLine:
    """One line: its moment, the function that wrote it, its text, and its `fields` if it is JSON."""

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
            figures = " ".join(
                f"{name}={value}" for name, value in self.fields.items() if name not in ("_aws", "service")
            )
            return f"{moment}  {self.function:16} METRIC   {figures}"
        rest = " ".join(f"{name}={value}" for name, value in self.fields.items() if name not in _HIDDEN)
        level, message = self.fields.get("level", ""), self.fields.get("message", "")
        return f"{moment}  {self.function:16} {level:8} {message}  {rest}".rstrip()


@dataclass(frozen=True)
class FoundLines:
    """The newest lines, newest first. `cut`: older lines are left out. `without`: the functions that have no log."""

    lines: list[LogLine]
    cut: bool
    without: list[str]


def find_lines(
    deployment: Deployment, function: str | None, since: timedelta, request_id: str | None, errors: bool, limit: int
) -> FoundLines:
    """Return the newest `limit` lines of one function or of all, only those of the request if one is given.

    CloudWatch returns the oldest lines first. So this reads one span of time after the other, from now backwards, each twice as
    long as the one before, until there are enough lines. Raise Failed for an unknown function.
    """
    known = {_kebab(name): deployed for name, deployed in deployment.functions.items()}
    if function is not None and function not in known:
        raise Failed(f"there is no function {function}: {', '.join(sorted(known))}.")
    now = clock.now()
    begin, end, width = _milliseconds(now - since), _milliseconds(now) + 1, _milliseconds_in(FIRST_SPAN)
    names = [function] if function else sorted(known)
    without: list[str] = []
    lines: list[LogLine] = []
    while begin < end and len(lines) <= limit:
        start = max(begin, end - width)
        found: list[LogLine] = []
        for name in [name for name in names if name not in without]:
            try:
                found += _lines(deployment, name, known[name], start, end, request_id)
            except _no_group(deployment):
                without.append(name)
        wanted = (line for line in found if line.failed or not errors)
        lines += sorted(wanted, key=lambda line: line.at)[
            ::-1
        ]  # of lines with the same moment, the last one comes first
        end, width = start, 2 * width
    return FoundLines(lines[:limit], len(lines) > limit, without)


def _lines(
    deployment: Deployment, name: str, deployed: str, start: int, end: int, request_id: str | None
) -> list[LogLine]:
    """Return the lines of a function from `start` to before `end`, in milliseconds since 1970."""
    pattern: dict[str, Any] = {"filterPattern": f'"{request_id}"'} if request_id else {}
    pages = deployment.client("logs").get_paginator("filter_log_events")
    lines, last = [], 0
    group = f"/aws/lambda/{deployed}"
    for page in pages.paginate(logGroupName=group, startTime=start, endTime=end - 1, **pattern):
        last = len(page["events"])
        for event in page["events"]:
            text = str(event["message"]).rstrip()
            fields: Any = None
            with suppress(ValueError):
                fields = json.loads(text)
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            lines.append(LogLine(at, name, text, fields if isinstance(fields, dict) else {}))
    if last >= PAGE and end - start > 1:  # MiniStack stops after a full page and returns no token of the next one
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
    """Return `api-handler` for `APIHandler`, `task-step` for `TaskStep`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
