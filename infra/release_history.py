"""What was deployed, in the artifacts bucket beside the packages: one small document per deployment, never overwritten.

Each names the one it replaced (`before`), so that going back twice goes back two steps. A deployment that failed is not in it:
CloudFormation has put back what was there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Release:
    """A template with its package, the parameters it was deployed with, and the key of the release it replaced, if any."""

    key: str
    at: str
    by: str
    package: str
    template_url: str
    parameters: dict[str, str]
    before: str | None

    @property
    def said(self) -> str:
        """In a line: when, which package, by whom."""
        return f"{self.at}  package {self.package[:12]}  by {self.by.rpartition('/')[2] or self.by}"


@dataclass(frozen=True)
class Releases:
    """Those of one stack."""

    s3: Any
    bucket: str
    stack: str

    def latest(self) -> Release | None:
        """The one that runs, if every deployment was made by this program."""
        return next(self.newest_first(), None)

    def newest_first(self) -> Iterator[Release]:
        """All of them."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._prefix)
        keys: list[str] = []
        with suppress(self.s3.exceptions.NoSuchBucket):  # nothing was deployed from here yet
            keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        yield from (self.get(key) for key in sorted(keys, reverse=True))

    def get(self, key: str) -> Release:
        """The release of that key."""
        document = json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        return Release(key=key, **document)

    def add(
        self, *, by: str, package: str, template_url: str, parameters: dict[str, str], before: str | None
    ) -> Release:
        """Writes down what was just deployed."""
        at = datetime.now(UTC)
        key = f"{self._prefix}{at:%Y%m%dT%H%M%S%f}.json"
        release = Release(key, f"{at:%Y-%m-%d %H:%M:%S} UTC", by, package, template_url, parameters, before)
        document = {name: value for name, value in asdict(release).items() if name != "key"}
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(document, indent=1).encode())
        return release

    @property
    def _prefix(self) -> str:
        return f"releases/{self.stack}/"
