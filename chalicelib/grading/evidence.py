"""What is known about an account. Pure.

A value that is not known is None: it is said to be missing, lowers the confidence of the grade, and is never read as zero.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Evidence:
    """One snapshot of metrics as of a moment (RFC 3339). Averages are per post over 30 days; shares are 0-1."""

    as_of: str
    followers: int
    active_followers: int | None = None
    reads_avg_30d: float | None = None
    posts_30d: int | None = None
    reposts_avg_30d: float | None = None
    comments_avg_30d: float | None = None
    likes_avg_30d: float | None = None
    originals_share: float | None = None
    following: int | None = None
    registered_at: str | None = None
    verified: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Only what is known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Evidence:
        """The inverse of `as_json`; unknown members are ignored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in document.items() if name in known})

    @property
    def interactions_per_post(self) -> float | None:
        """Reposts, comments and likes per post; None unless at least one of them is known."""
        parts = (self.reposts_avg_30d, self.comments_avg_30d, self.likes_avg_30d)
        known = [part for part in parts if part is not None]
        return sum(known) if known else None
