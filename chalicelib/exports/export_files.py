"""Write an export in parts: each part is a file in the bucket, which is deleted after a day."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core import aws, clock, json_format
from chalicelib.core.regions.periods import ALWAYS, Period
from chalicelib.core.settings import settings
from chalicelib.exports.json_lines import SOURCES, is_in
from chalicelib.store import PageKey

LINES_MAX = 5_000
BYTES_MAX = 8_000_000
SECONDS = 10.0
"""The maximum lines, bytes and seconds of a part, well below the limits of one request."""
LINK = timedelta(hours=1)


@dataclass(frozen=True)
class Part:
    """A file of `lines` lines of JSON behind a link that expires; the next part begins `after` this key (None: there is none)."""

    lines: int
    url: str
    expires_at: datetime
    after: PageKey | None


def write(export_id: str, side: str, owner: str, after: PageKey | None, period: Period = ALWAYS) -> Part:
    """Write and return the part that begins `after` the previous one, with the lines of the period. Every line is an object with a
    `type`. Writing again with the same id replaces the file."""
    begin = time.monotonic()
    sources = SOURCES[side]
    place, key = (after["place"], after["key"]) if after else (0, None)
    lines: list[bytes] = []
    size = 0
    while place < len(sources):
        page = sources[place][1](owner, key)
        for line in (one for one in page.items if is_in(one, period)):
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
    target = {"Bucket": settings().pictures_bucket, "Key": name}
    url = store.generate_presigned_url("get_object", Params=target, ExpiresIn=int(LINK.total_seconds()))
    following = {"place": place, "key": key} if place < len(sources) else None
    return Part(len(lines), url, clock.now() + LINK, following)
