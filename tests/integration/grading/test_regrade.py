"""Regrading: page by page, resumable, one history item per change, started and watched by staff."""

from __future__ import annotations

import copy
import json
import os
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.core import aws, clock, ids
from chalicelib.core.errors import Problem
from chalicelib.grading import assessment, regrade
from chalicelib.grading.model.evidence import Evidence
from chalicelib.grading.model.methodology import Methodology, in_force, parse, published
from chalicelib.grading.records import GradeChange, GradedAccount, RegradeSegment
from chalicelib.grading.regrade_steps import regrade_step, start_nightly
from chalicelib.grading.response_types import Regrade
from chalicelib.store import Refused, transact
from chalicelib.store.tables import connection
from testing.api import Api
from testing.doubles import moto_machines
from testing.markets.stage import NOON

SEGMENT = "07"
NAMES = tuple(f"acc_{number}" for number in range(7))


@pytest.fixture
def accounts(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven ungraded accounts with evidence, from small to big, and one without, in a segment of four pages."""
    monkeypatch.setattr(regrade, "PAGE", 2)
    for number, name in enumerate(NAMES):
        evidence = {
            "as_of": "2026-11-20T00:00:00Z",
            "followers": 10_000 * 4**number,
            "reads_avg_30d": 1_000 * 4**number,
        }
        GradedAccount(pk=name, sk="account", segment=SEGMENT, evidence=evidence, category="美食").save()
    GradedAccount(pk="acc_unmeasured", sk="account", segment=SEGMENT).save()
    GradedAccount(pk="acc_elsewhere", sk="account", segment="08", evidence=evidence).save()


def regrade_page(run: str, segment: str = SEGMENT) -> bool:
    """Regrades one page, as if there were no time for more."""
    return regrade.regrade(run, segment, lambda: False)


def to_the_end(run: str) -> int:
    """Regrades the whole segment; how many pages that took."""
    pages = 1
    while not regrade_page(run):
        pages += 1
    return pages


def found(run: str) -> RegradeSegment:
    segment = RegradeSegment.find(f"regrade#{run}", f"segment#{SEGMENT}")
    assert segment is not None
    return segment


def counts(run: str) -> tuple[int, int, int, int]:
    segment = found(run)
    return int(segment.accounts), int(segment.changed), int(segment.up), int(segment.down)


def grades() -> dict[str, str | None]:
    return {name: account(name).grade for name in NAMES}


def account(name: str) -> GradedAccount:
    stored = GradedAccount.find(name, "account")
    assert stored is not None
    return stored


def history(name: str) -> list[GradeChange]:
    return list(GradeChange.query(name, GradeChange.sk.startswith("grade#")))


def revised(**thresholds: int) -> Methodology:
    """The methodology in force, with other thresholds, as a later version."""
    document = copy.deepcopy(in_force().document)
    document["version"] = "2999-01-01"
    document["thresholds"] |= thresholds
    return parse(document)


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Any:
    def put_in_force(methodology: Methodology) -> None:
        monkeypatch.setattr(assessment, "in_force", lambda: methodology)
        monkeypatch.setattr(regrade, "in_force", lambda: methodology)

    return put_in_force


def test_every_account_of_the_segment_is_graded(accounts: None) -> None:
    assert to_the_end("first") == 4
    assert counts("first") == (7, 7, 0, 0)
    assert sum(found("first").grades.values()) == 7
    ranks = [account(name).grade_rank for name in NAMES]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[-1]
    assert account("acc_unmeasured").grade is None
    assert account("acc_elsewhere").grade is None


def test_nothing_new_writes_nothing(accounts: None) -> None:
    to_the_end("first")
    before = [account(name).attribute_values for name in NAMES]
    to_the_end("second")
    assert counts("second") == (7, 0, 0, 0)
    assert found("second").grades == found("first").grades
    assert [account(name).attribute_values for name in NAMES] == before
    assert [len(history(name)) for name in NAMES] == [1] * 7


def test_a_finished_segment_stays_as_it_is(accounts: None) -> None:
    to_the_end("first")
    before = found("first").attribute_values
    assert regrade_page("first") is True
    assert found("first").attribute_values == before


def test_an_empty_segment_is_done_at_once(accounts: None) -> None:
    assert regrade_page("first", "63") is True


def test_an_interrupted_run_continues_at_its_page(accounts: None) -> None:
    regrade_page("first")
    assert found("first").accounts == 2
    assert not found("first").done
    assert to_the_end("first") == 3
    assert counts("first") == (7, 7, 0, 0)
    assert [len(history(name)) for name in NAMES] == [1] * 7


def test_as_many_pages_as_there_is_time_for(accounts: None) -> None:
    time_left = iter([True, True, False])
    assert regrade.regrade("first", SEGMENT, lambda: next(time_left)) is False
    assert found("first").accounts == 6
    assert regrade.regrade("first", SEGMENT, lambda: True) is True
    assert counts("first") == (7, 7, 0, 0)


@pytest.mark.parametrize("after", [False, True], ids=["before-it-was-stored", "after-it-was-stored"])
def test_a_page_that_was_broken_off_counts_once(accounts: None, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
    def crash(actions: Any) -> None:
        if after:
            transact(actions)
        raise ConnectionError("broken off")

    regrade.begin("first")
    with monkeypatch.context() as broken:
        broken.setattr(regrade, "transact", crash)
        with pytest.raises(ConnectionError):
            regrade_page("first")
    assert to_the_end("first") == (3 if after else 4)
    assert counts("first") == (7, 7, 0, 0)
    assert sum(found("first").grades.values()) == 7
    assert [len(history(name)) for name in NAMES] == [1] * 7


def test_a_page_regraded_twice_counts_once(accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[bool] = []
    regrade.begin("first")

    def overtaken(actions: Any) -> None:
        if not entered:
            entered.append(True)
            regrade_page("first")
        transact(actions)

    monkeypatch.setattr(regrade, "transact", overtaken)
    regrade_page("first")
    assert counts("first") == (4, 4, 0, 0)
    to_the_end("first")
    assert counts("first") == (7, 7, 0, 0)
    assert [len(history(name)) for name in NAMES] == [1] * 7


def test_endless_write_conflicts_are_write_contention(accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    regrade.begin("first")

    def refused(actions: Any) -> None:
        raise Refused({"grade": None})

    monkeypatch.setattr(regrade, "transact", refused)
    with pytest.raises(Problem, match="keep changing"):
        regrade_page("first")


def test_a_new_methodology_regrades(accounts: None, publish: Any) -> None:
    to_the_end("first")
    before = grades()
    publish(revised(two_star=5_000, diamond=100_000))
    to_the_end("second")
    up = sum(before[name] == "one_star" and grades()[name] == "two_star" for name in NAMES)
    down = sum(before[name] == "diamond" and grades()[name] == "six_star" for name in NAMES)
    assert (up, down) == (3, 1)
    assert counts("second") == (7, 7, up, down)
    for name in NAMES:
        first, second = history(name)
        assert (second.cause, second.previous, second.grade) == ("methodology", first.grade, grades()[name])
        assert second.methodology_version == account(name).methodology_version == "2999-01-01"
        assert second.score == first.score == account(name).score


def test_own_prices_survive_a_regrade(accounts: None) -> None:
    owner = account(NAMES[0])
    owner.own_repost_price = 77_700
    owner.save()
    to_the_end("first")
    graded = account(NAMES[0])
    assert (graded.repost_price, graded.post_price) == (77_700, graded.advised["post"]["mid"])


def test_metrics_recorded_during_the_regrade_win(accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    regrade.begin("first")
    came: list[bool] = []

    def overtaken(actions: Any) -> None:
        if not came:
            came.append(True)
            measured = account(NAMES[0])
            measured.evidence = {**measured.evidence, "as_of": "2026-11-21T00:00:00Z", "followers": 1}
            measured.revision = 2
            measured.save()
        transact(actions)

    monkeypatch.setattr(regrade, "transact", overtaken)
    regrade_page("first")
    assert counts("first") == (2, 2, 0, 0)
    (only,) = history(NAMES[0])
    assert only.evidence["followers"] == account(NAMES[0]).evidence["followers"] == 1
    assert account(NAMES[0]).score == only.score


def test_a_price_that_changed_alone_is_stored(accounts: None) -> None:
    to_the_end("first")
    cheaper = account(NAMES[0])
    right = cheaper.advised
    cheaper.advised = {kind: {"low": 100, "mid": 100, "high": 100} for kind in right}
    cheaper.save()
    to_the_end("second")
    assert counts("second") == (7, 1, 0, 0)
    assert account(NAMES[0]).advised == right


def test_a_run_uses_one_methodology(accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    before = published("2026-11-22")
    assert before is not None
    with monkeypatch.context() as earlier:
        earlier.setattr(regrade, "in_force", lambda: before)
        regrade_page("first")
    to_the_end("first")
    assert {account(name).methodology_version for name in NAMES} == {"2026-11-22"}
    assert regrade.results("first")["methodology_version"] == "2026-11-22"


def test_units_written_count_the_last_page_of_a_step(accounts: None) -> None:
    """moto reports no capacity of transactions; here each costs 7 units."""

    def report(parsed: dict[str, Any], **_: Any) -> None:
        parsed["ConsumedCapacity"] = [{"TableName": "accounts", "CapacityUnits": 7.0}]

    events = connection().client.meta.events
    events.register("after-call.dynamodb.TransactWriteItems", report)
    try:
        pages = 1
        while not regrade_page("first"):
            pages += 1
            assert regrade.results("first")["units"]["written"] == 7 * (pages - 1)
    finally:
        events.unregister("after-call.dynamodb.TransactWriteItems", report)
    found = regrade.results("first")
    assert found["changed"] > 0
    assert found["units"]["written"] == 7 * pages


def test_the_units_are_those_that_the_table_reports(accounts: None) -> None:
    to_the_end("first")
    units = regrade.results("first")["units"]
    assert units["read"] > 0
    assert units["written"] >= 0


@pytest.mark.parametrize(("reads", "divisor"), [(16_000, 16), (500, 0.5), (None, None), (0, None)])
def test_advised_prices_are_shown_per_thousand_reads(api: Api, reads: int | None, divisor: float | None) -> None:
    name = ids.derive("acc", "weibo", "tea")
    evidence = Evidence("2026-11-20T00:00:00Z", followers=160_000, reads_avg_30d=reads).as_json()
    GradedAccount(pk=name, sk="account", segment=SEGMENT, evidence=evidence).save()
    to_the_end("first")
    shown = api.as_("ann", "advertiser").get(f"/v1/accounts/{name}/grade").json_body
    assert set(shown["price_per_1000_reads"]) == {"post", "repost"}
    for kind, price in shown["price_per_1000_reads"].items():
        mid = shown["advised_price"][kind]["mid"]["amount"]
        assert price == (None if divisor is None else {"amount": mid // divisor, "currency": "CNY"})


def make_machine(state: dict[str, Any]) -> None:
    definition = {"StartAt": "Only", "States": {"Only": {**state, "End": True}}}
    boto3.client("stepfunctions").create_state_machine(
        name=os.environ["REGRADE_MACHINE_ARN"].rpartition(":")[2],
        definition=json.dumps(definition),
        roleArn="arn:aws:iam::123456789012:role/machine",
    )


def ended(run: str, status: str = "succeeded") -> Regrade:
    """The progress of the run after its workflow has ended, with that status."""
    moto_machines.join()
    progress = regrade.progress(run)
    assert progress["status"] == status
    return progress


def test_progress_adds_up_the_segments_and_names_the_parked(accounts: None) -> None:
    make_machine({"Type": "Pass"})
    regrade.start("night")
    to_the_end("night")
    regrade_page("night", "08")
    regrade_page("night", "09")
    regrade.mark_stuck("night", "10", "x" * 600)
    progress = ended("night")
    assert progress["segments"] == {"done": 3, "all": 64}
    assert (progress["accounts"], progress["changed"], progress["up"], progress["down"]) == (8, 8, 0, 0)
    assert sum(progress["shares"].values()) == pytest.approx(1, abs=0.001)
    assert progress["parked"] == [{"segment": "10", "reason": "x" * 500}]
    assert progress["methodology_version"] == in_force().version
    assert regrade_page("night", "10") is True
    assert regrade.progress("night")["parked"] == []


def test_one_name_is_one_run(accounts: None) -> None:
    make_machine({"Type": "Pass"})
    assert regrade.start("night") == regrade.start("night") == "night"
    ended("night")
    assert regrade.start("night") == "night"
    assert start_nightly() == start_nightly()
    client = boto3.client("stepfunctions")
    executions = client.list_executions(stateMachineArn=os.environ["REGRADE_MACHINE_ARN"])["executions"]
    assert len(executions) == 2
    [night] = [execution for execution in executions if execution["name"] == "night"]
    started = client.describe_execution(executionArn=night["executionArn"])
    assert json.loads(started["input"]) == {"run": "night"}


def test_an_unknown_run_is_404(accounts: None) -> None:
    make_machine({"Type": "Pass"})
    with pytest.raises(Problem) as raised:
        regrade.progress("never")
    assert raised.value.code == "not_found"


def test_a_failed_workflow_is_reported_as_failed(accounts: None) -> None:
    make_machine({"Type": "Pass", "InputPath": "$.no.such.path"})
    regrade.start("night")
    assert ended("night", "failed")["accounts"] == 0


def test_steps_of_the_machine(accounts: None) -> None:
    make_machine({"Type": "Pass"})
    regrade.start("night")
    planned = regrade_step({"step": "plan", "run": "night"})
    assert planned == {"run": "night", "segments": [f"{number:02d}" for number in range(64)]}
    page = {"step": "pages", "run": "night", "segment": SEGMENT}
    assert regrade_step(page) == {"run": "night", "segment": SEGMENT, "done": False}
    assert regrade_step(page, lambda: 29_999) == {"run": "night", "segment": SEGMENT, "done": False}
    error = {"Error": "States.Timeout"}
    parked = regrade_step({**page, "step": "park", "error": error})
    assert parked == {"run": "night", "segment": SEGMENT, "done": True}
    summary = regrade_step({"step": "summarise", "run": "night"})
    assert {name: summary[name] for name in ("run", "accounts", "changed", "parked")} == {
        "run": "night",
        "accounts": 4,
        "changed": 4,
        "parked": 1,
    }
    assert summary["seconds"] >= 0
    assert regrade.results("night")["parked"] == [{"segment": SEGMENT, "reason": "States.Timeout"}]
    assert regrade_step(page, lambda: 30_001) == {"run": "night", "segment": SEGMENT, "done": True}
    with pytest.raises(ValueError, match="no such step"):
        regrade_step({"step": "guess", "run": "night"})


def test_an_admin_starts_a_regrade_and_watches_it(api: Api, accounts: None) -> None:
    make_machine({"Type": "Pass"})
    admin = api.as_("root", "admin")
    answer = admin.post("/v1/grading/regrade", key="once")
    assert answer.status_code == 202, answer.json_body
    run = answer.json_body["execution"]
    assert answer.json_body == {
        "execution": run,
        "status_url": f"https://api.micro-task.example/v1/grading/regrade/{run}",
    }
    assert admin.post("/v1/grading/regrade", key="once").json_body == answer.json_body
    to_the_end(run)
    ended(run)
    for reader in (admin, api.as_("aud", "auditor")):
        status = reader.get(answer.json_body["status_url"])
        assert status.status_code == 200
        assert {name: status.json_body[name] for name in ("execution", "status", "accounts", "changed")} == {
            "execution": run,
            "status": "succeeded",
            "accounts": 7,
            "changed": 7,
        }
    assert admin.get("/v1/grading/regrade/rgr_none").status_code == 404


def test_an_impossible_name_is_an_unknown_run(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step Functions refuses such a name with an error that moto does not have."""

    def refuse(executionArn: str) -> None:  # noqa: N803 -- as boto3 names it
        raise ClientError({"Error": {"Code": "ValidationException"}}, "DescribeExecution")

    admin, stepfunctions = api.as_("root", "admin"), aws.client("stepfunctions")
    monkeypatch.setattr(stepfunctions, "describe_execution", refuse)
    assert admin.get("/v1/grading/regrade/possible").status_code == 503
    for name in ("a%0Ab", "a%3Ab", "a%E2%80%A8b", "n" * 81):
        assert admin.get(f"/v1/grading/regrade/{name}").status_code == 404, name


@pytest.mark.parametrize("role", ["advertiser", "creator", "auditor", "finance"])
def test_only_admins_start_a_regrade(api: Api, role: str) -> None:
    assert api.as_("somebody", role).post("/v1/grading/regrade").status_code == 403
    assert api.post("/v1/grading/regrade").status_code == 401


def test_runs_are_listed_newest_first(accounts: None, api: Api) -> None:
    for minutes, run in enumerate(("first", "second")):
        with clock.at(NOON + timedelta(minutes=minutes)):
            regrade.begin(run)
            regrade.begin(run)
    with clock.at(NOON + timedelta(minutes=5)):
        regrade.end("first")
    listed = api.as_("root", "admin").get("/v1/grading/regrades").json_body["data"]
    assert [(one["execution"], one["started_at"], one["ended_at"]) for one in listed] == [
        ("second", "2026-11-22T12:01:00Z", None),
        ("first", "2026-11-22T12:00:00Z", "2026-11-22T12:05:00Z"),
    ]
    assert {one["methodology_version"] for one in listed} == {in_force().version}
