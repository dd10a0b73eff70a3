"""Recompute score, grade and prices from a methodology's file, as docs/reference/grading.md says, with the standard library alone.

python tests/unit/grading/independent.py METHODOLOGY.json EVIDENCE.json [CATEGORY]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MILLION, TEN_THOUSAND = 1_000_000, 10_000
SHARE_OF = {
    "distinct_posts": ("duplicates_share", True),
    "original_posts": ("originals_share", False),
    "forwarded_posts": ("originals_share", True),
    "plain_reposts": ("plain_reposts_share", False),
    "unlinked_posts": ("links_share", True),
    "manual_posts": ("automated_share", True),
    "spread_posts": ("burst_share", True),
}
REACTIONS = ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")


def look_up(points: list[list[int]], x: int) -> int:
    """Return y at x: linear between the points and rounded down, constant outside."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) // (x1 - x0)
    return points[-1][1]


def thousandths(figure: float) -> int:
    return round(figure * 1_000)


class Account:
    """An account under a methodology: its counted figures in thousandths."""

    def __init__(self, method: dict[str, Any], evidence: dict[str, Any], category: str | None) -> None:
        self.method, self.e, self.category = method, evidence, category or ""
        limits = method["counting"]
        followers = evidence["followers"] * 1_000
        counts = "reads_confirmed" if "unconfirmed_since" in evidence else "reads_avg_30d"
        reads = max(look_up(limits["unknown_reads"], followers), thousandths(evidence.get(counts, 0)))
        known = [evidence[name] for name in REACTIONS if name in evidence]
        most = limits["few_reactions"] + reads * limits["reactions_bps"] // TEN_THOUSAND
        self.reactions = min(thousandths(sum(known)), most) if known else None
        self.followers = min(followers, limits["few"] + reads * limits["followers_per_read"])
        self.reads = min(reads, limits["few"] + followers * limits["reads_per_follower"])
        self.scarcer = min(self.followers, 8 * self.reads)

    def demand(self, rule: dict[str, Any]) -> int:
        number, slope = rule["categories"].get(self.category, (0, 0))
        total: int = number + slope * look_up(rule["rise"], self.reads) // MILLION
        if self.e.get("popular"):
            total += rule["standing"].get("popular", 0)
        elif self.e.get("accepted_all_last_week"):
            total += rule["standing"].get("accepting", 0)
        return total + (rule["by_appointment"] if self.e.get("by_appointment") else 0)

    def sign(self, name: str) -> int | None:
        if name in SHARE_OF:
            figure, rest = SHARE_OF[name]
            share, posts = self.e.get(figure), max(int(self.e.get("posts_seen", 0)), 5)
            return None if share is None else round((1 - share if rest else share) * posts) * 1_000
        if name.endswith("following_per_follower"):
            earlier = name.removesuffix("following_per_follower")
            above, below = self.e.get(f"{earlier}following"), self.e.get(f"{earlier}followers")
            return None if above is None or below is None else int((above + 1) * 1_000 // (below + 1))
        value = self.e.get(f"{name}_avg_30d" if name in ("comments", "likes") else name)
        return thousandths(value) if value is not None else None

    def quality(self, rule: dict[str, Any]) -> int:
        for level in rule["levels"]:
            if all(need in self.e for need in level["needs"]):
                total = 0
                for sign in level["signs"]:
                    value = self.sign(sign["name"])
                    total += min(y for _, y in sign["points"]) if value is None else look_up(sign["points"], value)
                return look_up(level["points"], total)
        return 0

    def record(self, rule: dict[str, Any]) -> int:
        orders, whole = self.e.get("orders_90d", 0), sum(sign["strength"] for sign in rule["signs"])
        total = sum(
            sign["strength"] * look_up(sign["points"], round(self.e[sign["figure"]] * MILLION))
            for sign in rule["signs"]
            if sign["figure"] in self.e
        )
        known = any(sign["figure"] in self.e for sign in rule["signs"])
        return rule["weight"] * total // whole * orders // ((orders + 5) * MILLION) if orders and known else 0

    def adds(self, rule: dict[str, Any]) -> int:
        """Return what a factor adds, in thousandths of a point."""
        other = {"demand": self.demand, "quality": self.quality, "record": self.record}
        if rule["kind"] in other:
            return other[rule["kind"]](rule)
        figure = {"activity": "posts_30d", "regularity": "active_days_30d"}.get(rule["name"])
        if figure is not None:
            value = thousandths(self.e[figure]) if figure in self.e else None
        else:
            counted = {"followers": self.followers, "reach": self.reads, "balance": self.scarcer}
            value = counted.get(rule["name"], self.reactions)
        return 0 if value is None else look_up(rule["points"], value)

    def prices(self) -> dict[str, tuple[int, int, int]]:
        """Return (low, mid, high) in fen by kind."""
        rule = self.method["price"]
        index = rule["base"] + self.demand(rule)
        for name, value in (("followers", self.followers), ("reads", self.reads), ("scarcer", self.scarcer)):
            index += look_up(rule["curves"][name], value)
        repost = look_up(rule["fen"], index)
        if self.e.get("organisation"):
            repost = repost * rule["organisation_bps"] // TEN_THOUSAND
        if "paid_bps" in self.e and self.e.get("paid_advertisers"):
            paid, prior = self.e["paid_advertisers"], rule["prior_orders"]
            repost = repost * (TEN_THOUSAND * prior + self.e["paid_bps"] * paid) // ((prior + paid) * TEN_THOUSAND)
        _, low, high, _ = rule["bands"].get(self.category, rule["bands"][""])
        mids = {"repost": repost, "post": repost * rule["post_bps"] // TEN_THOUSAND}
        return {
            kind: (rounded(mid * low // TEN_THOUSAND), rounded(mid), rounded(mid * high // TEN_THOUSAND))
            for kind, mid in mids.items()
        }


def rounded(fen: int) -> int:
    step = 100 if fen < 10_000 else 1_000 if fen < 100_000 else 10_000
    return max(100, fen // step * step)


def recompute(method: dict[str, Any], evidence: dict[str, Any], category: str | None) -> dict[str, Any]:
    """Return what each factor adds, the score, the grade of an account without a present grade, and the prices."""
    account = Account(method, evidence, category)
    adds = {rule["name"]: account.adds(rule) for rule in method["factors"]}
    score = sum(adds.values())
    grade = ["one_star", *[name for name, least in method["thresholds"].items() if score >= least]][-1]
    return {"adds": adds, "score": score, "grade": grade, "prices": account.prices()}


if __name__ == "__main__":
    files = [json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3]]
    print(json.dumps(recompute(files[0], files[1], sys.argv[3] if len(sys.argv) > 3 else None), indent=1))
