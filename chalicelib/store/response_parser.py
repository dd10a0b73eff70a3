"""Parse DynamoDB's responses as the JSON that they are.

botocore walks each response along the description of the service, attribute value by attribute value: for a list that is more work
than everything else of the request. Its result is the same JSON, apart from binary values, which it decodes."""

from __future__ import annotations

import json
from typing import Any

from botocore.parsers import ResponseParserFactory

_BINARY = (b'"B"', b'"BS"')


class JSONResponseParser:
    """A parser for responses without binary values; errors and all other responses are left to botocore's."""

    def __init__(self, fallback: Any) -> None:
        self._fallback = fallback

    def parse(self, response: dict[str, Any], shape: Any) -> dict[str, Any]:
        """Return the parsed body with `ResponseMetadata`. `response` has `body`, `headers` and `status_code`."""
        body: bytes = response["body"]
        if response["status_code"] != 200 or any(mark in body for mark in _BINARY):
            left: dict[str, Any] = self._fallback.parse(response, shape)
            return left
        parsed: dict[str, Any] = json.loads(body)
        headers = {name.lower(): text for name, text in response["headers"].items()}
        parsed["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": headers}
        if "x-amzn-requestid" in headers:
            parsed["ResponseMetadata"]["RequestId"] = headers["x-amzn-requestid"]
        return parsed


class JSONResponseParserFactory(ResponseParserFactory):
    """botocore's factory, whose parsers are wrapped."""

    def create_parser(self, protocol_name: str) -> Any:
        return JSONResponseParser(super().create_parser(protocol_name))
