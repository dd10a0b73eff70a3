"""Pictures of tasks: uploaded straight to the bucket with a form that S3 holds to type and size (rule 6)."""

from __future__ import annotations

from typing import Any

from chalicelib import cloud, ids
from chalicelib.errors import Problem
from chalicelib.idempotency import Attempt
from chalicelib.settings import deployment, rules
from chalicelib.tasks.records import PictureRecord


def announce(advertiser_id: str, content_type: str, size: int, attempt: Attempt | None) -> tuple[str, dict[str, Any]]:
    """The id of the new picture, and `{url, fields}` of the form that uploads exactly `size` bytes of `content_type`.

    With an Idempotency-Key the same request names the same picture again; the form is always fresh."""
    picture_id = attempt.id("pic") if attempt else ids.new("pic")
    earlier = PictureRecord.find(picture_id, "picture")
    if earlier is None:
        PictureRecord(
            picture_id,
            "picture",
            advertiser_id=advertiser_id,
            content_type=content_type,
            bytes=size,
            fingerprint=attempt.fingerprint if attempt else None,
        ).save()
    elif attempt and earlier.fingerprint != attempt.fingerprint:
        raise Problem("idempotency_key_reused", "This Idempotency-Key belongs to a request with another body.")
    form = cloud.client("s3").generate_presigned_post(
        deployment().pictures_bucket,
        f"pictures/{picture_id}",
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
        ExpiresIn=int(rules().picture_upload.total_seconds()),
    )
    return picture_id, {"url": form["url"], "fields": form["fields"]}
