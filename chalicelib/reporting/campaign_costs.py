"""Compute the results of a campaign and their costs. Pure; money in fen."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

FEWEST = 5
"""With fewer comparable orders there is no median."""


class Result(NamedTuple):
    """The spend and its results; None is a figure that the network does not show."""

    spend: int
    reads: int | None = None
    interactions: int | None = None
    clicks: int | None = None

    @property
    def cpm(self) -> int | None:
        """The cost per thousand reads."""
        return _per(self.spend * 1_000, self.reads)

    @property
    def cpe(self) -> int | None:
        """The cost per interaction: a repost, comment or like."""
        return _per(self.spend, self.interactions)

    @property
    def cpc(self) -> int | None:
        """The cost per click of a person on a link."""
        return _per(self.spend, self.clicks)


class Medians(NamedTuple):
    """The medians of costs; None for fewer than FEWEST known ones."""

    cpm: int | None
    cpe: int | None
    cpc: int | None


def latest_result(spend: int, snapshots: Sequence[Mapping[str, Any]]) -> Result:
    """Return the result by the latest snapshot that shows the post."""
    shown = [snapshot for snapshot in snapshots if snapshot["found"]]
    if not shown:
        return Result(spend)
    latest = shown[-1]
    reactions = [latest[name] for name in ("reposts", "comments", "likes") if name in latest]
    return Result(spend, latest.get("reads"), sum(reactions) if reactions else None, latest.get("clicks"))


def total(results: Iterable[Result]) -> Result:
    """Return the sum of the results. A figure that only some of them have is the sum of these; it is None if none has it."""
    results = list(results)
    return Result(
        sum(result.spend for result in results),
        *(_sum(getattr(result, name) for result in results) for name in ("reads", "interactions", "clicks")),
    )


def medians(results: Sequence[Result]) -> Medians | None:
    """Return the median of each cost, rounded down; None for fewer than FEWEST."""
    if len(results) < FEWEST:
        return None
    return Medians(
        _median(result.cpm for result in results),
        _median(result.cpe for result in results),
        _median(result.cpc for result in results),
    )


def _median(costs: Iterable[int | None]) -> int | None:
    known = [cost for cost in costs if cost is not None]
    return int(statistics.median(known)) if len(known) >= FEWEST else None


def _per(amount: int, count: int | None) -> int | None:
    return (2 * amount + count) // (2 * count) if count else None


def _sum(figures: Iterable[int | None]) -> int | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None
