"""The responses about the content of posts: previews and pictures."""

from __future__ import annotations

from chalicelib.core.response_types import Count, Link, Moment, TypedDict, UploadForm
from chalicelib.core.rules import rules
from chalicelib.tasks.content.ad_mark import without_added_mark
from chalicelib.tasks.content.picture_uploads import PictureLink
from chalicelib.tasks.http.response_parts import (
    Finding,
)
from chalicelib.tasks.submission.preview import Preview


class PreviewFault(TypedDict):
    """An error for which a submission would be refused: a JSON pointer into the body of a task, a code, and a message."""

    pointer: str
    code: str
    message: str


class PostPreview(TypedDict):
    """A post as it will be published. `text` has the ad mark; each of `urls` is replaced by a click link that begins with
    `link_base` (null: the URLs stay). `characters` counts `text`. `blocked`: a finding forbids the submission; `errors`: what else
    is wrong with the content."""

    text: str
    urls: list[str]
    link_base: str | None
    characters: Count
    characters_max: Count
    findings: list[Finding]
    findings_more: Count
    blocked: bool
    errors: list[PreviewFault]


class PictureUpload(TypedDict):
    """A picture that waits for its upload."""

    id: str
    upload: UploadForm


class Picture(TypedDict):
    """A picture as it was submitted, without metadata; size in pixels; `url` works until `expires_at`."""

    id: str
    content_type: str
    bytes: Count
    width: Count | None
    height: Count | None
    url: Link
    expires_at: Moment


def picture_response(link: PictureLink) -> Picture:
    """Return a picture of a task with its link."""
    picture = link.picture
    return {
        "id": picture["id"],
        "content_type": picture["content_type"],
        "bytes": picture["bytes"],
        "width": picture.get("width"),
        "height": picture.get("height"),
        "url": link.url,
        "expires_at": link.expires_at,
    }


def preview_response(found: Preview) -> PostPreview:
    """Return the preview of a post."""
    return {
        "text": found.text,
        "urls": list(found.urls),
        "link_base": found.link_base,
        "characters": len(without_added_mark(found.text)),
        "characters_max": rules().text_max_chars,
        "findings": found.findings,
        "findings_more": found.findings_more,
        "blocked": found.blocked,
        "errors": [{"pointer": one.pointer, "code": one.code, "message": one.message} for one in found.faults],
    }
