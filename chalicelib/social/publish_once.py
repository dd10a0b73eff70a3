"""Publish a post once, also on a network that would publish a repeated request again.

Before a request to such a network, an attempt is stored under the caller's key. A later call that finds the attempt looks for
its text among the account's latest posts. It publishes again only if the text is not there and the last attempt was refused
for certain or is older than GRACE. Two cases cannot be recognised: a post that appears later than GRACE after the request, and
one that somebody has deleted. Then the text is posted again, unless the network refuses the same text twice, as Weibo does for
some time."""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.social.port import (
    Account,
    Network,
    NetworkError,
    NewPost,
    Post,
    RefusedByNetwork,
    Unavailable,
    Unreached,
    Unreadable,
    same_words,
)
from chalicelib.store import Refused, TasksRecord, put, transact

GRACE = timedelta(minutes=3)
"""Weibo documents that a slow publication (error 20032) takes one to two minutes to appear."""

SKEW = timedelta(minutes=2)
"""The time that the network's clock may be behind the market's."""


class AttemptRecord(TasksRecord):
    """pk is derived from network, account and key, sk is `publication`. `pending`: the outcome of the last attempt is unknown.
    `post_url`: the URL of the post, once it is known."""

    first_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    pending = BooleanAttribute(default=True)
    post_url = UnicodeAttribute(null=True)


def publish_once(network: Network, name: str, account: Account, new_post: NewPost, key: str) -> Post:
    """Publish `new_post` as `account` on the network called `name`, once for this `key` (an order's id) however often and
    concurrently this is called, with the limits above. Return the post.

    Raise NetworkErrors. After Unavailable, Unreadable and RateLimited, call again later."""
    if network.idempotent:
        return network.publish(account, new_post, key)
    attempt = AttemptRecord.find(ids.derive("pbl", name, account.account_id, key), "publication")
    if attempt is not None:
        post = _find_earlier_post(network, account, new_post, attempt)
        if post is not None:
            return _save_result(attempt, post)
    repeated = attempt is not None
    attempt = _save_attempt(ids.derive("pbl", name, account.account_id, key), attempt)
    try:
        return _save_result(attempt, network.publish(account, new_post, key))
    except NetworkError as refused:
        if isinstance(refused, (Unavailable, Unreadable)) and not isinstance(refused, Unreached):
            raise
        attempt.pending = False
        attempt.save()
        if repeated and isinstance(refused, RefusedByNetwork):
            # The network accepts no text twice: it may refuse this one because an earlier attempt succeeded.
            post = _find_in_timeline(network, account, new_post, clock.parse(attempt.first_at))
            if post is not None:
                return _save_result(attempt, post)
        raise


def _find_earlier_post(network: Network, account: Account, new_post: NewPost, attempt: AttemptRecord) -> Post | None:
    """Return the post of an earlier attempt, or None. Raise Unavailable while the outcome is unknown."""
    if attempt.post_url is not None:
        post = network.fetch_post(attempt.post_url, account)
        if post is None:
            raise RefusedByNetwork(f"It was published as {attempt.post_url} and has been deleted.")
        return post
    post = _find_in_timeline(network, account, new_post, clock.parse(attempt.first_at))
    if post is None and attempt.pending and clock.now() < clock.parse(attempt.last_at) + GRACE:
        raise Unavailable("An earlier attempt may still appear; try again later.")
    return post


def _find_in_timeline(network: Network, account: Account, new_post: NewPost, since: datetime) -> Post | None:
    source = network.post_key(new_post.repost_of) if new_post.repost_of else None
    for post in network.recent_posts(account):
        same_source = (network.post_key(post.repost_of) if post.repost_of else None) == source
        if post.posted_at < since - SKEW or not same_source:
            continue
        whole = network.fetch_post(post.url, account) if post.cut else post
        if whole is not None and same_words(whole.text, new_post.text):
            return whole
    return None


def _save_attempt(attempt_id: str, earlier: AttemptRecord | None) -> AttemptRecord:
    now = clock.stamp(clock.now())
    attempt = AttemptRecord(attempt_id, "publication", first_at=earlier.first_at if earlier else now, last_at=now)
    untouched = AttemptRecord.pk.does_not_exist()
    if earlier is not None:
        untouched = (AttemptRecord.last_at == earlier.last_at) & (AttemptRecord.pending == earlier.pending)
    try:
        transact([put("attempt", attempt, untouched)])
    except Refused as refused:
        raise Unavailable("Another request is publishing this; try again later.") from refused
    return attempt


def _save_result(attempt: AttemptRecord, post: Post) -> Post:
    if attempt.post_url is None:
        attempt.post_url, attempt.pending = post.url, False
        attempt.save()
    return post
