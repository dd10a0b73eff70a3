"""Fan protection (rule 13): how many paid posts an account may publish, and how close together. Pure.

An accepted order reserves one moment of its window. A further order fits if moments can be found for all of them: they are planned
one after the other, each as early as possible, the window that ends first before the others. Such a plan always complies with the
rule. The search never waits for a window that opens later, so in rare cases it refuses an order that a better plan would fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.core.rules import Rules

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Slot:
    """A paid post of an account: already published at `published_at`, or promised for [`start_at`, `end_at`)."""

    start_at: datetime
    end_at: datetime
    published_at: datetime | None = None


def fits(slots: Iterable[Slot], new: Slot, now: datetime, rules: Rules) -> bool:
    """Return True if the account can comply with rule 13 with the order `new` too."""
    slots = list(slots)
    posted = sorted(slot.published_at for slot in slots if slot.published_at is not None)
    promised = [slot for slot in (*slots, new) if slot.published_at is None and slot.end_at > now]
    moment = now
    while promised:
        moment = max(earliest(posted, moment, rules), min(slot.start_at for slot in promised))
        moment = earliest(posted, moment, rules)
        ready = [slot for slot in promised if slot.start_at <= moment]
        slot = min(ready, key=lambda slot: slot.end_at)
        if moment >= slot.end_at:
            return False
        posted.append(moment)
        promised.remove(slot)
    return True


def next_free(slots: Iterable[Slot], new: Slot, now: datetime, rules: Rules) -> datetime:
    """Return the earliest moment, not before `new` starts, at which a window of the same length could start and would fit. It is a
    gap or a day after one of the posts, or the end of a window, because only then does time become free."""
    slots = list(slots)
    length = new.end_at - new.start_at
    ends = [slot.published_at or slot.end_at for slot in slots]
    starts = {new.start_at, *ends, *(end + wait for end in ends for wait in (rules.posts_gap_min, DAY))}
    return next(
        start
        for start in sorted(starts)
        if start >= new.start_at and (fits(slots, Slot(start, start + length), now, rules) or start == max(starts))
    )


def next_moment(posted: Iterable[datetime], wished: datetime, rules: Rules) -> datetime:
    """Return the first moment from `wished` on at which rule 13 allows one more post beside those of `posted`."""
    posted = list(posted)
    moments = {wished, *(other + wait for other in posted for wait in (rules.posts_gap_min, DAY))}
    return next(moment for moment in sorted(moments) if moment >= wished and is_allowed(posted, moment, rules))


def earliest(posted: Sequence[datetime], wished: datetime, rules: Rules) -> datetime:
    """Return the first moment from `wished` on at which rule 13 allows a further post after those of `posted` (sorted by time, none
    later than `wished`)."""
    first = wished
    if posted:
        first = max(first, posted[-1] + rules.posts_gap_min)
    if len(posted) >= rules.posts_per_day_max:
        first = max(first, posted[-rules.posts_per_day_max] + DAY)
    return first


def is_allowed(posted: Iterable[datetime], moment: datetime, rules: Rules) -> bool:
    """Return True if rule 13 allows a post at `moment` beside those of `posted`, before and after it."""
    posted = sorted(posted)
    if any(abs(other - moment) < rules.posts_gap_min for other in posted):
        return False
    everything = sorted([*posted, moment])
    most = rules.posts_per_day_max
    return all(later - earlier >= DAY for earlier, later in zip(everything, everything[most:], strict=False))
