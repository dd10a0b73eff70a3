"""Measures what it costs to buy or hide into a better grade or price.

    python -m bench.attacks                                   generated accounts
    python -m bench.attacks --data FOLDER                     real rows; the tables of docs/reference/grading.md
    python -m bench.attacks --data FOLDER --version 2026-11-23
    python -m bench.attacks --data FOLDER --unknown-share 0.4 a methodology that counts more of the unknown reads

For each account it searches the cheapest attack for one star more, and for half as much again of the advised price of a repost:
random restarts, each improved one lever at a time, over everything that a creator can buy, delete, hide or declare. An attack
pays if it costs less than ten orders bring in at the faked price over the honest one. Averages, signs, grade and price come from
the market's own code. The same seed gives the same table.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from bench.attacks import accounts
from bench.attacks.accounts import Subject
from bench.attacks.levers import Attack, Before, Costs
from bench.attacks.search import PRICE, STAR, Found, Search, has_goal
from chalicelib.grading.model.methodology import Methodology, in_force, parse, published
from cli.failures import Failed, run
from cli.progress import ProgressBar
from cli.tables import text_table
from fit.input_tables import read as read_tables
from fit.methodology_document import fit_document

WORST = 8
"""Ways shown, and examples of the most profitable attacks."""
SETTINGS: tuple[tuple[str, Before, Attack], ...] = (
    ("measured for the first time", "never", Attack()),
    ("measured before, honestly", "posts", Attack()),
    ("measured before, reads confirmed", "confirmed", Attack()),
    ("measured before, faked then, too", "posts", Attack(earlier=True)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder with the tables of the fit")
    parser.add_argument("--version", help="a published methodology; default: the one in force")
    parser.add_argument(
        "--unknown-share",
        type=float,
        metavar="SHARE",
        help="fit a methodology in which unknown reads count as those that this share of accounts do not reach",
    )
    parser.add_argument("--accounts", type=int, default=250)
    parser.add_argument("--restarts", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--with-category", action="store_true", help="the declared category is believed without a review"
    )
    for name, cost in vars(Costs()).items():
        parser.add_argument(f"--{name}", type=float, default=cost, metavar="YUAN", help=f"price of 1,000 {name}")
    options = parser.parse_args()
    methodology = chosen(options.version, options.data, options.unknown_share)
    costs = Costs(**{name: getattr(options, name) for name in vars(Costs())})
    make = accounts.generated if options.data is None else lambda *args: accounts.read(options.data, *args)
    subjects = make(options.accounts, options.seed)
    categories = tuple(sorted(methodology.categories)) if options.with_category else ()
    found = searched(subjects, methodology, costs, categories, options.restarts, options.seed)
    print(f"methodology {methodology.version}, {len(subjects)} accounts, seed {options.seed}")
    print("yuan for 1,000: " + ", ".join(f"{name} {cost:g}" for name, cost in vars(costs).items()))
    print()
    print(table(found))
    for (setting, goal), attacks in found.items():
        print(f"\n{setting}, {goal}: ways by how often they are the cheapest")
        print(ways(attacks))
    print("\nthe most profitable attacks")
    print(examples([one for attacks in found.values() for one in attacks]))


def chosen(version: str | None, data: Path | None, unknown_share: float | None) -> Methodology:
    """Return the methodology to attack: one fitted to the data with this share of unknown reads, a published version, or the one in
    force. Raise Failed without such a version, or without data to fit to."""
    if unknown_share is not None:
        if data is None or version is not None:
            raise Failed("--unknown-share needs --data to fit a methodology to, and no --version.")
        return parse(fit_document(read_tables(data), f"fitted, unknown share {unknown_share:g}", unknown_share))
    methodology = published(version) if version else in_force()
    if methodology is None:
        raise Failed(f"There is no methodology {version}.")
    return methodology


def searched(
    subjects: Sequence[Subject],
    methodology: Methodology,
    costs: Costs,
    categories: tuple[str, ...],
    restarts: int,
    seed: int,
) -> dict[tuple[str, str], list[Found]]:
    """Return the cheapest attack on each account, by setting and goal."""
    found: dict[tuple[str, str], list[Found]] = defaultdict(list)
    bar = ProgressBar("searches", len(subjects) * len(SETTINGS))
    done = 0
    for setting, before, start in SETTINGS:
        for subject in subjects:
            draw = random.Random(f"{seed} {subject.name} {setting}")
            search = Search(subject, methodology, costs, before, categories, draw, start)
            for goal in (STAR, PRICE):
                if has_goal(goal, search.honest):
                    found[setting, goal.name].append(search.cheapest(goal, restarts))
            done += 1
            bar.show(done)
    bar.clear()
    return dict(found)


def table(found: dict[tuple[str, str], list[Found]]) -> str:
    header = ("", "goal", "accounts", "no way", "median yuan", "free", "costs less than ten orders gain")
    rows = []
    for (setting, goal), attacks in found.items():
        costs = [one.cost for one in attacks if one.cost is not None]
        free = sum(one.cost == 0 for one in attacks)
        pays = sum(one.cost is not None and one.cost < one.gain for one in attacks)
        median = statistics.median([*costs, *[float("inf")] * (len(attacks) - len(costs))])
        rows.append(
            (
                setting,
                goal,
                len(attacks),
                _share(len(attacks) - len(costs), attacks),
                f"{median:,.2f}",
                _share(free, attacks),
                _share(pays, attacks),
            )
        )
    return text_table(header, rows)


def ways(attacks: Sequence[Found]) -> str:
    """Return the levers that the cheapest attacks use, most frequent first."""
    costs: dict[str, list[float]] = defaultdict(list)
    for one in attacks:
        if one.attack is not None and one.cost is not None:
            costs[one.attack.means].append(one.cost)
    ordered = sorted(costs.items(), key=lambda way: (-len(way[1]), way[0]))[:WORST]
    return text_table(
        ("way", "accounts", "median yuan"),
        [(name, len(spent), f"{statistics.median(spent):,.2f}") for name, spent in ordered],
    )


def examples(attacks: Sequence[Found]) -> str:
    """Return the attacks whose gain of ten orders is the most above their cost."""
    paying = [one for one in attacks if one.cost is not None and one.gain > one.cost]
    best = sorted(paying, key=lambda one: (one.cost or 0) - one.gain)[:WORST]
    return text_table(
        ("followers", "grade", "repost yuan", "cost", "attack"),
        [
            (
                f"{one.subject.profile['followers']:,}",
                f"{one.honest.rank} → {one.faked.rank}",
                f"{one.honest.price / 100:,.0f} → {one.faked.price / 100:,.0f}",
                f"{one.cost:,.2f}",
                str(one.attack),
            )
            for one in best
            if one.faked is not None
        ],
    )


def _share(number: int, among: Sequence[Found]) -> str:
    return f"{number / len(among):.1%}"


if __name__ == "__main__":
    run(main)
