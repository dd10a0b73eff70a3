"""The simulation of long histories and of a day."""

from __future__ import annotations

import random

import pytest

from bench import scale
from bench.harness.written_keys import kind_of_key


def test_no_read_grows_with_the_history() -> None:
    grown = {name: costs for name, costs in scale.reads() if costs[0] != costs[1]}
    assert grown == {}


def test_the_table_counts_what_a_read_of_everything_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.accounts.removal_listeners import Removal
    from chalicelib.tasks.orders import orders_of_removed_account

    monkeypatch.setattr(scale, "HISTORIES", ((100, 100), (2_000, 200)))
    removal = Removal("advertiser_revoked", advertiser_id=scale.ADVERTISER)
    monkeypatch.setattr(
        scale, "_calls", lambda: {"removal": lambda: list(orders_of_removed_account._steps_for_advertiser(removal))}
    )
    ((_, (short, long)),) = scale.reads()
    assert (short.examined, long.examined) == (100, 2_000)


def test_a_day_has_its_orders_and_no_task_more_than_the_limit() -> None:
    tasks = list(scale.Market(20_000).tasks(random.Random(1)))
    assert sum(number for _, number, _ in tasks) == 20_000
    assert max(number for _, number, _ in tasks) <= 1_000
    assert len({owner for owner, _, _ in tasks}) > 100


def test_the_busiest_keys_are_those_of_the_whole_market_at_many_orders() -> None:
    few, many = (scale.writes(scale.Market(orders)) for orders in (1_000, 50_000))
    by_place = {peak.place: peak for peak in few}
    market = [peak for peak in many if peak.belongs_to == "market"]
    assert market
    assert all(peak.second > by_place[peak.place].second for peak in market)
    assert all(peak.day == by_place[peak.place].day for peak in many if peak.belongs_to in ("order", "account"))


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("ord_01K9Z3V4X5Y6Z7A8B9C0D1E2F3", "ord_*"),
        ("task:tsk_01K9Z3V4X5Y6Z7A8B9C0D1E2F3:held", "task:tsk_*:held"),
        ("creator:creator-7:available", "creator:*:available"),
        ("platform:commission:07", "platform:commission:*"),
        ("open#3", "open#*"),
        ("creator-7", "user *"),
        ("listed", "listed"),
    ],
)
def test_partition_keys_are_counted_by_their_kind(key: str, kind: str) -> None:
    assert kind_of_key(key, {"creator-7"}) == kind
