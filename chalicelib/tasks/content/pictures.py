"""Pictures of tasks: uploaded straight to the bucket with a form that S3 holds to type and size (rule 6), then examined and fixed.

A form can be used again until it expires. So a task shows a copy that was made when it was submitted: a picture of its type,
without metadata (chalicelib.tasks.content.picture_files), under a name made from its content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, ids
from chalicelib.core.errors import Fault
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.store import Page, read_page
from chalicelib.store.create_once import create_once
from chalicelib.store.uploads import UploadForm, upload_form
from chalicelib.tasks.content.picture_files import Examined, examine
from chalicelib.tasks.records.picture_record import PictureRecord
from chalicelib.tasks.records.stored_documents import SubmittedPicture
from chalicelib.tasks.records.task_record import TaskRecord


def announce(advertiser_id: str, content_type: str, size: int, attempt: Attempt | None) -> tuple[str, UploadForm, bool]:
    """The id of the new picture, `{url, fields}` of the form that uploads exactly `size` bytes of `content_type`, and whether the
    picture was announced before.

    With an Idempotency-Key the same request names the same picture again; the form is always fresh."""
    picture_id = id_for(attempt, "pic")

    def create() -> PictureRecord:
        record = PictureRecord(
            picture_id,
            "picture",
            advertiser_id=advertiser_id,
            owner=_listed(advertiser_id),
            listed_at=f"{clock.stamp(clock.now())}#{picture_id}",
            content_type=content_type,
            bytes=size,
            fingerprint=attempt.fingerprint if attempt else None,
        )
        record.save()
        return record

    _, repeated = create_once(attempt, lambda: PictureRecord.find(picture_id, "picture"), create)
    return picture_id, upload_form(_key(picture_id), content_type, size), repeated


def of_advertiser(advertiser_id: str, limit: int, after: dict[str, Any] | None) -> Page[PictureRecord]:
    """The advertiser's pictures, announced last at the head; those from before they were listed are found through their tasks."""
    return read_page(PictureRecord, _listed(advertiser_id), index="by_owner", limit=limit, after=after)


def announced(picture: PictureRecord) -> dict[str, Any]:
    """A picture as its advertiser announced it."""
    at = str(picture.listed_at).partition("#")[0]
    return {
        "id": picture.pk,
        "content_type": picture.content_type,
        "bytes": int(picture.bytes),
        "announced_at": clock.parse(at),
    }


def _listed(advertiser_id: str) -> str:
    return f"pictures#{advertiser_id}"


def uploaded(picture_ids: Sequence[str], advertiser_id: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The pictures as a task stores them: `{id, content_type, bytes, key, width, height}`; and a Fault for each that is not the
    advertiser's (`picture_unknown`), that was not uploaded yet (`picture_missing`), or whose file breaks rule 6
    (`picture_unreadable`, `picture_too_large`, `picture_too_long`)."""
    faults, found = [], []
    for place, picture_id in enumerate(picture_ids[: rules().pictures_max]):
        pointer = f"/content/picture_ids/{place}"
        picture = PictureRecord.find(picture_id, "picture") if ids.is_id("pic", picture_id) else None
        if picture is None or picture.advertiser_id != advertiser_id:
            faults.append(Fault(pointer, "picture_unknown", "There is no such picture of yours."))
            continue
        version = _version(picture_id)
        if version is None:
            faults.append(
                Fault(pointer, "picture_missing", "Upload the picture first, with the form that came with it.")
            )
            continue
        fixed = _fixed(picture, version)
        if isinstance(fixed, Fault):
            faults.append(replace(fixed, pointer=pointer))
        else:
            found.append(fixed)
    return found, faults


def _fixed(picture: PictureRecord, version: str) -> dict[str, Any] | Fault:
    """The copy of this version that a task shows; made once, for the picture remembers the version it was made from."""
    known = picture.fixed or {}
    if known.get("from") != version:
        store, bucket = aws.client("s3"), settings().pictures_bucket
        sent = store.get_object(Bucket=bucket, Key=_key(picture.pk), VersionId=version)["Body"].read()
        examined = examine(sent, picture.content_type, rules())
        if not isinstance(examined, Examined):
            return Fault("", *examined)
        key = f"shown/{picture.pk}/{hashlib.sha256(examined.content).hexdigest()}"
        store.put_object(Bucket=bucket, Key=key, Body=examined.content, ContentType=picture.content_type)
        known = {
            "from": version,
            "key": key,
            "bytes": len(examined.content),
            "width": examined.width,
            "height": examined.height,
        }
        picture.update(actions=[PictureRecord.fixed.set(known)])
    shown = {name: known[name] for name in ("key", "bytes", "width", "height")}
    return {"id": picture.pk, "content_type": picture.content_type, **shown}


def shown(task: TaskRecord) -> list[dict[str, Any]]:
    """The pictures of the task as they were submitted, each with a link to fetch it, which works until `expires_at`."""
    store, good_for = aws.client("s3"), rules().picture_link
    expires_at = clock.now() + good_for

    def link(picture: SubmittedPicture) -> str:
        asked = {"Bucket": settings().pictures_bucket, "Key": picture.get("key") or _key(picture["id"])}
        if "version" in picture:  # a task of before 2026-11-27
            asked["VersionId"] = picture["version"]
        return str(store.generate_presigned_url("get_object", Params=asked, ExpiresIn=int(good_for.total_seconds())))

    return [
        {
            "id": picture["id"],
            "content_type": picture["content_type"],
            "bytes": picture["bytes"],
            "width": picture.get("width"),
            "height": picture.get("height"),
            "url": link(picture),
            "expires_at": expires_at,
        }
        for picture in task.pictures or ()
    ]


def _version(picture_id: str) -> str | None:
    """Which version of the picture lies in the bucket; None if there is none."""
    try:
        found = aws.client("s3").head_object(Bucket=settings().pictures_bucket, Key=_key(picture_id))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):  # who may not list is told 403
            return None
        raise
    return str(found["VersionId"])


def _key(picture_id: str) -> str:
    return f"pictures/{picture_id}"
