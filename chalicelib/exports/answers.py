"""What the route of exports answers."""

from __future__ import annotations

from typing_extensions import TypedDict

from chalicelib.api.answers import Count, Link, Moment


class ExportPart(TypedDict):
    """A file of `lines` lines of JSON behind a link; `next_cursor` asks for the next part, null after the last."""

    id: str
    lines: Count
    url: Link
    expires_at: Moment
    next_cursor: str | None
