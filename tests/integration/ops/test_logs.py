"""Log lines of one function or all, in order, of one request, or only what failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from tests.integration.ops.conftest import STACK, Cloud, Typed

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
    """Two functions have written, in turns; the others never ran."""
    logs = boto3.client("logs")
    now = int(datetime.now(UTC).timestamp() * 1000) - 60_000
    for place, (function, lines) in enumerate(LINES.items()):
        group = f"/aws/lambda/{STACK}-{function}"
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        events = [
            {"timestamp": now + 10 * number + place, "message": line if isinstance(line, str) else json.dumps(line)}
            for number, line in enumerate(lines)
        ]
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


def messages(document: dict[str, Any]) -> list[str]:
    return [line["fields"].get("message") or line["text"] for line in document["lines"]]


def test_lines_of_all_functions_come_in_order_of_time(typed: Typed, written: None) -> None:
    said = typed("logs", "--json")
    assert messages(said.document)[:2] == ["paid", "outbox failed"]
    assert [line["function"] for line in said.document["lines"]] == [
        "api-handler",
        "outbox",
        "api-handler",
        "outbox",
        "api-handler",
    ]
    assert said.document["without"] == ["reconcile", "sweep"]
    text = typed("logs").out
    assert "api-handler      INFO     paid  request_id=req-1" in text
    assert "METRIC   stage=test Sweep=[1.0]" in text
    assert "no log of reconcile, sweep" in text


def test_one_function_one_request_only_failures_only_the_latest(typed: Typed, written: None) -> None:
    assert messages(typed("logs", "outbox", "--json").document)[0] == "outbox failed"
    of_request = typed("logs", "--request-id", "req-1", "--json").document
    assert [line["function"] for line in of_request["lines"]] == ["api-handler", "outbox"]
    failed = typed("logs", "--errors", "--json").document
    assert [line["function"] for line in failed["lines"]] == ["outbox", "outbox"]
    latest = typed("logs", "api-handler", "--limit", "1", "--json").document
    assert (len(latest["lines"]), latest["found"]) == (1, 3)
    assert typed("logs", "api-handler", "--limit", "1").out.startswith("(2 lines before these")
    assert typed("logs", "api-handler", "--since", "30s", "--json").document["lines"] == []


def test_a_function_that_is_not_there_is_said(typed: Typed, written: None) -> None:
    said = typed("logs", "mailer")
    assert (said.status, said.err) == (
        1,
        "ops: there is no function mailer: api-handler, outbox, reconcile, sweep.\n",
    )
