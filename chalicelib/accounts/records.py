"""Items of the accounts table that this room owns: advertisers, social accounts, metric snapshots.

The account item is shared with grading, which writes the grade, the score, the advised prices and the value. Whoever
changes it writes the whole item with `rewritten`, which is refused if somebody else did in between: prices that depend
on both sides are never computed from half of an old state.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zlib import crc32

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.accounts.review.auditor_decisions import Decision, Revocation
from chalicelib.core import clock, ids
from chalicelib.core.errors import not_found
from chalicelib.core.order_kinds import Kind
from chalicelib.grading.records import GradedAccount
from chalicelib.social import handles
from chalicelib.store import AccountsRecord, Action, JSONAttribute, put

SEGMENTS = 64
LISTED = "listed"


class AdvertiserRecord(AccountsRecord):
    """pk = adv id, sk = "advertiser". Waits in the queue `certification` while its status is `pending`."""

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
    decided_revision = NumberAttribute(null=True)  # the revision that the decision was taken on
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()


class AccountRecord(GradedAccount):
    """pk = acc id, sk = "account": one account on one network, and what an order for it costs.

    What grading reads and writes is declared there. `owner` is the creator who bound it.
    `score`, `followers` and `value` are 0 until known: the listing indexes hold only items that have the attribute, and
    an account without a grade is listed too."""

    network = UnicodeAttribute()
    handle = UnicodeAttribute()
    handle_folded = UnicodeAttribute()
    status = UnicodeAttribute()
    paused = BooleanAttribute(default=False)
    reason_code = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    decided_revision = NumberAttribute(null=True)  # the revision that the decision was taken on
    ownership = JSONAttribute(null=True)  # ownership.py
    publishing = JSONAttribute(null=True)  # publishing.py
    known_at_binding = BooleanAttribute(
        null=True
    )  # whether the market had figures of it when its present owner bound it
    revoked_at = UnicodeAttribute(null=True)  # until an auditor admits it again
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()

    def own_price(self, kind: Kind) -> int | None:
        price = self.own_post_price if kind == "post" else self.own_repost_price
        return None if price is None else int(price)

    def advice(self, kind: Kind) -> dict[str, Any] | None:
        advised: dict[str, Any] | None = (self.advised or {}).get(kind)
        return advised


class SnapshotRecord(AccountsRecord):
    """pk = acc id, sk = "metrics#{as_of}": what was measured then; or "metrics#{as_of}#{appeal}": what a ruling corrected then.
    Written once, never changed."""

    figures = JSONAttribute()
    recorded_at = UnicodeAttribute()
    counted = NumberAttribute(null=True)  # how many followers counted, if it became the evidence


class PriceChange(AccountsRecord):
    """pk = acc id, sk = `price#{moment}`: the account's own prices from then on (fen, None: none); written once, never changed."""

    post = NumberAttribute(null=True)
    repost = NumberAttribute(null=True)
    cause = UnicodeAttribute()  # owner, import


class ClaimRecord(AccountsRecord):
    """pk = acc id, sk = `claim#{creator id}`: the code by which another creator than the owner may prove the account."""

    code = UnicodeAttribute()
    given_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()


class IdentityRecord(AccountsRecord):
    """pk is derived from a network and its own id of an account, sk = `identity`: the one account that was proved to be it."""

    account_id = UnicodeAttribute()


def note_decision(record: AdvertiserRecord | AccountRecord, decision: Decision | Revocation, now: datetime) -> None:
    """Write the reason and the decider of the present status on the record, in memory."""
    record.reason_code, record.note = decision.reason_code, decision.note
    record.decided_by, record.decided_revision = decision.by.sub, decision.by.revision
    record.decided_at = record.updated_at = clock.stamp(now)


def rewritten(label: str, record: AdvertiserRecord | AccountRecord) -> Action:
    """Writes the item that was read and then changed in memory; refused under `label` if its revision is no longer the
    one that was read."""
    read = record.revision
    record.revision = read + 1
    return put(label, record, type(record).revision == read)


def account_id(network: str, handle: str) -> str:
    """Return the id of this handle on this network, the same for every spelling of it. Raises ValueError if it names no account."""
    return ids.derive("acc", network, handles.canonical(network, handle))


def account_ids(network: str, handle: str) -> tuple[str, ...]:
    """Return the ids under which an account with this handle can be stored: that of the canonical form, and that of the spelling,
    which accounts have that were stored before handles had a canonical form. Raises ValueError if it names no account."""
    return tuple(dict.fromkeys((account_id(network, handle), ids.derive("acc", network, handle))))


def segment_of(account: str) -> str:
    """Which of the SEGMENTS parts of a regrade the account belongs to: "00" … "63"."""
    return f"{crc32(account.encode()) % SEGMENTS:02d}"


def new_account(network: str, handle: str, category: str | None, status: str, moment: str) -> AccountRecord:
    """The item of an account the market has not known; `moment` as `clock.stamp` writes it."""
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
    """Return the account with this handle as it is now, or None. Raises ValueError if it names no account."""
    found = (find_account(account) for account in account_ids(network, handle))
    return next((record for record in found if record is not None), None)


def find_account(account: str) -> AccountRecord | None:
    """The account as it is now, or None."""
    return AccountRecord.find(account, "account")


def get_account(account: str) -> AccountRecord:
    """Return the account as it is now. Raise Problem `not_found`."""
    record = find_account(account)
    if record is None:
        raise not_found("account")
    return record


def get_owned_account(account: str, creator_id: str) -> AccountRecord:
    """Return the creator's account. Raise Problem `not_found` if the account is absent or another creator's."""
    record = get_account(account)
    if record.owner != creator_id:
        raise not_found("account")
    return record
