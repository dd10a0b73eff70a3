"""Carry the counted figures of an account from one measurement to the next. They follow what is measured, but neither rise nor fall
faster than accounts do. A figure that a measurement does not show falls as fast as a figure can, so hiding it never pays. Pure.

    most  = before + before x RATE x days / 30 + few x days / 30
    least = before - before x RATE x days / 30, not below 0
    now   = the measured figure within least and most; least if it was not measured

Followers are always measured: of them only the rise is limited.

Reads that are computed from posts are unconfirmed (`unconfirmed_since`), because anyone can buy them. They are stored as measured.
The reads that an operator stated, or an auditor confirmed, count instead of them (`reads_confirmed`): these follow the measured
ones downwards within the same limits, and never rise until they are stated or confirmed again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from chalicelib.core import clock

if TYPE_CHECKING:
    from chalicelib.grading.model.account_figures import AccountFigures

CarriedFigure = Literal["followers", "reads_avg_30d", "reposts_avg_30d", "comments_avg_30d", "likes_avg_30d"]
RATE_BPS = 2_000
"""In 30 days 95 % of Xingtu's creators gain less than about a fifth of their followers."""
FEW: dict[CarriedFigure, int] = {
    "followers": 1_000,
    "reads_avg_30d": 1_000,
    "reposts_avg_30d": 10,
    "comments_avg_30d": 10,
    "likes_avg_30d": 10,
}
"""The carried figures, and the gain in 30 days that each may have at any size."""
BPS, MONTH = 10_000, 30


def first(measured: AccountFigures) -> AccountFigures:
    """Return the figures of an account's first measurement, with `unconfirmed_since` if its posts show reads. Reads that an
    operator states are believed."""
    return {**measured, "unconfirmed_since": measured["as_of"]} if _shows_reads(measured) else measured


def carried(before: AccountFigures, measured: AccountFigures) -> AccountFigures:
    """Return the measured figures with the counted ones of FEW, given the evidence before. `followers_shown` is the measured number
    of followers where another one counts. Both have `as_of`; a measurement that is not later is returned as it is."""
    days = _days(before["as_of"], measured["as_of"])
    if days is None:
        return measured
    found = measured.copy()
    for name, few in FEW.items():
        known = _confirmed_reads(before) if name == "reads_avg_30d" else before.get(name)
        if known is None:
            continue
        change = known * RATE_BPS * days / (BPS * MONTH)
        least, most = max(known - change, 0), known + change + few * days / MONTH
        found[name] = _plain(min(max(measured.get(name, 0), least), most))
    found["followers"] = min(int(found["followers"]), measured["followers"])
    if found["followers"] != measured["followers"]:
        found["followers_shown"] = measured["followers"]
    states_reads = "reads_avg_30d" in measured and not _shows_reads(measured)
    if _shows_reads(measured) or (_unconfirmed_since(before) is not None and not states_reads):
        _set_unconfirmed(found, before, measured)
    return found


def after_correction(before: AccountFigures, figures: AccountFigures, corrected: Collection[str]) -> AccountFigures:
    """Return the evidence after a ruling with these figures, of which an auditor corrected some. Corrected reads are confirmed and
    lose the median of the posts, which they contradict; reads that were not corrected stay unconfirmed."""
    found = figures.copy()
    since = _unconfirmed_since(before)
    if "reads_avg_30d" in corrected:
        found.pop("reads_median", None)
        found.pop("reads_spread", None)
    elif since is not None:
        found["unconfirmed_since"] = since
    if "unconfirmed_since" in found and "reads_confirmed" in before:
        found["reads_confirmed"] = before["reads_confirmed"]
    return found


def _set_unconfirmed(found: AccountFigures, before: AccountFigures, measured: AccountFigures) -> None:
    """Store the reads as measured, and beside them the confirmed ones, which never rise."""
    found["unconfirmed_since"] = _unconfirmed_since(before) or measured["as_of"]
    confirmed = _confirmed_reads(before)
    if confirmed is not None:
        found["reads_confirmed"] = min(found["reads_avg_30d"], confirmed)
    if "reads_avg_30d" in measured:
        found["reads_avg_30d"] = measured["reads_avg_30d"]
    else:
        found.pop("reads_avg_30d", None)


def _confirmed_reads(figures: AccountFigures) -> float | None:
    return figures.get("reads_avg_30d") if _unconfirmed_since(figures) is None else figures.get("reads_confirmed")


def _unconfirmed_since(figures: AccountFigures) -> str | None:
    """Return the time since which posts show the reads; None if the reads are confirmed or unknown. Evidence that was stored before
    2026-11-28 has reads of posts without `unconfirmed_since`."""
    return figures.get("unconfirmed_since") or (figures["as_of"] if _shows_reads(figures) else None)


def _shows_reads(measured: AccountFigures) -> bool:
    """Return whether the reads were computed from posts: only then their median is known, too."""
    return "reads_avg_30d" in measured and "reads_median" in measured


def _days(before: str, now: str) -> float | None:
    earlier, later = (_moment(text) for text in (before, now))
    return None if later <= earlier else (later - earlier).total_seconds() / 86_400


def _moment(text: str) -> datetime:
    return clock.parse(text)


def _plain(number: float) -> float | int:
    rounded = round(number, 2)
    return int(rounded) if float(rounded).is_integer() else rounded
