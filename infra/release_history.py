"""The history of releases, in the artifacts bucket beside the packages: one small document per deployment, never overwritten.

Each release names the one that it replaced (`before`), so two rollbacks go back two releases. Failed deployments are not in the
history, because CloudFormation rolls them back.
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
    """A deployment: its template, package and parameters, and the key of the release that it replaced, if any."""

    key: str
    at: str
    by: str
    package: str
    template_url: str
    parameters: dict[str, str]
    before: str | None

    @property
    def summary(self) -> str:
        """One line with the time, the package and the deployer."""
        return f"{self.at}  package {self.package[:12]}  by {self.by.rpartition('/')[2] or self.by}"


@dataclass(frozen=True)
class ReleaseHistory:
    """The releases of one stack."""

    s3: Any
    bucket: str
    stack: str

    def latest(self) -> Release | None:
        """Return the newest release: the one in force, if no other program has deployed."""
        return next(self.newest_first(), None)

    def newest_first(self) -> Iterator[Release]:
        """Return all releases."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._prefix)
        keys: list[str] = []
        with suppress(self.s3.exceptions.NoSuchBucket):  # before the first deployment
            keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        yield from (self.get(key) for key in sorted(keys, reverse=True))

    def get(self, key: str) -> Release:
        """Return the release with that key."""
        document = json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        return Release(key=key, **document)

    def add(
        self, *, by: str, package: str, template_url: str, parameters: dict[str, str], before: str | None
    ) -> Release:
        """Store the release that was just deployed, and return it."""
        at = datetime.now(UTC)
        key = f"{self._prefix}{at:%Y%m%dT%H%M%S%f}.json"
        release = Release(key, f"{at:%Y-%m-%d %H:%M:%S} UTC", by, package, template_url, parameters, before)
        document = {name: value for name, value in asdict(release).items() if name != "key"}
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=json.dumps(document, indent=1).encode())
        return release

    @property
    def _prefix(self) -> str:
        return f"releases/{self.stack}/"
