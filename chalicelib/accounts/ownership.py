"""Whose account it is: the creator shows a code where only the account's owner can write, and the market reads it there.

`AccountRecord.ownership` is `{code, given_at, expires_at}` until then, with `evidence {at, where, text_sha256}` afterwards; `where`
is `profile`, `authorisation` (the network itself said so when the owner let us publish) or the URL of a post."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from chalicelib import clock
from chalicelib.accounts.membership import find_owned
from chalicelib.accounts.records import AccountRecord, rewritten, until_settled
from chalicelib.errors import Problem
from chalicelib.settings import rules
from chalicelib.social.networks import network
from chalicelib.social.port import Account, Network, NotPermitted
from chalicelib.store import transact

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def code(account_id: str, creator_id: str) -> dict[str, Any]:
    """`{code, expires_at, status}`: the same code again while it is good and the account is not verified.

    Raises Problem `not_found` for somebody else's account, `state_conflict` if it is verified."""

    def change() -> dict[str, Any]:
        record, now = find_owned(account_id, creator_id), clock.now()
        known = record.ownership or {}
        if "evidence" in known:
            raise Problem("state_conflict", "The account is verified.")
        if not known or clock.parse(known["expires_at"]) <= now:
            known = {
                "code": "MT-" + "".join(secrets.choice(_ALPHABET) for _ in range(10)),  # 50 bits
                "given_at": clock.stamp(now),
                "expires_at": clock.stamp(now + rules().ownership_code),
            }
            record.ownership = known
            record.updated_at = clock.stamp(now)
            transact([rewritten("account", record)])
        expires_at = clock.rfc3339(clock.parse(known["expires_at"]))
        return {"code": known["code"], "expires_at": expires_at, "status": "code_given"}

    return until_settled(change)


def check(account_id: str, creator_id: str) -> AccountRecord:
    """Reads profile and latest posts on the network; with the code in one of them the account is verified. Once verified,
    nothing is read any more.

    Raises Problem `not_found`, `ownership_code_missing` (none, or run out), `ownership_not_proven`; NetworkErrors."""
    record, now = find_owned(account_id, creator_id), clock.now()
    known = record.ownership or {}
    if "evidence" in known:
        return record
    if not known or clock.parse(known["expires_at"]) <= now:
        raise Problem("ownership_code_missing", "There is no code, or it has run out.")
    given_at = clock.parse(known["given_at"])
    account = Account(record.pk, record.handle)
    evidence = _evidence(network(record.network), account, known["code"], given_at, now)
    if evidence is None:
        raise Problem(
            "ownership_not_proven", f"{record.handle} shows the code neither in its profile nor in a new post."
        )
    return verified(account_id, creator_id, evidence, known["code"])


def verified(account_id: str, creator_id: str, evidence: dict[str, str], shown: str | None = None) -> AccountRecord:
    """Writes down that the account is the creator's; unless it is known already, or the code that was `shown` is not the one
    that was given (any more)."""

    def change() -> AccountRecord:
        record = find_owned(account_id, creator_id)
        known = record.ownership or {}
        if "evidence" in known:
            return record
        if shown is not None and known.get("code") != shown:
            raise Problem("ownership_code_missing", "Another code was given meanwhile.")
        record.ownership = {**known, "evidence": evidence}
        record.updated_at = clock.stamp(clock.now())
        transact([rewritten("account", record)])
        return record

    return until_settled(change)


def _evidence(
    asked: Network, account: Account, wanted: str, given_at: datetime, now: datetime
) -> dict[str, str] | None:
    described = asked.fetch_account(account).description
    if wanted in described:
        return _found("profile", described, now)
    try:
        posts = asked.recent_posts(account)
    except NotPermitted:  # the profile can be read without the owner's permission, the posts perhaps not
        return None
    for post in posts:
        if post.posted_at < given_at.replace(microsecond=0):
            continue
        whole = asked.fetch_post(post.url, account) if post.cut and wanted not in post.text else post
        if whole is not None and wanted in whole.text:
            return _found(whole.url, whole.text, now)
    return None


def _found(where: str, text: str, now: datetime) -> dict[str, str]:
    return {"at": clock.stamp(now), "where": where, "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
