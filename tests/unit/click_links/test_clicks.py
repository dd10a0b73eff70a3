"""The target of a click link, and the sums of its counters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.click_links import clicks, link_codes
from chalicelib.click_links.clicks import KEYS_MAX, Clicks, Target, count, counter_keys, target, totals_of
from chalicelib.click_links.records import ClickCounter, LinkedOrder
from chalicelib.click_links.visitors import SHARDS
from chalicelib.core import clock
from chalicelib.core.errors import Problem

ORDER = "ord_01J9ZC5Q8M3V7K2T4R6W8Y0B1D"
NOW = clock.parse("2026-11-22T10:00:00Z")
Store = Callable[[LinkedOrder | Exception | None], None]
URLS = ["https://a.example/", "https://b.example/"]


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    """Return a function that sets what a read of the order finds. The cache of this process is empty."""
    monkeypatch.setattr(clicks, "_recent_urls", type(clicks._recent_urls)())

    def set_found(found: LinkedOrder | Exception | None) -> None:
        def find(*_: Any, **__: Any) -> LinkedOrder | None:
            if isinstance(found, Exception):
                raise found
            return found

        monkeypatch.setattr(LinkedOrder, "find", find)

    return set_found


def order(status: str) -> LinkedOrder:
    return LinkedOrder(ORDER, "order", status=status, urls=URLS, advertiser_id="adv_1")


@pytest.mark.parametrize(
    ("status", "counts"), [("accepted", False), ("published", True), ("disputed", True), ("completed", False)]
)
def test_clicks_count_while_the_post_is_up(store: Store, status: str, counts: bool) -> None:
    store(order(status))
    assert target(link_codes.code(ORDER, 1)) == Target(ORDER, 1, URLS[1], counts)


@pytest.mark.parametrize("code", ["no code", link_codes.code(ORDER, len(URLS))])
def test_a_code_without_a_url_is_not_found(store: Store, code: str) -> None:
    store(order("published"))
    with pytest.raises(Problem, match="not_found"):
        target(code)


def test_a_cached_link_works_uncounted_while_reads_fail(store: Store) -> None:
    code = link_codes.code(ORDER, 0)
    store(TimeoutError())
    with pytest.raises(Problem, match="upstream_unavailable"):
        target(code)
    store(order("published"))
    target(code)
    store(TimeoutError())
    assert target(code) == Target(ORDER, 0, URLS[0], counts=False)


def test_a_stopped_order_is_forgotten(store: Store) -> None:
    code = link_codes.code(ORDER, 0)
    store(order("published"))
    target(code)
    store(order("stopped"))
    with pytest.raises(Problem, match="not_found"):
        target(code)
    store(TimeoutError())
    with pytest.raises(Problem, match="upstream_unavailable"):
        target(code)


def test_a_click_that_cannot_be_counted_does_not_raise(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Target] = []

    def fail(found: Target, address: str) -> bool:
        asked.append(found)
        raise TimeoutError

    monkeypatch.setattr(clicks, "is_click", lambda *_: True)
    monkeypatch.setattr(clicks, "_admit", fail)
    up = Target(ORDER, 0, URLS[0], counts=True)
    assert count(up, "GET", "192.0.2.1", {}) is False
    assert count(up, "HEAD", "192.0.2.1", {}) is False
    assert count(replace(up, counts=False), "GET", "192.0.2.1", {}) is False
    assert asked == [up]


def test_counters_are_read_by_key_up_to_one_request() -> None:
    days = KEYS_MAX // SHARDS
    with clock.at(NOW):
        assert len(set(counter_keys(ORDER, 1, NOW - timedelta(days=days - 1)))) == days * SHARDS
        assert counter_keys(ORDER, 1, NOW - timedelta(days=days)) == []
        assert counter_keys(ORDER, days + 1, NOW) == []


def test_totals_add_the_shards_of_each_link() -> None:
    def counter(place: int, shard: int, day: str, **numbers: Any) -> ClickCounter:
        return ClickCounter(f"{ORDER}#{place}#{shard}", day, **numbers)

    found = totals_of(
        ORDER,
        2,
        [
            counter(0, 3, "2026-11-22", clicks=2, visitors=2, bots=1),
            counter(0, 0, "2026-11-22", clicks=1, visitors=1),
            counter(0, 0, "2026-11-21", clicks=4, visitors=3),
            counter(0, 1, "2026-11-20", bots=7),
        ],
    )
    assert found == [Clicks(7, 6, 8, {"2026-11-21": 4, "2026-11-22": 3}), Clicks()]
