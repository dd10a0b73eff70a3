"""Read units of searches in a market with more accounts than a page may examine."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bench import reads
from bench.reads import Spent, Table, answered_by
from chalicelib.accounts.records import AccountRecord, new_account
from chalicelib.accounts.search import account_search
from chalicelib.accounts.search.account_search import EXAMINED_MAX, Wanted
from chalicelib.grading.model.methodology import GRADES

BOUNDS = {
    "page, no filter": 3,
    "page, 1 of 8 categories": 60,
    "page, price range, by price": 3,
    "page, grade and price range, by followers": 60,
    "page, 1 account of 10,000": 1_250,
    "page, nothing found": 1_250,
    "facets, no filter": 1_250,
    "facets, price range": 160,
    "similar accounts": 125,
    "candidates of a plan": 1_250,
}


@pytest.fixture(scope="module")
def table() -> Table:
    """20 % more accounts than EXAMINED_MAX, so that a search ends at the bound and not at the end of the table."""
    return Table(reads.accounts(EXAMINED_MAX * 12 // 10))


def test_every_search_stays_below_its_read_units(table: Table) -> None:
    found = reads.costs(table)
    assert found.keys() == BOUNDS.keys()
    for name, spent in found.items():
        assert 0 < spent.units <= BOUNDS[name], (name, spent)
        assert spent.examined <= EXAMINED_MAX, (name, spent)


def test_beyond_the_bound_pages_have_cursors_and_facets_are_partial(table: Table) -> None:
    with answered_by(table):
        first = account_search.find(Wanted(category="稀有", sort="followers"), 100)
        assert first.after is not None
        second = account_search.find(Wanted(category="稀有", sort="followers"), 100, first.after)
        assert second.after is None
        facets = account_search.count(Wanted())
    rare = {item["pk"]["S"] for item in table.items if item["category"]["S"] == "稀有"}
    assert sorted(record.pk for record in (*first.items, *second.items)) == sorted(rare)
    assert (facets.examined, facets.total, facets.complete) == (EXAMINED_MAX, EXAMINED_MAX, False)


def test_the_counting_table_answers_as_dynamodb_does(aws: None) -> None:
    """Compared with moto: the same pages, with every bound, direction and filter."""
    choose = random.Random(5)
    records: list[AccountRecord] = []
    with AccountRecord.batch_write() as batch:
        for n in range(60):
            record = new_account(
                "weibo", f"tea{n}", choose.choice(["美食", "旅行"]), "unclaimed", "2026-11-22T10:00:00.000Z"
            )
            record.listing, record.grade = "listed", choose.choice(GRADES)
            record.score, record.followers = n / 7, choose.randrange(10**6)
            record.post_price = choose.randrange(10**5) if n % 3 else None
            records.append(record)
            batch.save(record)
    table = Table([record.serialize() for record in records])
    questions = (
        Wanted(),
        Wanted(sort="grade", category="美食"),
        Wanted(sort="-followers", followers_min=400_000, grade_min="four_star"),
        Wanted(sort="price", price_min=20_000, price_max=70_000),
        Wanted(sort="-price", price_max=70_000, q="tea1"),
    )
    for wanted in questions:
        after: Any = None
        for _ in range(20):
            expected = account_search.find(wanted, 7, after)
            with answered_by(table):
                found = account_search.find(wanted, 7, after)
            assert [record.pk for record in found.items] == [record.pk for record in expected.items]
            assert found.after == expected.after
            if (after := found.after) is None:
                break
        assert after is None


def test_units_are_counted_in_halves_of_four_kilobytes() -> None:
    items = reads.accounts(10)
    table = Table(items)
    with answered_by(table):
        account_search.find(Wanted(), 4)
    read = sum(reads.size(item) for item in sorted(items, key=lambda item: -float(item["score"]["N"]))[:5])
    assert table.spent == Spent(units=-(-read // 4_096) / 2, queries=1, examined=5)
