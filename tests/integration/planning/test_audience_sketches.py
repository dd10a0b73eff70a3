"""Sketches are imported, and plans count people once."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.accounts.records import AccountRecord, account_id, new_account
from chalicelib.planning.audience_sketches import Sketches
from chalicelib.store import AccountsRecord
from ops.audience import sketch_import
from testing.api import Api
from testing.markets.stage import cny
from testing.samples.audiences import sketch

READS = 4_000
WHO = {"twin0": range(5_000), "twin1": range(5_000), "twin2": range(5_000), "other": range(50_000, 55_000)}


def _line(handle: str, people: range, as_of: str = "2026-11-20", key: str = "k1", **changes: Any) -> str:
    registers = base64.b64encode(sketch(people)).decode()
    members = {"network": "weibo", "handle": handle, "as_of": as_of, "key": key, "registers": registers}
    return json.dumps({**members, **changes})


def _taken(path: Path, *lines: str) -> dict[str, int]:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return sketch_import.import_sketches(path)


@pytest.fixture
def market(aws: None) -> dict[str, str]:
    """Five accounts at the same price with as many reads; their ids by handle."""
    made = []
    for n, handle in enumerate([*WHO, "unsketched"]):
        record = new_account("weibo", handle, None, "admitted", "2026-11-22T10:00:00.000Z")
        record.owner, record.listed_at, record.listing = f"cre_{n}", f"2026#{n}", "listed"
        record.followers, record.value = (
            5_000,
            READS * 1_000 / 100_000 + (handle != "unsketched") + handle.startswith("t"),
        )
        record.evidence = {"as_of": "2026-11-20T00:00:00Z", "followers": 5_000, "reads_avg_30d": READS, "posts_30d": 20}
        record.own_post_price = record.post_price = 100_000
        made.append(record)
    with AccountRecord.batch_write() as batch:
        for record in made:
            batch.save(record)
    return {record.handle: record.pk for record in made}


def _plan(api: Api, goal: str, accounts: int, **more: Any) -> Any:
    body = {"budget": cny(accounts * 100_000), "goal": goal, **more}
    answer = api.as_("teahouse", "advertiser").post("/v1/plans", body)
    assert answer.status_code == 201, answer.json_body
    return answer.json_body


def test_a_plan_by_unique_reads_avoids_shared_audiences(api: Api, market: dict[str, str], tmp_path: Path) -> None:
    lines = [_line(handle, people) for handle, people in WHO.items()]
    assert _taken(tmp_path / "s.jsonl", *lines) == {"taken": 4}
    twins = {market[f"twin{n}"] for n in range(3)}
    plan = _plan(api, "unique_reads", 3)
    chosen = {line["account_id"] for line in plan["accounts"]}
    assert {market["other"], market["unsketched"]} < chosen
    assert len(chosen & twins) == 1
    totals, audience = plan["totals"], plan["audience"]
    assert totals["unique_reads"] == pytest.approx(totals["reads"], rel=0.02)
    assert (audience["known"], audience["unknown"], audience["overlaps"]) == (2, 1, [])
    assert audience["unique_followers"] == pytest.approx(10_000, rel=0.05)
    adds = [reason["worth"] for line in plan["accounts"] for reason in line["reasons"] if reason["code"] == "adds"]
    assert sum(adds) == totals["unique_reads"]
    for simple in plan["comparison"].values():
        assert simple["plan_brings_more"] == totals["unique_reads"] - simple["unique_reads"] >= 0
    assert totals["price"]["amount"] <= 300_000

    doubled = _plan(api, "reads", 2, must_have=sorted(twins)[:2])
    (pair,) = doubled["audience"]["overlaps"]
    assert (pair["account_ids"], pair["share_of_smaller"]) == (sorted(twins)[:2], 1.0)
    assert doubled["totals"]["unique_reads"] < 0.9 * doubled["totals"]["reads"]
    assert doubled["audience"]["unique_followers"] == pytest.approx(doubled["audience"]["followers"] / 2, abs=1)


def test_without_sketches_every_read_counts(api: Api, market: dict[str, str]) -> None:
    plan = _plan(api, "unique_reads", 3)
    assert plan["totals"]["unique_reads"] == plan["totals"]["reads"] > 0
    assert (plan["audience"]["known"], plan["share_of_best"]) == (0, 1.0)


def test_only_newest_sketches_of_one_key_are_used(market: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    assert _taken(path, _line("twin0", WHO["twin0"]), _line("twin1", WHO["twin1"]), _line("nobody", range(9))) == {
        "taken": 2,
        "left_out": 1,
    }
    assert account_id("weibo", "nobody") not in Sketches().of([account_id("weibo", "nobody")])
    _taken(path, _line("twin2", WHO["twin2"], key="k2"), _line("twin0", range(9), as_of="2026-11-19"))
    found = Sketches().of(market.values())
    assert found == {market[name]: sketch(WHO[name]) for name in ("twin0", "twin1")}
    stored = [raw for page in [AccountsRecord.scan().page_iter] for part in page for raw in part["Items"]]
    item = next(raw for raw in stored if raw["pk"]["S"] == market["twin0"] and raw["sk"]["S"] == "audience")
    assert item.keys() == {"pk", "sk", "registers", "as_of", "key"}


def test_invalid_lines_are_named(market: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    for wrong in ("{}", "no JSON", _line("twin0", range(9), registers="AAAA"), _line("twin0", range(9), as_of="today")):
        path.write_text(f"{_line('twin1', WHO['twin1'])}\n{wrong}\n", "utf-8")
        with pytest.raises(ValueError, match="line 2: not a sketch"):
            sketch_import.import_sketches(path)
