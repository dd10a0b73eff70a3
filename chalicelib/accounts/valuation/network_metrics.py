"""An account's metrics, read from its network instead of being told."""

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
    """Reads profile and latest posts now, keeps the snapshot and grades the account by it, also if the network shows less than
    was known: what it does not show is not known. The posts are left out where they may not be read.

    Raises Problem `not_found`; `conflict_of_interest` for an account of `by`; `already_exists` for a second snapshot of the same
    second; NetworkErrors."""
    record, now = get_account(account_id), clock.now()
    by.require_other([record.owner])
    adapter, account = network(record.network), Account(record.pk, record.handle)
    profile = adapter.fetch_account(account)
    posts: tuple[Post, ...] | None = None
    with suppress(NotPermitted):
        posts = adapter.recent_posts(account)
    return metric_snapshots.record(account_id, snapshot_figures(profile, posts, now), by)
