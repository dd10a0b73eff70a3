"""Read the tables that a methodology is fitted to, as evidence. docs/reference/grading.md describes each column."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.post_evidence import Post, evidence_of, is_tool


@dataclass(frozen=True)
class Listed:
    """An account of the market's price list of 2017, with its price in fen."""

    evidence: Evidence
    category: str | None
    stars: int
    price: int


@dataclass(frozen=True)
class Labelled:
    """An account that people judged to be a spammer or honest."""

    evidence: Evidence
    is_spammer: bool
    has_posts: bool


@dataclass(frozen=True)
class XingtuAccount:
    """A creator of Douyin's Xingtu, a market of short clips. `prices` are its asking prices in yuan by the length of the clip."""

    evidence: Evidence
    prices: dict[str, float]


@dataclass(frozen=True)
class Data:
    listed: list[Listed]
    labelled: list[Labelled]
    xingtu: list[XingtuAccount]


def read(folder: Path) -> Data:
    """Return all tables of the folder. Raise FileNotFoundError or KeyError for a missing table or column."""
    return Data(
        read_listed(folder / "weirenwu_2017.csv"),
        read_labelled(folder / "weibo_accounts.csv", folder / "weibo_posts.csv"),
        read_xingtu(folder / "xingtu_accounts.csv", folder / "xingtu_posts.csv"),
    )


def read_listed(path: Path) -> list[Listed]:
    """Return the price list. Its `play_count` is a measure of reach and is used as reads."""
    return [
        Listed(
            Evidence(
                "2017-11-22T00:00:00Z",
                int(row["followers"]),
                reads_avg_30d=int(row["play_count"]),
                popular=row["hot"] == "1",
                accepted_all_last_week=row["accepted_all_last_week"] == "1",
                by_appointment=row["by_appointment"] == "1",
            ),
            None if row["category"] in ("", "None") else row["category"],
            int(row["stars"]),
            round(float(row["repost_price_cny"]) * 100),
        )
        for row in rows_of(path)
    ]


def read_labelled(accounts: Path, posts: Path) -> list[Labelled]:
    """Return the accounts labelled in 2014 and measured again in 2017 with their latest posts."""
    written: dict[str, list[Post]] = defaultdict(list)
    for row in rows_of(posts):
        written[row["account"]].append(
            Post(
                at=_moment(row["time"]),
                text=row["text_key"],
                reposts=int(row["reposts"]),
                comments=int(row["comments"]),
                likes=int(row["likes"]),
                is_repost=row["is_forward"] == "1",
                has_link=int(row["n_url"]) > 0,
                by_tool=is_tool(row["client"]),
            )
        )
    return [
        Labelled(
            Evidence(
                "2017-06-01T00:00:00Z",
                int(row["followers_2017"]),
                following=int(row["following_2017"]),
                posts_total=int(row["posts_2017"]),
                earlier_at="2014-06-01T00:00:00Z",
                earlier_followers=int(row["followers_2014"]),
                earlier_following=int(row["following_2014"]),
                earlier_posts_total=int(row["posts_2014"]),
                **evidence_of(written.get(row["account"], [])),
            ),
            row["is_spammer"] == "1",
            row["account"] in written,
        )
        for row in rows_of(accounts)
    ]


def read_xingtu(accounts: Path, posts: Path) -> list[XingtuAccount]:
    """Return the creators of Xingtu. Views are used as reads, shares as reposts."""
    made: dict[str, list[Post]] = defaultdict(list)
    for row in rows_of(posts):
        made[row["account"]].append(
            Post(
                at=_moment(row["time"]),
                text=row["text_key"],
                reposts=_count(row["shares"]),
                comments=_count(row["comments"]),
                likes=_count(row["likes"]),
                reads=_count(row["views"]),
            )
        )
    found = []
    for row in rows_of(accounts):
        prices = {
            name: float(row[name])
            for name in ("price_1_20s_cny", "price_20_60s_cny", "price_60s_plus_cny")
            if row[name]
        }
        followers = int(float(row["followers"] or 0))
        organisation = {"organisation": True, "personal": False}.get(row["author_type"])
        shown = evidence_of(made.get(row["account"], []))
        found.append(
            XingtuAccount(Evidence("2025-11-15T00:00:00Z", followers, organisation=organisation, **shown), prices)
        )
    return found


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """Return the rows of a table, by column."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _count(cell: str) -> int | None:
    return int(float(cell)) if cell else None
