"""Unusual and usual figures of a post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.social import anomalies

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FORECAST = {
    "reads": {"low": 5_000, "expected": 10_000, "high": 20_000, "basis": "own"},
    "interactions": {"low": 50, "expected": 100, "high": 300, "basis": "own"},
}


def look(hours: float, reads: int, likes: int, clicks: int = 5) -> dict[str, Any]:
    at = clock.stamp(NOON + timedelta(hours=hours))
    return {"at": at, "found": True, "reads": reads, "likes": likes, "clicks": clicks}


ORGANIC = [look(0, 0, 0, 0), look(1, 4_000, 60), look(6, 8_000, 110), look(24, 10_000, 130), look(72, 11_000, 140)]


def kinds(snapshots: list[dict[str, Any]], forecast: dict[str, Any] | None = FORECAST, links: bool = True) -> list[str]:
    return [anomaly.kind for anomaly in anomalies.find_anomalies(snapshots, forecast, links)]


def test_a_post_that_grows_and_slows_down_is_not_conspicuous() -> None:
    assert kinds(ORGANIC) == []
    assert kinds([]) == kinds([{"at": clock.stamp(NOON), "found": False, "clicks": 0}]) == []


@pytest.mark.parametrize(
    ("snapshots", "forecast", "expected"),
    [
        ([*ORGANIC[:4], look(72, 11_000, 2_000)], None, ["burst"]),
        ([look(0, 0, 0), look(1, 9_000, 2_000), look(24, 10_000, 2_010)], None, []),
        ([look(0, 0, 0), look(1, 1_000, 251)], None, ["unread"]),
        ([look(0, 0, 0), look(1, 1_000, 250)], None, []),
        ([look(0, 0, 0), look(1, 10, 9)], None, []),
        ([look(0, 0, 0), look(1, 80_001, 140)], FORECAST, ["unlike"]),
        ([look(0, 0, 0), look(1, 80_000, 140)], FORECAST, []),
        ([look(0, 0, 0), look(219, 1_249, 140)], FORECAST, ["unlike"]),
        ([look(0, 0, 0), look(219, 1_250, 140)], FORECAST, []),
        ([look(0, 0, 0), look(218, 1_249, 140)], FORECAST, []),
        ([look(0, 0, 0)], FORECAST, []),
        ([look(0, 0, 0), look(1, 10_000, 1_300)], FORECAST, ["unlike"]),
        ([look(0, 0, 0), look(1, 20_000, 140, 0)], FORECAST, ["unclicked"]),
        ([look(0, 0, 0), look(1, 19_999, 140, 0)], FORECAST, []),
    ],
)
def test_each_kind_and_its_edge(
    snapshots: list[dict[str, Any]], forecast: dict[str, Any] | None, expected: list[str]
) -> None:
    assert kinds(snapshots, forecast) == expected


def test_a_forecast_from_peers_raises_no_anomaly() -> None:
    peers = {name: {**known, "basis": "peers"} for name, known in FORECAST.items()}
    assert kinds([look(0, 0, 0), look(1, 900_000, 140)], peers) == []


@pytest.mark.parametrize(("read", "copied", "expected"), [(40, 13, ["copied"]), (40, 12, []), (19, 18, [])])
def test_copied_comments_by_the_last_look_that_read_them(read: int, copied: int, expected: list[str]) -> None:
    compared = {"comments_read": read, "comments_copied": copied}
    earlier = {"comments_read": 100, "comments_copied": 99}
    snapshots = [{**ORGANIC[1], **earlier}, {**ORGANIC[2], **compared}, ORGANIC[3]]
    assert kinds(snapshots) == expected


def test_a_post_without_links_need_not_be_clicked() -> None:
    assert kinds([look(0, 0, 0), look(1, 20_000, 140, 0)], links=False) == []


def test_an_anomaly_contains_its_figures() -> None:
    (burst,) = anomalies.find_anomalies([*ORGANIC[:4], look(72, 11_000, 2_000)], None, True)
    assert burst._asdict() == {
        "kind": "burst",
        "says": "1,870 of 2,000 reactions came between two checks, more than 24 hours after publication.",
        "rests_on": {
            "from": ORGANIC[3]["at"],
            "to": clock.stamp(NOON + timedelta(hours=72)),
            "gained": 1_870,
            "all": 2_000,
        },
    }
