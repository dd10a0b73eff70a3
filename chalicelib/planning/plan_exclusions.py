"""Whom a plan must leave out although they take orders: rule 13b."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.frequency.repeat_limit import named_since

Window = tuple[datetime, datetime]


def named_too_often(advertiser_id: str) -> frozenset[str]:
    """Accounts that the advertiser's tasks have named as often lately as a plan may."""
    named = named_since(advertiser_id, clock.now() - rules().plan_repeats_within)
    return frozenset(account for account, times in named.items() if times >= rules().plan_repeats_max)


def without_place(account_ids: Iterable[str], window: Window | None) -> frozenset[str]:
    """Those of these accounts (at most 100) whose promises leave no place in the window by rule 13."""
    account_ids = list(account_ids)
    if window is None or not account_ids:
        return frozenset()
    return post_calendar.full(account_ids, *window, clock.now())
