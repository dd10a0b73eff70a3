"""`microtask logs` prints lines of all functions or one, of a request, or only failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto.logs.models import LogsBackend

from chalicelib.core import clock
from ops import log_lines
from testing.doubles.operator_program import STACK, Cloud, RunCommand

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
    """Two functions wrote alternately a minute ago; the others have no log."""
    for place, (function, lines) in enumerate(LINES.items()):
        write(function, [(60_000 - 10 * number - place, line) for number, line in enumerate(lines)])


def write(function: str, lines: list[tuple[int, Any]]) -> None:
    """Write the log of a function: for each line its age in milliseconds, and the line."""
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
def fixed_time() -> Iterator[None]:
    """Time does not pass while a test writes lines and reads them."""
    with clock.at(datetime.now(UTC)):  # moto refuses lines that are far from the present
        yield


def messages(document: dict[str, Any]) -> list[str]:
    return [line["fields"].get("message") or line["text"] for line in document["lines"]]


def test_lines_are_printed_newest_first(microtask: RunCommand, written: None) -> None:
    output = microtask("logs", "--json")
    assert messages(output.document)[-2:] == ["outbox failed", "paid"]
    assert [line["function"] for line in output.document["lines"]] == [
        "api-handler",
        "outbox",
        "api-handler",
        "outbox",
        "api-handler",
    ]
    assert output.document["cut"] is False
    assert output.document["without"] == ["reconcile", "sweep"]
    text = microtask("logs").out
    assert "api-handler      INFO     paid  request_id=req-1" in text
    assert "METRIC   stage=test Sweep=[1.0]" in text
    assert "no log of reconcile, sweep" in text


def test_lines_are_filtered_by_function_request_failure_and_limit(microtask: RunCommand, written: None) -> None:
    assert messages(microtask("logs", "outbox", "--json").document)[-1] == "outbox failed"
    of_request = microtask("logs", "--request-id", "req-1", "--json").document
    assert [line["function"] for line in of_request["lines"]] == ["outbox", "api-handler"]
    failed = microtask("logs", "--errors", "--json").document
    assert [line["function"] for line in failed["lines"]] == ["outbox", "outbox"]
    newest = microtask("logs", "api-handler", "--limit", "1", "--json").document
    assert (messages(newest), newest["cut"]) == (["START RequestId: req-2 Version: $LATEST"], True)
    text = microtask("logs", "api-handler", "--limit", "1").out
    assert "\n(older lines are left out after the newest 1: --limit)\n" in text
    assert microtask("logs", "api-handler", "--limit", "3", "--json").document["cut"] is False
    assert microtask("logs", "api-handler", "--since", "30s", "--json").document["lines"] == []
    assert microtask("logs", "--limit", "0").status == 2


@pytest.mark.parametrize("pages", [True, False], ids=["as AWS pages", "as MiniStack stops after a page"])
def test_new_errors_are_found_after_many_old_lines(
    microtask: RunCommand, monkeypatch: pytest.MonkeyPatch, pages: bool
) -> None:
    """A page of moto, as of AWS, has 10,000 lines; here it has 1,000."""
    filtered = LogsBackend.filter_log_events

    def page(self: LogsBackend, group: str, names: list[str], start: int, end: int, limit: Any, *more: Any) -> Any:
        events, token, streams = filtered(self, group, names, start, end, log_lines.PAGE, *more)
        return events, token if pages else None, streams

    monkeypatch.setattr(log_lines, "PAGE", 1_000)
    monkeypatch.setattr(LogsBackend, "filter_log_events", page)
    old = [(1_700_000 - number, {"level": "INFO", "message": "old"}) for number in range(1_200)]
    fresh = [(200_000 - number, {"level": "ERROR", "message": f"error {number}"}) for number in range(82)]
    write("APIHandler", old + fresh)
    failed = microtask("logs", "--errors", "--since", "30m", "--json").document
    assert messages(failed) == [f"error {number}" for number in reversed(range(82))]
    assert failed["cut"] is False
    assert len(microtask("logs", "--since", "30m", "--limit", "20000", "--json").document["lines"]) == 1_282
    newest = microtask("logs", "--errors", "--since", "30m", "--limit", "5", "--json").document
    assert (messages(newest), newest["cut"]) == ([f"error {number}" for number in range(81, 76, -1)], True)


def test_an_unknown_function_is_refused(microtask: RunCommand, written: None) -> None:
    output = microtask("logs", "mailer")
    assert (output.status, output.err) == (
        1,
        "microtask: there is no function mailer: api-handler, outbox, reconcile, sweep.\n",
    )
