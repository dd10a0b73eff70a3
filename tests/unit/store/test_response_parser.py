"""Responses are parsed as botocore parses them."""

from __future__ import annotations

import json
from typing import Any, cast

import botocore.session
import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from chalicelib.store.response_parser import JSONResponseParserFactory

VALUES = {
    "S": '秋茶 "B" \\',
    "N": "1.50",
    "BOOL": True,
    "NULL": True,
    "L": [{"S": "B"}, {"M": {}}],
    "M": {"B": {"N": "1"}, "more": {"SS": ["a", "b"]}},
    "NS": ["1", "2"],
}
BODIES: dict[str, dict[str, Any]] = {
    "GetItem": {"Item": {name: {name: value} for name, value in VALUES.items()}},
    "Query": {"Items": [{"pk": {"S": "a"}}], "Count": 1, "ScannedCount": 2, "LastEvaluatedKey": {"pk": {"S": "a"}}},
    "BatchGetItem": {"Responses": {"tasks": [{"pk": {"S": "a"}}]}, "UnprocessedKeys": {}},
    "TransactWriteItems": {},
    "UpdateItem": {"Attributes": {"count": {"N": "3"}}, "ConsumedCapacity": {"TableName": "t", "CapacityUnits": 1.0}},
    "PutItem": {"Attributes": {"packed": {"B": "AAEC"}, "many": {"BS": ["AAEC"]}}},
}
HEADERS = HeadersDict({"x-amzn-RequestId": "R1", "Content-Type": "application/x-amz-json-1.0"})


def both(operation: str, body: Any, status: int = 200) -> tuple[Any, Any]:
    """Return the result of our parser and that of botocore's."""
    model = botocore.session.get_session().get_service_model("dynamodb").operation_model(operation)
    response = {"body": json.dumps(body, ensure_ascii=False).encode(), "headers": HEADERS, "status_code": status}
    ours, theirs = JSONResponseParserFactory().create_parser("json"), cast("Any", create_parser("json"))
    return ours.parse(dict(response), model.output_shape), theirs.parse(dict(response), model.output_shape)


@pytest.mark.parametrize("operation", BODIES)
def test_a_response_is_parsed_like_by_botocore(operation: str) -> None:
    ours, theirs = both(operation, BODIES[operation])
    assert ours == theirs


def test_an_error_is_parsed_by_botocore() -> None:
    body = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no"}
    ours, theirs = both("PutItem", body, 400)
    assert ours == theirs
    assert ours["Error"]["Code"] == "ConditionalCheckFailedException"


def test_the_connection_uses_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.store import tables

    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    client: Any = tables.connection.__wrapped__().client
    assert isinstance(client._endpoint._response_parser_factory, JSONResponseParserFactory)
