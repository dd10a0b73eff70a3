"""The sandbox network: posts that anyone on a sandbox stage writes, edits and deletes, stored in the tasks table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.social import sandbox_figures
from chalicelib.social.port import LATEST, Account, NewPost, Post, PostFigures, Profile, RefusedByNetwork, stripped_url
from chalicelib.store import AccountsRecord, JSONAttribute, Refused, TasksRecord, put, read_page, transact

POSTS_URL = "https://sandbox.micro-task.example/posts/"
_URL = re.compile(r"(?i:https?://sandbox\.micro-task\.example)/posts/(pst_[0-9A-Z]{26})/?(?:[?#].*)?")


class PostRecord(TasksRecord):
    """A post: pk is its id, sk is `post`. `owner` is its account, for the list of the account's latest posts; `followers` are
    those of the account at publication."""

    account_id = UnicodeAttribute()
    text = UnicodeAttribute()
    urls = JSONAttribute()
    picture_ids = JSONAttribute()
    repost_of = UnicodeAttribute(null=True)
    posted_at = UnicodeAttribute()
    edited_at = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)
    comments = JSONAttribute(default=list)
    followers = NumberAttribute(null=True)

    @property
    def url(self) -> str:
        return POSTS_URL + self.pk

    @property
    def figures(self) -> PostFigures:
        followers = sandbox_figures.followers(self.account_id) if self.followers is None else int(self.followers)
        grown = sandbox_figures.figures_at(followers, self.pk, clock.parse(self.posted_at), clock.now())
        return replace(grown, comments=(grown.comments or 0) + len(self.comments))

    def as_post(self) -> Post:
        return Post(
            url=self.url,
            author=self.account_id,
            text=self.text,
            urls=tuple(self.urls),
            picture_ids=tuple(self.picture_ids),
            repost_of=self.repost_of,
            posted_at=clock.parse(self.posted_at),
            figures=self.figures,
            edited=self.edited_at is not None,
        )


class ProfileRecord(TasksRecord):
    """The profile of an account: pk is the account's id, sk is `profile`."""

    description = UnicodeAttribute()


class SandboxNetwork:
    """The Network of the posts in this module. Every account id has a profile."""

    idempotent = True

    def fetch_post(self, url: str, reader: Account | None = None) -> Post | None:
        post_id = self.post_key(url)
        record = _find(post_id) if post_id else None
        return record.as_post() if record else None

    def fetch_figures(self, urls: Sequence[str]) -> dict[str, PostFigures]:
        keys = {url: key for url in urls if (key := self.post_key(url))}
        found = PostRecord.batch_get([(key, "post") for key in set(keys.values())], consistent_read=True)
        reached = {record.pk: record.figures for record in found if record.deleted_at is None}
        return {url: reached[key] for url, key in keys.items() if key in reached}

    def fetch_comments(self, url: str, reader: Account | None = None) -> tuple[str, ...]:
        post_id = self.post_key(url)
        record = _find(post_id) if post_id else None
        return tuple(record.comments) if record else ()

    def has_form(self, url: str) -> bool:
        return self.post_key(url) is not None

    def post_key(self, url: str) -> str | None:
        found = _URL.fullmatch(stripped_url(url))
        return found[1] if found else None

    def fetch_account(self, account: Account) -> Profile:
        return Profile(account.handle, description_of(account.account_id), followers_of(account.account_id))

    def recent_posts(self, account: Account) -> tuple[Post, ...]:
        page = read_page(
            PostRecord, account.account_id, index="items_of_owner", limit=LATEST, only_if=lambda it: not it.deleted_at
        )
        return tuple(record.as_post() for record in page.items)

    def publish(self, account: Account, new_post: NewPost, key: str) -> Post:
        post_id = ids.derive("pst", account.account_id, key)
        known = PostRecord.find(post_id, "post")
        if known is None:
            known = _new(
                post_id,
                account.account_id,
                new_post.text,
                list(new_post.urls),
                list(new_post.picture_ids),
                new_post.repost_of,
                clock.now(),
            )
            if new_post.repost_of and self.post_key(new_post.repost_of) and self.fetch_post(new_post.repost_of) is None:
                raise RefusedByNetwork("The post to repost is not there.")
            try:
                transact([put("post", known, PostRecord.pk.does_not_exist())])
            except Refused:  # by this very call, made twice at once
                known = PostRecord.get(post_id, "post", consistent_read=True)
        return known.as_post()

    def take_down(self, url: str, account: Account | None = None) -> bool:
        post_id = self.post_key(url)
        if post_id and _find(post_id):
            delete_post(post_id, clock.now())
        return True

    def authorise(self, account: Account, code: str | None) -> datetime | None:
        return None

    def revoke_authorisation(self, account: Account) -> None:
        """Do nothing: the sandbox stores no permission."""


def create_post(
    account_id: str, text: str, urls: list[str], picture_ids: list[str], repost_of: str | None, at: datetime
) -> PostRecord:
    """Store a post of `account_id`."""
    record = _new(ids.new("pst"), account_id, text, urls, picture_ids, repost_of, at)
    record.save()
    return record


def set_description(account_id: str, description: str) -> None:
    """Set the description in the profile of the account."""
    ProfileRecord(account_id, "profile", description=description).save()


def description_of(account_id: str) -> str:
    """Return the description in the profile of the account, "" if none was set."""
    record = ProfileRecord.find(account_id, "profile")
    return record.description if record else ""


def followers_of(account_id: str) -> int:
    """Return the followers of the account from its figures in the market, or `sandbox_figures.followers` if it has none."""
    known = AccountsRecord.find(account_id, "account", consistent=False)
    return int(known.followers) if known is not None and known.followers else sandbox_figures.followers(account_id)


def get_post(post_id: str) -> PostRecord:
    """Return the post. Raise Problem `not_found`."""
    record = _find(post_id)
    if record is None:
        raise not_found("post")
    return record


def edit_post(post_id: str, text: str, urls: list[str] | None, at: datetime) -> PostRecord:
    """Change the text and, if given, the URLs of a post. Raise Problem `not_found`."""
    record = get_post(post_id)
    record.text, record.edited_at = text, clock.stamp(at)
    record.urls = record.urls if urls is None else urls
    record.save()
    return record


def set_comments(post_id: str, texts: list[str]) -> PostRecord:
    """Replace the comments of the post, newest first. Raise Problem `not_found`."""
    record = get_post(post_id)
    record.comments = texts
    record.save()
    return record


def delete_post(post_id: str, at: datetime) -> None:
    """Mark the post as deleted. Raise Problem `not_found`."""
    record = get_post(post_id)
    record.deleted_at = clock.stamp(at)
    record.save()


def _find(post_id: str) -> PostRecord | None:
    record = PostRecord.find(post_id, "post")
    return record if record is not None and record.deleted_at is None else None


def _new(
    post_id: str,
    account_id: str,
    text: str,
    urls: list[str],
    picture_ids: list[str],
    repost_of: str | None,
    at: datetime,
) -> PostRecord:
    return PostRecord(
        post_id,
        "post",
        owner=account_id,
        listed_at=f"{clock.stamp(at)}#{post_id}",
        account_id=account_id,
        text=text,
        urls=urls,
        picture_ids=picture_ids,
        repost_of=repost_of,
        posted_at=clock.stamp(at),
        followers=followers_of(account_id),
    )
