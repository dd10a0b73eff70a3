"""The item of an uploaded picture."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.store import JSONAttribute, TasksRecord


class PictureRecord(TasksRecord):
    """A picture of an advertiser: pk is its id, sk is `picture`; the bytes are in the bucket. `fixed` is the copy that tasks show,
    with the version of the upload that it was made `from`."""

    advertiser_id = UnicodeAttribute()
    content_type = UnicodeAttribute()
    bytes = NumberAttribute()
    fixed = JSONAttribute(null=True)
    fingerprint = UnicodeAttribute(null=True)
