"""Pictures of tasks: uploaded straight to the bucket with a form for one type and size (rule 6), then examined and copied.

A form can be used again until it expires. Therefore a task shows a copy that was made when it was submitted: a picture of its type
without metadata (chalicelib.tasks.content.picture_file_check), under a name derived from its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.core import aws, clock, ids
from chalicelib.core.errors import Fault
from chalicelib.core.idempotency import Attempt, id_for
from chalicelib.core.rules import rules
from chalicelib.core.settings import settings
from chalicelib.social.port import PictureFile, RefusedByNetwork, Unavailable
from chalicelib.store import Page, PageKey, read_page
from chalicelib.store.create_once import create_once
from chalicelib.store.presigned_uploads import UploadForm, upload_form
from chalicelib.tasks.content.picture_file_check import Examined, examine
from chalicelib.tasks.records.picture_record import PictureRecord
from chalicelib.tasks.records.stored_documents import SubmittedPicture
from chalicelib.tasks.records.task_record import TaskRecord


@dataclass(frozen=True)
class PictureLink:
    """A picture of a task with a link that fetches it, valid until `expires_at`."""

    picture: SubmittedPicture
    url: str
    expires_at: datetime


def announce(advertiser_id: str, content_type: str, size: int, attempt: Attempt | None) -> tuple[str, UploadForm, bool]:
    """Return the id of the new picture, a form that uploads exactly `size` bytes of `content_type`, and whether the picture was
    announced before.

    With an Idempotency-Key the same request returns the same picture again, with a new form."""
    picture_id = id_for(attempt, "pic")

    def create() -> PictureRecord:
        record = PictureRecord(
            picture_id,
            "picture",
            advertiser_id=advertiser_id,
            owner=_list_owner(advertiser_id),
            listed_at=f"{clock.stamp(clock.now())}#{picture_id}",
            content_type=content_type,
            bytes=size,
            fingerprint=attempt.fingerprint if attempt else None,
        )
        record.save()
        return record

    _, repeated = create_once(attempt, lambda: PictureRecord.find(picture_id, "picture"), create)
    return picture_id, upload_form(_upload_key(picture_id), content_type, size), repeated


def of_advertiser(advertiser_id: str, limit: int, after: PageKey | None) -> Page[PictureRecord]:
    """Return the advertiser's pictures, newest first. Pictures from before they were listed are found through their tasks."""
    return read_page(PictureRecord, _list_owner(advertiser_id), index="items_of_owner", limit=limit, after=after)


def announced_at(picture: PictureRecord) -> datetime:
    """Return the time at which the picture was announced."""
    return clock.parse(str(picture.listed_at).partition("#")[0])


def submitted(
    picture_ids: Sequence[str], owner_id: str, pointer_prefix: str = "/content/picture_ids"
) -> tuple[list[SubmittedPicture], list[Fault]]:
    """Return the pictures as a task stores them, and a Fault for each that is not the owner's (`picture_unknown`), that was
    not uploaded yet (`picture_missing`), or whose file breaks rule 6 (`picture_unreadable`, `picture_too_large`,
    `picture_too_long`)."""
    faults, pictures = [], []
    for place, picture_id in enumerate(picture_ids[: rules().pictures_max]):
        pointer = f"{pointer_prefix}/{place}"
        picture = PictureRecord.find(picture_id, "picture") if ids.is_id("pic", picture_id) else None
        if picture is None or picture.advertiser_id != owner_id:
            faults.append(Fault(pointer, "picture_unknown", "You have no such picture."))
            continue
        version = _version(picture_id)
        if version is None:
            faults.append(
                Fault(pointer, "picture_missing", "Upload the picture first, with the form that came with it.")
            )
            continue
        copy = _copy(picture, version)
        if isinstance(copy, Fault):
            faults.append(replace(copy, pointer=pointer))
        else:
            pictures.append(copy)
    return pictures, faults


def links(task: TaskRecord) -> list[PictureLink]:
    """Return the pictures of the task as they were submitted, each with a link that fetches it."""
    return links_of(task.pictures or ())


def links_of(shown: Iterable[SubmittedPicture]) -> list[PictureLink]:
    """Return stored pictures, each with a link that fetches it."""
    store, valid_for = aws.client("s3"), rules().picture_link
    expires_at = clock.now() + valid_for

    def link(picture: SubmittedPicture) -> PictureLink:
        location = {
            "Bucket": settings().pictures_bucket,
            "Key": picture.get("key") or _upload_key(picture["id"]),
        }
        if "version" in picture:  # a task from before 2026-11-27
            location["VersionId"] = picture["version"]
        url = store.generate_presigned_url("get_object", Params=location, ExpiresIn=int(valid_for.total_seconds()))
        return PictureLink(picture, str(url), expires_at)

    return [link(picture) for picture in shown]


def file_of(task: TaskRecord, picture_id: str) -> PictureFile:
    """Return the file of a picture of the task as it was submitted. Raises RefusedByNetwork if the task has no copy of it,
    Unavailable if it cannot be read now."""
    shown = next((picture for picture in task.pictures or () if picture["id"] == picture_id), None)
    if shown is None or "key" not in shown:
        raise RefusedByNetwork("The market has no copy of this picture; the creator has to publish this post.")
    try:
        found = aws.client("s3").get_object(Bucket=settings().pictures_bucket, Key=shown["key"])
        return PictureFile(shown["content_type"], found["Body"].read())
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("The picture cannot be read now.") from error


def _copy(picture: PictureRecord, version: str) -> SubmittedPicture | Fault:
    """Return the copy of this version that a task shows. It is made once: the picture stores the version that it was made from."""
    known = picture.fixed or {}
    if known.get("from") != version:
        store, bucket = aws.client("s3"), settings().pictures_bucket
        upload = store.get_object(Bucket=bucket, Key=_upload_key(picture.pk), VersionId=version)["Body"].read()
        examined = examine(upload, picture.content_type, rules())
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
    return {
        "id": picture.pk,
        "content_type": picture.content_type,
        "key": known["key"],
        "bytes": known["bytes"],
        "width": known["width"],
        "height": known["height"],
    }


def _version(picture_id: str) -> str | None:
    """Return the version of the upload in the bucket; None if there is none."""
    try:
        head = aws.client("s3").head_object(Bucket=settings().pictures_bucket, Key=_upload_key(picture_id))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):  # 403 without permission to list
            return None
        raise
    return str(head["VersionId"])


def _upload_key(picture_id: str) -> str:
    return f"pictures/{picture_id}"


def _list_owner(advertiser_id: str) -> str:
    return f"pictures#{advertiser_id}"
