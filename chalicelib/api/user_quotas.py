"""Quotas per user (rule 31): a maximum number of expensive requests in a fixed window of time.

The rate of requests of a client is limited by the gateway (ClientPlan and ClientWall in infra/resources.yaml). A quota of 0 in
the rules means no limit and costs no write; stages with the sandbox on have no quotas.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.attributes import NumberAttribute

from chalicelib.core import clock
from chalicelib.core.errors import Problem
from chalicelib.core.rules import rules
from chalicelib.store import AccountsRecord, update_if
from chalicelib.store.retry import WriteConflict, retry_on_conflict


@dataclass(frozen=True)
class Quota:
    """A quota: the name of the rule with the number, the window in seconds, and the counted requests, in words."""

    rule: str
    seconds: int
    counted: str


QUOTAS = {
    "accounts": Quota("accounts_per_day_max", 24 * 3_600, "accounts bound in a day"),
    "pictures": Quota("pictures_per_hour_max", 3_600, "pictures in an hour"),
    "messages": Quota("messages_per_hour_max", 3_600, "messages in an hour"),
    "searches": Quota("searches_per_hour_max", 3_600, "searches and plans in an hour"),
}
"""The quotas that a route can declare."""


class QuotaRecord(AccountsRecord):
    """Counter of a user's quota: `used` in the window with this number since 1970. pk = `quota#{user}`, sk = name of the quota."""

    window = NumberAttribute()
    used = NumberAttribute()


def take(user: str, name: str) -> None:
    """Count one use of the quota `name` by the user.

    Raise Problem `rate_limited` with `retry_after` (seconds) and `works_again_at` when the window is used up, and
    `write_contention` if concurrent requests change the counter TRIES times."""
    quota = QUOTAS[name]
    most = int(getattr(rules(), quota.rule))
    if not most:
        return
    moment = int(clock.now().timestamp())
    window = moment // quota.seconds

    def count() -> None:
        counter = QuotaRecord(f"quota#{user}", name)
        below = (QuotaRecord.window == window) & (QuotaRecord.used < most)
        if update_if(counter, [QuotaRecord.used.add(1)], below):
            return
        other = QuotaRecord.pk.does_not_exist() | (QuotaRecord.window != window)
        if update_if(counter, [QuotaRecord.window.set(window), QuotaRecord.used.set(1)], other):
            return
        stored = QuotaRecord.find(counter.pk, name)
        if stored is not None and int(stored.window) == window and int(stored.used) >= most:
            wait = (window + 1) * quota.seconds - moment
            again = datetime.fromtimestamp(moment + wait, UTC)
            detail = f"{most} {quota.counted} are allowed; it works again at {clock.rfc3339(again)}."
            raise Problem("rate_limited", detail, retry_after=wait, works_again_at=again)
        raise WriteConflict

    retry_on_conflict(count)
