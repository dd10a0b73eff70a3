"""HTTP route of exports."""

from __future__ import annotations

from typing import Literal

from chalice.app import Blueprint
from pydantic import Field

from chalicelib.api import ApiRequest, ApiResponse, pagination, route
from chalicelib.api.period_parameters import OfPeriod
from chalicelib.core import ids
from chalicelib.core.errors import Problem
from chalicelib.exports import export_files
from chalicelib.exports.http import response_types

blueprint = Blueprint(__name__)


class ExportQuery(OfPeriod):
    """`as` selects the side for a caller who is advertiser and creator; `cursor` is the `next_cursor` of the previous part, of the
    same period."""

    side: Literal["advertiser", "creator"] | None = Field(default=None, alias="as")
    cursor: str | None = Field(default=None, max_length=4_096)


@route(
    blueprint,
    "POST",
    "/v1/exports",
    roles=("advertiser", "creator"),
    query=ExportQuery,
    response=response_types.ExportPart,
    errors=("cursor_invalid",),
    status=201,
    client="exports.make",
)
def export(request: ApiRequest[None, ExportQuery]) -> ApiResponse[response_types.ExportPart]:
    """Export the caller's data, or that of a period, as lines of JSON in a file behind a link that expires; `next_cursor` gets the
    next part."""
    caller = request.caller
    side = request.query.side or ("advertiser" if caller.has("advertiser") else "creator")
    if not caller.has(side):
        raise Problem("forbidden", f"This needs the role: {side}.")
    owner = caller.advertiser_id if side == "advertiser" else caller.creator_id
    period = request.query.period
    scope = f"export {owner} {period.since} {period.until}"
    after = pagination.unseal(request.query.cursor, scope) if request.query.cursor else None
    export_id = ids.new("exp")
    if request.attempt:  # the next part, requested with the same key, is another file
        export_id = ids.derive("exp", request.attempt.id("exp"), scope, request.query.cursor or "")
    part = export_files.write(export_id, side, owner, after, period)
    return ApiResponse(
        {
            "id": export_id,
            "lines": part.lines,
            "url": part.url,
            "expires_at": part.expires_at,
            "next_cursor": pagination.seal(part.after, scope) if part.after else None,
        },
    )
