"""Read an account's metrics from its network."""

from __future__ import annotations

from contextlib import suppress

from chalicelib.accounts.records import AccountRecord, get_account
from chalicelib.accounts.valuation import metric_snapshots
from chalicelib.core import clock
from chalicelib.decisions.decider import Decider
from chalicelib.social.account_metrics import snapshot_figures
from chalicelib.social.networks import network
from chalicelib.social.port import Account, NotPermitted, Post


def measure(account_id: str, by: Decider) -> AccountRecord:
    """Read profile and latest posts now, store the snapshot and grade the account by it. What the network does not show is
    unknown then, even if it was known before. Posts are left out if they may not be read.

    Raise Problem `not_found`; `conflict_of_interest` for an account of `by`; `already_exists` for a second snapshot of the
    same second; NetworkErrors."""
    record, now = get_account(account_id), clock.now()
    by.require_other([record.owner])
    adapter, account = network(record.network), Account(record.pk, record.handle)
    profile = adapter.fetch_account(account)
    posts: tuple[Post, ...] | None = None
    with suppress(NotPermitted):
        posts = adapter.recent_posts(account)
    return metric_snapshots.record(account_id, snapshot_figures(profile, posts, now), by)
