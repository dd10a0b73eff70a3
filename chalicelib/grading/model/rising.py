"""Methodologies from 2026-11-27 on: the score and the price are sums of tables that never fall as evidence improves, and an unknown
figure adds the least that a known one can add. So no account gains by leaving evidence out. Pure, integers only.

    score  = sum of what each factor adds, thousandths of a point
    index  = base + curves + category + standing + by appointment, parts per million of the logarithm of a repost price in yuan

docs/reference/grading.md describes the file and gives the proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.piecewise_linear import Table, table_of

PPM = 1_000_000
BPS = 10_000
READS_PER_FOLLOWER = 8
"""Followers per read at which both are equally scarce: about the median of the price list."""
FEW_ORDERS = 5
"""A record of this many orders has half of its weight."""
POSTS_LEAST = 5
"""Shares of posts are known from this many posts on."""


class CountedFigures(NamedTuple):
    """The counted figures of an account in thousandths: followers, reads per post, the scarcer of both (reads count eightfold),
    and reactions per post (0 if unknown)."""

    followers: int
    reads: int
    scarcer: int
    reactions: int


@dataclass(frozen=True)
class Counting:
    """The limits within which followers, reads and reactions support each other. Followers count up to `few` and
    `followers_per_read` for each read, reads up to `few` and `reads_per_follower` for each follower, reactions up to
    `reactions_bps` of the reads and `few_reactions`. `unknown_reads` is the number of reads, by followers, that unknown or fewer
    reads count as.

    While reads are unconfirmed, `reads_confirmed` of the evidence counts instead of them (`needs_confirmation`, from 2026-11-29
    on). In 2026-11-28 they count up to `usual_reads`, by followers."""

    few: int
    followers_per_read: int
    reads_per_follower: int
    few_reactions: int
    reactions_bps: int
    unknown_reads: Table
    usual_reads: Table | None = None
    needs_confirmation: bool = False

    def of(self, evidence: Evidence) -> CountedFigures:
        """Return the counted figures. None of them falls as a figure of the evidence rises or becomes known."""
        fans = evidence.followers * 1_000
        reads = self.unknown_reads.at(fans)
        known = self.known_reads(evidence)
        if known is not None:
            shown = round(known * 1_000)
            if self.usual_reads is not None and evidence.unconfirmed_since is not None:
                shown = min(shown, self.usual_reads.at(fans))
            reads = max(reads, shown)
        reacted = evidence.interactions_per_post
        reactions = 0
        if reacted is not None:
            reactions = min(round(reacted * 1_000), self.few_reactions + reads * self.reactions_bps // BPS)
        counted = min(fans, self.few + reads * self.followers_per_read)
        reads = min(reads, self.few + fans * self.reads_per_follower)
        return CountedFigures(counted, reads, min(counted, READS_PER_FOLLOWER * reads), reactions)

    def known_reads(self, evidence: Evidence) -> float | None:
        """Return the reads per post that count as known; None if there are none."""
        if self.needs_confirmation and evidence.unconfirmed_since is not None:
            return evidence.reads_confirmed
        return evidence.reads_avg_30d


@dataclass(frozen=True)
class Demand:
    """The additions for category, standing and taking orders by appointment. A category adds a number, and a slope times `rise` at
    the reads. An unknown category or standing adds nothing."""

    rise: Table
    categories: dict[str, tuple[int, int]]
    standing: dict[str, int]
    by_appointment: int

    def of(self, evidence: Evidence, category: str | None, reads: int) -> int:
        """Return the sum of the additions."""
        total = 0
        found = self.categories.get(category or "")
        if found is not None:
            number, slope = found
            total = number + slope * self.rise.at(reads) // PPM if slope else number
        if self.standing:
            total += self.standing.get(evidence.standing, 0)
        return total + self.by_appointment if evidence.by_appointment else total


@dataclass(frozen=True)
class QualityLevel:
    """The signs that count if the figures `needs` are known. `points` maps the sum of their tables to what quality adds."""

    name: str
    needs: tuple[str, ...]
    signs: tuple[tuple[str, str, Table], ...]  # name, label, table
    points: Table


@dataclass(frozen=True)
class RecordSign:
    """One figure of the track record: its strength, and its worth in parts per million."""

    name: str
    label: str
    figure: str
    strength: int
    table: Table


@dataclass(frozen=True)
class RisingPrice:
    """The model of the advised price. `fen` maps an index to a price, `bands` has for each category the factors of the 80 % band's
    low end, the 50 % band's low and high end, and the 80 % band's high end, in basis points."""

    base: int
    followers: Table
    reads: Table
    scarcer: Table
    demand: Demand
    fen: Table
    organisation_bps: int
    post_bps: int
    prior_orders: int
    bands: dict[str, tuple[int, int, int, int]]

    def index(self, evidence: Evidence, category: str | None, figures: CountedFigures) -> int:
        """Return the logarithm of the repost price in yuan, parts per million."""
        return (
            self.base
            + self.followers.at(figures.followers)
            + self.reads.at(figures.reads)
            + self.scarcer.at(figures.scarcer)
            + self.demand.of(evidence, category, figures.reads)
        )


@dataclass(frozen=True)
class Rising:
    """All tables of a version. `curves` are the factors that are one table of one figure, `limits` the greatest value of a factor
    that the needs of the next grade may name, by followers."""

    counting: Counting
    curves: tuple[tuple[str, Table], ...]
    demand: Demand
    quality: tuple[QualityLevel, ...]  # the one with the most evidence first
    record: tuple[RecordSign, ...]
    record_most: int
    limits: dict[str, Table]


class Added(NamedTuple):
    """The result of one factor: the thousandths of a point that it adds, its value in thousandths of its unit, and the known part
    of its evidence in parts per million."""

    value: int | None
    adds: int
    known: int


def added(model: Rising, evidence: Evidence, category: str | None, figures: CountedFigures) -> list[Added]:
    """Return the result of each factor: followers, reach, balance, engagement, activity, regularity, demand, quality, conduct."""
    curves = model.curves
    reads_known = PPM if model.counting.known_reads(evidence) is not None else 0
    values: tuple[int | None, ...] = (
        None if evidence.interactions_per_post is None else figures.reactions,
        None if evidence.posts_30d is None else evidence.posts_30d * 1_000,
        None if evidence.active_days_30d is None else round(evidence.active_days_30d * 1_000),
    )
    found = [
        Added(figures.followers, curves[0][1].at(figures.followers), PPM),
        Added(figures.reads, curves[1][1].at(figures.reads), reads_known),
        Added(figures.scarcer, curves[2][1].at(figures.scarcer), reads_known),
    ]
    for (_, table), value in zip(curves[3:], values, strict=True):
        found.append(Added(None, 0, 0) if value is None else Added(value, table.at(value), PPM))
    adds = model.demand.of(evidence, category, figures.reads)
    found.append(Added(adds, adds, PPM if evidence.standing else PPM // 2))
    adds, level = quality(model, evidence)
    levels = len(model.quality)
    found.append(Added(None, 0, 0) if level is None else Added(adds, adds, PPM * (levels - level) // levels))
    found.append(_record(model, evidence))
    return found


def quality(model: Rising, evidence: Evidence) -> tuple[int, int | None]:
    """Return the points that quality adds, and the index of the level that counts; None if no level's needs are known."""
    known = evidence.__dict__
    for index, level in enumerate(model.quality):
        for need in level.needs:
            if known.get(need) is None:
                break
        else:
            total = 0
            for name, _, table in level.signs:
                value = SIGNS[name](evidence)
                total += table.least if value is None else table.at(value)
            return level.points.at(total), index
    return 0, None


def _record(model: Rising, evidence: Evidence) -> Added:
    orders = evidence.orders_90d
    total = known = whole = 0
    for sign in model.record:
        whole += sign.strength
        share = getattr(evidence, sign.figure)
        if share is not None:
            known += sign.strength
            total += sign.strength * sign.table.at(round(share * PPM))
    if not orders or not known:
        return Added(None, 0, 0)
    return Added(
        total // whole // 10,
        model.record_most * total // whole * orders // ((orders + FEW_ORDERS) * PPM),
        known * PPM // whole,
    )


def _counted(share: float | None, evidence: Evidence) -> int | None:
    """Return the number of posts that the share is of, in thousandths. Posts that were not seen do not count."""
    return None if share is None else round(share * max(evidence.posts_seen or 0, POSTS_LEAST)) * 1_000


def _rest(share: float | None, evidence: Evidence) -> int | None:
    return None if share is None else _counted(1 - share, evidence)


def _thousandths(figure: float | None) -> int | None:
    return None if figure is None else round(figure * 1_000)


def _ratio(above: int | None, below: int | None) -> int | None:
    return None if above is None or below is None else (above + 1) * 1_000 // (below + 1)


SIGNS: dict[str, Callable[[Evidence], int | None]] = {
    "distinct_posts": lambda e: _rest(e.duplicates_share, e),
    "original_posts": lambda e: _counted(e.originals_share, e),
    "forwarded_posts": lambda e: _rest(e.originals_share, e),
    "unlinked_posts": lambda e: _rest(e.links_share, e),
    "manual_posts": lambda e: _rest(e.automated_share, e),
    "plain_reposts": lambda e: _counted(e.plain_reposts_share, e),
    "spread_posts": lambda e: _rest(e.burst_share, e),
    "comments": lambda e: _thousandths(e.comments_avg_30d),
    "likes": lambda e: _thousandths(e.likes_avg_30d),
    "posts_total": lambda e: _thousandths(e.posts_total),
    "following": lambda e: _thousandths(e.following),
    "following_per_follower": lambda e: _ratio(e.following, e.followers),
    "earlier_posts_total": lambda e: _thousandths(e.earlier_posts_total),
    "earlier_following": lambda e: _thousandths(e.earlier_following),
    "earlier_following_per_follower": lambda e: _ratio(e.earlier_following, e.earlier_followers),
}
"""The value of each sign of quality: numbers of posts and profile figures in thousandths; None if unknown."""


def parse_rising(document: dict[str, Any]) -> Rising:
    """Return the tables of a methodology file. Raise ValueError if one falls that must rise."""
    by_name = {factor["name"]: factor for factor in document["factors"]}
    curves = tuple(
        (factor["name"], table_of(factor["points"])) for factor in document["factors"] if factor["kind"] == "curve"
    )
    return Rising(
        counting_of(document["counting"]),
        curves,
        _demand(by_name["demand"]),
        tuple(
            QualityLevel(
                level["name"],
                tuple(level["needs"]),
                tuple(
                    (sign["name"], sign["label"], table_of(sign["points"], sign["direction"]))
                    for sign in level["signs"]
                ),
                table_of(level["points"]),
            )
            for level in by_name["quality"]["levels"]
        ),
        tuple(
            RecordSign(
                sign["name"],
                sign["label"],
                sign["figure"],
                sign["strength"],
                table_of(sign["points"], sign["direction"]),
            )
            for sign in by_name["conduct"]["signs"]
        ),
        by_name["conduct"]["weight"],
        {name: table_of(points) for name, points in document["limits"].items()},
    )


def counting_of(document: dict[str, Any]) -> Counting:
    """Return the counting of a methodology file. Raise ValueError if a table falls."""
    tables = {name: table_of(points) for name, points in document.items() if isinstance(points, list)}
    return Counting(**{**document, **tables})


def parse_price(document: dict[str, Any]) -> RisingPrice:
    """Return the price model of a methodology file. Raise ValueError if a curve falls or a band does not contain the price."""
    bands = {name: (row[0], row[1], row[2], row[3]) for name, row in document["bands"].items()}
    if any(not low80 <= low <= BPS <= high <= high80 for low80, low, high, high80 in bands.values()):
        raise ValueError("a band must contain the price")
    curves = {name: table_of(points) for name, points in document["curves"].items()}
    return RisingPrice(
        document["base"],
        curves["followers"],
        curves["reads"],
        curves["scarcer"],
        _demand(document),
        table_of(document["fen"]),
        document["organisation_bps"],
        document["post_bps"],
        document["prior_orders"],
        bands,
    )


def _demand(document: dict[str, Any]) -> Demand:
    categories = {name: (row[0], row[1]) for name, row in document["categories"].items()}
    standing, by_appointment = document["standing"], document["by_appointment"]
    if min(0, by_appointment, *standing.values(), *(n for row in categories.values() for n in row)) < 0:
        raise ValueError("what is known must not add less than what is unknown")
    return Demand(table_of(document["rise"]), categories, standing, by_appointment)
