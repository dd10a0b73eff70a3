"""Log lines of one function or all, in order, of one request, or only what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.logs.models import LogsBackend

from chalicelib.core import clock
from testing.doubles.operator_program import STACK, Cloud, Typed

LINES: dict[str, list[Any]] = {
    "APIHandler": [
        {"level": "INFO", "message": "paid", "request_id": "req-1", "service": "micro-task"},
        {"_aws": {"CloudWatchMetrics": []}, "service": "micro-task", "stage": "test", "Sweep": [1.0]},
        "START RequestId: req-2 Version: $LATEST",
    ],
    "Outbox": [
        {"level": "ERROR", "message": "outbox failed", "item": "ord_1"},
        "2026-11-23T10:00:00Z req-1 Task timed out after 30.00 seconds",
    ],
}


@pytest.fixture
def written(cloud: Cloud) -> None:
    """Two functions have written, in turns, a minute ago; the others never ran."""
    for place, (function, lines) in enumerate(LINES.items()):
        write(function, [(60_000 - 10 * number - place, line) for number, line in enumerate(lines)])


def write(function: str, lines: list[tuple[int, Any]]) -> None:
    """The function's log: for each line how many milliseconds ago it was written, and the line."""
    logs, group = boto3.client("logs"), f"/aws/lambda/{STACK}-{function}"
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    now = int(clock.now().timestamp() * 1000)
    events = [
        {"timestamp": now - before, "message": line if isinstance(line, str) else json.dumps(line)}
        for before, line in lines
    ]
    for start in range(0, len(events), 5_000):
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events[start : start + 5_000])


@pytest.fixture(autouse=True)
def standing() -> Iterator[None]:
    """Time stands while a test writes lines and reads them."""
    with clock.at(datetime.now(UTC)):  # moto takes no lines that are far from the present
        yield


def messages(document: dict[str, Any]) -> list[str]:
    return [line["fields"].get("message") or line["text"] for line in document["lines"]]


def test_lines_of_all_functions_come_newest_first(typed: Typed, written: None) -> None:
    said = typed("logs", "--json")
    assert messages(said.document)[-2:] == ["outbox failed", "paid"]
    assert [line["function"] for line in said.document["lines"]] == [
        "api-handler",
        "outbox",
        "api-handler",
        "outbox",
        "api-handler",
    ]
    assert said.document["cut"] is False
    assert said.document["without"] == ["reconcile", "sweep"]
    text = typed("logs").out
    assert "api-handler      INFO     paid  request_id=req-1" in text
    assert "METRIC   stage=test Sweep=[1.0]" in text
    assert "no log of reconcile, sweep" in text


def test_one_function_one_request_only_failures_only_the_newest(typed: Typed, written: None) -> None:
    assert messages(typed("logs", "outbox", "--json").document)[-1] == "outbox failed"
    of_request = typed("logs", "--request-id", "req-1", "--json").document
    assert [line["function"] for line in of_request["lines"]] == ["outbox", "api-handler"]
    failed = typed("logs", "--errors", "--json").document
    assert [line["function"] for line in failed["lines"]] == ["outbox", "outbox"]
    newest = typed("logs", "api-handler", "--limit", "1", "--json").document
    assert (messages(newest), newest["cut"]) == (["START RequestId: req-2 Version: $LATEST"], True)
    text = typed("logs", "api-handler", "--limit", "1").out
    assert "\n(older lines are left out after the newest 1: --limit)\n" in text
    assert typed("logs", "api-handler", "--limit", "3", "--json").document["cut"] is False
    assert typed("logs", "api-handler", "--since", "30s", "--json").document["lines"] == []
    with pytest.raises(SystemExit):
        typed("logs", "--limit", "0")


@pytest.mark.parametrize("pages", [True, False], ids=["as AWS pages", "as MiniStack stops after a page"])
def test_fresh_errors_are_found_behind_many_old_lines(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, pages: bool
) -> None:
    filtered = LogsBackend.filter_log_events

    def stops(self: LogsBackend, *arguments: Any, **options: Any) -> Any:
        events, _, streams = filtered(self, *arguments, **options)
        return events, None, streams

    if not pages:
        monkeypatch.setattr(LogsBackend, "filter_log_events", stops)
    old = [(1_700_000 - number, {"level": "INFO", "message": "old"}) for number in range(12_000)]
    fresh = [(200_000 - number, {"level": "ERROR", "message": f"error {number}"}) for number in range(82)]
    write("APIHandler", old + fresh)
    failed = typed("logs", "--errors", "--since", "30m", "--json").document
    assert messages(failed) == [f"error {number}" for number in reversed(range(82))]
    assert failed["cut"] is False
    assert len(typed("logs", "--since", "30m", "--limit", "20000", "--json").document["lines"]) == 12_082
    newest = typed("logs", "--errors", "--since", "30m", "--limit", "5", "--json").document
    assert (messages(newest), newest["cut"]) == ([f"error {number}" for number in range(81, 76, -1)], True)


def test_a_function_that_is_not_there_is_said(typed: Typed, written: None) -> None:
    said = typed("logs", "mailer")
    assert (said.status, said.err) == (
        1,
        "ops: there is no function mailer: api-handler, outbox, reconcile, sweep.\n",
    )
