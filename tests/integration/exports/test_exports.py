"""Exports: all data of the caller and no data of other users, in parts that join to the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.exports import export_files
from chalicelib.wallet import ledger, movements
from testing.api import Api
from testing.markets.stage import NOON, Stage, cny
from testing.markets.stored_steps import repeated
from testing.samples.exported import exported

FIGURES = {"as_of": "2026-11-20T00:00:00Z", "followers": 200_000}


@repeated
def play(stage: Stage) -> None:
    """Play two advertisers; an account that was measured twice; a declined and a completed order, a withdrawal."""
    stage.certify()
    accounts = stage.bind("an", "bo")
    admin = stage.api.as_("root", "admin")
    for day in ("20", "21"):
        admin.post(f"/v1/accounts/{accounts[0]}/metrics", {**FIGURES, "as_of": f"2026-11-{day}T00:00:00Z"})
    for _ in range(7):
        task = stage.create(accounts)
        stage.approve(task["id"])
    for order in stage.orders(task["id"]):
        if order["account_id"] == accounts[1]:
            stage.act("bo", order["id"], "decline", {"reason_code": "other"})
    assert stage.advertiser.post("/v1/wallet/withdrawals", {"amount": cny(20_000)}, key="w").status_code == 201


@pytest.fixture
def stage(api: Api) -> Iterator[Stage]:
    with clock.at(NOON):
        stage = Stage(api)
        play(stage)
        yield stage


def kinds(lines: list[dict[str, Any]]) -> Counter[str]:
    return Counter(line["type"] for line in lines)


def test_an_advertiser_has_everything_of_its_own(stage: Stage) -> None:
    lines, _ = exported(stage.advertiser)
    assert kinds(lines) == {"advertiser": 1, "task": 7, "order": 14, "withdrawal": 1, "entry": 10}
    by_type = {line["type"]: line for line in lines}
    assert by_type["advertiser"]["id"] == stage.advertiser_id
    assert {line["advertiser_id"] for line in lines if line["type"] == "task"} == {stage.advertiser_id}
    shown = stage.advertiser.get(f"/v1/tasks/{by_type['task']['id']}").json_body
    assert {name: value for name, value in by_type["task"].items() if name != "type"} == shown


def test_a_creator_has_accounts_figures_and_orders(stage: Stage) -> None:
    lines, _ = exported(stage.creator("an"))
    assert kinds(lines) == {"account": 1, "metrics": 2, "order": 7, "grade_change": 2, "price_change": 3}
    assert {line["creator_id"] for line in lines if line["type"] == "order"} == {stage.creator_id("an")}
    assert all(line.get("account_id", stage.accounts["an"]) == stage.accounts["an"] for line in lines)


def test_parts_join_to_the_whole(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, one = exported(stage.advertiser)
    monkeypatch.setattr(export_files, "LINES_MAX", 1)
    joined, many = exported(stage.advertiser)
    assert joined == whole
    assert one == 1
    assert many > 4
    monkeypatch.setattr(export_files, "LINES_MAX", 5_000)
    monkeypatch.setattr(export_files, "SECONDS", 0.0)
    assert exported(stage.advertiser)[0] == whole


def test_a_part_ends_where_it_grows_too_large(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = exported(stage.advertiser)
    monkeypatch.setattr(export_files, "BYTES_MAX", 5_000)
    found, number = exported(stage.advertiser)
    assert found == whole
    assert number > 3


def test_who_is_both_says_whose(stage: Stage) -> None:
    both = stage.api.as_("teahouse", "advertiser", "creator")
    assert kinds(exported(both, "/v1/exports?as=creator")[0]) == {}
    assert kinds(exported(both, "/v1/exports?as=advertiser")[0])["task"] == 7
    assert stage.advertiser.post("/v1/exports?as=creator").status_code == 403
    assert stage.auditor.post("/v1/exports").status_code == 403


def test_a_cursor_of_somebody_else_is_no_cursor(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "LINES_MAX", 1)
    cursor = stage.advertiser.post("/v1/exports").json_body["next_cursor"]
    refused = stage.creator("an").post(f"/v1/exports?cursor={cursor}")
    assert (refused.status_code, refused.json_body["code"]) == (400, "cursor_invalid")


def test_the_same_request_writes_the_same_file(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "LINES_MAX", 1)
    first, second = (stage.advertiser.post("/v1/exports", key="once").json_body for _ in range(2))
    following = stage.advertiser.post(f"/v1/exports?cursor={first['next_cursor']}", key="once").json_body
    assert first["id"] == second["id"] != following["id"]


def test_an_export_of_a_month_has_the_local_month_and_the_present_state(stage: Stage) -> None:
    """The month of November begins in the market's time zone on 31 October at 16:00 UTC."""
    for hour in (15, 16):
        transfer = movements.topup(f"pay_{hour}", "sandbox", stage.advertiser_id, hour)
        ledger.post(transfer, datetime(2026, 10, 31, hour, tzinfo=UTC))
    october, november, december = (
        exported(stage.advertiser, f"/v1/exports?month=2026-{month}")[0] for month in ("10", "11", "12")
    )
    whole, _ = exported(stage.advertiser)
    assert kinds(december) == {"advertiser": 1}
    assert kinds(october) == {"advertiser": 1, "entry": 1}
    assert kinds(november) == kinds(whole) - Counter({"entry": 1})
    assert [line["at"] for line in october if line["type"] == "entry"] == ["2026-10-31T15:00:00Z"]
    since = exported(stage.advertiser, "/v1/exports?since=2026-11-22T12:00:01Z")[0]
    assert kinds(since) == {"advertiser": 1}


def test_a_part_of_another_period_is_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "LINES_MAX", 1)
    first = stage.advertiser.post("/v1/exports?month=2026-11", key="once").json_body
    path = f"/v1/exports?cursor={first['next_cursor']}"
    assert stage.advertiser.post(f"{path}&month=2026-11", key="once").status_code == 201
    assert stage.advertiser.post(path).json_body["code"] == "cursor_invalid"
    other = stage.advertiser.post("/v1/exports?month=2026-10", key="once").json_body
    assert other["id"] != first["id"], "the file of another period is not replaced"
    refused = stage.advertiser.post("/v1/exports?month=2026-11&since=2026-11-01T00:00:00Z")
    assert refused.json_body["errors"][0]["pointer"] == "/query/month"
