"""Find unusual figures of a post. They are evidence for a dispute, not a verdict. Pure.

burst       most of the reactions came between two checks, long after publication; organic reactions slow down
unread      more reactions than a quarter of the reads, as for 1 in 100 of 5,257 posts with over 1,000 plays on Xingtu (2025)
unlike      reads or reactions far outside the forecast from the account's own past posts; too few only at the age of the forecast
copied      many of the latest comments repeat another one
unclicked   many reads and links in the post, but no clicks"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.core import clock
from chalicelib.grading.model.forecast import age as forecast_age
from chalicelib.social import copied_comments

BURST_SHARE = 0.6
BURST_AFTER_HOURS = 6
FEWEST_REACTIONS = 50
UNREAD_SHARE = 0.25
COPIED_SHARE = 0.3
UNLIKE_TIMES = 4
UNCLICKED_READS = 20_000


class Anomaly(NamedTuple):
    """The kind of an anomaly, a sentence about it, and the figures that it rests on."""

    kind: str
    says: str
    rests_on: dict[str, str | int | float]


def find_anomalies(
    snapshots: Sequence[Mapping[str, Any]], forecast: Mapping[str, Any] | None, has_links: bool
) -> list[Anomaly]:
    """Return the anomalies of an order, given its snapshots and the forecast made when its post went up."""
    shown = [snapshot for snapshot in snapshots if snapshot["found"]]
    if not shown:
        return []
    latest = shown[-1]
    age = clock.parse(latest["at"]) - clock.parse(shown[0]["at"])
    unlike = _unlike(latest, forecast, age)
    found = [_burst(shown), _unread(latest), _copied(shown), *unlike, _unclicked(latest, has_links)]
    return [anomaly for anomaly in found if anomaly is not None]


def reactions(snapshot: Mapping[str, Any]) -> int | None:
    """Return reposts, comments and likes together; None if the network shows none of them."""
    known = [snapshot[name] for name in ("reposts", "comments", "likes") if name in snapshot]
    return sum(known) if known else None


def _burst(shown: Sequence[Mapping[str, Any]]) -> Anomaly | None:
    total = reactions(shown[-1])
    if total is None or total < FEWEST_REACTIONS:
        return None
    begin = clock.parse(shown[0]["at"])
    for one, following in zip(shown, shown[1:], strict=False):
        hours = (clock.parse(one["at"]) - begin).total_seconds() / 3_600
        gained = (reactions(following) or 0) - (reactions(one) or 0)
        if hours >= BURST_AFTER_HOURS and gained > BURST_SHARE * total:
            return Anomaly(
                "burst",
                f"{gained:,} of {total:,} reactions came between two checks, more than {hours:.0f} hours after publication.",
                {"from": one["at"], "to": following["at"], "gained": gained, "all": total},
            )
    return None


def _unread(latest: Mapping[str, Any]) -> Anomaly | None:
    reads, total = latest.get("reads"), reactions(latest)
    if not reads or total is None or total < FEWEST_REACTIONS or total <= UNREAD_SHARE * reads:
        return None
    return Anomaly(
        "unread",
        f"{total:,} reactions on {reads:,} reads ({total / reads:.1%}).",
        {"reactions": total, "reads": reads, "usual_share_at_most": UNREAD_SHARE},
    )


def _copied(shown: Sequence[Mapping[str, Any]]) -> Anomaly | None:
    """Check the latest snapshot for which comments were read."""
    compared = [snapshot for snapshot in shown if "comments_read" in snapshot]
    read, copied = (compared[-1]["comments_read"], compared[-1]["comments_copied"]) if compared else (0, 0)
    if read < copied_comments.COMMENTS_MIN or copied <= COPIED_SHARE * read:
        return None
    return Anomaly(
        "copied",
        f"{copied:,} of the latest {read:,} comments repeat another comment.",
        {"at": compared[-1]["at"], "read": read, "copied": copied, "usual_share_at_most": COPIED_SHARE},
    )


def _unlike(latest: Mapping[str, Any], forecast: Mapping[str, Any] | None, age: timedelta) -> list[Anomaly]:
    """Compare with a forecast that rests on the account's own past posts. `age` is the age of the post at its latest snapshot: a
    post younger than those of the forecast still gains reads and reactions, so it cannot have too few."""
    found = []
    for name, figure in (("reads", latest.get("reads")), ("interactions", reactions(latest))):
        expected = (forecast or {}).get(name) or {}
        if figure is None or expected.get("basis") != "own":
            continue
        too_many = figure > UNLIKE_TIMES * expected["high"]
        too_few = figure * UNLIKE_TIMES < expected["low"] and age >= forecast_age()
        if too_many or too_few:
            found.append(
                Anomaly(
                    "unlike",
                    f"{figure:,} {name}; {expected['low']:,} to {expected['high']:,} expected from the account's own past posts.",
                    {"quantity": name, "found": figure, "low": expected["low"], "high": expected["high"]},
                )
            )
    return found


def _unclicked(latest: Mapping[str, Any], has_links: bool) -> Anomaly | None:
    reads = latest.get("reads") or 0
    if not has_links or reads < UNCLICKED_READS or latest.get("clicks"):
        return None
    return Anomaly("unclicked", f"{reads:,} reads, but no click on a link of the post.", {"reads": reads, "clicks": 0})
