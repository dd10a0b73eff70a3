"""Items of the accounts table that grading reads and writes."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.order_kinds import Kind
from chalicelib.grading.model.account_figures import AccountFigures, StoredBand
from chalicelib.store import AccountsRecord, JSONAttribute


class GradedAccount(AccountsRecord):
    """pk = `acc_…`, sk = `account`: the attributes of an account that grading reads and writes.

    Money is in fen. The index attributes `post_price` and `repost_price` are effective prices: the creator's own, else the
    advised mid price. `value` is thousandths of a read that counts per fen of the effective repost price. Every write raises
    `revision` on the condition that it is the one that was read."""

    revision = NumberAttribute(default=1)  # counts the writes of the item, each conditional on the one before
    category = UnicodeAttribute(null=True)
    category_unconfirmed = BooleanAttribute(null=True)  # declared by the owner and not yet confirmed by a review
    evidence = JSONAttribute[AccountFigures](null=True)
    own_post_price = NumberAttribute(null=True)
    own_repost_price = NumberAttribute(null=True)
    grade = UnicodeAttribute(null=True)
    grade_rank = NumberAttribute(null=True)
    grade_number = NumberAttribute(default=0)  # how many changes the history has
    methodology_version = UnicodeAttribute(null=True)
    graded_at = UnicodeAttribute(null=True)
    confidence = NumberAttribute(null=True)
    advised = JSONAttribute[dict[Kind, StoredBand]](null=True)
    needed = UnicodeAttribute(
        null=True
    )  # what the next grade needs (chalicelib.grading.stored_needs); JSON, parsed when shown
    traded_on = UnicodeAttribute(null=True)  # the day its first order ended, if one did; older items: a later one

    @property
    def counted_category(self) -> str | None:
        """The category that counts for grade and price: none until a review has confirmed it."""
        return None if self.category_unconfirmed else self.category


class GradeChange(AccountsRecord):
    """pk = `acc_…`, sk = `grade#{number}`: one change of the grade with everything needed to recompute it. Written once, never
    changed. `score` is in points."""

    grade = UnicodeAttribute()
    previous = UnicodeAttribute(null=True)
    cause = UnicodeAttribute()  # metrics, import, methodology, orders, appeal apl_…
    at = UnicodeAttribute()
    methodology_version = UnicodeAttribute()
    evidence = JSONAttribute[AccountFigures]()
    category = UnicodeAttribute(null=True)
    advised_prices = JSONAttribute[dict[Kind, StoredBand]]()


class TrackRecordItem(AccountsRecord):
    """pk = `acc_…`, sk = `deed#{ended at}#{order id}`: the track record entry of one order. Written once, never changed."""

    kind = UnicodeAttribute()
    advertiser_id = UnicodeAttribute()
    accepted = BooleanAttribute(null=True)
    on_time = BooleanAttribute(null=True)
    kept = BooleanAttribute(null=True)
    lost = BooleanAttribute(null=True)
    paid = NumberAttribute(null=True)
    advised = NumberAttribute(null=True)
    comments_read = NumberAttribute(null=True)
    comments_copied = NumberAttribute(null=True)


class RegradeRun(AccountsRecord):
    """pk = `regrade#{run}`, sk = `run`: the methodology of a regrade, its start and its end."""

    methodology_version = UnicodeAttribute()
    started_at = UnicodeAttribute()
    ended_at = UnicodeAttribute(null=True)


class RegradeSegment(AccountsRecord):
    """pk = `regrade#{run}`, sk = `segment#NN`: the progress and the results of one segment of a regrade."""

    cursor = UnicodeAttribute(null=True)
    done = NumberAttribute(default=0)
    accounts = NumberAttribute(default=0)
    up = NumberAttribute(default=0)
    down = NumberAttribute(default=0)
    changed = NumberAttribute(default=0)
    grades = JSONAttribute[dict[str, int]](null=True)
    units_read = NumberAttribute(default=0)
    units_written = NumberAttribute(default=0)
    parked = UnicodeAttribute(null=True)
