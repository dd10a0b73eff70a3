"""Read a grade and compute it again from its evidence and the published methodology.

Run `python examples/recompute_grade.py ACCOUNT_ID`. The arithmetic is that of docs/reference/grading.md and uses no code of the
market. MICROTASK_URL names the market, MICROTASK_TOKEN is an id token of any user.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from microtask import Market

PPM, BPS = 1_000_000, 10_000
Evidence = Mapping[str, Any]
REACTIONS = ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d")
CURVES = {"engagement": "reactions", "activity": "posts_30d", "regularity": "active_days_30d"}
THESE = {"original_posts": "originals_share", "plain_reposts": "plain_reposts_share"}
NOT_THESE = {
    "distinct_posts": "duplicates_share",
    "forwarded_posts": "originals_share",
    "unlinked_posts": "links_share",
    "manual_posts": "automated_share",
    "spread_posts": "burst_share",
}


def table(points: list[list[int]], x: int) -> int:
    """Interpolate: linear between the points, flat beyond their ends, rounded down."""
    place = bisect_right([at for at, _ in points], x)
    if place in (0, len(points)):
        return points[0 if place == 0 else -1][1]
    (x0, y0), (x1, y1) = points[place - 1 : place + 1]
    return y0 + (y1 - y0) * (x - x0) // (x1 - x0)


def counted(rule: Evidence, e: Evidence) -> dict[str, int]:
    """Return the figures that count, in thousandths; `reactions` only if a kind is known."""
    fans = e["followers"] * 1_000
    shown = e.get("reads_confirmed" if "unconfirmed_since" in e else "reads_avg_30d", 0)
    reads = max(table(rule["unknown_reads"], fans), round(shown * 1_000))
    found = {"followers": min(fans, rule["few"] + reads * rule["followers_per_read"])}
    if any(name in e for name in REACTIONS):
        reactions = round(sum(e.get(name, 0) for name in REACTIONS) * 1_000)
        found["reactions"] = min(reactions, rule["few_reactions"] + reads * rule["reactions_bps"] // BPS)
    found["reach"] = found["reads"] = min(reads, rule["few"] + fans * rule["reads_per_follower"])
    found["balance"] = found["scarcer"] = min(found["followers"], 8 * found["reads"])
    return found


def demand(rule: Evidence, e: Evidence, category: str, reads: int) -> int:
    number, slope = rule["categories"].get(category, (0, 0))
    standing = "popular" if e.get("popular") else "accepting" if e.get("accepted_all_last_week") else ""
    total: int = number + slope * table(rule["rise"], reads) // PPM + rule["standing"].get(standing, 0)
    return total + (rule["by_appointment"] if e.get("by_appointment") else 0)


def sign(name: str, e: Evidence) -> Any:
    posts = max(e.get("posts_seen", 0), 5)
    if name in NOT_THESE:
        return None if NOT_THESE[name] not in e else round((1 - e[NOT_THESE[name]]) * posts) * 1_000
    if name in THESE:
        return None if THESE[name] not in e else round(e[THESE[name]] * posts) * 1_000
    if name.endswith("_per_follower"):
        above, below = name.removesuffix("_per_follower"), name.replace("following_per_follower", "followers")
        return (e[above] + 1) * 1_000 // (e[below] + 1) if above in e and below in e else None
    figure = f"{name}_avg_30d" if name in ("comments", "likes") else name
    return round(e[figure] * 1_000) if figure in e else None


def quality(rule: Evidence, e: Evidence) -> int | None:
    for level in rule["levels"]:
        if all(need in e for need in level["needs"]):
            total = 0
            for one in level["signs"]:
                value = sign(one["name"], e)
                total += min(y for _, y in one["points"]) if value is None else table(one["points"], value)
            return table(level["points"], total)
    return None


def conduct(rule: Evidence, e: Evidence) -> tuple[int | None, int]:
    orders = e.get("orders_90d", 0)
    known = [one for one in rule["signs"] if one["figure"] in e]
    if not orders or not known:
        return None, 0
    total = sum(one["strength"] * table(one["points"], round(e[one["figure"]] * PPM)) for one in known)
    whole = sum(one["strength"] for one in rule["signs"])
    return total // whole // 10, rule["weight"] * total // whole * orders // ((orders + 5) * PPM)


def factor(rule: Evidence, e: Evidence, category: str, figures: dict[str, int]) -> tuple[int | None, int]:
    """Return the value and the contribution in thousandths."""
    if rule["kind"] == "record":
        return conduct(rule, e)
    if rule["kind"] == "demand":
        value: int | None = demand(rule, e, category, figures["reads"])
        return value, value or 0
    if rule["kind"] == "quality":
        value = quality(rule, e)
        return value, value or 0
    name: Any = CURVES.get(rule["name"], rule["name"])
    value = round(e[name] * 1_000) if name in e and name not in figures else figures.get(name)
    return value, 0 if value is None else table(rule["points"], value)


def recompute(
    method: Evidence, e: Evidence, category: str
) -> tuple[dict[str, tuple[int | None, int]], int, dict[str, Any]]:
    """Return (value, contribution) of each factor and the score, in thousandths, and (low, mid, high) of the prices in fen."""
    figures = counted(method["counting"], e)
    shown = {rule["name"]: factor(rule, e, category, figures) for rule in method["factors"]}
    return shown, sum(part for _, part in shown.values()), prices(method["price"], e, category, figures)


def prices(rule: Evidence, e: Evidence, category: str, figures: dict[str, int]) -> dict[str, Any]:
    def rounded(fen: int) -> int:
        step = 100 if fen < 10_000 else 1_000 if fen < 100_000 else 10_000
        return max(100, fen // step * step)

    index = rule["base"] + sum(table(points, figures[name]) for name, points in rule["curves"].items())
    repost = table(rule["fen"], index + demand(rule, e, category, figures["reads"]))
    if e.get("organisation"):
        repost = repost * rule["organisation_bps"] // BPS
    if voices := e.get("paid_advertisers", 0):
        prior = rule["prior_orders"]
        repost = repost * (BPS * prior + e["paid_bps"] * voices) // ((prior + voices) * BPS)
    _, low, high, _ = rule["bands"].get(category, rule["bands"][""])
    mids = {"post": repost * rule["post_bps"] // BPS, "repost": repost}
    return {kind: tuple(rounded(mid * part // BPS) for part in (low, BPS, high)) for kind, mid in mids.items()}


def main(market: Market, account_id: str) -> bool:
    """Print the factors and prices of the account as the market shows them and as computed here; return whether they agree."""
    shown = market.grades.read(account_id)
    if (advised := shown["advised_price"]) is None:
        raise SystemExit("The account has no grade yet.")
    method = market.grades.methodology(version=shown["methodology_version"])
    category = shown["category"] or ""
    factors, score, bands = recompute(method, shown["evidence"], category)
    for line in shown["factors"]:
        print(f"{line['name']:12} {line['contribution']:>8} {factors[line['name']][1] / 1_000:>8}")
    print(f"{'score':12} {shown['score']:>8} {score / 1_000:>8}  ({shown['grade']})")
    pairs = (("post", advised["post"]), ("repost", advised["repost"]))
    published = {kind: (band["low"]["amount"], band["mid"]["amount"], band["high"]["amount"]) for kind, band in pairs}
    print("prices", published, bands)
    return score / 1_000 == shown["score"] and bands == published


if __name__ == "__main__":
    market = Market(os.environ["MICROTASK_URL"], os.environ["MICROTASK_TOKEN"])
    sys.exit(0 if main(market, sys.argv[1]) else "The grade differs.")
