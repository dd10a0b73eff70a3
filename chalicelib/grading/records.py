"""Items of the accounts table that grading reads and writes."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store import AccountsRecord, JSONAttribute


class GradedAccount(AccountsRecord):
    """pk = `acc_…`, sk = `account`: the part of an account that its grade is made of and written to.

    Money in fen; `score` and the index attributes `post_price`, `repost_price`, `value` are numbers, prices the effective ones
    (the creator's own, else the advised mid price); `value` is thousandths of a read per fen of the effective repost price.
    Every writer raises `revision` on the condition that it is the one that was read."""

    revision = NumberAttribute(default=1)  # counts the writes of the item, each conditional on the one before
    category = UnicodeAttribute(null=True)
    evidence = JSONAttribute(null=True)
    own_post_price = NumberAttribute(null=True)
    own_repost_price = NumberAttribute(null=True)
    grade = UnicodeAttribute(null=True)
    grade_rank = NumberAttribute(null=True)
    grade_number = NumberAttribute(default=0)  # how many changes the history has
    methodology_version = UnicodeAttribute(null=True)
    graded_at = UnicodeAttribute(null=True)
    confidence = NumberAttribute(null=True)
    advised = JSONAttribute(null=True)
    traded_on = UnicodeAttribute(null=True)  # the day its last order ended, if one did


class GradeChange(AccountsRecord):
    """pk = `acc_…`, sk = `grade#{number}`: one change, with all it rests on, from which anyone computes the rest; written once,
    never changed. `score` in points."""

    grade = UnicodeAttribute()
    previous = UnicodeAttribute(null=True)
    cause = UnicodeAttribute()  # metrics, import, methodology, orders, appeal apl_…
    at = UnicodeAttribute()
    methodology_version = UnicodeAttribute()
    evidence = JSONAttribute()
    category = UnicodeAttribute(null=True)
    advised_prices = JSONAttribute()


class TrackRecordItem(AccountsRecord):
    """pk = `acc_…`, sk = `deed#{ended at}#{order id}`: what an order showed (TrackRecordEntry); written once, never changed."""

    kind = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    accepted = BooleanAttribute(null=True)
    on_time = BooleanAttribute(null=True)
    kept = BooleanAttribute(null=True)
    lost = BooleanAttribute(null=True)
    paid = NumberAttribute(null=True)
    advised = NumberAttribute(null=True)


class RegradeRun(AccountsRecord):
    """pk = `regrade#{run}`, sk = `run`: under which methodology a regrade runs, from when until when."""

    methodology_version = UnicodeAttribute()
    started_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)


class RegradeSegment(AccountsRecord):
    """pk = `regrade#{run}`, sk = `segment#NN`: how far a segment of a regrade is, and what it found."""

    cursor = UnicodeAttribute(null=True)
    done = NumberAttribute(default=0)
    accounts = NumberAttribute(default=0)
    up = NumberAttribute(default=0)
    down = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    grades = JSONAttribute(null=True)
    units_read = NumberAttribute(default=0)
    units_written = NumberAttribute(default=0)
    parked = UnicodeAttribute(null=True)
