"""The owner's permission to publish as the account, and publishing with it.

`AccountRecord.publishing` is `{allowed, since, until?}`. The network's token is stored by the network's adapter in Secrets
Manager, never here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.accounts import ownership
from chalicelib.accounts.records import (
    AccountRecord,
    PublishingPermission,
    find_account,
    get_owned_account,
    rewritten,
)
from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.social.networks import network
from chalicelib.social.port import Account, NewPost, NotPermitted, Post
from chalicelib.social.publish_once import publish_once
from chalicelib.social.request_deadline import REQUEST_SECONDS, within
from chalicelib.store import Refused, transact
from chalicelib.store.retry import retry_on_conflict


def permit(account_id: str, creator_id: str, allowed: bool, code: str | None) -> AccountRecord:
    """Give the permission, with the network's `code` if it needs one, or take it back. The same request again changes nothing; a
    new code extends the permission. If the network confirms whose permission it is, the account is verified.

    Raise Problem `not_found` for another creator's account; `state_conflict` for a rejected one; `publishing_not_authorised`;
    NetworkErrors."""
    record = get_owned_account(account_id, creator_id)
    if allowed and record.status == "rejected":
        raise Problem("state_conflict", "The account was not admitted; bind it again.")
    adapter, account = network(record.network), Account(record.pk, record.handle)
    if not allowed:
        record = _write(account_id, creator_id, None, None)
        adapter.revoke_authorisation(account)
        return record
    if code is None and is_allowed(record):
        return record
    with within(REQUEST_SECONDS):
        until = adapter.authorise(account, code)
    now = clock.now()
    record = _write(account_id, creator_id, now, until)
    if until is None:
        return record
    return ownership.verified(account_id, creator_id, {"at": clock.stamp(now), "where": "authorisation"})


def is_allowed(record: AccountRecord) -> bool:
    """Return whether the market may publish as this account now."""
    permission = record.publishing
    if permission is None or not permission["allowed"]:
        return False
    until = permission.get("until")
    return until is None or clock.parse(until) > clock.now()


def allowed(account_ids: Sequence[str]) -> frozenset[str]:
    """Return which of these accounts (at most 100) permit publishing now."""
    found = AccountRecord.batch_get([(account, "account") for account in account_ids], consistent_read=True)
    return frozenset(record.pk for record in found if is_allowed(record))


def publish_for(account_id: str, new_post: NewPost, key: str) -> Post:
    """Publish a post, or with `new_post.repost_of` a repost, as the account with its owner's permission: once for this `key` (the
    order's id), however often it is called. Return the post as the network shows it.

    Raise NetworkErrors: NotPermitted without the owner's permission, or when the network no longer accepts it;
    RefusedByNetwork; after RateLimited, Unavailable and Unreadable call again later with the same key."""
    record = find_account(account_id)
    if record is None or not is_allowed(record):
        raise NotPermitted("The account's owner does not let the market publish.")
    account = Account(record.pk, record.handle)
    return publish_once(network(record.network), record.network, account, new_post, key)


def take_down_for(account_id: str, url: str) -> bool:
    """Delete a post of the account; return whether it is gone, False without the owner's permission. Raise NetworkErrors."""
    record = find_account(account_id)
    if record is None:
        return False
    account = Account(record.pk, record.handle) if is_allowed(record) else None
    return network(record.network).take_down(url, account)


def _write(account_id: str, creator_id: str, since: datetime | None, until: datetime | None) -> AccountRecord:
    def change() -> AccountRecord:
        record = get_owned_account(account_id, creator_id)
        if since is None and not (record.publishing and record.publishing["allowed"]):
            return record
        given: PublishingPermission = {"allowed": since is not None, "since": clock.stamp(since or clock.now())}
        if until:
            given["until"] = clock.stamp(until)
        record.publishing = given
        record.updated_at = clock.stamp(clock.now())
        transact([rewritten("account", record)])
        return record

    return retry_on_conflict(change, conflict=Refused)
