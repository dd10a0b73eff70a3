"""Items of the wallet table."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.store import JSONAttribute, WalletRecord


class Balance(WalletRecord):
    """pk = account, sk = `balance`: what the account has, and how many entries made it."""

    balance = NumberAttribute(default=0)
    entries = NumberAttribute(default=0)
    paying = NumberAttribute(null=True)  # of a provider's account: payouts that were sent and have no outcome yet
    updated_at = UnicodeAttribute(null=True)


class Entry(WalletRecord):
    """pk = account, sk = `entry#…`: the net `amount` of one transfer in this account. Written once, never changed."""

    transfer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    reference = UnicodeAttribute()
    amount = NumberAttribute()
    at = UnicodeAttribute()


class Payment(WalletRecord):
    """pk = `pay_…`, sk = `payment`: a top-up from its start to the provider's notification; `seal` as in sealed_items.py."""

    status = UnicodeAttribute()  # pending, paid
    provider = UnicodeAttribute()
    amount = NumberAttribute()
    pay_url = UnicodeAttribute()
    created_at = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    paid_at = UnicodeAttribute(null=True)
    transaction_id = UnicodeAttribute(null=True)
    seal = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()


class SuspenseItem(WalletRecord):
    """pk = `sus_…`, sk = `suspense`: money that the market holds and cannot place. Its queue is `suspense` while it is open and
    `suspense:{status}` afterwards."""

    status = UnicodeAttribute()  # open, credited, returned
    provider = UnicodeAttribute()
    transaction_id = UnicodeAttribute()
    payment_id = UnicodeAttribute(null=True)
    amount = NumberAttribute()
    reason = (
        UnicodeAttribute()
    )  # payment_unknown, payment_expired, payment_altered, amount_wrong, already_paid, refunded
    at = UnicodeAttribute()
    advertiser_id = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    resolved_at = UnicodeAttribute(null=True)
    resolved_by = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    decided_revision = NumberAttribute(null=True)  # the revision that the decision was taken on
    confirmation = JSONAttribute(null=True)  # confirmations.py
    seal = UnicodeAttribute(null=True)


class Withdrawal(WalletRecord):
    """pk = `wdr_…`, sk = `withdrawal`: money on its way out. Its queue is `withdrawal` until it has an outcome and
    `withdrawal:{status}` afterwards."""

    status = UnicodeAttribute()  # requested, paid, failed
    provider = UnicodeAttribute()
    amount = NumberAttribute()
    requested_at = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=0)
    decided_revision = NumberAttribute(null=True)
    payee = JSONAttribute(null=True)  # {account, name}; never logged, shown masked
    payout = JSONAttribute(null=True)  # {status: sent|refused|failed, reason, at, by, number, sent_at, paying}
    confirmation = JSONAttribute(null=True)  # confirmations.py
    seal = UnicodeAttribute(null=True)
    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()


class Seal(WalletRecord):
    """pk = `seal#{account}`, sk = day: an account's entries of that day, sealed. pk = `seal`, sk = day: the sign-off over the
    days up to that one, `content` being the root of each. Written once."""

    content = JSONAttribute()
    mac = UnicodeAttribute()


class Proof(WalletRecord):
    """pk = `proof`, sk = `latest`: the result of the last reconciliation; sk = `run`: how far the present one has come; sk =
    `inside`: and within the account it is at."""

    document = JSONAttribute()


class SettlementFigures(WalletRecord):
    """What the comparison of a provider's file with the ledger came to."""

    settlement_id = UnicodeAttribute()
    provider = UnicodeAttribute()
    at = UnicodeAttribute()
    since = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    matched = NumberAttribute()
    ledger_total = NumberAttribute()
    file_total = NumberAttribute()
    differences_found = NumberAttribute()


class Settlement(SettlementFigures):
    """pk = `stl_…`, sk = `settlement`: one comparison, listed under the owner `settlements`."""


class LastSettlement(SettlementFigures):
    """pk = `settlements`, sk = provider: its last comparison once more."""


class SettlementDifferences(WalletRecord):
    """pk = `stl_…`, sk = `differences`: what one comparison found, apart so that the list of comparisons stays small."""

    differences = JSONAttribute()


class SettlementUpload(WalletRecord):
    """pk = `stu_…`, sk = `upload`: a file announced, lying in the bucket as `settlements/{id}` when it has come."""

    provider = UnicodeAttribute()
    bytes = NumberAttribute()
