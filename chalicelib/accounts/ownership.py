"""Proof of ownership: the creator shows a code where only the account's owner can write, and the market reads it there.

The record stores the code before the proof and the evidence after it (chalicelib.accounts.records.Ownership)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from chalicelib.accounts import removal_listeners
from chalicelib.accounts.binding import displace
from chalicelib.accounts.records import (
    AccountRecord,
    ClaimRecord,
    IdentityRecord,
    Ownership,
    OwnershipEvidence,
    get_account,
    rewritten,
)
from chalicelib.accounts.removal_listeners import Removal
from chalicelib.core import clock, ids
from chalicelib.core.errors import Problem, not_found
from chalicelib.core.rules import rules
from chalicelib.social.networks import network
from chalicelib.social.port import Account, Network, NotPermitted, Profile
from chalicelib.social.request_deadline import REQUEST_SECONDS, within
from chalicelib.store import Action, Refused, put, transact
from chalicelib.store.retry import retry_on_conflict

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def code(account_id: str, creator_id: str) -> tuple[str, datetime]:
    """Return a code for the owner, or for another creator who claims the account: `{code, expires_at, status}`. While a code is
    valid, it is returned again.

    Raise Problem `not_found` for an account that another creator has proved; `state_conflict` if the caller has proved it, or
    if it is not bound."""

    def change() -> tuple[str, datetime]:
        record, now = get_account(account_id), clock.now()
        proved = "evidence" in (record.ownership or {})
        if record.owner is None:
            raise Problem("state_conflict", "The account is not bound: bind it first (POST /v1/accounts).")
        if record.owner != creator_id:
            if proved:
                raise not_found("account")
            return _claim_code(account_id, creator_id, now)
        if proved:
            raise Problem("state_conflict", "The account is verified.")
        known = record.ownership or {}
        if not known or clock.parse(known["expires_at"]) <= now:
            known = _new_code(now)
            record.ownership = known
            record.updated_at = clock.stamp(now)
            transact([rewritten("account", record)])
        return known["code"], clock.parse(known["expires_at"])

    return retry_on_conflict(change, conflict=Refused)


def check(account_id: str, creator_id: str) -> AccountRecord:
    """Read profile and latest posts on the network. If one of them shows the code, the account is verified as the caller's. A
    proof displaces an owner who has not proved the account (rule 25). A verified account is not read again.

    Raise Problem `not_found` for another creator's account without a code for it; `ownership_code_missing` (none, or expired);
    `ownership_not_proven`; `already_exists` if another account of the market was proved to be this one; NetworkErrors."""
    record, now = get_account(account_id), clock.now()
    known = _known(record, creator_id)
    if record.owner == creator_id and "evidence" in known:
        return record
    if not known or clock.parse(known["expires_at"]) <= now:
        raise Problem("ownership_code_missing", "There is no code, or it has expired.")
    given_at = clock.parse(known["given_at"])
    adapter, account = network(record.network), Account(record.pk, record.handle)
    with within(REQUEST_SECONDS):
        profile = adapter.fetch_account(account)
        evidence = _evidence(adapter, account, profile, known["code"], given_at, now)
    if evidence is None:
        raise Problem(
            "ownership_not_proven", f"{record.handle} shows the code neither in its profile nor in a new post."
        )
    return verified(account_id, creator_id, evidence, known["code"], profile.network_id)


def verified(
    account_id: str,
    creator_id: str,
    evidence: OwnershipEvidence,
    shown: str | None = None,
    network_id: str | None = None,
) -> AccountRecord:
    """Store that the account is the creator's, unless it is stored already; another owner is displaced. `shown` is the code that
    was found, `network_id` the network's own id of the account.

    Raise Problem `ownership_code_missing` if another code was issued meanwhile, `already_exists` if another account of the
    market was proved to be the same one of the network."""

    def change() -> tuple[AccountRecord, str | None]:
        record, now = get_account(account_id), clock.now()
        known = _known(record, creator_id)
        if record.owner == creator_id and "evidence" in known:
            return record, None
        if shown is not None and known.get("code") != shown:
            raise Problem("ownership_code_missing", "Another code was issued meanwhile.")
        former = record.owner if record.owner != creator_id else None
        actions = displace(record, creator_id, now) if record.owner != creator_id else []
        record.ownership = {**known, "evidence": evidence}
        record.updated_at = clock.stamp(now)
        try:
            transact([rewritten("account", record), *actions, *_identified(record, network_id)])
        except Refused as refused:
            if "identity" in refused.labels:
                detail = "Another account of the market was proved to be this one."
                raise Problem("already_exists", detail) from refused
            raise
        return record, former

    record, former = retry_on_conflict(change, conflict=Refused)
    if former is not None:
        removal_listeners.publish(Removal("owner_changed", account_id=record.pk, creator_id=former))
    return record


def _known(record: AccountRecord, creator_id: str) -> Ownership:
    """Return the creator's code for the account, with evidence if there is any. Raise Problem `not_found` for another creator's
    account that was proved, or for which the creator has no code."""
    if record.owner == creator_id:
        return record.ownership or {}
    claim = ClaimRecord.find(record.pk, f"claim#{creator_id}")
    if record.owner is None or claim is None or "evidence" in (record.ownership or {}):
        raise not_found("account")
    return {"code": claim.code, "given_at": claim.given_at, "expires_at": claim.expires_at}


def _claim_code(account_id: str, creator_id: str, now: datetime) -> tuple[str, datetime]:
    sk = f"claim#{creator_id}"
    claim = ClaimRecord.find(account_id, sk)
    if claim is None or clock.parse(claim.expires_at) <= now:
        given = _new_code(now)
        claim = ClaimRecord(
            account_id, sk, code=given["code"], given_at=given["given_at"], expires_at=given["expires_at"]
        )
        claim.save()
    return claim.code, clock.parse(claim.expires_at)


def _new_code(now: datetime) -> Ownership:
    return {
        "code": "MT-" + "".join(secrets.choice(_ALPHABET) for _ in range(10)),  # 50 bits
        "given_at": clock.stamp(now),
        "expires_at": clock.stamp(now + rules().ownership_code),
    }


def _identified(record: AccountRecord, network_id: str | None) -> list[Action]:
    """Return the action that reserves the network's id of the account for this account."""
    if network_id is None:
        return []
    identity = IdentityRecord(ids.derive("nid", record.network, network_id), "identity", account_id=record.pk)
    free = IdentityRecord.pk.does_not_exist() | (IdentityRecord.account_id == record.pk)
    return [put("identity", identity, free)]


def _evidence(
    adapter: Network, account: Account, profile: Profile, wanted: str, given_at: datetime, now: datetime
) -> OwnershipEvidence | None:
    described = profile.description
    if wanted in described:
        return _found("profile", described, now)
    try:
        posts = adapter.recent_posts(account)
    except NotPermitted:  # the profile can be read without the owner's permission, the posts perhaps not
        return None
    for post in posts:
        if post.posted_at < given_at.replace(microsecond=0):
            continue
        whole = adapter.fetch_post(post.url, account) if post.cut and wanted not in post.text else post
        if whole is not None and wanted in whole.text:
            return _found(whole.url, whole.text, now)
    return None


def _found(where: str, text: str, now: datetime) -> OwnershipEvidence:
    return {"at": clock.stamp(now), "where": where, "text_sha256": hashlib.sha256(text.encode()).hexdigest()}
