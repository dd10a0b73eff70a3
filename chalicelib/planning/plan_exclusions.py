"""Accounts that a plan must leave out although they take orders: rules 13 and 13b."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.core import clock
from chalicelib.core.rules import rules
from chalicelib.tasks.frequency import post_calendar
from chalicelib.tasks.frequency.repeat_limit import named_since

Window = tuple[datetime, datetime]


def named_too_often(advertiser_id: str) -> frozenset[str]:
    """Return the accounts that the advertiser's tasks have named as often recently as a plan may."""
    named = named_since(advertiser_id, clock.now() - rules().plan_repeats_within)
    return frozenset(account for account, times in named.items() if times >= rules().plan_repeats_max)


def without_place(account_ids: Iterable[str], window: Window | None) -> frozenset[str]:
    """Return which of these accounts (at most 100) have no free place in the window by rule 13."""
    account_ids = list(account_ids)
    if window is None or not account_ids:
        return frozenset()
    return post_calendar.full(account_ids, *window, clock.now())
