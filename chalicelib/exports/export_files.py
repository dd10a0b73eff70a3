"""Writing an export, part by part: each call a file of its own in the bucket, for a day."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.core import aws, clock, json_format
from chalicelib.core.settings import settings
from chalicelib.exports.sources import SOURCES

LINES_MAX = 5_000
BYTES_MAX = 8_000_000
SECONDS = 10.0
"""A part ends after so many lines, bytes or seconds, whichever comes first: well inside the time and memory of one request."""
LINK = timedelta(hours=1)


@dataclass(frozen=True)
class Part:
    """A file of `lines` lines of JSON, where it can be fetched until when, and where the next part begins (None: it is the
    last)."""

    lines: int
    url: str
    expires_at: datetime
    after: dict[str, Any] | None


def write(export_id: str, side: str, owner: str, after: dict[str, Any] | None) -> Part:
    """The part that begins `after` the one before: every line an object whose `type` says what it is. Written again under the
    same id it replaces itself."""
    begin = time.monotonic()
    sources = SOURCES[side]
    place, key = (after["place"], after["key"]) if after else (0, None)
    lines: list[bytes] = []
    size = 0
    while place < len(sources):
        page = sources[place][1](owner, key)
        for line in page.items:
            lines.append(json_format.dumps(line).encode())
            size += len(lines[-1])
        key = page.after
        place += key is None
        if len(lines) >= LINES_MAX or size >= BYTES_MAX or time.monotonic() - begin >= SECONDS:
            break
    name = f"exports/{owner}/{export_id}.jsonl"
    store = aws.client("s3")
    body = b"".join(line + b"\n" for line in lines)
    store.put_object(Bucket=settings().pictures_bucket, Key=name, Body=body, ContentType="application/x-ndjson")
    asked = {"Bucket": settings().pictures_bucket, "Key": name}
    url = store.generate_presigned_url("get_object", Params=asked, ExpiresIn=int(LINK.total_seconds()))
    going_on = {"place": place, "key": key} if place < len(sources) else None
    return Part(len(lines), url, clock.now() + LINK, going_on)
