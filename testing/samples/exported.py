"""Read an export as a client does, part by part."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import boto3

from chalicelib.core import clock
from chalicelib.core.settings import settings
from testing.api import Api


def exported(who: Api, path: str = "/v1/exports") -> tuple[list[dict[str, Any]], int]:
    """Return all lines, and the number of parts."""
    lines: list[dict[str, Any]] = []
    number, cursor = 0, None
    while number == 0 or cursor:
        answer = who.post(path + (f"{'&' if '?' in path else '?'}cursor={cursor}" if cursor else ""))
        assert answer.status_code == 201, answer.json_body
        name = answer.json_body["url"].partition("?")[0].partition("/exports/")[2]
        found = boto3.client("s3").get_object(Bucket=settings().pictures_bucket, Key=f"exports/{name}")
        text = found["Body"].read().decode()
        part = [json.loads(line) for line in text.splitlines()]
        assert len(part) == answer.json_body["lines"]
        assert answer.json_body["expires_at"] == clock.rfc3339(clock.now() + timedelta(hours=1))
        lines += part
        number, cursor = number + 1, answer.json_body["next_cursor"]
    return lines, number
