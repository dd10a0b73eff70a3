"""The figures that a creator can fake or hide, their price, and the grade and price that result."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Literal, NamedTuple, cast

from bench.attacks.accounts import AT, Subject
from chalicelib.core import clock
from chalicelib.grading.assessment import assess
from chalicelib.grading.model.account_figures import AccountFigures
from chalicelib.grading.model.carried_figures import carried, first
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.follower_growth import counting
from chalicelib.grading.model.methodology import Methodology
from chalicelib.grading.model.post_evidence import Post, evidence_of

MONTHS_MOST = 12
MOMENTS = [clock.rfc3339(AT - timedelta(days=30 * month)) for month in range(MONTHS_MOST + 1)]
"""The times of the measurements, the latest first."""


@dataclass(frozen=True)
class Costs:
    """The price of a thousand of each in yuan. Deleting and hiding cost nothing."""

    reads: float = 0.1
    followers: float = 5.0
    likes: float = 8.0
    reposts: float = 30.0
    comments: float = 150.0


KINDS = ("reads", "likes", "reposts", "comments")
"""The figures of a post that can be bought."""
HIDDEN = ("reads", "likes", "reposts", "comments", "times", "texts", "following", "posts_total")
"""The figures that can be hidden: a count of all posts, their times or texts, or a figure of the profile."""


@dataclass(frozen=True)
class Attack:
    """One way to fake an account.

    followers        bought before the measurement
    reads … comments bought for each of `posts` posts (0: for all that remain), those with the fewest first, or the most
    delete           posts that are deleted: those with the fewest reads, or reactions
    hide             names of HIDDEN
    category         another declared category
    accepting        accepted, or refused, every order of the week before
    months           faked measurements in a row, 30 days apart, after an honest one; followers are bought once
    earlier          the one before them is faked in the same way, too"""

    followers: int = 0
    reads: int = 0
    likes: int = 0
    reposts: int = 0
    comments: int = 0
    posts: int = 0
    most_first: bool = False
    delete: int = 0
    delete_by: str = "reads"
    hide: frozenset[str] = field(default_factory=frozenset)
    category: str | None = None
    accepting: bool | None = None
    months: int = 1
    earlier: bool = False

    def cost(self, costs: Costs, subject: Subject) -> float:
        """Return the cost in yuan."""
        remaining = len(subject.posts) - self.delete
        posts = min(self.posts or remaining, remaining) * (self.months + self.earlier)
        bought: float = sum(getattr(self, kind) * getattr(costs, kind) for kind in KINDS) * posts
        return (bought + self.followers * costs.followers) / 1_000

    def __str__(self) -> str:
        bought = [f"{getattr(self, kind):,} {kind}" for kind in KINDS if getattr(self, kind)]
        parts = [f"{self.followers:,} followers"] if self.followers else []
        if bought:
            parts.append(f"{' + '.join(bought)} on {self.posts or 'all'} posts")
        parts += [f"delete {self.delete} posts"] if self.delete else []
        parts += [f"hide {', '.join(sorted(self.hide))}"] if self.hide else []
        parts += [f"category {self.category}"] if self.category else []
        parts += [] if self.accepting is None else ["accept all orders" if self.accepting else "refuse an order"]
        parts += [f"{self.months} months"] if self.months > 1 else []
        parts += ["earlier measurement faked, too"] if self.earlier else []
        return "; ".join(parts) or "nothing"

    @property
    def means(self) -> str:
        """The names of the levers that this attack uses."""
        used = [name.name for name in fields(self) if name.name in ("followers", *KINDS) and getattr(self, name.name)]
        used += ["delete"] * bool(self.delete) + ["hide"] * bool(self.hide) + ["category"] * bool(self.category)
        used += (
            ["accepting"] * (self.accepting is not None) + ["months"] * (self.months > 1) + ["earlier"] * self.earlier
        )
        return " + ".join(used) or "nothing"


class Outcome(NamedTuple):
    """A grade's rank, the score in thousandths of a point, and the advised price of a repost in fen."""

    rank: int
    score: int
    price: int


Before = Literal["never", "posts", "confirmed"]
"""The measurement before the faked ones: none, one of posts, or one with reads that an operator stated."""


class Target:
    """An account under a methodology, measured `before` the faked measurements."""

    def __init__(self, subject: Subject, methodology: Methodology, before: Before) -> None:
        self.subject, self.methodology, self.before = subject, methodology, before
        self._figures: dict[Attack, AccountFigures] = {}

    def outcome(self, attack: Attack) -> Outcome:
        """Return the result of the attack."""
        faked = self._measured(attack)
        if self.before == "never":
            figures = with_history({**faked, "as_of": clock.rfc3339(AT)}, None, self.methodology)
        else:
            gained = self.subject.profile["followers"] - self.subject.followers_before
            first_shown = self._measured(attack if attack.earlier else Attack())
            followers = max(first_shown["followers"] - gained, 0)
            earlier: AccountFigures = {**first_shown, "followers": followers, "as_of": MOMENTS[attack.months]}
            if self.before == "confirmed":
                earlier.pop("reads_median", None)
            figures = with_history(earlier, None, self.methodology)
            for month in range(attack.months - 1, -1, -1):
                figures = with_history({**faked, "as_of": MOMENTS[month]}, figures, self.methodology)
        category = attack.category if attack.category is not None else self.subject.category
        found = assess(Evidence.from_json(figures), category, self.methodology)
        return Outcome(found.graded.rank, found.graded.score, found.prices["repost"].mid)

    def _measured(self, attack: Attack) -> AccountFigures:
        """Return the figures that the network shows, the same in every month."""
        plain = replace(attack, months=1, earlier=False, category=None)
        found = self._figures.get(plain)
        if found is None:
            found = self._figures[plain] = _figures(self.subject, plain)
        return found


def with_history(figures: AccountFigures, before: AccountFigures | None, methodology: Methodology) -> AccountFigures:
    """Return the figures with what the market knows from the measurement before, as accounts/valuation/metric_snapshots."""
    if methodology.rising is not None:
        return first(figures) if before is None else carried(before, figures)
    if before is None:
        return figures
    counted = counting(Evidence.from_json(before), methodology.follower_limit).counted_followers
    return {**figures, "counted_at": before["as_of"], "counted_before": counted}


def _figures(subject: Subject, attack: Attack) -> AccountFigures:
    figures = {**subject.profile, **evidence_of(_faked(subject.posts, attack), AT)}
    figures["followers"] += attack.followers
    if "posts_total" in figures:
        figures["posts_total"] = max(figures["posts_total"] - attack.delete, 0)
    if attack.accepting is not None and "accepted_all_last_week" in figures:
        figures["accepted_all_last_week"] = attack.accepting
    for name in attack.hide & {"following", "posts_total"}:
        figures.pop(name, None)
    return cast("AccountFigures", figures)


def _faked(posts: tuple[Post, ...], attack: Attack) -> list[Post]:
    """Return the posts that remain, with what was bought for them."""
    remaining = list(posts)
    if attack.delete:
        key = _reads if attack.delete_by == "reads" else _reactions
        remaining = sorted(remaining, key=key)[attack.delete :]
    number = attack.posts or len(remaining)
    remaining.sort(key=_reads, reverse=attack.most_first)
    hide = attack.hide
    return [
        Post(
            None if "times" in hide else post.at,
            None if "texts" in hide else post.text,
            None if "reposts" in hide else _more(post.reposts, attack.reposts, place < number),
            None if "comments" in hide else _more(post.comments, attack.comments, place < number),
            None if "likes" in hide else _more(post.likes, attack.likes, place < number),
            None if "reads" in hide else _more(post.reads, attack.reads, place < number),
            post.is_repost,
            post.has_link,
            post.by_tool,
        )
        for place, post in enumerate(remaining)
    ]


def _more(count: int | None, bought: int, chosen: bool) -> int | None:
    return (count or 0) + bought if chosen and bought else count


def _reads(post: Post) -> int:
    return post.reads or 0


def _reactions(post: Post) -> int:
    return (post.reposts or 0) + (post.comments or 0) + (post.likes or 0)
