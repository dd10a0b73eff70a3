"""The sandbox network: posts that anybody on a sandbox stage writes, edits and deletes, kept in the tasks table."""

from __future__ import annotations

import re
from datetime import datetime

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib import clock, ids
from chalicelib.errors import not_found
from chalicelib.social.port import Post
from chalicelib.store import TasksRecord

POSTS_URL = "https://sandbox.micro-task.example/posts/"
_URL = re.compile(re.escape(POSTS_URL) + r"(pst_[0-9A-Z]{26})/?(?:[?#].*)?")


class PostRecord(TasksRecord):
    """A post: pk is its id, sk is `post`."""

    account_id = UnicodeAttribute()
    text = UnicodeAttribute()
    urls = JSONAttribute()
    picture_ids = JSONAttribute()
    repost_of = UnicodeAttribute(null=True)
    posted_at = UnicodeAttribute()
    edited_at = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)

    @property
    def url(self) -> str:
        return POSTS_URL + self.pk

    def as_post(self) -> Post:
        return Post(
            url=self.url,
            author=self.account_id,
            text=self.text,
            urls=tuple(self.urls),
            picture_ids=tuple(self.picture_ids),
            repost_of=self.repost_of,
            posted_at=clock.parse(self.posted_at),
        )


class SandboxNetwork:
    """The Network that the posts of this module make up."""

    def fetch_post(self, url: str) -> Post | None:
        post_id = self.post_key(url)
        record = _find(post_id) if post_id else None
        return record.as_post() if record else None

    def post_key(self, url: str) -> str | None:
        found = _URL.fullmatch(url)
        return found[1] if found else None

    def take_down(self, url: str) -> bool:
        post_id = self.post_key(url)
        if post_id and _find(post_id):
            remove(post_id, clock.now())
        return True


def write(
    account_id: str, text: str, urls: list[str], picture_ids: list[str], repost_of: str | None, at: datetime
) -> PostRecord:
    """Publishes a post of `account_id`."""
    record = PostRecord(
        ids.new("pst"),
        "post",
        account_id=account_id,
        text=text,
        urls=urls,
        picture_ids=picture_ids,
        repost_of=repost_of,
        posted_at=clock.stamp(at),
    )
    record.save()
    return record


def read(post_id: str) -> PostRecord:
    """The post. Raises Problem `not_found`."""
    record = _find(post_id)
    if record is None:
        raise not_found("post")
    return record


def edit(post_id: str, text: str, urls: list[str] | None, at: datetime) -> PostRecord:
    """Changes text and, if given, the URLs of a post. Raises Problem `not_found`."""
    record = read(post_id)
    record.text, record.edited_at = text, clock.stamp(at)
    record.urls = record.urls if urls is None else urls
    record.save()
    return record


def remove(post_id: str, at: datetime) -> None:
    """Deletes the post: nobody sees it any more. Raises Problem `not_found` if there is none."""
    record = read(post_id)
    record.deleted_at = clock.stamp(at)
    record.save()


def _find(post_id: str) -> PostRecord | None:
    record = PostRecord.find(post_id, "post")
    return record if record is not None and record.deleted_at is None else None
