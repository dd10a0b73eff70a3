"""Read an account's metrics from its network."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from chalicelib.accounts.records import AccountRecord, get_account
from chalicelib.accounts.search.categories import proposed_category
from chalicelib.accounts.valuation import metric_snapshots
from chalicelib.core import clock
from chalicelib.decisions.decider import Decider
from chalicelib.social.account_metrics import snapshot_figures
from chalicelib.social.copied_comments import COMMENTS_MIN, Copies, count_copies
from chalicelib.social.networks import network
from chalicelib.social.port import Account, Network, NetworkError, NotPermitted, Post
from chalicelib.social.request_deadline import REQUEST_SECONDS, within

POSTS_WITH_COMMENTS = 5
"""The number of newest posts with COMMENTS_MIN comments or more whose comments are read, one request each."""


def measure(account_id: str, by: Decider) -> AccountRecord:
    """Read profile and latest posts now, store the snapshot and grade the account by it. What the network does not show is
    unknown then, even if it was known before. Posts and comments are left out if they may not be read; comments also if the time
    for the requests (REQUEST_SECONDS) is over.

    Raise Problem `not_found`; `conflict_of_interest` for an account of `by`; `already_exists` for a second snapshot of the
    same second; NetworkErrors."""
    record, now = get_account(account_id), clock.now()
    by.require_other([record.owner])
    adapter, account = network(record.network), Account(record.pk, record.handle)
    posts: tuple[Post, ...] | None = None
    with within(REQUEST_SECONDS):
        profile = adapter.fetch_account(account)
        with suppress(NotPermitted):
            posts = adapter.recent_posts(account)
        comments = _copies(adapter, account, posts or ())
    proposed = proposed_category([post.text for post in posts or ()])
    return metric_snapshots.record(account_id, snapshot_figures(profile, posts, now, comments), by, proposed)


def _copies(adapter: Network, account: Account, posts: Sequence[Post]) -> Copies | None:
    """Return how many comments of the newest posts were read and how many repeat another one of the same post; None without
    comments that may be read."""
    discussed = [post for post in posts if (post.figures.comments or 0) >= COMMENTS_MIN][:POSTS_WITH_COMMENTS]
    counted: list[Copies] = []
    with suppress(NetworkError):
        for post in discussed:
            counted.append(count_copies(adapter.fetch_comments(post.url, account)))
    if not counted:
        return None
    return Copies(sum(one.read for one in counted), sum(one.copied for one in counted))
