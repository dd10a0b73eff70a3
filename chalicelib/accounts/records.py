"""Items of the accounts table: advertisers, social accounts, metric snapshots, price changes, claims.

Grading writes the grade, the score, the advised prices and the value to the account item, too. Every write replaces the whole
item with `rewritten`, on the condition that it was not written meanwhile: prices that depend on both sides are never
computed from a mix of old and new state."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired
from zlib import crc32

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.accounts.review.auditor_decisions import Decision, Revocation
from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.core.order_kinds import Kind
from chalicelib.core.response_types import TypedDict
from chalicelib.grading.model.account_figures import AccountFigures, StoredBand
from chalicelib.grading.records import GradedAccount
from chalicelib.social import handles
from chalicelib.store import AccountsRecord, Action, JSONAttribute, put

SEGMENTS = 64
LISTED = "listed"


class AdvertiserRecord(AccountsRecord):
    """pk = adv id, sk = "advertiser". It is in the queue `certification` while its status is `pending`."""

    name = UnicodeAttribute()
    licence_no = UnicodeAttribute()
    contact_name = UnicodeAttribute()
    contact_phone = UnicodeAttribute()
    contact_email = UnicodeAttribute()
    status = UnicodeAttribute()
    revision = NumberAttribute(default=1)
    reason_code = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_revision = NumberAttribute(null=True)  # the revision that was decided on
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()


class OwnershipEvidence(TypedDict):
    """The proof of ownership: `where` is `profile`, the URL of a post, or `authorisation` (the network confirmed the owner when the
    permission to publish was given)."""

    at: str
    where: str
    text_sha256: NotRequired[str]


class Ownership(TypedDict, total=False):
    """The owner's code, and the evidence once the account is proved. A proof by authorisation has no code."""

    code: str
    given_at: str
    expires_at: str
    evidence: OwnershipEvidence


class PublishingPermission(TypedDict):
    """The owner's permission to publish, or its withdrawal, and the moment at which the network's authorisation expires."""

    allowed: bool
    since: str
    until: NotRequired[str]


class AccountRecord(GradedAccount):
    """pk = acc id, sk = "account": one account on one network, with its prices.

    GradedAccount declares what grading reads and writes. `owner` is the creator who bound it. `score`, `followers` and `value`
    are 0 until they are known, because the listing indexes contain only items that have the attribute, and accounts without a
    grade are listed too."""

    category_declared = UnicodeAttribute(null=True)  # by its present owner
    category_proposed = UnicodeAttribute(null=True)  # from its posts
    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    handle_folded = UnicodeAttribute()
    status = UnicodeAttribute()
    paused = BooleanAttribute(default=False)
    reason_code = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_revision = NumberAttribute(null=True)  # the revision that was decided on
    ownership = JSONAttribute[Ownership | None](null=True)
    publishing = JSONAttribute[PublishingPermission | None](null=True)
    known_at_binding = BooleanAttribute(null=True)  # the market had figures of it when its present owner bound it
    revoked_at = UnicodeAttribute(null=True)  # until an auditor admits it again
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()

    def own_price(self, kind: Kind) -> int | None:
        price = self.own_post_price if kind == "post" else self.own_repost_price
        return None if price is None else int(price)

    def advice(self, kind: Kind) -> StoredBand | None:
        return self.advised.get(kind) if self.advised else None


class SnapshotRecord(AccountsRecord):
    """pk = acc id, sk = "metrics#{as_of}" for measured figures, or "metrics#{as_of}#{appeal}" for figures corrected by a ruling.
    Written once, never changed."""

    figures = JSONAttribute[AccountFigures]()
    recorded_at = UnicodeAttribute()
    counted = NumberAttribute(null=True)  # how many followers counted, if it became the evidence


class PriceChange(AccountsRecord):
    """pk = acc id, sk = `price#{moment}`: the account's own prices from then on (fen, None without one). Written once, never
    changed."""

    post = NumberAttribute(null=True)
    repost = NumberAttribute(null=True)
    cause = UnicodeAttribute()  # owner, import


class ClaimRecord(AccountsRecord):
    """pk = acc id, sk = `claim#{creator id}`: the code by which a creator other than the owner may prove the account."""

    code = UnicodeAttribute()
    given_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()


class IdentityRecord(AccountsRecord):
    """pk is derived from a network and its own id of an account, sk = `identity`: the one account that was proved to be it."""

    account_id = UnicodeAttribute()


def note_decision(record: AdvertiserRecord | AccountRecord, decision: Decision | Revocation, now: datetime) -> None:
    """Set the reason and the decider of the present status on the record, in memory."""
    record.reason_code, record.note = decision.reason_code, decision.note
    record.decided_by, record.decided_revision = decision.by.sub, decision.by.revision
    record.decided_at = record.updated_at = clock.stamp(now)


def rewritten(label: str, record: AdvertiserRecord | AccountRecord) -> Action:
    """Return the action that writes the item after a change in memory; refused under `label` if it was written meanwhile."""
    read = record.revision
    record.revision = read + 1
    return put(label, record, type(record).revision == read)


def account_id(network: str, handle: str) -> str:
    """Return the id of this handle on this network, equal for every spelling. Raise ValueError if it names no account."""
    return ids.derive("acc", network, handles.canonical(network, handle))


def account_ids(network: str, handle: str) -> tuple[str, ...]:
    """Return the ids under which an account with this handle can be stored: that of the canonical form, and that of the spelling,
    for accounts stored before handles had a canonical form. Raise ValueError if the handle names no account."""
    return tuple(dict.fromkeys((account_id(network, handle), ids.derive("acc", network, handle))))


def segment_of(account: str) -> str:
    """Return the segment of a regrade that the account belongs to: "00" … "63"."""
    return f"{crc32(account.encode()) % SEGMENTS:02d}"


def new_account(network: str, handle: str, category: str | None, status: str, moment: str) -> AccountRecord:
    """Return the item of an account that is not stored yet. `moment` is in the form of `clock.stamp`."""
    pk = account_id(network, handle)
    handle = handles.display_form(network, handle)
    return AccountRecord(
        pk=pk,
        sk="account",
        network=network,
        handle=handle,
        handle_folded=handle.casefold(),
        category=category,
        status=status,
        segment=segment_of(pk),
        score=0,
        followers=0,
        value=0,
        created_at=moment,
        updated_at=moment,
    )


def find_by_handle(network: str, handle: str) -> AccountRecord | None:
    """Return the account with this handle as it is now, or None. Raise ValueError if the handle names no account."""
    found = (find_account(account) for account in account_ids(network, handle))
    return next((record for record in found if record is not None), None)


def find_account(account: str) -> AccountRecord | None:
    """Return the account as it is now, or None."""
    return AccountRecord.find(account, "account")


def get_account(account: str) -> AccountRecord:
    """Return the account as it is now. Raise Problem `not_found`."""
    return AccountRecord.existing(account, "account")


def get_owned_account(account: str, creator_id: str) -> AccountRecord:
    """Return the creator's account. Raise Problem `not_found` if the account is absent or another creator's."""
    record = get_account(account)
    if record.owner != creator_id:
        raise not_found("account")
    return record
