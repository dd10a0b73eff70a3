"""The search with every filter, sort order and paging, against a model that filters and sorts a list."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.accounts.records import AccountRecord, new_account
from chalicelib.core import clock
from chalicelib.grading.model.methodology import GRADES
from chalicelib.store import Page, read_page
from testing.markets.stage import NOON, Stage, cny

CATEGORIES = ("美食", "旅行", None)
MOMENT = "2026-11-22T10:00:00.000Z"


def _records() -> list[AccountRecord]:
    choose = random.Random(7)
    records = []
    for n in range(80):
        status = choose.choice(["admitted", "unclaimed", "admitted", "pending", "rejected"])
        handle = f"{choose.choice(['Tea', 'tea', 'Cake', '茶'])}_{n}"
        record = new_account("weibo", handle, choose.choice(CATEGORIES), status, MOMENT)
        record.listing = "listed" if status in ("admitted", "unclaimed") else None
        record.owner = None if status == "unclaimed" else "cre_x"
        record.listed_at = None if status == "unclaimed" else f"{MOMENT}#{record.pk}"
        record.followers = n * 1_000 + choose.randrange(1_000)
        record.paused = choose.random() < 0.2
        if n % 10:
            rank = choose.randrange(len(GRADES))
            record.grade = GRADES[rank]
            record.score = rank * 10 + n / 1_000
            record.value = n / 7
        if choose.random() < 0.8:
            record.own_post_price = record.post_price = 1_000 * (n + 1)
        if choose.random() < 0.6:
            record.own_repost_price = record.repost_price = 500_000 - 1_000 * n
        records.append(record)
    return records


@pytest.fixture
def records(aws: None) -> list[AccountRecord]:
    found = _records()
    with AccountRecord.batch_write() as batch:
        for record in found:
            batch.save(record)
    return found


def model(records: list[AccountRecord], query: dict[str, Any]) -> list[str]:
    """Handles in the order the search must give them; ties do not occur among what is compared."""
    kind = query.get("kind", "post")
    order = query.get("sort", "-grade").lstrip("-")
    column = {"grade": "score", "price": f"{kind}_price"}.get(order, order)

    def fits(record: AccountRecord) -> bool:
        price = record.post_price if kind == "post" else record.repost_price
        priced = {"kind", "price_min", "price_max"} & query.keys() or order == "price"
        return bool(
            record.status in ("admitted", "unclaimed")
            and (not priced or price is not None)
            and query.get("price_min", 0) <= (price or 0)
            and ((price or 0) <= query.get("price_max", 10**12))
            and record.followers >= query.get("followers_min", 0)
            and ("category" not in query or record.category == query["category"])
            and (
                "grade_min" not in query
                or (record.grade and GRADES.index(record.grade) >= GRADES.index(query["grade_min"]))
            )
            and query.get("q", "").casefold() in record.handle.casefold()
        )

    matching = [record for record in records if fits(record)]
    matching.sort(key=lambda record: getattr(record, column), reverse=query.get("sort", "-").startswith("-"))
    return [record.handle for record in matching]


def searched(caller: Any, query: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    cards: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(200):
        answer = caller.get(f"/v1/accounts?{urlencode({**query, 'limit': limit, **cursor})}")
        assert answer.status_code == 200, answer.json_body
        page = answer.json_body
        assert len(page["data"]) <= limit
        cards += page["data"]
        if page["next_cursor"] is None:
            return cards
        cursor = {"cursor": page["next_cursor"]}
    raise AssertionError("the paging does not end")


SORTS = [sign + name for name in ("grade", "followers", "price", "value") for sign in ("", "-")]
FILTERS: dict[str, list[Any]] = {
    "category": ["美食", "没有"],
    "grade_min": ["one_star", "four_star", "diamond"],
    "price_min": [1, 30_000],
    "price_max": [460_000, 50_000],
    "followers_min": [0, 40_500],
    "kind": ["post", "repost"],
    "q": ["tea", "CAKE_1", "茶", "nobody"],
    "sort": SORTS,
}


def _queries() -> list[dict[str, Any]]:
    single = [{name: value} for name, values in FILTERS.items() for value in values]
    choose = random.Random(11)
    mixed = []
    for _ in range(60):
        names = choose.sample(sorted(FILTERS), choose.randint(2, 5))
        query = {name: choose.choice(FILTERS[name]) for name in names}
        if query.get("price_min", 0) <= query.get("price_max", 10**12):
            mixed.append(query)
    return [{}, *single, *mixed]


def _untied(handles: list[str], records: list[AccountRecord]) -> list[str]:
    """Without the accounts that have no grade: they share a score and a value of 0, in no order."""
    ungraded = {record.handle for record in records if record.grade is None}
    return [handle for handle in handles if handle not in ungraded]


def test_every_filter_and_sort_and_their_mixtures(api: Any, records: list[AccountRecord]) -> None:
    caller = api.as_("tea", "advertiser")
    found_any = 0
    for query in _queries():
        expected = model(records, query)
        found = [card["handle"] for card in searched(caller, query, 100)]
        assert sorted(found) == sorted(expected), query
        assert _untied(found, records) == _untied(expected, records), query
        found_any += bool(found)
    assert found_any > 40


def test_pages_cover_the_whole_result(api: Any, records: list[AccountRecord]) -> None:
    caller = api.as_("an", "creator")
    for query in ({}, {"q": "tea"}, {"sort": "price", "kind": "repost", "grade_min": "two_star"}):
        for limit in (1, 7):
            found = [card["handle"] for card in searched(caller, query, limit)]
            assert len(found) == len(set(found))
            assert sorted(found) == sorted(model(records, query))
            assert _untied(found, records) == _untied(model(records, query), records)


def test_accounts_show_status_and_orderability(api: Any, records: list[AccountRecord]) -> None:
    cards = searched(api.as_("tea", "advertiser"), {}, 100)
    by_handle = {record.handle: record for record in records}
    assert {card["status"] for card in cards} == {"admitted", "unclaimed"}
    for card in cards:
        record = by_handle[card["handle"]]
        assert card["orderable"] is (record.status == "admitted" and not record.paused)
        assert card["grade"] == record.grade
        assert (card["score"] is None) is (record.grade is None)


def test_a_wrong_parameter_is_400(api: Any) -> None:
    caller = api.as_("tea", "advertiser")
    for query in (
        "sort=stars",
        "grade_min=seven_star",
        "kind=video",
        "limit=0",
        "limit=101",
        "price_min=-1",
        "price_min=2&price_max=1",
        "followers_min=many",
        "owner=somebody",
        "colour=red",
        "q=",
    ):
        answer = caller.get(f"/v1/accounts?{query}")
        assert (answer.status_code, answer.json_body["code"]) == (400, "parameter_invalid"), query


def test_a_cursor_belongs_to_its_caller_and_its_filters(api: Any, records: list[AccountRecord]) -> None:
    caller = api.as_("tea", "advertiser")
    cursor = caller.get("/v1/accounts?limit=1&sort=followers").json_body["next_cursor"]
    assert caller.get(f"/v1/accounts?limit=5&sort=followers&cursor={cursor}").status_code == 200
    stranger = api.as_("rival", "advertiser")
    for client, query in ((caller, "sort=-followers"), (stranger, "sort=followers"), (caller, "")):
        answer = client.get(f"/v1/accounts?limit=1&cursor={cursor}&{query}")
        assert (answer.status_code, answer.json_body["code"]) == (400, "cursor_invalid")


def test_one_page_reads_a_bounded_part_of_the_index(aws: None) -> None:
    with AccountRecord.batch_write() as batch:
        for n in range(230):
            record = new_account("weibo", f"tea{n}", "美食", "unclaimed", MOMENT)
            record.listing = "listed"
            record.score = n
            batch.save(record)

    def page(after: dict[str, Any] | None) -> Any:
        nothing = AccountRecord.category == "没有"
        return read_page(
            AccountRecord, "listed", index="by_score", limit=5, where=nothing, after=after, examined_max=100
        )

    first = page(None)
    assert (first.items, first.after["score"]) == ([], {"N": "130"})
    second = page(first.after)
    assert (second.items, second.after["score"]) == ([], {"N": "30"})
    assert page(second.after) == Page([], None)


def test_the_search_needs_a_token(api: Any) -> None:
    assert api.get("/v1/accounts").status_code == 401


def test_similar_accounts_are_of_the_category_and_near(api: Any, records: list[AccountRecord]) -> None:
    caller = api.as_("tea", "advertiser")
    given = next(record for record in records if record.listing and record.category == "美食" and record.grade)
    answer = caller.get(f"/v1/accounts/{given.pk}/similar?limit=5")
    assert answer.status_code == 200, answer.json_body
    found = [card["id"] for card in answer.json_body["data"]]
    listed = {record.pk: record for record in records if record.listing and record.category == "美食"}
    assert len(found) == 5
    assert given.pk not in found
    assert set(found) <= set(listed)
    nearest = sorted(set(listed) - {given.pk}, key=lambda pk: _unlike(given, listed[pk]))[:5]
    assert found == nearest


def _unlike(one: AccountRecord, other: AccountRecord) -> float:
    prices = [float(account.post_price or account.repost_price or 0) for account in (one, other)]
    apart = abs(math.log(prices[0] / prices[1])) if all(prices) else 1.0
    return abs(one.score - other.score) / 10 + abs(math.log((1 + one.followers) / (1 + other.followers))) + apart


FACETED: tuple[dict[str, Any], ...] = (
    {},
    {"category": "美食"},
    {"grade_min": "four_star"},
    {"category": "旅行", "grade_min": "two_star", "q": "tea"},
    {"kind": "repost", "price_max": 480_000, "category": "美食"},
    {"price_min": 30_000},
    {"followers_min": 40_500, "grade_min": "three_star"},
    {"q": "nobody"},
)


def test_facets_count_results_of_other_categories_and_grades(api: Any, records: list[AccountRecord]) -> None:
    caller = api.as_("tea", "advertiser")
    by_handle = {record.handle: record for record in records}

    def counted(query: dict[str, Any], without: str) -> Counter[str | None]:
        rest = {name: value for name, value in query.items() if name != without}
        found = [by_handle[handle] for handle in model(records, rest)]
        return Counter(record.category if without == "category" else record.grade for record in found)

    for query in FACETED:
        body = caller.get(f"/v1/accounts/facets?{urlencode(query)}").json_body
        assert body["total"] == len(model(records, query)), query
        assert {line["category"]: line["accounts"] for line in body["categories"]} == counted(query, "category"), query
        grades = {line["grade"]: line["accounts"] for line in body["grades"]}
        assert grades == counted(query, "grade_min"), query
        assert list(grades) == [grade for grade in (*reversed(GRADES), None) if grade in grades]
        assert body["complete"]
    refused = caller.get("/v1/accounts/facets?sort=grade")
    assert (refused.status_code, refused.json_body["code"]) == (400, "parameter_invalid")


def test_paging_finds_unchanged_accounts_exactly_once(api: Any, records: list[AccountRecord]) -> None:
    """Between any two pages an account that was shown goes, one moves in front of the cursor, and one is added behind it."""
    caller = api.as_("tea", "advertiser")
    listed = sorted((record for record in records if record.listing), key=lambda record: record.followers)
    found: list[str] = []
    known = {record.handle: record for record in listed}
    gone: set[str] = set()
    cursor = ""
    for turn in range(100):
        page = caller.get(f"/v1/accounts?sort=followers&limit=7{cursor}").json_body
        found += [card["handle"] for card in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
        known[found[-1]].delete()  # the very account that the cursor names
        moved = listed[-1 - turn]
        if moved.handle not in found:
            gone.add(moved.handle)
            moved.followers = 0
            moved.save()
        late = new_account("weibo", f"late{turn}", None, "unclaimed", MOMENT)
        late.listing, late.followers = "listed", 10**9 + turn
        late.save()
        known[late.handle] = late
    stayed = {record.handle for record in listed} - gone
    assert len(found) == len(set(found))
    assert stayed <= set(found)
    assert {handle for handle in found if handle.startswith("late")} == {f"late{n}" for n in range(turn)}


def test_the_price_history_contains_own_and_advised_prices(api: Any) -> None:
    stage = Stage(api)
    with clock.at(NOON):
        (account,) = stage.bind("an", price=200_000)
    path = f"/v1/accounts/{account}"
    an, admin = stage.creator("an"), api.as_("admin", "admin")
    for hour, reads in ((1, 3_000), (3, 9_000)):
        with clock.at(NOON + timedelta(hours=hour)):
            figures = {"as_of": f"2026-11-22T{hour:02d}:00:00Z", "followers": 50_000, "reads_avg_30d": reads}
            assert admin.post(f"{path}/metrics", figures).status_code == 201
        with clock.at(NOON + timedelta(hours=hour + 1)):
            an.patch(path, {"prices": {"post": cny(200_000 + reads), "repost": None}})
            an.patch(path, {"paused": False})
    whole = api.as_("tea", "advertiser").get(f"{path}/prices?limit=100").json_body
    assert whole["next_cursor"] is None
    lines = whole["data"]
    assert [(line["at"], line["what"], line["cause"]) for line in lines] == [
        ("2026-11-22T16:00:00Z", "own", "owner"),
        ("2026-11-22T15:00:00Z", "advised", "metrics"),
        ("2026-11-22T14:00:00Z", "own", "owner"),
        ("2026-11-22T13:00:00Z", "advised", "metrics"),
        ("2026-11-22T12:00:00Z", "own", "owner"),
    ]
    assert [line["prices"] for line in lines if line["what"] == "own"] == [
        {"post": cny(209_000), "repost": None},
        {"post": cny(203_000), "repost": None},
        {"post": cny(200_000), "repost": cny(200_000)},
    ]
    card = an.get(path).json_body
    assert lines[1]["advised_price"] == card["advised_price"]
    joined: list[Any] = []
    cursor = ""
    while len(joined) < 20:
        page = an.get(f"{path}/prices?limit=2{cursor}").json_body
        joined += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert joined == lines
