"""The functions' log lines, from CloudWatch Logs or the local cloud's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import clock
from infra.progress import Failed
from ops.deployed import Deployment

_HIDDEN = {"level", "message", "timestamp", "service", "xray_trace_id", "location"}
_FAILED = ("ERROR", "CRITICAL")


@dataclass(frozen=True)
class Line:
    """One line: its moment, the function that wrote it, and what it says; `fields` if it was written as JSON."""

    at: datetime
    function: str
    text: str
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        told = self.fields.get("level")
        return (
            told in _FAILED if told else any(word in self.text for word in ("[ERROR]", "Task timed out", "Traceback"))
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
    """The lines, oldest first, and the functions that have no log."""

    lines: list[Line]
    without: list[str]


def lines_of(
    deployment: Deployment, function: str | None, since: timedelta, request_id: str | None, errors: bool
) -> Found:
    """The lines of one function or all, which name the request if one is given. Raises Failed for a function that is not there."""
    known = {_kebab(name): deployed for name, deployed in deployment.functions.items()}
    if function is not None and function not in known:
        raise Failed(f"there is no function {function}: {', '.join(sorted(known))}.")
    begin = clock.now() - since
    lines: list[Line] = []
    without: list[str] = []
    for name in [function] if function else sorted(known):
        try:
            lines += _lines(deployment, name, known[name], begin, request_id)
        except _no_group(deployment):
            without.append(name)
    wanted = [line for line in lines if line.failed or not errors]
    return Found(sorted(wanted, key=lambda line: line.at), without)


def _lines(deployment: Deployment, name: str, deployed: str, begin: datetime, request_id: str | None) -> Iterator[Line]:
    asked: dict[str, Any] = {"filterPattern": f'"{request_id}"'} if request_id else {}
    pages = deployment.client("logs").get_paginator("filter_log_events")
    group = f"/aws/lambda/{deployed}"
    for page in pages.paginate(logGroupName=group, startTime=int(begin.timestamp() * 1000), **asked):
        for event in page["events"]:
            text = str(event["message"]).rstrip()
            fields: Any = None
            with suppress(ValueError):
                fields = json.loads(text)
            at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
            yield Line(at, name, text, fields if isinstance(fields, dict) else {})


def _no_group(deployment: Deployment) -> type[Exception]:
    gone: type[Exception] = deployment.client("logs").exceptions.ResourceNotFoundException
    return gone


def _kebab(name: str) -> str:
    """`APIHandler` is `api-handler`, `TaskStep` `task-step`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
