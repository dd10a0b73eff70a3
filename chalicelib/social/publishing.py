"""Publishing once, also on a network that would post again.

Before such a network is asked, an attempt is written down under the caller's key. Whoever finds one looks for its text among the
account's latest posts, and asks again only when it is not there and the last attempt was refused for sure or is older than GRACE.
What this cannot see: a post that the network shows later than GRACE after it took it, or that somebody deleted meanwhile. Then it
is posted again, unless the network refuses the same text twice, as Weibo does for some time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.core import clock, ids
from chalicelib.social.port import (
    Account,
    Draft,
    Network,
    NetworkError,
    Post,
    RefusedByNetwork,
    Unavailable,
    Unreached,
    Unreadable,
    same_words,
)
from chalicelib.store import Refused, TasksRecord, put, transact

GRACE = timedelta(minutes=3)
"""Weibo says of a slow publication (error 20032) that it takes one to two minutes to show."""

SKEW = timedelta(minutes=2)
"""How far the network's clock may be behind ours."""


class AttemptRecord(TasksRecord):
    """pk is derived from network, account and key, sk is `publication`. `pending`: how the last attempt ended is not known;
    `post_url`: where the post is, once that is known."""

    first_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    pending = BooleanAttribute(default=True)
    post_url = UnicodeAttribute(null=True)


def publish_once(network: Network, name: str, account: Account, draft: Draft, key: str) -> Post:
    """The post of `draft` by `account` on the network called `name`, made once for this `key` (an order's id) however often
    and however concurrently this is called; see above for what it cannot see.

    Raises NetworkErrors. After Unavailable, Unreadable and RateLimited call it again, later."""
    if network.idempotent:
        return network.publish(account, draft, key)
    attempt = AttemptRecord.find(ids.derive("pbl", name, account.account_id, key), "publication")
    if attempt is not None:
        post = _made(network, account, draft, attempt)
        if post is not None:
            return _done(attempt, post)
    repeated = attempt is not None
    attempt = _begun(ids.derive("pbl", name, account.account_id, key), attempt)
    try:
        return _done(attempt, network.publish(account, draft, key))
    except NetworkError as refused:
        if isinstance(refused, (Unavailable, Unreadable)) and not isinstance(refused, Unreached):
            raise
        attempt.pending = False
        attempt.save()
        if repeated and isinstance(refused, RefusedByNetwork):
            # The network takes no text twice: it may be refusing ours because an earlier attempt did get through.
            post = _among_latest(network, account, draft, clock.parse(attempt.first_at))
            if post is not None:
                return _done(attempt, post)
        raise


def _made(network: Network, account: Account, draft: Draft, attempt: AttemptRecord) -> Post | None:
    """The post of an earlier attempt; None if there is none. Raises Unavailable while that cannot be told."""
    if attempt.post_url is not None:
        post = network.fetch_post(attempt.post_url, account)
        if post is None:
            raise RefusedByNetwork(f"It was published as {attempt.post_url} and is not there any more.")
        return post
    post = _among_latest(network, account, draft, clock.parse(attempt.first_at))
    if post is None and attempt.pending and clock.now() < clock.parse(attempt.last_at) + GRACE:
        raise Unavailable("An earlier attempt may still show up; look again.")
    return post


def _among_latest(network: Network, account: Account, draft: Draft, since: datetime) -> Post | None:
    source = network.post_key(draft.repost_of) if draft.repost_of else None
    for post in network.recent_posts(account):
        same_source = (network.post_key(post.repost_of) if post.repost_of else None) == source
        if post.posted_at < since - SKEW or not same_source:
            continue
        whole = network.fetch_post(post.url, account) if post.cut else post
        if whole is not None and same_words(whole.text, draft.text):
            return whole
    return None


def _begun(attempt_id: str, earlier: AttemptRecord | None) -> AttemptRecord:
    now = clock.stamp(clock.now())
    attempt = AttemptRecord(attempt_id, "publication", first_at=earlier.first_at if earlier else now, last_at=now)
    untouched = AttemptRecord.pk.does_not_exist()
    if earlier is not None:
        untouched = (AttemptRecord.last_at == earlier.last_at) & (AttemptRecord.pending == earlier.pending)
    try:
        transact([put("attempt", attempt, untouched)])
    except Refused as refused:
        raise Unavailable("Another call is publishing this; look again.") from refused
    return attempt


def _done(attempt: AttemptRecord, post: Post) -> Post:
    if attempt.post_url is None:
        attempt.post_url, attempt.pending = post.url, False
        attempt.save()
    return post
