"""Measures the speed of grading and pricing, and the memory of a whole regrade.

    python -m bench.grading                      grading and pricing alone, beside a bare loop over the same figures
    python -m bench.grading --beside 2026-11-23  also an earlier methodology, in turns
    python -m bench.grading --accounts 1000000   also a run over that many generated accounts through the regrade's own pages

The loops take turns over the same dicts; the times are medians of processor time. The run stores no account: the
accounts of a page are generated when it is read and dropped when it is stored, so that the memory is that of the regrade
itself. No request is sent to a table; the size of the stored items is measured, and its price on AWS computed
(docs/reference/grading.md).
"""

from __future__ import annotations

import argparse
import math
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import Any
from unittest.mock import patch

from chalicelib.grading import regrade
from chalicelib.grading.assessment import assess, store_actions
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import Methodology, in_force, published
from chalicelib.grading.records import GradedAccount, RegradeRun, RegradeSegment
from chalicelib.store import Action, Meter, Page
from cli.failures import run
from cli.progress import step

CATEGORIES = ("美食", "情感", "搞笑", None)
LISTINGS = 5
"""Indexes of listed accounts that contain the whole account."""
ALL = 100_000_000
WRITE_DOLLARS, READ_DOLLARS = 0.625e-6, 0.125e-6
"""The price of a write and a read request unit of an on-demand table, us-east-1, since November 2024."""
SECOND_DOLLARS = 0.5 * 0.0000166667
"""The price of a second of Lambda with 512 MB, us-east-1."""


def generated(number: int) -> dict[str, Any]:
    """Return the figures of one account, the same for the same number."""
    draw = random.Random(number)
    followers = int(10 ** draw.uniform(3, 7))
    return {
        "as_of": "2026-11-20T00:00:00Z",
        "followers": followers,
        "following": draw.randint(50, 2_000),
        "posts_total": draw.randint(10, 20_000),
        "reads_avg_30d": round(followers * draw.uniform(0.02, 0.4), 1),
        "posts_30d": draw.randint(1, 100),
        "active_days_30d": draw.randint(1, 30),
        "originals_share": round(draw.random(), 3),
        "reposts_avg_30d": round(followers * 0.0005 * draw.random(), 1),
        "comments_avg_30d": round(followers * 0.0004 * draw.random(), 1),
        "likes_avg_30d": round(followers * 0.002 * draw.random(), 1),
        "duplicates_share": round(draw.random() * 0.2, 3),
        "reactions_variation": round(draw.uniform(0.2, 1.5), 3),
    }


def graded(figures: list[dict[str, Any]], methodology: Methodology) -> None:
    for number, known in enumerate(figures):
        assess(Evidence.from_json(known), CATEGORIES[number % len(CATEGORIES)], methodology)


def bare(figures: list[dict[str, Any]]) -> None:
    """Read every figure once."""
    for known in figures:
        total = 0.0
        for value in known.values():
            if not isinstance(value, str):
                total += value


def pure(accounts: int, turns: int, beside: str | None) -> None:
    """Print the time per account of the version in force, and of the version `beside` it, which takes turns with it."""
    figures = [generated(number) for number in range(accounts)]
    versions = [in_force()] + ([found] if beside and (found := published(beside)) is not None else [])
    loops: dict[str, Callable[[], None]] = {one.version: partial(graded, figures, one) for one in versions}
    loops["bare loop"] = partial(bare, figures)
    spent: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(turns + 1):
        for name, loop in loops.items():
            begin = time.process_time()
            loop()
            if turn:  # the first one fills caches
                spent[name].append(time.process_time() - begin)
    for name, times in spent.items():
        print(f"{name}: {statistics.median(times) / accounts * 1e6:.2f} µs per account")


class Generated:
    """A table of generated accounts in 64 segments that stores only the progress."""

    def __init__(self, accounts: int) -> None:
        self.accounts = accounts
        self.progress: dict[str, RegradeSegment] = {}
        self.changes = 0
        self.account_bytes: list[int] = []
        self.change_bytes: list[int] = []

    def account(self, number: int) -> GradedAccount:
        return GradedAccount(
            f"acc_{number:026d}", "account", evidence=generated(number), category=CATEGORIES[number % len(CATEGORIES)]
        )

    def read_page(
        self, record: Any, segment: str, *, after: dict[str, Any] | None, limit: int, **_: Any
    ) -> Page[GradedAccount]:
        first = int(after["pk"]["S"][4:]) + 64 if after else int(segment)
        numbers = range(first, self.accounts, 64)
        items = [GradedAccount(f"acc_{number:026d}", "account") for number in numbers[:limit]]
        return Page(items, {"more": True} if len(numbers) > limit else None)

    def batch_get(self, keys: list[tuple[str, str]], **_: Any) -> Iterator[GradedAccount]:
        return (self.account(int(pk[4:])) for pk, _ in keys)

    def transact(self, stored: list[Action]) -> None:
        for action in stored:
            if action.label == "progress":
                self.progress[action.item.sk] = action.item  # type: ignore[assignment]
            elif action.label == "grade_change":
                self.changes += 1
                if self.changes % 1_000 == 1:
                    self.change_bytes.append(size(action.item))

    def measure(self) -> None:
        """Return the bytes of an account after it is graded."""
        for number in range(200):
            account = self.account(number)
            assessment = assess(Evidence.from_json(account.evidence), account.category)
            store_actions(account, assessment, "methodology")
            for name, value in assessment.attributes(None, None).items():
                setattr(account, name, value)
            self.account_bytes.append(size(account) + 400)  # names, status, moments and keys of a listed account


def size(item: Any) -> int:
    """Return the approximate bytes of an item: names and values as DynamoDB stores them."""
    return sum(len(name) + len(str(*value.values()).encode()) for name, value in item.serialize().items())


def whole(accounts: int) -> None:
    table = Generated(accounts)
    table.measure()
    begin = resource.getrusage(resource.RUSAGE_SELF)
    with ExitStack() as stack:
        for owner, name, value in (
            (regrade, "read_page", table.read_page),
            (regrade, "transact", table.transact),
            (GradedAccount, "batch_get", table.batch_get),
            (RegradeSegment, "find", lambda _, sk: table.progress.get(sk)),
            (regrade, "metered", lambda: nullcontext(Meter())),
            (RegradeRun, "find", lambda pk, sk: RegradeRun(pk, sk, methodology_version=in_force().version)),
        ):
            stack.enter_context(patch.object(owner, name, value))
        show = stack.enter_context(step(f"{accounts:,} accounts"))
        done = 0
        for segment in regrade.SEGMENTS:
            while not regrade.regrade("bench", segment, lambda: False):
                done += regrade.PAGE
                if done % (regrade.PAGE * 20) == 0:
                    show(f"{done:,} done")
    end = resource.getrusage(resource.RUSAGE_SELF)
    seconds = end.ru_utime - begin.ru_utime
    counted = sum(int(segment.accounts) for segment in table.progress.values())
    assert (counted, table.changes) == (accounts, accounts)
    print(f"{counted:,} accounts, all of them changed: {seconds / accounts * 1e6:.0f} µs of the processor each")
    print(
        f"memory at most {end.ru_maxrss / 1024:.0f} MB, {(end.ru_maxrss - begin.ru_maxrss) / 1024:.0f} MB more than at the start"
    )
    cost(statistics.mean(table.account_bytes), statistics.mean(table.change_bytes), seconds / accounts)


def cost(account: float, change: float, seconds: float) -> None:
    """Print the price of a run over ALL accounts on AWS, if none and if all of them change."""
    pages = ALL / regrade.PAGE
    units_stored = math.ceil(account / 1_024)
    reads = ALL * math.ceil(account / 4_096) + pages
    writes = 2 * (units_stored + math.ceil(change / 1_024)) + units_stored * LISTINGS
    print(f"an account takes {account:,.0f} bytes, a change of its grade {change:,.0f}")
    for label, share in (("nothing changes", 0), ("one in a hundred changes", 0.01), ("everything changes", 1)):
        units = ALL * share * writes + pages * 2
        lambda_seconds = ALL * (0.25 + 0.75 * share) * seconds + pages * (0.02 + 0.03 * share)
        dollars = reads * READ_DOLLARS + units * WRITE_DOLLARS + lambda_seconds * SECOND_DOLLARS
        hours = lambda_seconds / 3_600
        print(
            f"{ALL:,} accounts, {label}: {reads / 1e6:,.0f} M reads, {units / 1e6:,.0f} M writes, {hours:,.0f} Lambda hours, "
            f"{hours / 8:,.1f} hours with 8 segments at a time, ${dollars:,.0f}"
        )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--accounts", type=int, default=0, help="accounts of the whole run")
    arguments.add_argument("--sample", type=int, default=5_000, help="accounts of the pure loops")
    arguments.add_argument("--turns", type=int, default=9)
    arguments.add_argument("--beside", help="a published methodology that takes turns with the one in force")
    options = arguments.parse_args()
    pure(options.sample, options.turns, options.beside)
    if options.accounts:
        whole(options.accounts)


if __name__ == "__main__":
    run(main)
