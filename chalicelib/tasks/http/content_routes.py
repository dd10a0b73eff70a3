"""HTTP routes of the content of posts: previews and uploads of pictures."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.api import ApiRequest, ApiResponse, route
from chalicelib.tasks.content import picture_uploads
from chalicelib.tasks.http import content_responses
from chalicelib.tasks.http.requests import (
    PictureBody,
    PreviewBody,
)
from chalicelib.tasks.submission import preview

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "POST",
    "/v1/previews",
    roles=("advertiser", "creator"),
    request=PreviewBody,
    response=content_responses.PostPreview,
    client="tasks.preview",
)
def preview_post(request: ApiRequest[PreviewBody]) -> content_responses.PostPreview:
    """Return a post as it will be published, with the findings of the lint at their spans; nothing is stored."""
    sent = request.body
    return content_responses.preview_response(preview.preview(sent.title, sent.content.content()))


@route(
    blueprint,
    "POST",
    "/v1/pictures",
    roles=("advertiser", "creator"),
    request=PictureBody,
    response=content_responses.PictureUpload,
    quota="pictures",
    status=201,
    client="pictures.announce",
)
def announce_picture(request: ApiRequest[PictureBody]) -> ApiResponse[content_responses.PictureUpload]:
    """Announce a picture for a task or a message, and get the form that uploads it."""
    sent = request.body
    caller = request.caller
    owner = caller.creator_id if caller.roles == {"creator"} else caller.advertiser_id
    picture_id, upload, replayed = picture_uploads.announce(owner, sent.content_type, sent.bytes, request.attempt)
    return ApiResponse({"id": picture_id, "upload": upload}, replayed=replayed)
