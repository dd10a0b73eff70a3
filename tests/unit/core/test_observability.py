"""Log lines: correlation ids, and exceptions without their messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core import observability
from chalicelib.core.errors import Problem

FORMATTER = observability.WithoutMessages()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    observability.begin(None)
    yield
    observability.begin(None)


def stack(error: BaseException) -> str:
    try:
        raise error
    except type(error) as raised:
        return FORMATTER.formatException((type(raised), raised, raised.__traceback__))


def test_messages_of_foreign_exceptions_are_not_logged() -> None:
    text = stack(ValueError("13800000000"))
    assert "ValueError" in text
    assert "13800000000" not in text


def test_codes_of_aws_and_of_problems_are_logged_without_their_details() -> None:
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "acc_secret"}}, "GetItem")
    for error, code in ((refused, "AccessDenied"), (Problem("not_found", "acc_secret"), "not_found")):
        text = stack(error)
        assert code in text
        assert "acc_secret" not in text


@pytest.mark.parametrize("named", [True, False])
def test_causes_are_logged_too(named: bool) -> None:
    try:
        try:
            raise KeyError("inner")
        except KeyError as inner:
            if named:
                raise ValueError("outer") from inner
            raise ValueError("outer")  # noqa: B904 - an error while another one is handled
    except ValueError as outer:
        text = FORMATTER.formatException((ValueError, outer, outer.__traceback__))
    assert text.index("KeyError") < text.index("ValueError")


def test_the_cause_is_that_of_the_event_until_another_is_correlated() -> None:
    observability.begin("req-1", function="step")
    assert observability.cause() == "req-1"
    observability.correlate(None)
    assert observability.cause() == "req-1"
    observability.correlate("req-2")
    assert observability.cause() == "req-2"
    observability.begin(None, function="other")
    assert observability.cause() is None


def test_log_lines_have_the_keys_of_their_event() -> None:
    observability.begin("req-1", function="step")
    line = json.loads(FORMATTER.serialize({"message": "x"}))
    assert (line["correlation_id"], line["function"]) == ("req-1", "step")


@pytest.mark.parametrize(
    ("event", "cause"),
    [({"time": "2026", "id": "evt-1"}, "evt-1"), ({"id": "ord_1"}, None), (SimpleNamespace(event_id="evt-2"), "evt-2")],
)
def test_a_scheduled_event_has_its_own_cause(event: Any, cause: str | None) -> None:
    seen: list[str | None] = []

    def handler(given: Any) -> None:
        seen.append(observability.cause())

    observability.observed(handler)(event)
    assert seen == [cause]


def test_a_metric_has_a_line_for_the_stage_and_one_for_its_dimensions(capsys: pytest.CaptureFixture[str]) -> None:
    observability.count("Refused", 2, unit="Count", route="/v1/tasks")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["Refused"] for line in lines] == [[2.0], [2.0]]
    assert ["route" in line for line in lines] == [False, True]
