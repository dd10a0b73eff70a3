"""Read a grade and compute it again from its evidence and the published methodology.

Run `python examples/recompute_grade.py ACCOUNT_ID`. The arithmetic is that of docs/reference/grading.md and uses no code of the
market. MICROTASK_URL names the market, MICROTASK_TOKEN is an id token of any user.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from microtask import Market

PPM, BPS = 1_000_000, 10_000
Evidence = Mapping[str, Any]
_SHARES = "on_time kept disputes_lost duplicates originals links burst automated copied_comments top_reactors"
SHARES = {name: f"{name}_share" for name in _SHARES.split()} | {"acceptance": "acceptance_rate"}
NUMBERS = {"comments": "comments_avg_30d", "reach": "reads_avg_30d", "activity": "posts_30d"}
NUMBERS["regularity"] = "active_days_30d"


def table(points: list[list[int]], x: int) -> int:
    """Interpolate: linear between the points, flat beyond their ends, rounded down."""
    place = bisect_right([at for at, _ in points], x)
    if place in (0, len(points)):
        return points[0 if place == 0 else -1][1]
    (x0, y0), (x1, y1) = points[place - 1 : place + 1]
    return y0 + (y1 - y0) * (x - x0) // (x1 - x0)


def counted_followers(method: Evidence, e: Evidence) -> Any:
    counted: Any = e.get("active_followers", e["followers"])
    limit = method["follower_limit"]
    for at, before in ("earlier_at", "earlier_followers"), ("counted_at", "counted_before"):
        if at in e and before in e and counted > limit["few"]:
            days = max(datetime.fromisoformat(e["as_of"]) - datetime.fromisoformat(e[at]), timedelta(30)).days
            grown = e[before] + e[before] * limit["growth_bps_30d"] * days // (30 * BPS)
            counted = min(counted, limit["few"] + max(grown, int(e.get("reads_avg_30d", 0) * limit["per_read"])))
    return counted


def interactions(e: Evidence) -> float | None:
    known = [e[name] for name in ("reposts_avg_30d", "comments_avg_30d", "likes_avg_30d") if name in e]
    return sum(known) if known else None


def standing(e: Evidence) -> str:
    if e.get("popular") or e.get("accepted_all_last_week"):
        return "popular" if e.get("popular") else "accepting"
    return "ordinary" if "popular" in e or "accepted_all_last_week" in e else ""


def sign(name: str, e: Evidence) -> int | None:
    reactions = interactions(e)
    if name.endswith("following_per_follower"):
        above, below = (name[: -len("following_per_follower")] + part for part in ("following", "followers"))
        return (e[above] + 1) * 1_000 // (e[below] + 1) if above in e and below in e else None
    if name == "reactions_per_1000":
        return None if reactions is None else round(reactions * PPM / (e["followers"] + 100))
    if name == "smoothness":
        enough = (reactions or 0) >= 10 and "reactions_variation" in e
        return round(e["reactions_variation"] * 1_000) if enough else None
    figure, times = (SHARES[name], PPM) if name in SHARES else (NUMBERS.get(name, name), 1_000)
    return round(e[figure] * times) if figure in e else None


def market_points(method: Evidence, name: str, value: int, e: Evidence, category: str) -> Any:
    market = method["market"]
    gain = market["gains_bps"].get(category, market["gains_bps"][""])[("followers", "reach").index(name)]
    return table(market["cases"][standing(e)]["curves"][name], value) * gain // BPS * PPM // market["full"][name]


def base(model: Evidence, case_name: str, e: Evidence, category: str) -> int:
    case = model["cases"][case_name]
    own: int = case["base"] + case["categories"].get(category, case["categories"][""])
    return own + (model["by_appointment"] if e.get("by_appointment") else 0)


def factor(method: Evidence, rule: Evidence, e: Evidence, category: str, counted: int) -> tuple[int | None, int, int]:
    """Return the value in thousandths, the points and the part of the weight that counts, both in parts per million."""
    name, kind = rule["name"], rule.get("kind", "percentile")
    points: Any = rule.get("points", rule.get("percentiles"))
    if kind == "demand":
        market = method["market"]
        made = min(max(base(market, standing(e), e, category), 0) * PPM // market["full"]["demand"], PPM)
        return made // 10, made, PPM
    if kind in ("signs", "record"):
        known = [(s, value) for s in rule["signs"] if (value := sign(s["name"], e)) is not None]
        strength = sum(s["strength"] for s, _ in known)
        if not strength:
            return None, 0, 0
        counts = strength * PPM // sum(s["strength"] for s in rule["signs"])
        if kind == "signs":
            value = table(rule["odds"], sum(table(s["points"], at) for s, at in known)) // 10
            return value, table(points, value), counts
        value = sum(s["strength"] * table(s["points"], at) for s, at in known) // strength // 10
        return value, table(points, value), counts * e.get("orders_90d", 5) // (e.get("orders_90d", 5) + 5)
    if name == "followers":
        return counted * 1_000, market_points(method, name, counted * 1_000, e, category), PPM
    found = interactions(e) if kind == "size" else e.get(NUMBERS.get(name, "originals_share"))
    if found is None:
        return None, 0, 0
    value = round((found * 100 if name == "originality" else found) * 1_000)
    if kind == "size":
        points = [size for size in rule["sizes"] if size[0] <= counted * 1_000][-1][2]
    return value, market_points(method, name, value, e, category) if kind == "market" else table(points, value), PPM


def recompute(
    method: Evidence, e: Evidence, category: str
) -> tuple[dict[str, tuple[int | None, int]], int, dict[str, Any]]:
    """Return (value, contribution) of each factor and the score, in thousandths, and (low, mid, high) of the prices in fen."""
    counted = counted_followers(method, e)
    made: dict[str, Any] = {
        rule["name"]: (rule, *factor(method, rule, e, category, counted)) for rule in method["factors"]
    }
    whole = sum(rule["weight"] * counts for rule, _, _, counts in made.values()) * PPM
    shown = {n: (v, r["weight"] * counts * points * 100_000 // whole) for n, (r, v, points, counts) in made.items()}
    (fans, _, fan_points, _), (rule, value, points, counts) = made["followers"], made["engagement"]
    if counts:
        both = [fans["weight"] * fan_points + rule["weight"] * points]
        for smaller, larger in zip(rule["sizes"], rule["sizes"][1:], strict=False):
            if larger[0] <= counted * 1_000:
                edge = market_points(method, "followers", larger[0], e, category)
                both.append(fans["weight"] * edge + rule["weight"] * table(smaller[2], value))
        shown["engagement"] = (value, max(both) * PPM * 100_000 // whole - shown["followers"][1])
    return shown, sum(part for _, part in shown.values()), prices(method, e, category, counted, shown["quality"][0])


def prices(method: Evidence, e: Evidence, category: str, counted: int, quality: int | None) -> dict[str, Any]:
    def rounded(fen: int) -> int:
        step = 100 if fen < 10_000 else 1_000 if fen < 100_000 else 10_000
        return max(100, fen // step * step)

    rule, fans, reads = method["price"], counted * 1_000, round(e.get("reads_avg_30d", 0) * 1_000)
    have = {**e, **({"standing": standing(e)} if standing(e) else {})}
    model = next(model for model in rule["models"] if all(need in have for need in model["needs"]))
    case = next((str(have[need]) for need in ("market_stars", "standing") if need in model["needs"]), "")
    scarcer, more_plentiful = sorted((fans, 8 * reads))
    figures = {"followers": fans, "reads": reads, "scarcer": scarcer, "more_plentiful": more_plentiful}
    index = base(model, case, e, category)
    gains = model["gains_bps"].get(category, model["gains_bps"][""])
    for (name, curve), gain in zip(model["cases"][case]["curves"].items(), gains, strict=False):
        index += table(curve, figures[name]) * gain // BPS
    times = BPS if quality is None else table(rule["quality_bps"], quality)
    times = times * rule["organisation_bps"] // BPS if e.get("organisation") else times
    if voices := e.get("paid_advertisers", 0):
        times = times * (BPS * rule["prior_orders"] + e["paid_bps"] * voices) // ((rule["prior_orders"] + voices) * BPS)
    level = [level for place, level in enumerate(model["levels"]) if place == 0 or level[0] <= index][-1]
    repost = tuple(rounded(price * times // BPS) for price in level[1:])
    smooth = table(rule["fen"], index) * rule["post_bps"] // BPS * times // BPS
    post = (smooth * model["low_bps"] // BPS, smooth, smooth * model["high_bps"] // BPS)
    return {"repost": repost, "post": tuple(max(rounded(one), least) for one, least in zip(post, repost, strict=True))}


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
