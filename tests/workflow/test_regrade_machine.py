"""The shipped regrade machine on moto's interpreter: every segment, page by page, and on past one that fails for good."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.grading import regrade
from chalicelib.grading.records import GradedAccount

if TYPE_CHECKING:
    from testing.doubles.workflow_cloud import Cloud

PLACES = {"acc_a": "00", "acc_b": "00", "acc_c": "00", "acc_d": "31", "acc_e": "63"}


@pytest.fixture
def accounts(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five accounts; those of segment 00 need two pages."""
    monkeypatch.setattr(regrade, "PAGE", 2)
    cloud.make_machines("regrade")
    for number, (name, segment) in enumerate(PLACES.items()):
        evidence = {"as_of": "2026-11-20T00:00:00Z", "followers": 10_000 * 4**number}
        GradedAccount(pk=name, sk="account", segment=segment, evidence=evidence).save()


@pytest.fixture
def ten_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten of the 64 segments, more than run at a time, with all accounts in them."""
    monkeypatch.setattr(regrade, "SEGMENTS", (*(f"{number:02d}" for number in range(8)), "31", "63"))


def summary(cloud: Cloud, run: str) -> dict[str, Any]:
    """Return the output of the run once it has succeeded."""
    cloud.wait_for(lambda: regrade.progress(run)["status"] != "running", "the run ends")
    [execution] = [execution for execution in cloud.executions("SUCCEEDED") if execution["name"] == run]
    described = cloud.stepfunctions.describe_execution(executionArn=execution["executionArn"])
    answer: dict[str, Any] = json.loads(described["output"])
    return answer


def graded() -> set[str]:
    accounts = (GradedAccount.find(name, "account") for name in PLACES)
    return {account.pk for account in accounts if account and account.grade}


@pytest.mark.parametrize("twice", [False, True], ids=["once", "every-step-twice"])
def test_every_account_is_graded(cloud: Cloud, accounts: None, twice: bool) -> None:
    cloud.repeat_calls = twice
    regrade.start("night")
    found = summary(cloud, "night")
    counted = {name: found[name] for name in ("run", "accounts", "changed", "up", "down", "parked")}
    assert counted == {"run": "night", "accounts": 5, "changed": 5, "up": 0, "down": 0, "parked": 0}
    assert sum(found["shares"].values()) == pytest.approx(1, abs=0.001)
    assert regrade.progress("night")["segments"] == {"done": 64, "all": 64}
    assert graded() == set(PLACES)
    assert {int(account.grade_number) for account in map(_account, PLACES)} == {1}


def test_a_segment_that_fails_for_good_is_parked(cloud: Cloud, accounts: None, ten_segments: None) -> None:
    def broken(name: str, event: dict[str, Any]) -> None:
        if event["step"] == "pages" and event["segment"] == "31":
            raise RuntimeError("out of order")

    cloud.before_call = broken
    regrade.start("night")
    found = summary(cloud, "night")
    assert (found["accounts"], found["parked"]) == (4, 1)
    progress = regrade.progress("night")
    assert progress["segments"] == {"done": 9, "all": 10}
    [parked] = progress["parked"]
    assert parked["segment"] == "31"
    assert "out of order" in parked["reason"]
    assert graded() == set(PLACES) - {"acc_d"}
    assert sum(event.get("segment") == "31" and event["step"] == "pages" for _, event in cloud.calls) == 6


def test_the_next_run_tries_a_parked_segment_again(cloud: Cloud, accounts: None, ten_segments: None) -> None:
    def broken(name: str, event: dict[str, Any]) -> None:
        if event["run"] == "night" and event.get("segment") == "31" and event["step"] == "pages":
            raise RuntimeError("out of order")

    cloud.before_call = broken
    regrade.start("night")
    summary(cloud, "night")
    regrade.start("morning")
    found = summary(cloud, "morning")
    assert (found["accounts"], found["changed"], found["parked"]) == (5, 1, 0)
    assert graded() == set(PLACES)


def test_a_bad_moment_is_tried_again(cloud: Cloud, accounts: None, ten_segments: None) -> None:
    failed: dict[str, int] = {}

    def flaky(name: str, event: dict[str, Any]) -> None:
        step = event["step"] + event.get("segment", "")
        failed[step] = failed.get(step, 0) + 1
        if failed[step] <= 2 and event.get("segment", "00") == "00":
            raise ConnectionError("a bad moment")

    cloud.before_call = flaky
    regrade.start("night")
    found = summary(cloud, "night")
    assert (found["accounts"], found["changed"], found["parked"]) == (5, 5, 0)


def _account(name: str) -> GradedAccount:
    account = GradedAccount.find(name, "account")
    assert account is not None
    return account
