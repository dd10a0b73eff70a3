"""Money, time, ids and JSON: the smallest promises everything else rests on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.core import clock, ids, json_format
from chalicelib.core.money import Money, share


def test_share_never_favours_who_takes_it() -> None:
    assert share(307_000, 3_000) == 92_100
    assert [share(amount, 3_000) for amount in (1, 3, 4, 10)] == [0, 0, 1, 3]


def test_money_reads_like_money() -> None:
    assert str(Money(123_456_789)) == "1,234,567.89 CNY"
    assert str(Money(-5)) == "-0.05 CNY"
    assert Money(500_000).as_json() == {"amount": 500_000, "currency": "CNY"}


def test_the_clock_can_be_set_and_comes_back() -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 123_456, UTC)
    with clock.at(moment):
        assert clock.now() == moment
    assert clock.now() > moment - timedelta(days=36_500)
    assert clock.now().tzinfo is UTC


def test_moments_are_written_in_utc() -> None:
    shanghai = datetime(2026, 11, 22, 18, 0, 0, 999_000, timezone(timedelta(hours=8)))
    assert clock.rfc3339(shanghai) == "2026-11-22T10:00:00Z"
    assert clock.stamp(shanghai) == "2026-11-22T10:00:00.999Z"
    assert clock.parse(clock.stamp(shanghai)) == shanghai


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(86_400, "PT24H"), (172_800, "P2D"), (5_400, "PT90M"), (90, "PT90S"), (0, "PT0S"), (3_600, "PT1H")],
)
def test_durations_use_the_largest_whole_unit(seconds: int, text: str) -> None:
    assert clock.iso_duration(timedelta(seconds=seconds)) == text


def test_new_ids_sort_by_age_and_never_repeat() -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for second in range(5):
        with clock.at(begin + timedelta(seconds=second)):
            made.append(ids.new("tsk"))
    assert made == sorted(made)
    assert len({ids.new("tsk") for _ in range(1_000)}) == 1_000
    assert all(ids.is_id("tsk", text) for text in made)


def test_derived_ids_depend_on_every_part_and_its_place() -> None:
    assert ids.derive("ord", "a", "b") == ids.derive("ord", "a", "b")
    assert (
        len(
            {
                ids.derive("ord", "a", "b"),
                ids.derive("ord", "ab"),
                ids.derive("ord", "b", "a"),
                ids.derive("tsk", "a", "b"),
            }
        )
        == 4
    )
    assert ids.is_id("ord", ids.derive("ord", "x"))


@pytest.mark.parametrize(
    "text", ["ord_", "ord_8" + "0" * 25, "ord_" + "I" * 26, "tsk_" + "0" * 26, "ord_" + "0" * 27, "../ord"]
)
def test_what_is_not_an_id_is_seen(text: str) -> None:
    assert not ids.is_id("ord", text)


def test_the_wire_knows_our_values_and_refuses_others() -> None:
    document = {"price": Money(1), "at": datetime(2026, 1, 1, tzinfo=UTC), "for": timedelta(hours=24), "text": "茶"}
    assert json.loads(json_format.dumps(document)) == {
        "price": {"amount": 1, "currency": "CNY"},
        "at": "2026-01-01T00:00:00Z",
        "for": "PT24H",
        "text": "茶",
    }
    with pytest.raises(TypeError):
        json_format.dumps({"x": object()})
