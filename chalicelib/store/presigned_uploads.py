"""Uploads straight to the bucket, with a form that S3 accepts for one key, one type and one size only."""

from __future__ import annotations

from typing import TypedDict

from chalicelib.core import aws
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings


class UploadForm(TypedDict):
    """The address of the form and its fields, to be sent before the file."""

    url: str
    fields: dict[str, str]


def upload_form(key: str, content_type: str, size: int) -> UploadForm:
    """Return a form that uploads exactly `size` bytes of `content_type` to `key`."""
    form = aws.client("s3").generate_presigned_post(
        settings().pictures_bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
        ExpiresIn=int(rules().picture_upload.total_seconds()),
    )
    return {"url": form["url"], "fields": form["fields"]}
