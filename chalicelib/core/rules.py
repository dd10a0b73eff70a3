"""All numbers of the business rules.

`rules()` returns the numbers of the published rules; the comments name the rule of docs/reference/rules.md. Money, time zone and
ad mark are those of the deployment's region (chalicelib.core.regions); the defaults here are those of cn. A stage overrides rules
with the JSON object in the environment variable `RULES`; durations are in seconds.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import cache
from typing import Any

from chalicelib.core.regions.cn import REGION as CN
from chalicelib.core.regions.currencies import CURRENCIES
from chalicelib.core.regions.region import NAMES, Region, named


@dataclass(frozen=True)
class Rules:
    """The numbers of the business rules. Money is in minor units of `currency`, shares are in basis points."""

    currency: str = CN.currency
    time_zone: str = CN.time_zone  # IANA; in it the months of statements begin and working days are counted
    public_holidays: str = CN.public_holidays  # the calendar of days that are not working days, or none
    ownership_code: timedelta = timedelta(hours=48)  # how long a code that proves an account is valid
    proof_of_graded: int = 1  # rule 25; 1: every account with figures must be proved, 0: those with figures at binding
    certification_review: timedelta = timedelta(hours=48)  # rule 1 has no number; the same as for rule 2
    account_review: timedelta = timedelta(hours=48)  # rule 2
    topup_min: int = CN.minor("topup_min")  # rule 3
    topup_max: int = CN.minor("topup_max")  # every sum stays far below the 38 digits of DynamoDB and the 2**53 of JSON
    topup_expiry: timedelta = timedelta(hours=2)  # rule 4
    text_max_chars: int = 2_000  # rule 6
    pictures_max: int = 9  # rule 6
    picture_max_bytes: int = 5_000_000  # rule 6
    picture_side_max: int = 30_000  # pixels; long screenshots are common
    picture_pixels_max: int = 50_000_000
    picture_frames_max: int = 300  # of an animated GIF
    picture_upload: timedelta = timedelta(minutes=15)  # how long an upload form is valid
    picture_link: timedelta = timedelta(hours=1)  # how long a link to a picture is valid
    urls_max: int = 5  # rule 6
    url_max_chars: int = 2_000
    title_max_chars: int = 100
    task_accounts_max: int = 100  # in one request
    task_orders_max: int = 1_000  # in one task, added in pages
    window_max: timedelta = timedelta(days=30)  # rule 7
    planning_max: timedelta = timedelta(days=365)  # from now to the end of a task
    retention_min: timedelta = timedelta(hours=24)  # rule 7
    retention_max: timedelta = timedelta(days=365)  # rule 7
    task_review: timedelta = timedelta(hours=24)  # rule 8
    commission_bps: int = 3_000  # rule 11: 30 %
    answer_min: timedelta = timedelta(hours=1)  # rule 12: a lapse after less time is not in the track record
    reserve_answer: timedelta = timedelta(hours=24)  # rule 12: the least time of a reserve account to respond
    posts_per_day_max: int = 2  # rule 13
    posts_gap_min: timedelta = timedelta(minutes=60)  # rule 13
    post_early: timedelta = timedelta(minutes=10)  # rule 14: a post may be published so long before the window
    mend: timedelta = timedelta(hours=2)  # rule 14
    unannounced_checks: int = 2  # rule 29: number of checks at random moments of the retention
    second_look: timedelta = timedelta(minutes=10)  # rule 29: confirms a post that was found gone or changed
    absences_max: int = 2  # rule 29: how often a post may disappear and return before an auditor decides
    final_check: timedelta = timedelta(hours=72)  # rule 30: how long a check is tried if the network cannot be read
    check_retry_first: timedelta = timedelta(minutes=1)  # rule 30: time until the next try, doubled each time …
    check_retry_max: timedelta = timedelta(hours=1)  # … up to this
    stuck_retry: timedelta = timedelta(hours=24)  # rule 30: after which a stuck workflow is run again without staff
    draft_rounds_max: int = 2  # how often an advertiser may request changes of a draft
    draft_silence: timedelta = timedelta(hours=48)  # after which a draft counts as approved
    queue_claim: timedelta = timedelta(minutes=15)  # how long a claim of an item in a queue of staff is valid
    cancel_compensation_bps: int = 1_000  # rule 18: 10 %
    dispute_ruling: timedelta = timedelta(days=5)  # rule 20
    statements_per_side_max: int = 10  # rule 20
    withdrawal_min: int = CN.minor("withdrawal_min")  # rule 21
    payout_unknown: timedelta = timedelta(minutes=10)  # rule 21: until a payout unknown to its provider can be failed …
    payout_unanswered: timedelta = timedelta(hours=24)  # … and one about which the provider does not respond
    two_people_above: int = CN.minor("two_people_above")  # rule 26; of suspense items and payouts
    price_min: int = CN.minor("price_min")  # a creator's own price …
    price_max: int = CN.minor("price_max")  # … up to this
    ad_mark: str = CN.ad_mark.text  # rule 9: added where a mark is missing; one of the region's marks
    advice_ppm: int = CN.advice_ppm  # units of the currency for a million yuan, in which advised prices are fitted
    snapshot_first: timedelta = timedelta(minutes=10)  # figures of a post are read so long after its publication …
    snapshot_second: timedelta = timedelta(hours=1)  # … and again
    snapshot_third: timedelta = timedelta(hours=6)
    snapshot_fourth: timedelta = timedelta(hours=24)  # and at the end of the retention
    click_again: timedelta = timedelta(hours=24)  # rule 33: until a further click of a visitor on the same link counts
    report_link: timedelta = timedelta(days=7)  # how long a link to a report is valid
    grade_appeal: timedelta = timedelta(days=5)  # rule 24
    plan_good_for: timedelta = timedelta(hours=24)  # rule 13b: how long a plan can be ordered
    plan_repeats_max: int = 2  # rule 13b: how often one advertiser's tasks name an account …
    plan_repeats_within: timedelta = timedelta(days=7)  # … in this time, before plans omit it
    reminder_first: timedelta = timedelta(hours=24)  # rule 32: a reminder so long before a default; 0: none …
    reminder_last: timedelta = timedelta(hours=2)  # … and again
    digest_at: timedelta = timedelta(hours=9)  # the time of day of the digest of staff, in the market's time zone
    events_listed: timedelta = timedelta(days=90)  # how long events are stored
    webhooks_max: int = 10  # endpoints of one owner
    webhook_secret_overlap: timedelta = timedelta(hours=24)  # how long a replaced secret still signs
    deliveries_listed: timedelta = timedelta(days=30)  # how long deliveries of webhooks are listed
    accounts_per_day_max: int = 20  # rule 31: per user, as the next three; 0 is no limit
    drafts_max: int = 50  # open at once
    pictures_per_hour_max: int = 200
    searches_per_hour_max: int = 600  # searches and plans together
    messages_per_hour_max: int = 60
    message_max_chars: int = 2_000
    shortlists_max: int = 50  # of one advertiser
    shortlist_accounts_max: int = 200
    saved_searches_max: int = 50  # of one advertiser


SANDBOX_RULES: dict[str, int] = {
    "accounts_per_day_max": 0,
    "drafts_max": 0,
    "pictures_per_hour_max": 0,
    "searches_per_hour_max": 0,
    "messages_per_hour_max": 0,
    "retention_min": 0,
    "posts_gap_min": 0,
    "posts_per_day_max": 1_000,
    "plan_repeats_max": 1_000,
    "proof_of_graded": 0,
    "second_look": 5,
    "reminder_first": 30 * 60,
    "reminder_last": 10 * 60,
}
"""The rules that a sandbox stage relaxes, so that a whole campaign takes seconds."""


class InvalidRules(ValueError):
    """`RULES` names a rule that does not exist, or a value out of its range; the message names each."""


@cache
def rules() -> Rules:
    """Return the rules of this stage: the defaults, then SANDBOX_RULES on a sandbox stage, then `RULES`. Raises InvalidRules."""
    region = os.environ.get("REGION") or NAMES[0]
    return read_rules(os.environ.get("RULES") or "{}", sandbox=os.environ.get("SANDBOX") == "on", region=region)


def read_rules(text: str, *, sandbox: bool, region: str = NAMES[0]) -> Rules:
    """Return the rules of a region with the overrides of a JSON object, durations in seconds, each within `range_of`. Raises
    InvalidRules."""
    try:
        of_region = named(region)
    except ValueError as error:
        raise InvalidRules(f"The rules are wrong: {error}.") from error
    try:
        overrides = json.loads(text)
    except ValueError as error:
        raise InvalidRules(f"The rules are no JSON: {error}.") from error
    if not isinstance(overrides, dict):
        raise InvalidRules("The rules are a JSON object: {name: number}.")
    known = {field.name for field in fields(Rules)}
    faults = [f"there is no rule {name}" for name in overrides if name not in known]
    faults += [fault for name, value in overrides.items() if name in known and (fault := _fault(name, value))]
    if faults:
        raise InvalidRules(f"The rules are wrong: {'; '.join(faults)}.")
    relaxed = dict(SANDBOX_RULES) if sandbox else {}
    values: dict[str, Any] = {
        name: timedelta(seconds=value) if name in _DURATIONS else value
        for name, value in {**_defaults(of_region, overrides), **relaxed, **overrides}.items()
    }
    found = replace(Rules(), **values)
    if "ad_mark" in overrides and not of_region.ad_mark.is_in(found.ad_mark):
        raise InvalidRules(f"The rules are wrong: ad_mark is {found.ad_mark!r}, not a mark of the region {region}.")
    disordered = [f"{least} is above {most}" for least, most in ORDERED if getattr(found, least) > getattr(found, most)]
    if disordered:
        raise InvalidRules(f"The rules are wrong: {'; '.join(disordered)}.")
    return found


def _defaults(region: Region, overrides: dict[str, Any]) -> dict[str, Any]:
    """Return the rules of a region; its amounts are whole units of the currency in force."""
    currency = overrides.get("currency", region.currency)
    return {
        "currency": currency,
        "time_zone": region.time_zone,
        "public_holidays": region.public_holidays,
        "advice_ppm": region.advice_ppm,
        "ad_mark": region.ad_mark.text,
        **{name: region.minor(name, currency) for name in region.amounts},
    }


def range_of(name: str) -> tuple[int, int]:
    """Return the least and the greatest allowed value of a rule in seconds, minor units, basis points or a count."""
    if name in RANGES:
        return RANGES[name]
    if name in _DURATIONS:
        return (0, _YEARS)
    return (0, 10_000) if name.endswith("_bps") else (1, 10**12)


def _fault(name: str, value: Any) -> str | None:
    """Return a description of the error in the value of a rule, or None."""
    if name in TEXTS:
        return None if isinstance(value, str) and _is_known(name, value) else f"{name} is {value!r}, not {TEXTS[name]}"
    least, most = range_of(name)
    kinds = (int, float) if name in _DURATIONS else (int,)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        unit = " seconds" if name in _DURATIONS else ""
        return f"{name} is {value!r}, not from {least} to {most}{unit}"
    return None


_AD_MARK_MAX = 40
TEXTS = {
    "currency": "a currency of ISO 4217",
    "time_zone": "a time zone of the IANA database such as Europe/Berlin",
    "ad_mark": "a mark of the region, of at most 40 characters",
    "public_holidays": "a calendar of chalicelib/core/regions/public_holidays.generated.json, or none",
}
"""The rules that are texts, with a description of their values."""


def _is_known(name: str, value: str) -> bool:
    """Return True if the value of a text is known. Imports what only an override needs."""
    if name == "currency":
        return value in CURRENCIES
    if name == "ad_mark":
        return value == value.strip() and 0 < len(value) <= _AD_MARK_MAX
    from chalicelib.core.regions import working_days

    return working_days.is_zone(value) if name == "time_zone" else working_days.is_calendar(value)


_DURATIONS = frozenset(field.name for field in fields(Rules) if isinstance(field.default, timedelta))
_DAY = 24 * 3_600
_YEARS = 10 * 366 * _DAY

RANGES: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        (
            "accounts_per_day_max",
            "drafts_max",
            "pictures_per_hour_max",
            "searches_per_hour_max",
            "messages_per_hour_max",
        ),
        (0, 1_000_000),
    ),
    "queue_claim": (60, _DAY),
    "digest_at": (0, _DAY - 60),
    "shortlists_max": (1, 1_000),
    "shortlist_accounts_max": (1, 1_000),  # a shortlist is one item
    "saved_searches_max": (1, 1_000),
    "proof_of_graded": (0, 1),
    "advice_ppm": (1, 10**10),
    "commission_bps": (0, 9_999),  # the creator receives a part
    "text_max_chars": (1, 4_000),  # texts and URLs fit into the items of tasks and orders (store.item_size)
    "urls_max": (0, 9),
    "message_max_chars": (1, 4_000),
    "url_max_chars": (10, 2_000),
    "title_max_chars": (1, 200),
    "pictures_max": (0, 20),
    "picture_max_bytes": (1_000, 100_000_000),
    "picture_upload": (60, 3_600),
    "picture_link": (60, 7 * _DAY),  # a signed link of S3 is valid for at most seven days
    "report_link": (60, 366 * _DAY),
    "task_accounts_max": (1, 100),  # one transaction, and one BatchGetItem
    "task_orders_max": (1, 1_000),
    "topup_expiry": (60, 30 * _DAY),
    "window_max": (60, 366 * _DAY),
    "planning_max": (60, 2 * 366 * _DAY),
    "retention_max": (1, 2 * 366 * _DAY),
    "posts_per_day_max": (1, 1_000),
    "draft_rounds_max": (0, 20),
    "draft_silence": (1, 30 * _DAY),
    "dispute_ruling": (1, 60 * _DAY),
    "statements_per_side_max": (1, 10),  # all statements of a dispute are in one response
    "grade_appeal": (1, 60 * _DAY),
    "ownership_code": (60, 30 * _DAY),
    "plan_good_for": (60, 30 * _DAY),
    "unannounced_checks": (0, 20),  # all of an order's checks are in its item
    "second_look": (0, _DAY),
    "check_retry_first": (1, _DAY),
    "check_retry_max": (1, _DAY),
    "stuck_retry": (60, 30 * _DAY),
    "plan_repeats_max": (1, 1_000),
}
"""The ranges that differ from the defaults: durations from 0 to ten years, shares from 0 to 10,000 basis points, other numbers from
1."""

ORDERED = (
    ("topup_min", "topup_max"),
    ("price_min", "price_max"),
    ("retention_min", "retention_max"),
    ("window_max", "planning_max"),
    ("check_retry_first", "check_retry_max"),
    ("reminder_last", "reminder_first"),
)
"""Pairs of rules of which the first must not be above the second."""
