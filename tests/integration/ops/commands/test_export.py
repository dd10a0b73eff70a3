"""`microtask export` writes a person's data, and the ledger of a period."""

from __future__ import annotations

import csv
import json
import stat
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core import clock
from chalicelib.wallet import ledger, movements
from chalicelib.wallet.records import Entry
from testing.doubles.operator_program import RunCommand
from testing.markets.stage import NOON, Stage
from testing.samples.exported import exported

MONTH = ("export", "ledger", "--since", "2026-11-01", "--until", "2026-12-01", "--out")


@pytest.fixture
def market(stage: Stage) -> Stage:
    """An offered order, so that both sides own something."""
    with clock.at(NOON):
        stage.offered("an")
    return stage


def test_a_personal_export_equals_the_export_of_the_api(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    for side, owner, who in (
        ("advertiser", market.advertiser_id, market.advertiser),
        ("creator", market.creator_id("an"), market.creator("an")),
    ):
        path = tmp_path / side
        with clock.at(NOON):
            output = microtask("export", side, owner, "--out", path, "--json")
            lines, _ = exported(who)
        assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == lines
        assert (output.status, sum(output.document["lines"].values())) == (0, len(lines))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_personal_export_of_a_period(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    path, export = tmp_path / "out", ("export", "advertiser", market.advertiser_id)
    with clock.at(NOON):
        assert microtask(*export, "--since", "2026-12-01", "--out", path).status == 0
        lines, _ = exported(market.advertiser, "/v1/exports?month=2026-12")
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == lines
    reversed_ = microtask(*export, "--since", "2026-12-01", "--until", "2026-11-01", "--out", path)
    assert (reversed_.status, "--until is not after --since" in reversed_.err) == (1, True)


def test_unknown_ids_and_existing_files_are_refused(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    path = tmp_path / "out"
    unknown = microtask("export", "advertiser", "adv_3QGZFD37QKY22CY3PJWJ0BPNDW", "--out", path)
    assert (unknown.status, unknown.err.splitlines()[-1]) == (1, "microtask: No such advertiser.")
    wrong = microtask("export", "creator", market.advertiser_id, "--out", path)
    assert (wrong.status, "is not the id of a creator" in wrong.err, list(tmp_path.iterdir())) == (1, True, [])
    path.write_text("dear")
    assert microtask("export", "advertiser", market.advertiser_id, "--out", path).status == 1
    assert path.read_text() == "dear"
    assert microtask("export", "advertiser", market.advertiser_id, "--out", path, "--yes").status == 0


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_ledger_of_a_period_is_complete_and_sorted(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    day = timedelta(days=1)
    for number, moment in enumerate((NOON - day, NOON + day, NOON + 2 * day, NOON + 40 * day)):
        ledger.post(movements.topup(f"pay_{number}", "sandbox", market.advertiser_id, 100 + number), moment)
    path = tmp_path / "november.csv"
    output = microtask(*MONTH, path, "--json")
    found = rows(path)
    assert list(found[0]) == ["at", "transfer", "kind", "reference", "account", "amount", "currency"]
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert sum(Decimal(row["amount"]) for row in found) == 0
    assert {row["amount"] for row in found if row["reference"] == "pay_1"} == {"1.01", "-1.01"}
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 only with a mark"
    assert {row["currency"] for row in found} == {"CNY"}
    local = tmp_path / "local.csv"
    microtask(*MONTH, local, "--local-times")
    assert [clock.parse(row["at"]) for row in rows(local)] == [clock.parse(row["at"]) for row in found]
    assert all(row["at"].endswith("+08:00") for row in rows(local))
    references = [row["reference"] for row in found if row["kind"] == "topup"]
    assert references == ["pay_0", "pay_0", "pay_first", "pay_first", "pay_1", "pay_1", "pay_2", "pay_2"]
    assert (output.status, output.document["entries"], output.document["sum"]) == (0, len(found), 0)
    assert output.document["transfers"] == len({row["transfer"] for row in found})
    until = ("--until", clock.rfc3339(NOON + day))
    microtask("export", "ledger", "--since", clock.rfc3339(NOON - day), *until, "--out", path, "--yes")
    assert {row["reference"] for row in rows(path) if row["kind"] == "topup"} == {"pay_0", "pay_first"}


def test_a_ledger_that_does_not_balance_is_status_1(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    [entry, *_] = Entry.query(f"advertiser:{market.advertiser_id}:available", Entry.sk.startswith("entry#"))
    entry.amount = int(entry.amount) + 5
    entry.save()
    output = microtask(*MONTH, tmp_path / "november.csv")
    assert (output.status, "THEIR SUM IS 5" in output.out) == (1, True)


def test_a_day_begins_in_the_time_zone_of_the_market(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    for hour in (15, 16):
        moment = clock.parse(f"2026-10-31T{hour}:30:00Z")
        ledger.post(movements.topup(f"pay_{hour}", "sandbox", market.advertiser_id, hour), moment)
    microtask(*MONTH, tmp_path / "november.csv")
    references = {row["reference"] for row in rows(tmp_path / "november.csv")}
    assert ("pay_15" in references, "pay_16" in references) == (False, True)


def test_a_period_must_be_valid(microtask: RunCommand, market: Stage, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "x.csv")
    assert microtask("export", "ledger", "--since", "2026-12-01", "--until", "2026-12-01", *out).status == 1
    for wrong in ("yesterday", "20261101", "2026-11-01T00:00:00"):
        refused = microtask("export", "ledger", "--since", wrong, "--until", "2026-12-01", *out)
        assert refused.status == 1
        assert "neither a day" in refused.err
